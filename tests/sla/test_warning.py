"""Whoever must act hears in time, each stage once; after an outage only the last of them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as outbox

from sla import calendars, policies, resettling
from sla.models import Clock
from tenants import accounts, clock, postman, timers
from tenants.models import Activity, Team, Timer
from tests import world
from tests.rewind import staged
from tickets import lifecycle, notifications, statuses
from tickets.models import Notification
from tickets.vocabulary import Category, Event, Glyph

NINE = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PEOPLE = {role: (role.title(), "") for role in ("owner", "dispatcher", "agent", "agent2", "agent3", "observer")}


@staged
def desk():
    """A team with a lead, and four hours for everything."""
    company = world.company("meridian", "Меридиан", "МС", PEOPLE, languages={"agent2": "en"})
    with company.scope(), clock.at(NINE - 24 * HOUR):
        company.hours = calendars.add("Сутки", by=company.owner, zone="Europe/Moscow", always=True)
        company.policy = policies.add(
            "Всем", by=company.owner, calendar=company.hours, targets={"normal": {"resolution": 240}}
        )
        company.team = accounts.add_team("Кассы", members=[company.agent, company.agent2], by=company.owner)
        Team.objects.filter(pk=company.team.pk).update(lead=company.agent2)
        Timer.objects.all().delete()
    return company


def opened(desk, **facts):
    with desk.scope(), clock.at(NINE):
        ticket = lifecycle.open_ticket("Касса молчит", by=desk.observer.actor, **facts)
        Notification.objects.all().delete()
    return ticket


def ring(at):
    with clock.at(at):
        timers.ring_due()


def told(desk):
    """Who has heard of deadlines since the last look, and why: {name: reason}."""
    with desk.scope():
        rows = {n.member.name: n.reason for n in Notification.objects.filter(event="deadline").select_related("member")}
        Notification.objects.all().delete()
    return rows


def lines(desk):
    with desk.scope():
        found = Activity.objects.filter(kind__in=("time_warned", "time_missed")).order_by("id")
        return list(found.values_list("kind", "details__percent"))


def test_each_stage_is_told_once_to_whoever_acts_and_to_the_lead(desk):
    opened(desk, assignee=desk.agent, team=desk.team)

    heard = []
    for minutes in (119, 120, 121, 180, 215, 216, 239, 240, 300):
        ring(NINE + minutes * MINUTE)
        heard.append(told(desk))

    both = {"Agent": "assignee", "Agent2": "team_lead"}
    assert heard == [{}, both, {}, both, {}, both, {}, both, {}]
    assert lines(desk) == [("time_warned", 50), ("time_warned", 75), ("time_warned", 90), ("time_missed", 100)]
    with desk.scope():
        row = Clock.objects.get()
        assert (row.warned, row.missed_at) == (100, NINE + 4 * HOUR)
    assert not Timer.objects.filter(kind="clock").exists()


def test_after_an_outage_only_the_last_stage_is_told_and_once(desk):
    opened(desk, assignee=desk.agent)

    ring(NINE + 9 * HOUR)
    ring(NINE + 10 * HOUR)

    assert lines(desk) == [("time_missed", 100)]
    assert told(desk) == {"Agent": "assignee", "Dispatcher": "desk"}


@pytest.mark.parametrize(
    ("facts", "at", "who"),
    [
        ({"team": True}, 2, {"Agent": "team", "Agent2": "team"}),
        ({}, 2, {"Dispatcher": "dispatch"}),
        ({"assignee": True}, 2, {"Agent3": "assignee"}),
        ({"assignee": True}, 4, {"Agent3": "assignee", "Dispatcher": "desk"}),
    ],
)
def test_who_hears_depends_on_whose_it_is(desk, facts, at, who):
    known = {"team": desk.team, "assignee": desk.agent3}
    opened(desk, **{name: known[name] for name in facts})

    ring(NINE + at * HOUR)

    assert told(desk) == who


def test_what_stands_still_or_is_done_warns_nobody_and_goes_on_where_it_was(desk):
    ticket = opened(desk, assignee=desk.agent)
    with desk.scope(), clock.at(NINE + HOUR):
        lifecycle.set_status(ticket, to=statuses.first(Category.WAITING, Glyph.CLIENT), by=desk.agent)
    assert not Timer.objects.filter(kind="clock").exists()
    ring(NINE + 9 * HOUR)
    assert told(desk) == {}

    with desk.scope(), clock.at(NINE + 9 * HOUR):
        lifecycle.set_status(ticket, to=statuses.first(Category.OPEN), by=desk.agent)
    assert Timer.objects.get(kind="clock").due_at == NINE + 10 * HOUR
    with desk.scope(), clock.at(NINE + 9 * HOUR + MINUTE):
        lifecycle.resolve(ticket, by=desk.agent)
    ring(NINE + 20 * HOUR)

    assert told(desk) == {} and lines(desk) == []


def test_more_time_is_warned_of_again_and_less_at_once(desk):
    ticket = opened(desk, assignee=desk.agent)
    ring(NINE + 3 * HOUR)
    with desk.scope(), clock.at(NINE + 3 * HOUR):
        lifecycle.set_due(ticket, to=NINE + 12 * HOUR, by=desk.owner)
    assert Timer.objects.get(kind="clock").due_at == NINE + 6 * HOUR

    with desk.scope(), clock.at(NINE + 4 * HOUR):
        lifecycle.set_due(ticket, to=NINE + 4 * HOUR + 10 * MINUTE, by=desk.owner)
    ring(NINE + 4 * HOUR)

    assert lines(desk) == [("time_warned", 75), ("time_warned", 90)]


def test_what_new_promises_find_late_is_told_to_nobody(desk):
    opened(desk, assignee=desk.agent)
    ring(NINE + 3 * HOUR)
    assert told(desk) == {"Agent": "assignee"}
    with desk.scope(), clock.at(NINE + 3 * HOUR):
        policies.change(desk.policy, by=desk.owner, targets={"normal": {"resolution": 60}})

    ring(NINE + 3 * HOUR)
    ring(NINE + 9 * HOUR)

    with desk.scope():
        row = Clock.objects.get()
    assert (row.due_at, row.missed_at, row.warned) == (NINE + HOUR, NINE + HOUR, 100)
    assert lines(desk) == [("time_warned", 75)] and told(desk) == {}


def test_what_falls_due_while_settings_change_is_told_all_the_same(desk):
    opened(desk, assignee=desk.agent)
    with desk.scope(), clock.at(NINE + 2 * HOUR):
        policies.add("Ещё", by=desk.owner, calendar=desk.hours, targets={"low": {"resolution": 60}})
        timers.HANDLERS["clocks_policies"](resettling.BEGINNING.pk)

    ring(NINE + 2 * HOUR)

    assert lines(desk) == [("time_warned", 50)] and told(desk) == {"Agent": "assignee"}


def test_the_mail_says_it_in_the_readers_language_and_choices_are_heeded(desk):
    with desk.scope():
        quiet = {event: (event != Event.DEADLINE, False) for event in Event}
        notifications.choose(desk.agent, quiet)
    opened(desk, assignee=desk.agent, team=desk.team)

    ring(NINE + 3 * HOUR)
    with clock.at(NINE + 3 * HOUR + 2 * MINUTE):
        postman.deliver_due()

    assert told(desk) == {"Agent2": "team_lead"}
    (letter,) = outbox.outbox
    assert letter.to == ["agent2@meridian.example"]
    assert "75 % of the time is used up: resolution" in letter.body and "you lead the team" in letter.body
