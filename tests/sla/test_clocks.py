"""Clocks: reckoned from the ticket's own start, whatever changes; pauses are never lost, nothing starts anew."""

from datetime import UTC, datetime, timedelta

import pytest

from sla import calendars, policies
from sla.models import Clock
from tenants import accounts, clock
from tests import world
from tests.rewind import staged
from tickets import lifecycle, statuses
from tickets.models import Ticket

# A Wednesday.
NINE = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WEEK = [[["09:00", "18:00"]]] * 5 + [[], []]
PEOPLE = {role: (role.title(), "") for role in ("owner", "dispatcher", "agent", "engineer", "observer")}


@staged
def desk():
    """A service company whose working day is nine hours, with one promise to everybody."""
    company = world.company("meridian", "Меридиан", "МС", PEOPLE)
    with company.scope(), clock.at(NINE - 24 * HOUR):
        company.client = accounts.add_client("Лукошко", by=company.owner)
        company.days = calendars.add("Дни", by=company.owner, zone="Europe/Moscow", week=WEEK)
        company.nights = calendars.add("Ночи", by=company.owner, zone="Europe/Moscow", always=True)
        company.policy = policies.add(
            "Обычная",
            by=company.owner,
            calendar=company.days,
            targets={
                "normal": {"response": 30, "resolution": 240},
                "high": {"response": 15, "resolution": 120, "update": 60, "arrival": 90},
            },
        )
    return company


@pytest.fixture
def inside(desk):
    with desk.scope():
        yield desk


def opened(desk, at=NINE, **facts):
    with clock.at(at):
        return lifecycle.open_ticket("Касса молчит", by=desk.dispatcher, client=desk.client, **facts)


def the(ticket, target="resolution"):
    return Clock.objects.get(ticket=ticket, target=target)


def fresh(ticket):
    return Ticket.objects.select_related("status", "account").get(pk=ticket.pk)


def put(desk, ticket, glyph, category, at):
    with clock.at(at):
        lifecycle.set_status(ticket, to=statuses.first(category, glyph), by=desk.dispatcher)


def test_a_promise_runs_from_the_opening_in_working_hours(inside):
    ticket = opened(inside, NINE + 6 * HOUR)

    row = the(ticket)
    assert (row.state, row.started_at, row.seconds) == ("running", NINE + 6 * HOUR, 4 * 3600)
    assert row.due_at == NINE + 25 * HOUR
    assert (fresh(ticket).due_at, fresh(ticket).due_left, fresh(ticket).due_from) == (row.due_at, None, row.started_at)
