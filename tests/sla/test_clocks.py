"""Clocks: reckoned from the ticket's own start, whatever changes; pauses are never lost, nothing starts anew."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla import calendars, clocks, excusing, policies, resettling
from sla.models import Clock, Pause
from tenants import accounts, clock, timers
from tenants.models import Activity
from tenants.vocabulary import Refused
from tests import world
from tests.rewind import staged
from tickets import conversation, lifecycle, statuses
from tickets.access import NOT_YOURS
from tickets.models import Counterpart, Ticket
from tickets.vocabulary import Audience, Category, Glyph

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
                "low": {"response": 60, "resolution": 600},
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


def test_a_pause_survives_a_change_of_the_policy(inside):
    """GLPI 15605, Frappe 1542."""
    ticket = opened(inside)
    put(inside, ticket, Glyph.CLIENT, Category.WAITING, NINE + HOUR)
    put(inside, ticket, Glyph.OPEN, Category.OPEN, NINE + 3 * HOUR)
    assert the(ticket).due_at == NINE + 6 * HOUR

    with clock.at(NINE + 4 * HOUR):
        other = policies.add(
            "Срочная", by=inside.owner, calendar=inside.nights, targets={"normal": {"resolution": 180}}
        )
        policies.archive(inside.policy, by=inside.owner)
        resettle("policies")

    row = the(ticket)
    assert (row.policy, row.started_at, row.due_at) == (other, NINE, NINE + 5 * HOUR)
    assert [(p.reason, p.owner, p.from_at, p.until_at) for p in Pause.objects.filter(ticket=ticket)] == [
        ("client", "Лукошко", NINE + HOUR, NINE + 3 * HOUR)
    ]
    assert moved(ticket) == [
        ("resolution", (NINE + 6 * HOUR).isoformat(), (NINE + 5 * HOUR).isoformat(), "policies"),
        ("response", (NINE + 30 * MINUTE).isoformat(), "", "policies"),
    ]


def resettle(part):
    """What the timer does once the settings have changed."""
    timers.HANDLERS[f"clocks_{part}"](resettling.BEGINNING.pk)


def moved(ticket):
    """The lines of the history that tell of a deadline that moved."""
    lines = Activity.objects.filter(ticket_id=ticket.pk, kind="rescheduled").order_by("id")
    return sorted((d["target"], d["before"], d["after"], d["why"]) for d in lines.values_list("details", flat=True))


def test_whoever_takes_the_ticket_later_has_no_more_time_for_it(inside):
    """GLPI 1911: a second group's clock began when it got the ticket."""
    team = accounts.add_team("Вторая линия", members=[inside.agent], by=inside.owner)
    ticket = opened(inside)
    before = the(ticket).due_at

    with clock.at(NINE + 2 * HOUR):
        lifecycle.set_team(ticket, to=team, by=inside.dispatcher)
        lifecycle.assign(ticket, to=inside.agent, by=inside.dispatcher)
        clocks.settle(ticket.pk)

    row = the(ticket)
    assert (row.started_at, row.due_at, moved(ticket)) == (NINE, before, [])


def test_a_change_of_priority_counts_from_the_same_start_and_is_one_line_a_target(inside):
    ticket = opened(inside)
    put(inside, ticket, Glyph.CLIENT, Category.WAITING, NINE + HOUR)
    assert (the(ticket).state, the(ticket).left, fresh(ticket).due_left) == ("paused", 3 * 3600, 3 * 3600)

    with clock.at(NINE + 2 * HOUR):
        lifecycle.set_priority(ticket, to="high", by=inside.dispatcher)
    assert moved(ticket)[:2] == [
        ("arrival", "", str(30 * 60), "priority"),
        ("resolution", str(3 * 3600), str(3600), "priority"),
    ]
    put(inside, ticket, Glyph.OPEN, Category.OPEN, NINE + 5 * HOUR)

    assert the(ticket).due_at == NINE + 6 * HOUR
    assert fresh(ticket).due_left is None


def test_work_that_is_sent_back_goes_on_with_the_time_that_was_left(inside):
    ticket = opened(inside)
    with clock.at(NINE + HOUR):
        lifecycle.resolve(ticket, by=inside.agent)
    row = the(ticket)
    assert (row.state, row.met_at, row.missed_at) == ("met", NINE + HOUR, None)
    assert the(ticket, "response").met_at == NINE + HOUR

    with clock.at(NINE + 4 * HOUR):
        lifecycle.reopen(ticket, by=inside.agent)

    row = the(ticket)
    assert (row.state, row.started_at, row.due_at, row.met_at) == ("running", NINE, NINE + 7 * HOUR, None)
    assert (the(ticket, "response").state, Pause.objects.get().reason) == ("met", "resolved")


def say(desk, ticket, audience=Audience.CLIENT, at=NINE, by=None):
    with clock.at(at):
        conversation.comment(ticket, "Едем.", by=by or desk.agent, audience=audience)


