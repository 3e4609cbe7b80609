"""What a calendar says of its days, for people to look at: the next two weeks, and what is otherwise in a year."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from . import hours_text, seeding
from .calendars import hours_of
from .working_time import FIRST, LAST, stretches

DAY = timedelta(days=1)
AHEAD = 14


@dataclass(frozen=True)
class Told:
    """One day: its hours, why they are otherwise, and who said so."""

    day: date
    hours: tuple[str, ...]
    name: str = ""
    # usual, off, moved (a day of the weekend that is worked), eve (shorter before a holiday), own
    kind: str = "usual"
    today: bool = False

    @property
    def iso(self):
        return self.day.isoformat()


def upcoming(calendar, now, count=AHEAD):
    """The hours of the next days as deadlines count them, each as the clock on the wall shows it."""
    zone, hours = ZoneInfo(calendar.zone), hours_of(calendar)
    today = now.astimezone(zone).date()
    for day in (today + n * DAY for n in range(count)):
        begins, ends = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + DAY))
        spans = tuple(
            f"{shown(since, day, zone)}–{shown(until, day, zone)}" for since, until in stretches(hours, begins, ends)
        )
        entry = {} if calendar.always else calendar.days.get(day.isoformat(), {})
        kind = kind_of(entry) if entry else "eve" if day in hours.special else "usual"
        yield Told(day, spans, entry.get("name", ""), kind, today=day == today)


def shown(moment, day, zone):
    """A moment of a day; its end is 24:00."""
    wall = moment.astimezone(zone)
    return "24:00" if wall.date() > day else f"{wall.hour}:{wall.minute:02}"


def of_year(calendar, year):
    """Every day of a year that is otherwise than its weekday."""
    hours = hours_of(calendar)
    told = []
    for day, spans in hours.days:
        if day.year == year:
            entry = calendar.days.get(day.isoformat(), {})
            said = hours_text.say_minutes(spans)
            told.append(Told(day, (said,) if said else (), entry.get("name", ""), kind_of(entry) if entry else "eve"))
    return told


def kind_of(entry):
    return "own" if entry["own"] else "moved" if "like" in entry else "off"


def years(calendar, now):
    """The years that can be looked at: those of the days, and this one."""
    known = {int(iso[:4]) for iso in calendar.days} | {now.year}
    return max(FIRST, min(known)), min(LAST, max(max(known), now.year + seeding.AHEAD))
