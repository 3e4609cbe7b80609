"""Working time is exact to the second: over nights, holidays, changes of the clock, pauses; and it is quick."""

import random
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sla.working_time import ROUND_THE_CLOCK, SECOND, Hours, add, due, elapsed, is_open, spent, stretches

HOUR, DAY = 3600, timedelta(days=1)
ZONES = (
    "UTC",
    "Europe/Moscow",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kamchatka",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
)


def h(*spans):
    """A day's hours: h("9-13", "14-18"); an hour after 24 is on the next day."""
    return tuple(tuple(minutes(end) for end in span.split("-")) for span in spans)


def minutes(told):
    hour, _colon, minute = told.partition(":")
    return int(hour) * 60 + int(minute or 0)


def office(zone="Europe/Moscow", days=None, **wanted):
    told = tuple(sorted((date.fromisoformat(day), hours) for day, hours in (days or {}).items()))
    return Hours(zone, **{"week": (h("9-13", "14-18"),) * 5 + ((), ()), "days": told, **wanted})


def every_day(zone, *spans):
    return Hours(zone, (h(*spans),) * 7)


def at(told, hours, fold=0):
    """A moment as the clock of the calendar's zone shows it."""
    return datetime.fromisoformat(told).replace(tzinfo=ZoneInfo(hours.zone), fold=fold).astimezone(UTC)


FEBRUARY_2021 = {"2021-02-20": h("9-13", "14-17"), "2021-02-22": (), "2021-02-23": ()}
NEW_YEAR = {"2025-12-31": (), **{f"2026-01-{day:02}": () for day in range(1, 10)}}
NIGHTS = Hours("Europe/Moscow", (h("22-30"),) * 5 + ((), ()))
LATE = Hours("Europe/Moscow", (h("18-24"), h("0-6"), (), (), (), (), ()))
TWICE = every_day("UTC", "9-13", "12-18")
# Hours, from, working hours, until: each as the clock on the wall shows it; a third word "2" is its second time.
ENDS = [
    (office(), "2026-03-02 09:00", 1, "2026-03-02 10:00"),
    (office(), "2026-03-02 12:00", 2, "2026-03-02 15:00"),
    (office(), "2026-03-02 12:00", 1, "2026-03-02 13:00"),
    (office(), "2026-03-02 13:30", 1, "2026-03-02 15:00"),
    (office(), "2026-03-02 16:00", 2, "2026-03-02 18:00"),
    (office(), "2026-03-02 17:00", 2, "2026-03-03 10:00"),
    (office(), "2026-03-02 07:00", 0.5, "2026-03-02 09:30"),
    (office(), "2026-03-02 09:00", 40, "2026-03-06 18:00"),
    (office(), "2026-03-06 17:00", 2, "2026-03-09 10:00"),
    (office(), "2026-03-07 12:00", 1, "2026-03-09 10:00"),
    (office(days={"2026-03-09": ()}), "2026-03-06 17:00", 2, "2026-03-10 10:00"),
    (office(days=FEBRUARY_2021), "2021-02-19 17:00", 2, "2021-02-20 10:00"),
    (office(days=FEBRUARY_2021), "2021-02-20 16:30", 1, "2021-02-24 09:30"),
    (office(days=NEW_YEAR), "2025-12-30 17:00", 2, "2026-01-12 10:00"),
    (office("Asia/Kamchatka"), "2026-03-02 17:00", 2, "2026-03-03 10:00"),
    (office("Asia/Kathmandu"), "2026-03-02 17:15", 2, "2026-03-03 10:15"),
    (ROUND_THE_CLOCK, "2026-03-07 23:00", 4, "2026-03-08 03:00"),
    (NIGHTS, "2026-03-02 23:00", 4, "2026-03-03 03:00"),
    (NIGHTS, "2026-03-07 05:00", 2, "2026-03-09 23:00"),
    (LATE, "2026-03-02 23:00", 7, "2026-03-03 06:00"),
    (TWICE, "2026-03-02 08:00", 9, "2026-03-02 18:00"),
    (every_day("America/New_York", "22-30"), "2026-03-07 22:00", 5, "2026-03-08 04:00"),
    (every_day("America/New_York", "22-30"), "2026-10-31 22:00", 4, "2026-11-01 01:00 2"),
    (every_day("Europe/Berlin", "2:30-4"), "2026-03-29 00:00", 1, "2026-03-29 04:00"),
    (every_day("Europe/Berlin", "2:15-2:45"), "2026-03-28 02:15", 1, "2026-03-30 02:45"),
    (every_day("Europe/Berlin", "2:15-2:45"), "2026-10-25 00:00", 1, "2026-10-25 02:45 2"),
    (office("Pacific/Apia"), "2011-12-29 17:00", 2, "2012-01-02 10:00"),
    (Hours("UTC", days=((date(2026, 5, 9), h("10-12")),)), "2026-01-01 00:00", 1, "2026-05-09 11:00"),
]
# The hours of one night from 22 to 6, on which the clock was moved or was not.
WHOLE_NIGHTS = [
    ("Europe/Moscow", "2026-03-28", 8),
    ("Europe/Berlin", "2026-03-28", 7),
    ("Europe/Berlin", "2026-10-24", 9),
    ("Australia/Lord_Howe", "2026-04-04", 8.5),
    ("Australia/Lord_Howe", "2026-10-03", 7.5),
    ("Africa/Casablanca", "2026-02-14", 9),
    ("Africa/Casablanca", "2026-03-21", 7),
    ("Asia/Kamchatka", "2010-10-30", 9),
    ("Asia/Kamchatka", "2011-03-26", 7),
]


