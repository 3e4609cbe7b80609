"""What many changes in a row ask for, each by itself, is done once after the last of them, in the same transaction."""

from contextlib import contextmanager
from contextvars import ContextVar

_waiting = ContextVar("afterwards", default=None)


@contextmanager
def gathered():
    """Whatever is put off in here is done when the block ends well, and none of it when it fails."""
    waiting = {}
    token = _waiting.set(waiting)
    try:
        yield
        while waiting:
            do, about = waiting.pop(next(iter(waiting)))
            do(about)
    finally:
        _waiting.reset(token)


def put_off(key, do, about=None):
    """Do this once with all that was put off under the same key, in order; at once where nothing is gathered."""
    waiting = _waiting.get()
    if waiting is None:
        do([about])
    else:
        waiting.setdefault(key, (do, []))[1].append(about)
