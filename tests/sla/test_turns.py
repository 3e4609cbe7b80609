"""Every minute belongs to somebody: kept as it happens, told again from the ledger, and adding up to the second."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from partnerships import delivery, sharing
from partnerships.models import Handover
from sla import calendars, contribution, spans, turns
from sla.models import TurnSpan
from tenants import account_settings, accounts, clock, people
from tenants.models import Activity
from tenants.vocabulary import Refused
from tests.sla.conftest import MINUTE, NINE, give, hand_of, minute
from tests.walls.cast import undone
from tickets import conversation, lifecycle, statuses
from tickets.models import Ticket
from tickets.timeline import Timeline, has_news
from tickets.vocabulary import Audience, Category, Glyph

SECOND = timedelta(seconds=1)


def told(ticket):
    """The turns as (party, why, minutes after nine at which each began)."""
    rows = TurnSpan.objects.filter(ticket=ticket.pk).order_by("from_at")
    return [(row.party, row.because, (row.from_at - NINE) // MINUTE) for row in rows]


def agrees(company):
    """In this account every ticket's turns are what the ledger tells, the last is what the rule says now."""
    with company.scope():
        tickets = list(Ticket.objects.select_related("status").prefetch_related("counterparts", spans.LAST))
        assert spans.Books(tickets).differing() == []
        for ticket in tickets:
            assert spans.stands(ticket, turns.turned(ticket, turns.holder_of(ticket))), ticket.ref
            now = clock.now() + MINUTE
            # What is closed later was done when it was resolved.
            over = next((span.from_at for span in ticket.last_spans if span.party == "nobody"), None)
            whole = ((over or spans.second(now)) - spans.second(ticket.created_at)) // SECOND
            shares = spans.account(ticket, now)
            assert sum(share.wall for share in shares) == whole
        return len(tickets)


def test_each_side_accounts_for_every_minute_as_far_as_it_knows(journey):
    with journey.ours.scope():
        assert told(journey.ticket) == [
            ("us", "queue", 0),
            ("us", "person", 10),
            ("partner", "offer", 15),
            ("partner", "work", 20),
            ("far", "work", 30),
            ("partner", "work", 60),
            ("us", "answer", 70),
            ("us", "person", 75),
            ("client", "client", 80),
            ("us", "person", 95),
            ("nobody", "finished", 100),
        ]
        names = set(TurnSpan.objects.filter(ticket=journey.ticket.pk).values_list("party", "holder"))
        assert names == {("us", ""), ("client", ""), ("nobody", ""), ("partner", "Вектор"), ("far", "АТЛАС Сервис")}
    with journey.theirs.scope():
        assert told(journey.taken.ticket) == [
            ("us", "queue", 15),
            ("partner", "offer", 30),
            ("partner", "work", 40),
            ("us", "answer", 60),
            ("us", "queue", 65),
            ("client", "approval", 70),
            ("nobody", "finished", 75),
        ]
        assert TurnSpan.objects.get(ticket=journey.taken.ticket, party="client").holder == "Меридиан Сервис"

    assert [agrees(one) for one in (journey.ours, journey.theirs, journey.far)] == [1, 1, 1]


def test_wall_and_working_time_add_up_and_the_api_tells_them(journey):
    with journey.ours.scope():
        week = [[["09:00", "09:30"], ["10:00", "18:00"]]] * 5 + [[], []]
        calendars.add("Дни", by=journey.ours.owner, zone="Europe/Moscow", week=week)
        data = contribution.as_data(journey.ticket, NINE + 500 * MINUTE)

    assert data["total_seconds"] == 6000
    assert sum(turn["seconds"] for turn in data["turns"]) == 6000
    assert sum(turn["working_seconds"] for turn in data["turns"]) == 70 * 60
    assert data["turns"][3] == {
        "party": "partner",
        "reason": "work",
        "from": NINE + 20 * MINUTE,
        "to": NINE + 30 * MINUTE,
        "seconds": 600,
        "working_seconds": 600,
    }


def test_the_one_that_lasts_has_no_end(three):
    with minute(0, three.service):
        ticket = lifecycle.open_ticket("Касса молчит", by=three.service.dispatcher)
    with three.service.scope():
        data = contribution.as_data(ticket, NINE + 3 * MINUTE + 20 * SECOND)

    turn = data["turns"][0]
    assert (data["total_seconds"], len(data["turns"]), turn["to"], turn["reason"]) == (200, 1, None, "queue")


