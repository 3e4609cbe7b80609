"""What a promise comes to: pure sums over working time, pauses and facts; nothing is read or written here."""

from dataclasses import dataclass
from datetime import datetime

from . import working_time
from .vocabulary import WARNINGS, ClockState
from .working_time import Hours


@dataclass(frozen=True)
class Promise:
    """So many working seconds from a start, pauses left out; or a moment that somebody gave, which nothing moves."""

    start: datetime
    seconds: int | None
    fixed: datetime | None
    hours: Hours
    pauses: tuple = ()

    def at(self, percent):
        """The moment by which so much of the time is used up; None while it stands still before that."""
        if self.fixed:
            return self.start + (self.fixed - self.start) * percent / 100
        # Rounded up: of a second nobody has used up a half.
        return working_time.due(self.hours, self.start, -(-self.seconds * percent // 100), self.pauses)

    def used(self, until):
        """The seconds that ran until a moment."""
        if self.fixed:
            return max(0, int((until - self.start).total_seconds()))
        return working_time.spent(self.hours, self.start, until, self.pauses)

    @property
    def whole(self):
        """All the seconds there are."""
        return max(1, int((self.fixed - self.start).total_seconds())) if self.fixed else max(1, self.seconds)


def cut(pauses, until):
    """The pauses that had begun before a moment, as if they ended then at the latest."""
    return tuple((since, min(to or until, until)) for since, to in pauses if since < until)


def standing(promise, *, met, now):
    """How a clock stands: its state, the moment or what is left, when it was met, and since when it is missed."""
    if met and not promise.fixed:
        promise = Promise(promise.start, promise.seconds, None, promise.hours, cut(promise.pauses, met))
    due = promise.at(100)
    state = ClockState.MET if met else ClockState.RUNNING if due else ClockState.PAUSED
    missed = due and (due < met if met else due <= now)
    return {
        "state": state,
        "due_at": due,
        "left": None if due else max(0, promise.whole - promise.used(now)),
        "met_at": met,
        "missed_at": due if missed else None,
    }


def stage(promise, now):
    """The last of the warnings whose moment has come; 0 before the first."""
    passed = 0
    for percent in WARNINGS:
        at = promise.at(percent)
        if at is None or at > now:
            break
        passed = percent
    return passed


def next_warning(promise, said):
    """When somebody must be told next, after this stage was said; None when everything was."""
    return next((promise.at(percent) for percent in WARNINGS if percent > said), None)