@pytest.mark.parametrize(("hours", "since", "worked", "until"), ENDS)
def test_working_hours_end_when_the_clock_on_the_wall_says_so(hours, since, worked, until):
    start, end = at(since, hours), at(until.removesuffix(" 2"), hours, fold=until.endswith(" 2"))

    assert add(hours, start, int(worked * HOUR)) == end
    assert elapsed(hours, start, end) == worked * HOUR


@pytest.mark.parametrize(("zone", "evening", "worked"), WHOLE_NIGHTS)
def test_a_night_lasts_as_long_as_it_lasts(zone, evening, worked):
    hours = every_day(zone, "22-30")
    noon = at(f"{evening} 12:00", hours)

    assert elapsed(hours, noon, noon + DAY) == worked * HOUR


def test_who_never_works_is_never_done():
    never, once = Hours("UTC"), Hours("UTC", days=((date(2026, 5, 9), h("10-12")),))
    start = datetime(2026, 1, 1, tzinfo=UTC)

    assert (add(never, start, 1), add(never, start, 0)) == (None, start)
    assert (add(once, start, 2 * HOUR), add(once, start, 2 * HOUR + 1)) == (datetime(2026, 5, 9, 12, tzinfo=UTC), None)
    assert (due(never, start, 60), spent(never, start, start + DAY), is_open(never, start)) == (None, 0, False)
    assert add(every_day("UTC", "0-0:01"), start, 2**31) is None


def test_the_farthest_moments_do_not_draw_the_calendar_to_the_end_of_time():
    far = datetime(9990, 1, 1, tzinfo=UTC)

    began = time.process_time()
    ran = elapsed(office(), datetime(2026, 1, 1, tzinfo=UTC), far)

    assert ran == elapsed(office(), datetime(2026, 1, 1, tzinfo=UTC), datetime(2121, 1, 1, tzinfo=UTC))
    assert add(office(), far, 1) is None
    assert time.process_time() - began < 2


def test_parts_of_a_second_are_left_out():
    start = datetime(2026, 3, 2, 6, 0, 0, 999_999, tzinfo=UTC)

    assert add(office(), start, 60) == datetime(2026, 3, 2, 6, 1, tzinfo=UTC)
    assert elapsed(office(), start, start + timedelta(microseconds=2)) == 1


def test_a_pause_moves_the_end_by_the_working_time_in_it():
    hours, start = office(), at("2026-03-02 09:00", office())
    lunch_too = (at("2026-03-02 12:00", hours), at("2026-03-02 15:00", hours))
    over_night = (at("2026-03-02 17:00", hours), at("2026-03-03 08:00", hours))
    open_one = (at("2026-03-03 10:00", hours), None)

    assert due(hours, start, 8 * HOUR, [over_night, lunch_too]) == at("2026-03-03 12:00", hours)
    assert due(hours, start, 6 * HOUR, [lunch_too, over_night, open_one]) == at("2026-03-03 10:00", hours)
    assert due(hours, start, 6 * HOUR + 1, [lunch_too, over_night, open_one]) is None
    assert spent(hours, start, at("2026-03-05 09:00", hours), [open_one, over_night, lunch_too]) == 6 * HOUR


