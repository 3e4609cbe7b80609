"""When a side takes new tickets: the hours of its terms on its own clock, over zones and midnight."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partnerships import hours
from partnerships.protocol import Promise, SharedTerms

WEEK = SharedTerms(accept_days=[0, 1, 2, 3, 4], accept_from="09:00", accept_until="18:00", zone="Europe/Moscow")
NIGHT = SharedTerms(accept_days=[4], accept_from="22:00", accept_until="06:00", zone="Asia/Yekaterinburg")


@pytest.mark.parametrize(
    ("shared", "moment", "opens"),
    [
        (SharedTerms(), "2026-11-21T03:00", "2026-11-21T03:00"),
        (WEEK, "2026-11-20T12:00", "2026-11-20T12:00"),
        (WEEK, "2026-11-20T15:00", "2026-11-23T06:00"),
        (WEEK, "2026-11-23T05:59", "2026-11-23T06:00"),
        (NIGHT, "2026-11-20T23:30", "2026-11-20T23:30"),
        (NIGHT, "2026-11-21T01:00", "2026-11-27T17:00"),
        (SharedTerms(accept_days=[6]), "2026-11-23T00:00", "2026-11-29T00:00"),
    ],
)
def test_an_offer_outside_of_the_hours_waits_for_the_next_opening(shared, moment, opens):
    at, wanted = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (moment, opens))

    assert hours.opening(shared, at) == wanted


TIMES = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.integers(0, 6)),
    TIMES,
    TIMES,
    st.sampled_from(["UTC", "Europe/Moscow", "America/New_York", "Pacific/Chatham"]),
    st.integers(0, 10 * 366 * 24 * 60),
)
def test_the_next_opening_is_open_and_within_a_week(days, since, until, zone, moment):
    shared = SharedTerms(accept_days=days, accept_from=since, accept_until=until, zone=zone)
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=moment)

    opens = hours.opening(shared, at)

    assert at <= opens <= at + timedelta(days=8, hours=1) and hours.is_open(shared, opens)


def test_the_time_to_accept_is_the_shorter_of_what_is_said_and_what_is_promised():
    shared = SharedTerms(accept_minutes=60, promises=[Promise("critical", response=15), Promise("low", response=240)])
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)

    minutes = [hours.accept_by(shared, at, priority) - at for priority in ("critical", "normal", "low")]

    assert minutes == [timedelta(minutes=15), timedelta(hours=1), timedelta(hours=1)]