def test_a_nameless_company_behind_the_partner_has_its_own_turn(three):
    ours, theirs, far = three.service, three.sub, three.vendor
    with minute(0, ours):
        ticket = lifecycle.open_ticket("Касса молчит", by=ours.dispatcher)
        give(ours, theirs, ticket, see_below="role")
    with minute(5, theirs):
        taken = hand_of(theirs, direction="taken")
        sharing.accept(taken, by=theirs.dispatcher)
        give(theirs, far, taken.ticket)
    with minute(10, far):
        sharing.accept(hand_of(far, direction="taken"), by=far.dispatcher)
    with ours.scope(), clock.at(NINE + 30 * MINUTE), override("en"):
        last = TurnSpan.objects.get(ticket=ticket.pk, until_at=None)
        line = contribution.of(ticket, inside=True).lines[-1]

    assert (last.party, last.holder, last.station, line.company) == ("far", "", "1", "subcontractor of Вектор")
    assert agrees(ours) == 1


def test_two_turns_in_one_second_and_two_clocks_keep_their_order(three):
    ours = three.service
    with ours.scope():
        with clock.at(NINE + timedelta(milliseconds=700)):
            ticket = lifecycle.open_ticket("Касса молчит", by=ours.dispatcher)
        with clock.at(NINE + timedelta(milliseconds=900)):
            lifecycle.assign(ticket, to=ours.agent, by=ours.dispatcher)
        # Another process whose clock is behind.
        with clock.at(NINE + timedelta(milliseconds=100)):
            lifecycle.assign(ticket, to=ours.engineer, by=ours.dispatcher)
        rows = list(TurnSpan.objects.filter(ticket=ticket.pk))

    assert [(row.member_id, row.from_at, row.until_at) for row in rows] == [(ours.engineer.pk, NINE, None)]
    assert agrees(ours) == 1


def test_nothing_is_written_where_nothing_turns(three):
    ours = three.service
    with minute(0, ours):
        ticket = lifecycle.open_ticket("Касса молчит", by=ours.dispatcher)
        before = Activity.objects.filter(kind="turned").count()
    with minute(5, ours):
        conversation.comment(ticket, "Слово", by=ours.dispatcher, audience=Audience.INTERNAL)
        lifecycle.set_priority(ticket, to="high", by=ours.dispatcher)
        lifecycle.set_status(ticket, to=statuses.first(Category.OPEN, Glyph.OPEN), by=ours.dispatcher)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            turns.settle(ticket.pk)
        after = Activity.objects.filter(kind="turned").count()

    assert (before, after) == (1, 1)
    assert len(asked) == 3, "the ticket, its partners, its last turn"


def test_no_page_draws_a_turn_as_a_line_of_the_history(journey):
    with journey.ours.scope():
        timeline = Timeline(journey.ticket, journey.ours.owner, whole=True)
        last = Activity.objects.filter(ticket_id=journey.ticket.pk).exclude(kind="turned").latest("pk")

        assert "turned" not in {line.kind for line in timeline.activities}
        assert timeline.cursor == last.pk and not has_news(journey.ticket, last.pk)


def test_whoever_is_renamed_or_gone_keeps_his_turns(three):
    ours, theirs = three.service, three.sub
    with minute(0, ours):
        team = accounts.add_team("Кассы", by=ours.owner)
        ticket = lifecycle.open_ticket("Касса молчит", by=ours.dispatcher, team=team)
        lifecycle.assign(ticket, to=ours.agent, by=ours.dispatcher)
    with minute(5, ours):
        people.remove(ours.agent, by=ours.owner)
    with minute(6, ours):
        people.remove_team(team, by=ours.owner)
    with minute(10, ours):
        give(ours, theirs, ticket)
    with minute(20, theirs):
        account_settings.change(theirs.account, name="Вектор-Север", by=theirs.owner)
    with ours.scope():
        rows = TurnSpan.objects.filter(ticket=ticket.pk).order_by("from_at")
        kept = [(row.because, row.holder, row.member_id, row.team_id) for row in rows]

    assert kept == [
        ("person", "", ours.agent.pk, None),
        ("queue", "", None, None),
        ("queue", "", None, None),
        ("offer", "Вектор-Север", None, None),
    ]
    assert agrees(ours) == 1