week_days = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(lambda one: (one[0], sum(one))), max_size=3
).map(tuple)
some_hours = st.builds(
    Hours,
    zone=st.sampled_from(ZONES),
    week=st.lists(week_days, min_size=7, max_size=7).map(tuple),
    days=st.dictionaries(st.dates(date(2026, 2, 1), date(2026, 11, 30)), week_days, max_size=12).map(
        lambda days: tuple(sorted(days.items()))
    ),
    always=st.booleans() | st.just(False),
)
moments = st.integers(0, 300 * 86_400).map(lambda n: datetime(2026, 2, 1, tzinfo=UTC) + n * SECOND)
pauses = st.lists(st.tuples(moments, moments).map(lambda pair: tuple(sorted(pair))), max_size=5)
quickly = settings(max_examples=40, deadline=None)


@quickly
@given(some_hours, moments, st.integers(1, 400 * HOUR))
def test_what_was_added_has_elapsed_and_ends_in_working_time(hours, start, seconds):
    end = add(hours, start, seconds)

    assume(end is not None)
    assert elapsed(hours, start, end) == seconds
    assert is_open(hours, end - SECOND)
    assert add(hours, start, seconds - 1) < end


def test_between_a_moment_and_itself_there_is_no_stretch():
    night = Hours("UTC", ((), (), (), (), (), ((1, 1441),), ()))
    midnight = datetime(2026, 2, 1, tzinfo=UTC)

    assert [list(stretches(hours, midnight, midnight)) for hours in (night, ROUND_THE_CLOCK)] == [[], []]


@quickly
@given(some_hours, st.lists(moments, min_size=3, max_size=3))
def test_elapsed_time_adds_up_in_any_direction(hours, three):
    one, two, three = three

    assert elapsed(hours, one, two) + elapsed(hours, two, three) == elapsed(hours, one, three)
    assert elapsed(hours, two, one) == -elapsed(hours, one, two)
    first, last = min(one, two), max(one, two)
    assert 0 <= elapsed(hours, first, last) <= (last - first) // SECOND
    drawn = [(end - begin) // SECOND for begin, end in stretches(hours, first, last)]
    assert (sum(drawn), all(drawn)) == (elapsed(hours, first, last), True)


@quickly
@given(some_hours, moments, st.integers(1, 300 * HOUR), pauses, st.none() | moments, moments)
def test_the_deadline_is_where_the_spent_time_reaches_the_promise(hours, start, seconds, closed, opened, now):
    stops = [*closed, *([(opened, None)] if opened else [])]

    end = due(hours, start, seconds, stops)

    assume(now > start)
    assert (end is not None and end <= now) or spent(hours, start, now, stops) < seconds
    if end is not None:
        assert spent(hours, start, end, stops) == seconds
        assert spent(hours, start, end - SECOND, stops) == seconds - 1


@settings(max_examples=15, deadline=None)
@given(some_hours, st.sampled_from([date(2026, 2, 14), date(2026, 3, 28), date(2026, 4, 4), date(2026, 10, 24)]))
def test_every_minute_is_counted_as_the_clock_on_the_wall_shows_it(hours, evening):
    """The same count made without any arithmetic: look at the clock once a minute, for two days."""
    start = datetime(evening.year, evening.month, evening.day, 6, tzinfo=UTC)
    info, shown = ZoneInfo(hours.zone), 0
    for minute in range(2 * 1440):
        wall = (start + timedelta(minutes=minute)).astimezone(info)
        n, day = wall.hour * 60 + wall.minute, wall.date()
        shown += any(since <= n < until for since, until in hours.on(day)) or any(
            since <= n + 1440 < until for since, until in hours.on(day - DAY)
        )

    assert elapsed(hours, start, start + 2 * DAY) == shown * 60


def test_ten_thousand_sums_take_less_than_a_second():
    """docs/benchmarks.md tells the figure."""
    hours, chance = office("America/New_York", days=NEW_YEAR), random.Random(7)
    since = datetime(2024, 1, 1, tzinfo=UTC)
    asked = [
        (since + chance.randrange(1000) * DAY, chance.choice([HOUR, 40 * HOUR, 4000 * HOUR])) for _n in range(5000)
    ]

    began = time.process_time()
    back = [elapsed(hours, start, add(hours, start, seconds)) for start, seconds in asked]

    took = time.process_time() - began
    assert back == [seconds for _start, seconds in asked]
    assert took < 1
    print(f"10,000 sums: {took:.3f} s")
