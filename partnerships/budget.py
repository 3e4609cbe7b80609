"""The time of a ticket parted at a hand-over: what is left for the client, what the partner gets, what we keep.

Pure reading. A clock that stands still is counted as if it went on now.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from sla import calendars, working_time
from sla.models import Clock
from sla.vocabulary import Target
from sla.working_time import ROUND_THE_CLOCK, Hours
from tenants import clock

from . import conditions, hours
from .protocol import Promise, SharedTerms

PROMISE, MOST, HALF, WHOLE = "promise", "most", "half", "whole"
PARTS = {MOST: 0.8, HALF: 0.5, WHOLE: 1}
LABELS = {
    PROMISE: _("As promised"),
    MOST: _("Four fifths"),
    HALF: _("Half"),
    WHOLE: _("All of it"),
}
# A deadline that is further away than this stands on a round minute.
MARGIN, ROUND = timedelta(minutes=30), timedelta(minutes=5)
SECOND, NONE = timedelta(seconds=1), timedelta(0)


@dataclass(frozen=True)
class Stretch:
    """A stretch of time by the clock on the wall, and what of it our calendar works, where one counts."""

    wall: timedelta
    working: timedelta | None = None


@dataclass(frozen=True)
class Left:
    """Until when the client waits, by whose hours that is counted, and whether it stands still."""

    now: datetime
    due_at: datetime | None = None
    paused: bool = False
    hours: Hours = ROUND_THE_CLOCK

    def until(self, moment, since=None):
        """How long it is until a moment, and how much of that is worked."""
        since = since or self.now
        if self.hours.always:
            return Stretch(moment - since)
        return Stretch(moment - since, timedelta(seconds=working_time.elapsed(self.hours, since, moment)))

    @property
    def is_over(self):
        return self.due_at is not None and self.due_at <= self.now


@dataclass(frozen=True)
class Choice:
    """A deadline that one press gives."""

    name: str
    label: str
    at: datetime


@dataclass(frozen=True)
class Budget:
    """What one partner would get of a ticket's time."""

    left: Left
    name: str
    due_at: datetime | None
    promise: Promise | None
    choices: tuple[Choice, ...] = ()

    @property
    def whole(self):
        """What is left for the client."""
        return self.left.until(self.left.due_at) if self.left.due_at and not self.left.is_over else None

    @property
    def given(self):
        """What the partner gets of it."""
        return self.left.until(self.due_at) if self.due_at and self.due_at > self.left.now else None

    @property
    def kept(self):
        """What stays with us behind the partner; less than nothing where he gets more than there is."""
        return self.left.until(self.left.due_at, self.due_at) if self.whole and self.given else None

    @property
    def is_over(self):
        """Whether the partner gets more than there is."""
        return bool(self.kept) and self.kept.wall < NONE

    @property
    def share(self):
        """The partner's part of the bar, out of a hundred; by working time where that is counted."""
        if not self.kept:
            return 0
        by_hours = self.whole.working and self.given.working is not None
        part, whole = (self.given.working, self.whole.working) if by_hours else (self.given.wall, self.whole.wall)
        return max(0, min(100, round(100 * (part / whole))))

    @property
    def promise_time(self):
        """In what time the partner promises to finish."""
        return timedelta(minutes=self.promise.resolution) if self.promise else None

    @property
    def promise_fits(self):
        """Whether what the partner promises fits into what is left; true where nothing is promised or nothing ends."""
        asked = self.promise and self.promise.resolution
        return not asked or not self.left.due_at or any(choice.name == PROMISE for choice in self.choices)


def of(ticket):
    """What is left for the client of one ticket."""
    return of_many([ticket])[ticket.pk]


def of_many(tickets):
    """What is left for the clients of many tickets, in one query: {ticket id: Left}."""
    rows = Clock.objects.filter(ticket__in=[one.pk for one in tickets], target=Target.RESOLUTION)
    counted = {row.ticket_id: row.calendar for row in rows.select_related("calendar") if row.calendar}
    spans = {calendar.pk: calendars.hours_of(calendar) for calendar in counted.values()}
    now, found = clock.now(), {}
    for ticket in tickets:
        worked = spans[counted[ticket.pk].pk] if ticket.pk in counted else ROUND_THE_CLOCK
        paused = ticket.due_at is None and ticket.due_left is not None
        due_at = working_time.add(worked, now, ticket.due_left) if paused else ticket.due_at
        found[ticket.pk] = Left(now, due_at, paused, worked)
    return found


def part(left, to, priority, due_at):
    """The budget of a hand-over to this partner with this deadline."""
    their = conditions.theirs(to)
    promise = promise_of(their, priority)
    return Budget(left, to.name, due_at, promise, tuple(choices(left, their, promise)))


def promise_of(their: SharedTerms, priority):
    """What the partner promises for tickets of this priority."""
    return next((one for one in their.promises if one.priority == priority and (one.response or one.resolution)), None)


def choices(left, their: SharedTerms, promise):
    """The deadlines that suggest themselves: the promise where it fits, and parts of what is left."""
    kept = promised_by(left, their, promise.resolution) if promise and promise.resolution else None
    if kept and (left.due_at is None or kept <= left.due_at):
        yield Choice(PROMISE, LABELS[PROMISE], kept)
    if left.due_at is None or left.is_over:
        return
    for name, share in PARTS.items():
        yield Choice(name, LABELS[name], left.due_at if share == 1 else within(left, their, fraction(left, share)))


def usual_due(left, to, priority):
    """A deadline to start from: the promise if it fits into what is left, else four fifths of that."""
    their = conditions.theirs(to)
    found = choices(left, their, promise_of(their, priority))
    return next((choice.at for choice in found if choice.name in (PROMISE, MOST)), None)


def promised_by(left, their: SharedTerms, minutes):
    """When so much time has passed both by our calendar and by the partner's hours; never outside of his."""
    open_at = hours.as_hours(their)
    found = [working_time.add(one, left.now, minutes * 60) for one in (left.hours, open_at)]
    if None in found:
        return None
    # Time goes by while the dialog is open.
    exact = max(found)
    later = exact + ROUND - (exact - working_time.EPOCH) % ROUND + ROUND
    inside = (moment for moment in (later, exact) if worked_until(open_at, moment))
    return next(inside, None) or hours.opening(their, exact)


def fraction(left, share):
    """The moment by which this share of what is left is used up."""
    whole = left.until(left.due_at)
    if whole.working:
        due = working_time.add(left.hours, left.now, int(whole.working.total_seconds() * share))
    else:
        due = left.now + whole.wall * share
    if due - left.now <= MARGIN:
        return due
    return due.replace(minute=due.minute - due.minute % 5, second=0, microsecond=0)


def within(left, their: SharedTerms, moment):
    """The same moment in the partner's hours: where he closed last before it, else where he opens in our time."""
    open_at = hours.as_hours(their)
    if worked_until(open_at, moment):
        return moment
    opens = hours.opening(their, moment)
    closed = [until for _since, until in working_time.stretches(open_at, left.now, moment)]
    if closed and (closed[-1] - left.now > MARGIN or opens > left.due_at):
        return closed[-1]
    return opens if opens <= left.due_at else moment


def worked_until(open_at, moment):
    """Whether the moment lies inside of these hours, their last one with them."""
    return working_time.is_open(open_at, moment - SECOND)
