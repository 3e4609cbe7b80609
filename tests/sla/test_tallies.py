"""Figures of finished tickets: equal to the sums done by hand, and the same however often they are made."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships import sharing
from sla import calendars, excusing, figures, policies, spans, tallies
from sla.models import Stint, Tally, TurnSpan
from sla.vocabulary import Because, Outcome, Party
from tenants import accounts, clock
from tests import world
from tests.rewind import staged
from tests.sla.conftest import give, hand_of, minute
from tickets import conversation, lifecycle, statuses
from tickets.models import Ticket
from tickets.vocabulary import Audience, Category, Glyph

# A Wednesday, nine o'clock in Moscow.
NINE = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = date(2026, 3, 2)
PEOPLE = {role: (role.title(), "") for role in ("owner", "dispatcher", "agent", "engineer", "observer")}
WEEKS = {"weeks": "days", "since": "2026-02-23", "until": "2026-03-15"}


@staged
def desk():
    """A service company that promises four hours around the clock."""
    company = world.company("meridian", "Меридиан", "МС", PEOPLE)
    with company.scope(), clock.at(NINE - 24 * HOUR):
        company.shop = accounts.add_client("Лукошко", by=company.owner)
        company.cafe = accounts.add_client("Кафе", by=company.owner)
        company.crew = accounts.add_team("Первая", line=1, by=company.owner)
        company.always = calendars.add("Всегда", by=company.owner, zone="Europe/Moscow", always=True)
        targets = {"normal": {"resolution": 240}}
        policies.add("Обычная", by=company.owner, calendar=company.always, targets=targets)
    return company


@pytest.fixture
def inside(desk):
    with desk.scope():
        yield desk


def opened(desk, at=NINE, **facts):
    facts = {"client": desk.shop, "team": desk.crew} | facts
    with clock.at(at):
        return lifecycle.open_ticket("Касса молчит", by=desk.dispatcher, **facts)


def told(desk, ticket):
    """Two hours in the queue, one with the agent, three with the client, half an hour with the agent again."""
    for hours, verb, facts in (
        (2, lifecycle.assign, {"to": desk.agent}),
        (3, lifecycle.set_status, {"to": statuses.first(Category.WAITING, Glyph.CLIENT)}),
        (6, lifecycle.set_status, {"to": statuses.first(Category.OPEN, Glyph.OPEN)}),
        (6.5, lifecycle.resolve, {}),
    ):
        with clock.at(ticket.created_at + hours * HOUR):
            verb(ticket, by=desk.dispatcher, **facts)


def tally(ticket):
    return Tally.objects.get(ticket=ticket)


def wanted(**changes):
    return figures.Wanted.read(WEEKS | changes, "Europe/Moscow")


def test_a_finished_ticket_is_added_up_to_the_second(inside):
    ticket = opened(inside)
    told(inside, ticket)
    waiting = tally(ticket)

    tallies.tally(ticket.pk)

    row, hour = tally(ticket), 3600
    assert waiting.stale and not row.stale
    assert (row.queue_time, row.person_time, row.client_time) == (2 * hour, 1.5 * hour, 3 * hour)
    assert row.total == row.working == 6.5 * hour
    assert (row.partner_time, row.far_time, row.deep_time, row.idle_time) == (0, 0, 0, 0)
    assert (row.parties, row.client_id, row.team_id, row.assignee_id) == (
        2,
        inside.shop.pk,
        inside.crew.pk,
        inside.agent.pk,
    )
    assert (row.day, row.week, row.resolution, row.missed_by) == (date(2026, 3, 4), MONDAY, Outcome.KEPT, "")
    assert set(Stint.objects.values_list("member", "time")) == {(None, 2 * hour), (inside.agent.pk, 1.5 * hour)}


def test_late_says_whose_turn_it_was_and_an_excuse_counts_apart(inside):
    ticket = opened(inside)
    with clock.at(NINE + HOUR):
        lifecycle.assign(ticket, to=inside.agent, by=inside.dispatcher)
    with clock.at(NINE + 9 * HOUR):
        lifecycle.resolve(ticket, by=inside.agent)
    tallies.catch_up()
    late = tally(ticket)

    with clock.at(NINE + DAY):
        excusing.excuse(ticket, target="resolution", reason="Не было ключа", by=inside.agent)
    tallies.catch_up()

    assert (late.resolution, late.missed_by, late.missed_because) == ("missed", Party.US, Because.PERSON)
    assert tally(ticket).resolution == Outcome.EXCUSED


def test_a_ticket_that_goes_on_is_none_of_the_finished_and_comes_back_anew(inside):
    ticket = opened(inside)
    told(inside, ticket)
    tallies.catch_up()

    with clock.at(NINE + 10 * HOUR):
        lifecycle.reopen(ticket, by=inside.dispatcher)
    gone = Tally.objects.filter(ticket=ticket).exists() or Stint.objects.exists()
    with clock.at(NINE + 7 * DAY):
        lifecycle.resolve(ticket, by=inside.dispatcher)
    tallies.catch_up()

    row = tally(ticket)
    assert not gone
    assert row.week == MONDAY + timedelta(days=7)
    assert row.idle_time == 3.5 * 3600
    assert row.total == 7 * 24 * 3600 == sum(getattr(row, name) for name in tallies.TIMES)


def test_what_was_missed_by_an_outage_is_found_and_made_twice_is_made_once(inside):
    tickets = [opened(inside) for _n in range(3)]
    for ticket in tickets:
        told(inside, ticket)
    Tally.objects.all().delete()

    for _n in range(2):
        tallies.tally_all(inside.account.pk)

    assert Tally.objects.filter(stale=False).count() == 3
    assert Stint.objects.count() == 6


def test_figures_follow_whom_the_ticket_belongs_to(inside):
    ticket = opened(inside)
    told(inside, ticket)
    tallies.catch_up()

    with clock.at(NINE + DAY):
        lifecycle.assign(ticket, to=inside.engineer, by=inside.dispatcher)
        waits = tally(ticket).stale
        tallies.tally(ticket.pk)

    assert waits
    assert tally(ticket).assignee_id == inside.engineer.pk


def test_figures_follow_a_deadline_that_is_given_after_the_end(inside):
    ticket = opened(inside)
    told(inside, ticket)
    tallies.catch_up()
    before = tally(ticket).resolution

    with clock.at(NINE + DAY):
        lifecycle.set_due(ticket, to=NINE + HOUR, by=inside.dispatcher)
        waits = tally(ticket).stale
        tallies.tally(ticket.pk)

    assert (before, waits, tally(ticket).resolution) == (Outcome.KEPT, True, Outcome.MISSED)


def updated(desk, *words, excused=None):
    """The outcome of a ticket that promised a word each hour, was given words in these minutes and done after 200."""
    ticket = opened(desk, priority="high")
    steps = [(at, "word") for at in words] + ([(excused, "excuse")] if excused else [])
    for at, what in sorted(steps):
        with clock.at(NINE + at * HOUR / 60):
            if what == "word":
                conversation.comment(ticket, "Едем", by=desk.agent, audience=Audience.CLIENT)
            else:
                excusing.excuse(ticket, target="update", reason="Связи не было", by=desk.dispatcher)
    with clock.at(NINE + 200 * HOUR / 60):
        lifecycle.resolve(ticket, by=desk.dispatcher)
    tallies.catch_up()
    return tally(ticket).update


def test_every_round_of_next_updates_counts_not_only_the_last(inside):
    targets = {"high": {"update": 60}}
    with clock.at(NINE - HOUR):
        policy = policies.add("Каждый час", by=inside.owner, calendar=inside.always, targets=targets)
        policies.place(policy, up=True, by=inside.owner)

    assert updated(inside, 50, 100, 150) == Outcome.KEPT
    assert updated(inside, 90, 140, 190) == Outcome.MISSED, "the first was late, the last was not"
    assert updated(inside, 90, 140, 190, excused=70) == Outcome.EXCUSED, "also once our word was said"
    assert updated(inside, 90, 140, 190, excused=100) == Outcome.MISSED, "another round was excused"
    assert updated(inside, 50, 100) == Outcome.MISSED, "nothing was said until the end"
    told(inside, usual := opened(inside))
    tallies.catch_up()
    assert tally(usual).update == "", "nobody promised him a word"


def test_what_waits_to_be_added_up_once_more_counts_as_before(inside):
    told(inside, opened(inside))
    tallies.catch_up()
    fresh = opened(inside)
    told(inside, fresh)
    Tally.objects.update(stale=True)

    before = [week.n for week in figures.by_week(inside.observer, wanted())]
    left = tallies.catch_up(most=1)
    after = [week.n for week in figures.by_week(inside.observer, wanted())]

    assert (before, left, after) == ([0, 1, 0], 1, [0, 2, 0])
    assert not tally(fresh).stale, "the newest first"


def test_pages_add_up_side_by_side(inside):
    told(inside, opened(inside))

    with CaptureQueriesContext(connection) as asked:
        tallies.catch_up()

    assert [one["sql"].count("SKIP LOCKED") for one in asked if "NO KEY UPDATE" in one["sql"]] == [1]


def test_work_for_another_company_was_over_when_it_was_delivered(journey):
    for company, taken, delivered in ((journey.theirs, 15, 70), (journey.far, 30, 60)):
        with company.scope(), clock.at(NINE + 2 * HOUR):
            tallies.catch_up()
            row = Tally.objects.get()
            took = (delivered - taken) * 60
            assert row.finished_at == NINE + delivered * HOUR / 60, "not when that was approved"
            assert (row.total, row.client_time) == (took, 0)


def test_an_approval_that_is_waited_for_changes_no_figure(three):
    with minute(0, three.service):
        given = give(three.service, three.sub, lifecycle.open_ticket("Касса молчит", by=three.service.dispatcher))
    with minute(10, three.sub):
        sharing.accept(hand_of(three.sub, direction="taken"), by=three.sub.dispatcher)
    with minute(30, three.sub):
        sharing.deliver(hand_of(three.sub, direction="taken"), by=three.sub.dispatcher, report="Готово")
    figures_ = []
    for approved in (False, True):
        if approved:
            with minute(15 * 24 * 60, three.service):
                sharing.approve(hand_of(three.service, pk=given.pk), by=three.service.dispatcher)
        with three.sub.scope():
            tallies.catch_up()
            figures_ += Tally.objects.values("week", "finished_at", "total", "resolution", "parties", *tallies.TIMES)

    before, after = figures_
    assert before == after
    assert (before["week"], before["total"]) == (MONDAY, 30 * 60)


HOLDERS = (
    (Party.US, Because.QUEUE),
    (Party.US, Because.PERSON),
    (Party.CLIENT, Because.CLIENT),
    (Party.PARTNER, Because.WORK),
    (Party.FAR, Because.WORK),
)
PARTS = {
    "client": ["client_time"],
    "us": ["queue_time", "person_time"],
    "partner": ["partner_time"],
    "far": ["far_time", "deep_time"],
}


def random_spans(desk, chance, ticket):
    """A history of turns that touch each other, of any length."""
    at, rows = ticket.created_at, []
    for _n in range(chance.randrange(1, 7)):
        until = at + timedelta(seconds=chance.randrange(0, 90_000))
        party, because = chance.choice(HOLDERS)
        member = desk.agent if because == Because.PERSON else None
        station = chance.choice(["1", "1.2"]) if party == Party.FAR else ""
        name = {"party": party, "because": because, "station": station}
        rows.append(TurnSpan(ticket=ticket, from_at=at, until_at=until, member=member, **name))
        at = until
    rows.append(TurnSpan(ticket=ticket, party=Party.NOBODY, because=Because.FINISHED, from_at=at))
    TurnSpan.objects.filter(ticket=ticket).delete()
    TurnSpan.objects.bulk_create(rows)
    Ticket.objects.filter(pk=ticket.pk).update(finished_at=at)


def test_rolled_up_is_what_the_turns_say_of_any_history(inside):
    chance = random.Random(4)
    tickets = [opened(inside) for _n in range(25)]
    for ticket in tickets:
        random_spans(inside, chance, ticket)

    tallies.tally_all(inside.account.pk)

    for ticket in Ticket.objects.filter(pk__in=[row.pk for row in tickets]):
        shares, row = spans.account(ticket, NINE + 99 * DAY), tally(ticket)
        assert row.total == sum(share.wall for share in shares)
        assert row.working == sum(share.working for share in shares)
        for party, names in PARTS.items():
            assert sum(getattr(row, name) for name in names) == sum(s.wall for s in shares if s.party == party)


def test_a_report_is_the_sums_done_by_hand(inside):
    hour = 3600
    first, second = opened(inside), opened(inside, client=inside.cafe)
    for ticket in (first, second):
        told(inside, ticket)
    third = opened(inside)
    with clock.at(NINE + 10 * HOUR):
        lifecycle.resolve(third, by=inside.dispatcher)
    tallies.catch_up()

    before, week, after = figures.by_week(inside.observer, wanted())
    clients = figures.by_client(inside.observer, wanted())
    people_ = figures.by_person(inside.observer, wanted())

    assert (before.n, after.n, week.n, week.monday) == (0, 0, 3, MONDAY)
    assert week.median == 6.5 * hour
    # Of 23 hours 14 were in the queue, 3 with the agent, 6 with the client.
    assert week.held["client"] == pytest.approx(6.5 * hour * 6 / 23)
    assert week.held["us"] == pytest.approx(6.5 * hour * 17 / 23)
    assert (week.kept, week.missed, week.excused) == (2, 1, 0)
    assert [(row["name"], row["n"], row["share"]) for row in clients] == [("Лукошко", 2, 50), ("Кафе", 1, 100)]
    assert [(row["name"], row["n"], row["time"], row["queue"], row["person"]) for row in people_] == [
        ("Agent", 2, 3 * hour, 2 * hour, 1.5 * hour),
        ("", 1, None, 10 * hour, 0),
    ]
    assert figures.why_missed(inside.observer, wanted()) == [{"missed_by": "us", "missed_because": "queue", "n": 1}]
    assert [row["name"] for row in figures.by_person(inside.agent, wanted())] == ["Agent"]
    assert [week.n for week in figures.by_week(inside.observer, wanted(client=str(inside.cafe.pk)))] == [0, 1, 0]