def test_the_first_word_to_the_client_is_the_first_response(inside):
    contact = accounts.add_contact(inside.client, name="Ольга", by=inside.owner)
    ticket = opened(inside)

    say(inside, ticket, Audience.INTERNAL, NINE + 5 * MINUTE)
    say(inside, ticket, Audience.CLIENT, NINE + 6 * MINUTE, by=contact)
    assert the(ticket, "response").state == "running"
    say(inside, ticket, Audience.CLIENT, NINE + 40 * MINUTE)
    say(inside, ticket, Audience.CLIENT, NINE + 50 * MINUTE)

    row = the(ticket, "response")
    assert (row.state, row.met_at, row.missed_at) == ("met", NINE + 40 * MINUTE, NINE + 30 * MINUTE)


def test_what_was_kept_is_not_judged_by_what_is_promised_later(inside):
    ticket = opened(inside)
    say(inside, ticket, at=NINE + 20 * MINUTE)

    with clock.at(NINE + HOUR):
        lifecycle.set_priority(ticket, to="high", by=inside.dispatcher)

    row = the(ticket, "response")
    assert (row.state, row.due_at, row.missed_at) == ("met", NINE + 30 * MINUTE, None)


def test_each_word_to_the_client_begins_the_next_update_anew_and_a_missed_one_is_remembered(inside):
    ticket = opened(inside, priority="high")
    say(inside, ticket, at=NINE + 30 * MINUTE)
    assert the(ticket, "update").due_at == NINE + 90 * MINUTE

    say(inside, ticket, at=NINE + 100 * MINUTE)
    with clock.at(NINE + 110 * MINUTE):
        lifecycle.resolve(ticket, by=inside.agent)

    row = the(ticket, "update")
    assert (row.state, row.left, row.missed_at) == ("paused", 50 * 60, None)
    missed = Activity.objects.filter(ticket_id=ticket.pk, kind="time_missed", details__target="update")
    assert missed.count() == 1


def test_arriving_is_said_once_and_only_where_it_is_promised(inside):
    ticket, plain = opened(inside, priority="high", assignee=inside.engineer), opened(inside)

    with clock.at(NINE + HOUR):
        excusing.arrive(ticket, by=inside.engineer)
        excusing.arrive(ticket, by=inside.dispatcher)
    with pytest.raises(Refused) as no:
        excusing.arrive(plain, by=inside.agent)
    assert no.value.sentence == excusing.NO_CLOCK

    row = the(ticket, "arrival")
    assert (row.state, row.met_at, row.missed_at) == ("met", NINE + HOUR, None)
    assert Activity.objects.filter(kind="arrived").count() == 1


def test_a_moment_given_by_hand_goes_before_the_policy_until_it_is_taken_back(inside):
    ticket = opened(inside)
    with clock.at(NINE + HOUR):
        lifecycle.set_due(ticket, to=NINE + 9 * HOUR, by=inside.agent)
    put(inside, ticket, Glyph.CLIENT, Category.WAITING, NINE + 2 * HOUR)
    row = the(ticket)
    assert (row.state, row.source, row.due_at, row.seconds) == ("running", "hand", NINE + 9 * HOUR, None)
    assert moved(ticket) == []

    with clock.at(NINE + 3 * HOUR):
        lifecycle.set_due(ticket, to=None, by=inside.agent)

    row = the(ticket)
    assert (row.state, row.source, row.left, fresh(ticket).due_at) == ("paused", "policy", 2 * 3600, None)
    assert moved(ticket) == [("resolution", (NINE + 9 * HOUR).isoformat(), str(2 * 3600), "hand")]


def test_an_account_without_policies_has_the_deadlines_it_gives(inside):
    policies.archive(inside.policy, by=inside.owner)
    ticket, free = opened(inside, due_at=NINE + 2 * HOUR), opened(inside)

    put(inside, ticket, Glyph.CLIENT, Category.WAITING, NINE + HOUR)
    with clock.at(NINE + 3 * HOUR):
        lifecycle.resolve(ticket, by=inside.agent)

    row = the(ticket)
    assert (row.state, row.source, row.missed_at, row.policy) == ("met", "hand", NINE + 2 * HOUR, None)
    assert (fresh(ticket).due_at, fresh(free).due_at, Clock.objects.count()) == (NINE + 2 * HOUR, None, 1)


def test_a_delivered_co_ticket_waits_for_its_giver_and_goes_on_where_it_was(inside):
    ticket = opened(inside)
    giver = Counterpart.objects.create(ticket=ticket, label="Вектор", direction="taken", state="accepted")
    say_to(inside, ticket, giver, NINE + 10 * MINUTE)

    deliver(ticket, giver, "done", NINE + HOUR)
    assert (the(ticket).state, the(ticket).met_at) == ("met", NINE + HOUR)
    deliver(ticket, giver, "returned", NINE + 3 * HOUR)

    assert the(ticket, "response").met_at == NINE + 10 * MINUTE
    assert (the(ticket).state, the(ticket).due_at) == ("running", NINE + 6 * HOUR)
    assert [(p.reason, p.owner) for p in Pause.objects.all()] == [("delivered", "Вектор")]


