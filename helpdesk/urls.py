"""Addresses outside of every account. What belongs to an account is in account_urls.py and exists only there."""

from allauth.account import views as signin
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from tenants.views import me, signing_up
from tenants.views import welcome as people_welcome

from . import health, preferences, styleguide, welcome

urlpatterns = [
    path("", welcome.home, name="home"),
    path("accounts/login/", signin.login, name="account_login"),
    path("accounts/logout/", signin.logout, name="account_logout"),
    path("accounts/signup/", signing_up.sign_up, name="account_signup"),
    path("accounts/signup/<str:token>/", signing_up.confirm, name="sign_up_confirm"),
    path("accounts/inactive/", signin.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", signin.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/reset/", me.PasswordReset.as_view(), name="account_reset_password"),
    path("accounts/password/reset/done/", signin.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        signin.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        signin.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("", include("tenants.me_urls")),
    path("preferences/language/", preferences.set_language, name="set_language"),
    path("preferences/theme/", preferences.set_theme, name="set_theme"),
    path("welcome/<str:code>/", people_welcome.welcome, name="welcome"),
    path("join/", include("partnerships.join_urls")),
    path("platform/", admin.site.urls),
    path("favicon.ico", welcome.favicon, name="favicon"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]

if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
