"""What time it is. Verbs ask here, so that a month of history can be built with the verbs."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC

from django.utils import timezone

_frozen = ContextVar("clock", default=None)


def now():
    """The moment at which a change happens, aware, in UTC."""
    return _frozen.get() or timezone.now()


def in_utc(moment):
    """A moment that somebody typed, as the database can keep it; None when it has no zone or stands in no calendar."""
    try:
        return moment.astimezone(UTC) if moment.tzinfo else None
    except OverflowError:
        return None


@contextmanager
def at(moment):
    """Let everything inside happen at this moment."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
