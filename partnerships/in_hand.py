"""What stays as it is while letters of one hand-over are read that only say something: asked once for all of them."""

from contextlib import contextmanager
from contextvars import ContextVar

# They leave the hand-over, its ticket and its partners as they were.
TALK = {"comment.added", "comment.edited", "file.added"}
TALKING = "talking"
_known = ContextVar("in_hand", default=None)


@contextmanager
def nothing():
    """Begin with nothing in hand and leave nothing behind: locks end with the savepoint they were taken in."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def begin(kind):
    """A letter of this kind is read next: after one that may change anything, everything is asked anew."""
    known = _known.get()
    if known is None:
        return  # Nobody said when to forget: nothing is remembered.
    if kind not in TALK:
        known.clear()
    known[TALKING] = kind in TALK


def remember(key, ask):
    """The answer that was given to this before, as long as it holds."""
    known = _known.get()
    if not known or not known[TALKING]:
        return ask()
    if key not in known:
        known[key] = ask()
    return known[key]


def for_good(key, ask):
    """The answer to what can't change before the letter was read, whatever it says."""
    known = _known.get()
    if known is None:
        return ask()
    if key not in known:
        known[key] = ask()
    return known[key]


def keep(handover):
    """The locked hand-over of the letter that is being read."""
    return remember(("counterpart", str(handover.counterpart_id)), lambda: handover)
