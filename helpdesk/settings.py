"""Settings come from the environment; the embedded servers fill in what is not given."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import Env
from psycopg.conninfo import conninfo_to_dict

from helpdesk import email_url

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", [])
BASE_URL = env.str("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
SECURE = BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SIGNUP = env.str("SIGNUP", "invite")

INSTALLED_APPS = [
    # Lower apps first: they hear the ledger first.
    "tenants.apps.TenantsConfig",
    "equipment.apps.EquipmentConfig",
    "tickets.apps.TicketsConfig",
    "sla.apps.SlaConfig",
    "partnerships.apps.PartnershipsConfig",
    "helpdesk.apps.HelpdeskConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "guardian",
    "django_htmx",
    "heroicons",
    "csp",
    "helpdesk.apps.PlatformAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenants.middleware.PersonMiddleware",
    "tenants.middleware.AccountMountMiddleware",
]

ROOT_URLCONF = "helpdesk.urls"
ACCOUNT_URLCONF = "helpdesk.account_urls"
ASGI_APPLICATION = "helpdesk.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "helpdesk.shell.shell",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


# Two roles on one database: the app's own can neither own a table nor pass row-level security.
def database(url, **options):
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "coticket"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }


POOL = {"min_size": 1, "max_size": env.int("DATABASE_POOL", 16), "timeout": 10}
DATABASES = {
    "default": database(env.str("DATABASE_URL"), pool=POOL),
    "owner": database(env.str("DATABASE_OWNER_URL", env.str("DATABASE_URL"))),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The throttles of sign-in live in PostgreSQL, so that a dead broker locks nobody out and lets nobody in.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Wrong passwords and used codes are counted here: Django's 300 would let a few hundred strangers push them out.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Guardian keeps grants on single things; nobody here is anonymous to it, nor a member of a global group.
ANONYMOUS_USER_NAME = None
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_ADAPTER = "tenants.signin.SignInAdapter"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/m/ip,8/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
    "wrong_invitation": "20/h/ip",
    "invite_member": "60/h/user",
    "invite_company": "60/h/user",
    "sign_up_letter": "20/h/ip,3/h/key",
    "open_account": "5/h/ip",
}
# A person reads by mail when somebody, he himself or another, changed how he signs in.
ACCOUNT_EMAIL_NOTIFICATIONS = True
MFA_ADAPTER = "tenants.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Browsers give passkeys to http:// on this machine only; elsewhere the origin is checked.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = "CoTicket"
# Clocks of phones go wrong by half a minute; a code is still taken once only, see tenants/second_factor.py.
MFA_TOTP_TOLERANCE = 1
# The codes can be read again, by who has just proved who he is: a lost sheet must not lock anybody out.
MFA_RECOVERY_CODES_SHOW_ONCE = False
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_FORMS = {
    "authenticate": "tenants.second_factor.CodeForm",
    "reauthenticate": "tenants.second_factor.CodeAgainForm",
    "add_webauthn": "tenants.second_factor.AddPasskeyForm",
    "edit_webauthn": "tenants.second_factor.EditPasskeyForm",
}
# Linking wants a proof of who it is that is not older than this; see tenants/signin.py.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE and env.bool("SSL_REDIRECT", True)
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Throttles go by the visitor's address, not by the proxy's, which is everybody's.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = env.str("COTICKET_STATIC", str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "helpdesk" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or env.bool("COTICKET_TESTING", False)
        else "servestatic.storage.CompressedManifestStaticFilesStorage"
    },
}
SERVESTATIC_USE_FINDERS = env.bool("COTICKET_TESTING", False)
SERVESTATIC_AUTOREFRESH = DEBUG
FILES_ROOT = Path(env.str("COTICKET_FILES", str(BASE_DIR / ".data" / "files")))
FILE_LIMIT = 20 * 1024 * 1024
# How long the bytes of a file that nothing names any more stay in the store.
FILE_GRACE = timedelta(minutes=env.int("FILE_GRACE_MINUTES", 60))
BODY_LIMIT = 6 * FILE_LIMIT
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

globals().update(email_url.settings_of(env.str("EMAIL_URL", "") or "console:"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "") or "coticket@localhost"

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")


def broker(url):
    """Celery's spelling of a unix socket differs from redis-py's."""
    return url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")


# How long a worker may hold a lane of letters without a word before another takes it over.
LEASE_SECONDS = env.float("LEASE_SECONDS", 30.0)
CELERY_BROKER_URL = broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 0.3,
}
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", "coticket")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "partnerships.sweep", "schedule": 5.0, "options": {"expires": 15}},
    "timers": {"task": "tenants.ring_timers", "schedule": 5.0, "options": {"expires": 15}},
    "reconcile": {"task": "partnerships.reconcile", "schedule": 60.0, "options": {"expires": 50}},
    "post": {"task": "tenants.post", "schedule": 5.0, "options": {"expires": 15}},
    "links": {"task": "partnerships.watch", "schedule": 60.0, "options": {"expires": 60}},
    "files": {"task": "tickets.sweep_files", "schedule": 600.0, "options": {"expires": 600}},
    "strays": {"task": "tickets.sweep_strays", "schedule": 86_400.0, "options": {"expires": 3600}},
    "heartbeat": {"task": "helpdesk.heartbeat", "schedule": 5.0, "options": {"expires": 15}},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {"httpx": {"level": "WARNING"}},
}
