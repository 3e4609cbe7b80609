"""EMAIL_URL: how mail leaves, in one line, as DATABASE_URL says it of the database."""

from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BACKENDS = {
    "smtp": "smtp",
    "smtp+tls": "smtp",
    "smtps": "smtp",
    "console": "console",
    "file": "filebased",
    "memory": "locmem",
    "dummy": "dummy",
}
PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
LONGEST_WAIT = 10


def settings_of(url):
    """Django's settings for smtp://, smtp+tls:// (STARTTLS), smtps://, file:///folder, console://, memory:, dummy:."""
    try:
        parts = urlsplit(url)
        backend, port = BACKENDS[parts.scheme], parts.port or PORTS.get(parts.scheme)
    except (KeyError, ValueError) as wrong:
        raise ImproperlyConfigured(f"EMAIL_URL: one of {', '.join(BACKENDS)} is wanted before the colon") from wrong
    given = {"EMAIL_BACKEND": f"django.core.mail.backends.{backend}.EmailBackend"}
    if backend == "filebased":
        return {**given, "EMAIL_FILE_PATH": unquote(parts.path)}
    if backend != "smtp":
        return given
    if not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL: the mail server's name is missing")
    wait = parse_qs(parts.query).get("timeout", [""])[0]
    return {
        **given,
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": min(int(wait), LONGEST_WAIT) if wait.isdecimal() else LONGEST_WAIT,
    }