def test_a_ticket_of_before_begins_at_its_opening_with_what_is_known(three):
    ours = three.service
    facts = {"status": None, "created_at": NINE, "updated_at": NINE, "turn_since": NINE}
    with ours.scope():
        facts["status"] = statuses.first(Category.NEW)
        ticket = Ticket.objects.create(number=900, subject="Старая", **facts)
        assumed = contribution.as_data(ticket, NINE + 4 * MINUTE)["turns"]
        with clock.at(NINE + 10 * MINUTE):
            lifecycle.set_status(ticket, to=statuses.first(Category.WAITING, Glyph.CLIENT), by=ours.dispatcher)

        assert [(turn["party"], turn["reason"], turn["seconds"]) for turn in assumed] == [("us", "queue", 240)]
        assert told(ticket) == [("us", "queue", 0), ("client", "client", 10)]
        finished = {**facts, "turn": "nobody", "finished_at": NINE + 7 * MINUTE, "status": statuses.first("closed")}
        old = Ticket.objects.create(number=901, subject="Старая", **finished)
        assert contribution.as_data(old, NINE + 90 * MINUTE)["total_seconds"] == 420
    assert agrees_stored(ours)


def agrees_stored(company):
    with company.scope():
        return spans.Books(Ticket.objects.all()).differing() == []


def test_the_operator_compares_and_makes_anew(journey):
    def said(*args):
        out = StringIO()
        call_command("turns", *args, stdout=out)
        return out.getvalue().split("\n")

    with journey.ours.scope():
        before = told(journey.ticket)
        TurnSpan.objects.filter(ticket=journey.ticket.pk, because="answer").update(because="queue")
    number = journey.ticket.number

    assert said("meridian")[0] == f"meridian: 1 tickets, 1 differ {number}"
    assert said("meridian", "--rebuild")[0] == f"meridian: 1 tickets, 1 made anew {number}"
    assert len(said()) == 6 and said("meridian")[0] == "meridian: 1 tickets, 0 differ"
    with journey.ours.scope():
        assert told(journey.ticket) == before
    with pytest.raises(CommandError):
        said("nobody")


# Who presses what, on which of his tickets, and how many seconds later.
VERBS = """
open give assign unassign wait work resolve reopen close carry carry
accept decline deliver approve send_back give_back withdraw
"""
PRESSED = st.tuples(
    st.sampled_from([0, 1]),
    st.sampled_from(VERBS.split()),
    st.integers(0, 5),
    st.sampled_from([0, 0.3, 1, 7, 61, 3600]),
)


def press(companies, side, verb, number):
    """One verb of one side; most of them are refused most of the time."""
    ours, theirs = companies[side], companies[1 - side]
    by, tickets = ours.dispatcher, list(Ticket.objects.select_related("status", "account").order_by("number"))
    if verb == "open" or not tickets:
        lifecycle.open_ticket("Касса молчит", by=by)
        return
    ticket = tickets[number % len(tickets)]
    hand = Handover.objects.filter(ticket=ticket).order_by("-id").first()
    status = {"wait": (Category.WAITING, Glyph.CLIENT), "work": (Category.OPEN, Glyph.OPEN)}
    if verb == "give":
        give(ours, theirs, ticket)
    elif verb in ("assign", "unassign"):
        lifecycle.assign(ticket, to=(ours.agent, by)[number % 2] if verb == "assign" else None, by=by)
    elif verb in status:
        lifecycle.set_status(ticket, to=statuses.first(*status[verb]), by=by)
    elif verb in ("resolve", "reopen", "close"):
        getattr(lifecycle, verb)(ticket, by=by)
    elif hand:
        hand = hand_of(ours, pk=hand.pk)
        said = {"reason": "Так"} if verb in ("decline", "send_back", "give_back", "withdraw") else {}
        said |= {"report": "Готово"} if verb == "deliver" else {}
        getattr(sharing, verb)(hand, by=by, **said)


@settings(
    max_examples=14,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(PRESSED, min_size=6, max_size=18))
def play(companies, pressed):
    at = NINE
    with undone():
        for side, verb, number, later in pressed:
            at += later * SECOND
            with clock.at(at):
                if verb == "carry":
                    delivery.drain()
                    continue
                with companies[side].scope():
                    try:
                        press(companies, side, verb, number)
                    except Refused:
                        continue
        with clock.at(at + MINUTE):
            delivery.drain()
            for company in companies:
                agrees(company)


def test_any_history_is_told_again_by_its_ledger(three):
    play((three.service, three.sub))