def say_to(desk, ticket, reader, at):
    with clock.at(at):
        conversation.comment(ticket, "Берём.", by=desk.agent, audience=Audience.PARTNER, readers=[reader])


def deliver(ticket, giver, state, at):
    """The hand-over moves, as its own verbs tell the clocks."""
    Counterpart.objects.filter(pk=giver.pk).update(state=state)
    clocks.settle(ticket.pk, at=at)


def test_nothing_moves_twice_and_a_partners_word_costs_nothing(inside, django_assert_num_queries):
    ticket = opened(inside)
    with clock.at(NINE + HOUR):
        lifecycle.set_priority(ticket, to="high", by=inside.dispatcher)
        before = list(Clock.objects.order_by("pk").values())
        for line in Activity.objects.filter(ticket_id=ticket.pk):
            clocks.on_activity(Activity, line, ticket, inside.agent)
        clocks.settle(ticket.pk)
    said = Activity(ticket_id=ticket.pk, kind="commented", actor_kind="partner", details={"readers": ["x"]})

    assert list(Clock.objects.order_by("pk").values()) == before
    assert len(moved(ticket)) == 4
    with django_assert_num_queries(0):
        clocks.on_activity(Activity, said, None, None)


def test_a_delay_is_not_ours_for_a_reason_and_may_be_ours_again(inside):
    ticket = opened(inside)

    with clock.at(NINE + HOUR):
        excusing.excuse(ticket, target="resolution", reason=" Нет  ключа ", by=inside.agent)
    row = the(ticket)
    assert (row.excuse, row.excused_by, row.due_at) == ("Нет ключа", "Agent", NINE + 4 * HOUR)
    excusing.blame(ticket, target="resolution", by=inside.dispatcher)

    assert (the(ticket).excuse, the(ticket).excused_at) == ("", None)
    kinds = Activity.objects.filter(ticket_id=ticket.pk, kind__startswith="time_").order_by("id")
    assert list(kinds.values_list("kind", "details")) == [
        ("time_excused", {"target": "resolution", "reason": "Нет ключа"}),
        ("time_blamed", {"target": "resolution", "reason": "Нет ключа"}),
    ]


@pytest.mark.parametrize("role", ["engineer", "observer"])
def test_who_only_works_or_looks_excuses_nothing(inside, role):
    ticket = opened(inside, assignee=inside.people["engineer"])

    with pytest.raises(Refused) as no:
        excusing.excuse(ticket, target="resolution", reason="Нет ключа", by=inside.people[role])

    assert no.value.sentence == NOT_YOURS


@pytest.mark.parametrize("reason", ["", " ", "я" * 301, "a\0b"])
def test_an_excuse_says_something_and_not_too_much(inside, reason):
    ticket = opened(inside)

    with pytest.raises(Refused) as no:
        excusing.excuse(ticket, target="resolution", reason=reason, by=inside.agent)

    assert no.value.field == "reason"


CHANGES = st.lists(
    st.tuples(
        st.integers(1, 300), st.sampled_from(["client", "open", "done", "high", "low", "normal", "days", "nights"])
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=CHANGES)
def test_reckoning_after_each_change_is_reckoning_once_at_the_end(inside, steps):
    with transaction.atomic():
        ticket, at = opened(inside), NINE
        for minutes, step in steps:
            at += minutes * MINUTE
            with clock.at(at):
                change(inside, ticket, step)
        with clock.at(at):
            clocks.settle(ticket.pk)  # what became late since the last change is said by a timer
            known = facts(ticket)
            Clock.objects.filter(ticket=ticket).delete()
            Ticket.objects.filter(pk=ticket.pk).update(due_at=None)
            clocks.settle(ticket.pk)
        assert facts(ticket) == known
        transaction.set_rollback(True)


def change(desk, ticket, step):
    """One of the things that may happen to a ticket or to what is promised."""
    status = {"client": (Category.WAITING, Glyph.CLIENT), "open": (Category.OPEN, Glyph.OPEN)}
    if step in status:
        lifecycle.set_status(ticket, to=statuses.first(*status[step]), by=desk.agent)
    elif step == "done":
        lifecycle.set_status(ticket, to=statuses.first(Category.RESOLVED), by=desk.agent)
    elif step in ("days", "nights"):
        policies.change(desk.policy, by=desk.owner, calendar=getattr(desk, step))
        resettle("policies")
    else:
        lifecycle.set_priority(ticket, to=step, by=desk.agent)


def facts(ticket):
    """What is true of the running clocks; of those that were kept only when, and of done work no more than that."""
    rows = Clock.objects.filter(ticket=ticket).exclude(state="off").order_by("target")
    kept = ("state", "started_at", "met_at")
    going = (*kept, "seconds", "due_at", "left", "missed_at", "policy_id")
    return [(r.target, *(getattr(r, n) for n in (kept if r.state == "met" else going))) for r in rows]
