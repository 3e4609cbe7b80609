"""When a side takes new tickets: the days and hours of its terms, on its own clock. Pure functions over told terms."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sla.working_time import ROUND_THE_CLOCK, Hours

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def opening(shared, moment):
    """The moment itself while the side takes tickets, else when it next does; terms that name no hours always do."""
    zone = ZoneInfo(shared.zone or "UTC")
    # A window of the day before may reach over midnight.
    first = moment.astimezone(zone).date() - DAY
    for ahead in range(9):
        day = first + ahead * DAY
        if shared.accept_days and day.weekday() not in shared.accept_days:
            continue
        begins, ends = window(shared, day, zone)
        if moment < ends:
            return max(moment, begins)
    return moment


def is_open(shared, moment):
    """Whether the side takes tickets at this moment."""
    return opening(shared, moment) == moment


def window(shared, day, zone):
    """From when until when the side takes tickets on a day; hours that end before they begin end on the next day."""
    since = time.fromisoformat(shared.accept_from or "00:00")
    until = time.fromisoformat(shared.accept_until or "00:00")
    last = day if until > since else day + DAY
    return aware(day, since, zone), aware(last, until, zone)


def as_hours(shared):
    """The same as hours to count in; terms that name none are around the clock."""
    if not (shared.accept_days or shared.accept_from or shared.accept_until):
        return ROUND_THE_CLOCK
    since, until = (minutes(text or "00:00") for text in (shared.accept_from, shared.accept_until))
    span = ((since, until if until > since else until + DAY // MINUTE),)
    days = shared.accept_days or range(7)
    return Hours(shared.zone or "UTC", tuple(span if day in days else () for day in range(7)))


def minutes(text):
    """A time of day in minutes from midnight."""
    at = time.fromisoformat(text)
    return at.hour * 60 + at.minute


def aware(day, clock_time, zone):
    """A moment by the side's clock; one that the clock leaves out is the one it jumps to."""
    return datetime.combine(day, clock_time, zone).astimezone(UTC)


def accept_by(shared, moment, priority):
    """Until when the side says whether it takes a ticket of this priority that is offered to it now."""
    promised = [one.response for one in shared.promises if one.priority == priority and one.response]
    return opening(shared, moment) + timedelta(minutes=min([shared.accept_minutes, *promised]))
