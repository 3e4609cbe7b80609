"""The hand-over whose letters are being read: locked, and known from letter to letter as long as none changes it."""

from contextlib import contextmanager
from contextvars import ContextVar

# Letters that say something and leave the hand-over, its ticket and its partner as they were.
TALK = {"comment.added", "comment.edited", "file.added"}
_handover = ContextVar("in_hand", default=None)


@contextmanager
def nothing():
    """Begin with nothing in hand and leave nothing behind: locks end with the savepoint they were taken in."""
    token = _handover.set(None)
    try:
        yield
    finally:
        _handover.reset(token)


def handover():
    """The locked hand-over that the letter before was read with, if there is one."""
    return _handover.get()


def by_counterpart(counterpart_id):
    """The hand-over in hand, if it is the one of this counterpart."""
    known = _handover.get()
    return known if known and str(known.counterpart_id) == str(counterpart_id) else None


def keep(handover, kind):
    """Keep the hand-over for the next letter, unless one of this kind may have changed it."""
    _handover.set(handover if kind in TALK else None)
