"""What time it is. Verbs ask here, so that a month of history can be built with the verbs."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

_frozen = ContextVar("clock", default=None)
RIGHT, TOLERABLE = timedelta(0), timedelta(seconds=5)
_slow_by = RIGHT


def now():
    """The moment at which a change happens, aware, in UTC."""
    return _frozen.get() or timezone.now() + _slow_by


def compare():
    """Look at the database's clock; opening an account does so too, sweeps outside of any must ask."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        heed(cursor.fetchone()[0])


def heed(database: datetime) -> None:
    """The database's clock is the one that all processes share: what ours is off by is made good from now on."""
    global _slow_by
    off = database - timezone.now()
    _slow_by = off if abs(off) > TOLERABLE else RIGHT


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
