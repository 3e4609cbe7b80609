"""How much working time lies between two moments, and when a stretch of it ends. Plain Python, whole seconds.

A moment is working time when the clock on the wall of the zone shows it inside of the day's hours: what a change to
summer time leaves out is not worked, what the change back shows twice is worked twice. Hours that reach past midnight
belong to the day on which they begin.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

Interval = tuple[int, int]  # minutes from midnight of the day; the end may lie on the next day, up to 2880
Stretch = tuple[int, int]  # seconds since EPOCH
Pause = tuple[datetime, datetime | None]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()
SECOND, MINUTE, DAY = timedelta(seconds=1), 60, 86_400
# Nobody promises anything for later than this many years after its start, and no calendar is drawn outside of these.
AHEAD, FIRST, LAST = 40, 1990, 2120
KNOWN = 256


@dataclass(frozen=True, eq=True)
class Hours:
    """When somebody works: a zone, seven days from Monday on, and the days that are otherwise."""

    zone: str = "UTC"
    week: tuple[tuple[Interval, ...], ...] = ((),) * 7
    days: tuple[tuple[date, tuple[Interval, ...]], ...] = ()
    always: bool = False

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.zone, self.week, self.days, self.always))

    @cached_property
    def line(self) -> Line:
        """The worked stretches of these hours, shared by all that say the same."""
        return line_of(self)

    @cached_property
    def special(self) -> dict[date, tuple[Interval, ...]]:
        return dict(self.days)

    def on(self, day: date) -> tuple[Interval, ...]:
        """The hours that begin on this day."""
        if self.always:
            return ((0, 1440),)
        return self.special.get(day, self.week[day.weekday()])

    @property
    def last_year(self) -> int | None:
        """After which year nothing is worked any more; None when every week has hours."""
        if self.always or any(self.week):
            return None
        return max((day.year for day, intervals in self.days if intervals), default=0)


ROUND_THE_CLOCK = Hours(always=True)


def add(hours: Hours, start: datetime, seconds: int) -> datetime | None:
    """The moment by which this much working time has passed; None when these hours never hold so much."""
    since = tick(start)
    if seconds <= 0 or hours.always:
        return moment(since + max(0, seconds))
    reached = hours.line.reach(since, seconds)
    return None if reached is None else moment(reached)


def elapsed(hours: Hours, start: datetime, end: datetime) -> int:
    """The working seconds from one moment to another; less than nothing when the end comes first."""
    since, until = tick(start), tick(end)
    if hours.always:
        return until - since
    table = hours.line.cover(min(since, until), max(since, until))
    return table.worked(until) - table.worked(since)


def due(hours: Hours, start: datetime, seconds: int, pauses: Iterable[Pause] = ()) -> datetime | None:
    """When the promised working time is used up, pauses left out; None while an open pause comes before that."""
    since, left = start, seconds
    for begins, ends in apart(start, pauses):
        run = elapsed(hours, since, begins)
        if run >= left:
            break
        if ends is None:
            return None
        since, left = ends, left - run
    return add(hours, since, left)


def spent(hours: Hours, start: datetime, until: datetime, pauses: Iterable[Pause] = ()) -> int:
    """The working seconds that ran from the start until a moment, pauses left out."""
    ran = elapsed(hours, start, until)
    for begins, ends in apart(start, pauses):
        if begins < until:
            ran -= elapsed(hours, begins, until if ends is None else min(ends, until))
    return max(0, ran)


def stretches(hours: Hours, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The unbroken stretches of working time between two moments, in their order."""
    first, last = tick(since), tick(until)
    if first >= last:
        return
    if hours.always:
        yield moment(first), moment(last)
        return
    table = hours.line.cover(first, last)
    starts, ends = table.starts, table.ends
    for n in range(bisect_right(ends, first), len(starts)):
        if starts[n] >= last:
            return
        yield moment(max(first, starts[n])), moment(min(last, ends[n]))


def is_open(hours: Hours, at: datetime) -> bool:
    """Whether the moment is working time."""
    return elapsed(hours, at, at + SECOND) == 1


def apart(start: datetime, pauses: Iterable[Pause]) -> list[Pause]:
    """The pauses after the start in their order, those that touch made one."""
    merged: list[Pause] = []
    for begins, ends in sorted(pauses, key=lambda pause: pause[0]):
        begins = max(begins, start)
        if ends is not None and ends <= begins:
            continue
        if merged:
            former, latest = merged[-1]
            if latest is None:
                break
            if begins <= latest:
                merged[-1] = (former, None if ends is None else max(latest, ends))
                continue
        merged.append((begins, ends))
    return merged


def tick(at: datetime) -> int:
    """A moment in whole seconds."""
    return (at - EPOCH) // SECOND


def moment(seconds: int) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


DAWN, DUSK = (tick(datetime(one, 1, 1, tzinfo=UTC)) for one in (FIRST, LAST + 1))


