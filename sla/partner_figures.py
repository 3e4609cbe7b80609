"""What reports say of partners: told by whoever keeps the hand-overs, in a form that this app can draw."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Partner:
    """One partner in a report's days, and how he did: times in seconds, shares in a hundred."""

    key: str
    name: str
    n: int
    url: str = ""
    accepted: float | None = None
    median: float | None = None
    most: float | None = None  # nine of ten took no longer
    share: float | None = None
    returned: float | None = None
    rating: float | None = None


@dataclass(frozen=True)
class Partners:
    """All of them, and how much of what they delivered was sent back, now and in the same time before."""

    rows: tuple = ()
    returned: float | None = None
    returned_before: float | None = None


_tellers: dict[str, Callable] = {}


def tell_with(*, told, tickets):
    """Name the functions that know, both of `(member, since, until, narrowed)`, whole days of the account: `told` the
    Partners, `tickets` the ids of what one of them, named by his key, delivered."""
    _tellers.update(told=told, tickets=tickets)


def told(member, wanted):
    """What is known of the partners in the days of a report."""
    if not _tellers:
        return Partners()
    return _tellers["told"](member, wanted.since, wanted.until, wanted.narrowed)


def delivered(member, wanted, key):
    """The tickets behind a partner's number in a report."""
    if not _tellers:
        return []
    return _tellers["tickets"](member, wanted.since, wanted.until, wanted.narrowed, key=key)
