"""What time it is. Verbs ask here, so that a month of history can be built with the verbs."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_frozen = ContextVar("clock", default=None)


def now():
    """The moment at which a change happens, aware, in UTC."""
    return _frozen.get() or timezone.now()


@contextmanager
def at(moment):
    """Let everything inside happen at this moment."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