@dataclass(frozen=True)
class Table:
    """Every stretch of some years, and how much was worked before each of them."""

    first: int
    last: int
    since: int
    until: int
    starts: Sequence[int]
    ends: Sequence[int]
    before: Sequence[int]

    def worked(self, at: int) -> int:
        """The seconds that were worked from the beginning of the first of these years."""
        n = bisect_right(self.starts, at) - 1
        return 0 if n < 0 else self.before[n] + min(at, self.ends[n]) - self.starts[n]


class Line:
    """Worked stretches of one calendar, drawn as far as somebody asked; a wider drawing takes the place at once."""

    def __init__(self, hours: Hours) -> None:
        self.hours = hours
        self.table: Table | None = None

    def cover(self, since: int, until: int) -> Table:
        """Draw the line so that it holds both moments; nothing is worked before its first and after its last year."""
        since, until = max(since, DAWN), min(until, DUSK)
        table = self.table
        if table is not None and table.since <= since and until < table.until:
            return table
        # A day more at either side: a zone's own year begins at another moment.
        first, last = year(since - 2 * DAY), year(until + 2 * DAY)
        if table is not None:
            # Twice as far as before, so that a long way costs no more than its length.
            grown = table.last - table.first
            first = min(first, table.first)
            last = max(table.last, last + grown if last > table.last else last)
        self.table = wider = draw(self.hours, first, min(last, LAST + 1))
        return wider

    def reach(self, since: int, seconds: int) -> int | None:
        """The moment at which so much more was worked."""
        table = self.cover(since, since + 14 * DAY)
        ends_in = self.hours.last_year
        limit = min(LAST, year(since) + AHEAD, LAST if ends_in is None else ends_in + 1)
        while True:
            wanted = table.worked(since) + seconds
            if table.starts and wanted <= table.worked(table.ends[-1]):
                n = bisect_left(table.before, wanted) - 1
                return table.starts[n] + wanted - table.before[n]
            if table.last >= limit:
                return None
            table = self.cover(since, table.until)


@lru_cache(maxsize=KNOWN)
def line_of(hours: Hours) -> Line:
    return Line(hours)


def year(seconds: int) -> int:
    return moment(seconds).year


def draw(hours: Hours, first: int, last: int) -> Table:
    """All stretches of these years, those that touch or overlap made one."""
    begin, end = naive(date(first, 1, 1)), naive(date(last + 1, 1, 1))
    spans = offsets(hours.zone, begin - 3 * DAY, end + 3 * DAY)
    found: list[Stretch] = []
    # Hours of the last day before may reach over midnight.
    for ordinal in range(date(first, 1, 1).toordinal() - 1, date(last, 12, 31).toordinal() + 1):
        day = date.fromordinal(ordinal)
        for since, until in hours.on(day):
            midnight = naive(day)
            found.extend(on_the_wall(midnight + since * MINUTE, midnight + until * MINUTE, spans))
    starts: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    total = 0
    for since, until in sorted(found):
        since, until = max(since, DAWN), min(until, DUSK)
        if since >= until:
            continue
        if ends and since <= ends[-1]:
            total += max(0, until - ends[-1])
            ends[-1] = max(ends[-1], until)
            continue
        starts.append(since)
        ends.append(until)
        before.append(total)
        total += until - since
    return Table(first, last, begin + DAY, end - DAY, starts, ends, before)


def naive_tick(shown: datetime) -> int:
    """What a clock shows, as if there were one zone."""
    return tick(shown.replace(tzinfo=UTC))


def naive(day: date) -> int:
    """Midnight of a day as if there were one zone."""
    return (day.toordinal() - EPOCH_DAY) * DAY


def on_the_wall(since: int, until: int, spans: Sequence[tuple[int, int, int]]) -> Iterator[Stretch]:
    """When a clock of the zone shows a time between these two."""
    # Offsets are less than a day and a bit: spans that end earlier cannot show it.
    n = bisect_left(spans, since - 2 * DAY, key=lambda span: span[1])
    while n < len(spans) and spans[n][0] < until + 2 * DAY:
        begins, ends, offset = spans[n]
        shown = max(begins, since - offset), min(ends, until - offset)
        if shown[0] < shown[1]:
            yield shown
        n += 1


@lru_cache(maxsize=KNOWN)
def offsets(zone: str, since: int, until: int) -> tuple[tuple[int, int, int], ...]:
    """The zone's distance from UTC over time: (from, until, seconds), to the second."""
    info = ZoneInfo(zone)

    def at(seconds: int) -> int:
        return naive_tick(moment(seconds).astimezone(info)) - seconds

    spans, begins, offset = [], since, at(since)
    for here in range(since, until, DAY):
        if at(min(here + DAY, until)) == offset:
            continue
        early, late = here, min(here + DAY, until)
        while late - early > 1:
            middle = (early + late) // 2
            early, late = (middle, late) if at(middle) == offset else (early, middle)
        spans.append((begins, late, offset))
        begins, offset = late, at(late)
    return (*spans, (begins, until, offset))
