"""Several partners asked about one ticket: all at once, one after another, or the first who accepts takes it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from partnerships import delivery, parting, rounds, sharing
from partnerships.cards import Share
from partnerships.models import Handover, Lane, Letter, Round
from partnerships.vocabulary import Mode
from tenants import clock
from tenants.models import Activity
from tenants.timers import ring_due
from tenants.vocabulary import Refused
from tests import world
from tests.partnerships.conftest import text_of
from tests.rewind import staged
from tickets import lifecycle
from tickets.models import Comment, Notification, Ticket


@staged
def desk(w):
    """The service company with three partners, and a ticket of its own that its agent answers for."""
    world.link(w.service, w.vendor)
    with w.service.scope():
        ticket = lifecycle.open_ticket("Касса молчит", by=w.service.dispatcher, assignee=w.service.agent)
    return SimpleNamespace(us=w.service, sub=w.sub, vendor=w.vendor, retail=w.retail, ticket=ticket, w=w)


def ask(desk, mode, *companies, by="dispatcher", **choices):
    with desk.us.scope():
        partners = [world.partner(desk.us, one) for one in companies]
        made = rounds.ask(desk.ticket, partners=partners, mode=mode, by=desk.us.people[by], share=Share(), **choices)
    delivery.drain()
    return made


def answer(company, verb, **details):
    """The partner answers what was offered to him, and everything arrives."""
    with company.scope():
        getattr(sharing, verb)(taken(company), by=company.dispatcher, **details)
    delivery.drain()


def taken(company):
    rows = Handover.objects.select_related("ticket__account", "ticket__status", "partnership", "counterpart")
    return rows.filter(direction="taken").latest("offered_at")


def states(desk):
    """How the ticket stands with each partner, by his name: what we think, in the order of asking."""
    with desk.us.scope():
        rows = Handover.objects.filter(ticket=desk.ticket.pk).order_by("offered_at")
        return list(rows.values_list("partnership__name", "state"))


def theirs(*companies):
    """How the latest offer stands with each of them, and what their own ticket looks like."""
    found = []
    for company in companies:
        with company.scope():
            row = taken(company)
            found.append((row.state, row.ticket.status.category, row.reason))
    return found


def look(desk):
    """The giver's ticket as lists show it."""
    with desk.us.scope():
        ticket = Ticket.objects.select_related("status").get(pk=desk.ticket.pk)
        return ticket.status.name, ticket.turn, ticket.turn_holder, ticket.handover_state


def said(desk):
    """The giver's ledger of this ticket, as (kind, sentence), of rounds only."""
    kinds = ("handover_skipped", "handover_stopped", "handover_round_over")
    with desk.us.scope():
        rows = Activity.objects.filter(ticket_id=desk.ticket.pk, kind__in=kinds).order_by("at", "pk")
        return [(row.kind.removeprefix("handover_"), row.details["taker"]) for row in rows]


def told(desk):
    """What is news to our people since we last looked."""
    with desk.us.scope():
        events = set(Notification.objects.filter(read_at=None).values_list("event", flat=True))
        Notification.objects.update(read_at=clock.now())
    return events


def test_in_parallel_each_has_his_own_part_and_answers_for_himself(desk):
    ask(desk, Mode.PARALLEL, desk.sub, desk.vendor, message="Посмотрите, пожалуйста")

    with desk.us.scope():
        comment = Comment.objects.get(ticket=desk.ticket)
        assert comment.readers.count() == 2, "one comment for both, and neither reads the other's name"
    assert states(desk) == [("Вектор", "offered"), ("АТЛАС Сервис", "offered")]
    answer(desk.sub, "decline", reason="Нет людей")
    assert states(desk) == [("Вектор", "declined"), ("АТЛАС Сервис", "offered")]
    assert look(desk)[:2] == ("Возврат", "us"), "his part is back with us, whatever the other does with his"
    answer(desk.vendor, "accept")
    assert states(desk) == [("Вектор", "declined"), ("АТЛАС Сервис", "accepted")]


def test_one_after_another_the_next_is_asked_by_itself_and_nobody_of_us_gets_the_turn(desk):
    ask(desk, Mode.SEQUENCE, desk.sub, desk.vendor, desk.retail, message="Успеете?")
    told(desk)
    assert states(desk) == [("Вектор", "offered")]

    answer(desk.sub, "decline", reason="Нет людей")

    assert states(desk) == [("Вектор", "declined"), ("АТЛАС Сервис", "offered")]
    assert look(desk) == ("У партнёра", "partner", "АТЛАС Сервис", "offered")
    assert told(desk) == {"partner"}, "the answer is news, the turn is not ours"
    with desk.vendor.scope():
        assert Comment.objects.get().body == "Успеете?"

    answer(desk.vendor, "accept")

    assert look(desk) == ("У партнёра", "partner", "АТЛАС Сервис", "accepted")
    with desk.us.scope():
        made = Round.objects.get()
        assert made.queue == [] and made.settled_at
    with desk.retail.scope():
        assert not Handover.objects.filter(direction="taken").exists()


def test_time_runs_out_for_one_after_the_other_and_the_ticket_comes_back_once(desk):
    ask(desk, Mode.SEQUENCE, desk.sub, desk.vendor, accept_by=clock.now() + timedelta(minutes=10))
    told(desk)
    later = clock.now() + timedelta(minutes=11)
    with clock.at(later):
        ring_due()
        delivery.drain()
        with desk.us.scope():
            second = Handover.objects.get(state="offered")
        assert later < second.accept_by <= later + timedelta(minutes=10), "as much time as the first one had"
    assert look(desk)[:2] == ("У партнёра", "partner")
    told(desk)
    with clock.at(later + timedelta(minutes=11)):
        ring_due()
    # Carriers go by the real clock.
    Lane.objects.update(next_attempt_at=clock.now())
    delivery.drain()

    assert states(desk) == [("Вектор", "expired"), ("АТЛАС Сервис", "expired")]
    assert theirs(desk.sub, desk.vendor) == [("expired", "closed", "")] * 2
    assert look(desk) == ("Возврат", "us", "", "expired")
    assert told(desk) == {"our_turn"}
    with desk.us.scope():
        moves = Activity.objects.filter(ticket_id=desk.ticket.pk, kind="status_changed", details__after="Возврат")
        assert moves.count() == 1


def test_whoever_can_not_be_asked_is_left_out_with_the_reason(desk):
    ask(desk, Mode.SEQUENCE, desk.sub, desk.vendor, desk.retail)
    with desk.us.scope():
        parting.pause(world.partner(desk.us, desk.vendor), by=desk.us.owner)

    answer(desk.sub, "decline", reason="Нет людей")
    assert states(desk) == [("Вектор", "declined"), ("Лукошко", "offered")]
    assert said(desk) == [("skipped", "АТЛАС Сервис")]
    answer(desk.retail, "decline", reason="Не наше")

    assert look(desk) == ("Возврат", "us", "", "declined")
    assert said(desk) == [("skipped", "АТЛАС Сервис")]


def test_when_nobody_is_left_who_can_be_asked_the_ticket_is_ours_again(desk):
    ask(desk, Mode.SEQUENCE, desk.sub, desk.vendor, by="agent")
    told(desk)
    with desk.us.scope():
        desk.us.people["agent"].__class__.objects.filter(pk=desk.us.agent.pk).update(role="observer")

    answer(desk.sub, "decline", reason="Нет людей")

    assert states(desk) == [("Вектор", "declined")]
    assert said(desk) == [("skipped", "АТЛАС Сервис"), ("round_over", "")]
    assert look(desk) == ("Возврат", "us", "", "declined")
    assert told(desk) == {"our_turn"}


def test_a_link_that_ends_under_the_offer_hands_the_turn_to_the_next(desk):
    ask(desk, Mode.SEQUENCE, desk.sub, desk.vendor)
    with desk.us.scope():
        parting.end(world.partner(desk.us, desk.sub), by=desk.us.owner)
    delivery.drain()

    assert states(desk) == [("Вектор", "cut"), ("АТЛАС Сервис", "offered")]
    assert look(desk)[:3] == ("У партнёра", "partner", "АТЛАС Сервис")


def test_a_link_that_is_busy_is_looked_at_again(desk, monkeypatch):
    ask(desk, Mode.SEQUENCE, desk.sub, desk.vendor)
    with monkeypatch.context() as patch:
        patch.setattr("partnerships.lanes.hold_at_once", lambda link_id: False)
        answer(desk.sub, "decline", reason="Нет людей")
        assert states(desk) == [("Вектор", "declined")]

    ring_due()

    assert states(desk) == [("Вектор", "declined"), ("АТЛАС Сервис", "offered")]
    assert look(desk)[:3] == ("У партнёра", "partner", "АТЛАС Сервис")


def test_a_withdrawal_stops_the_queue(desk):
    ask(desk, Mode.SEQUENCE, desk.sub, desk.vendor)
    with desk.us.scope():
        sharing.withdraw(Handover.objects.get(direction="given"), by=desk.us.dispatcher, reason="Сами")
    delivery.drain()

    assert states(desk) == [("Вектор", "withdrawn")]
    with desk.us.scope():
        assert Round.objects.get().settled_at


def test_the_first_who_accepts_takes_it_and_the_others_are_not_told_who(desk):
    ask(desk, Mode.RACE, desk.sub, desk.vendor, desk.retail)
    told(desk)
    answer(desk.sub, "decline", reason="Нет людей")
    assert look(desk)[:2] == ("У партнёра", "partner"), "two have the offer still"
    assert told(desk) == {"partner"}
    with desk.retail.scope():
        sharing.accept(taken(desk.retail), by=desk.retail.dispatcher)

    answer(desk.vendor, "accept")

    won = dict(states(desk))
    assert sorted(won.values()) == ["accepted", "declined", "withdrawn"] and won["Вектор"] == "declined"
    both = (desk.vendor, desk.retail) if won["АТЛАС Сервис"] == "accepted" else (desk.retail, desk.vendor)
    winner, loser = both
    assert theirs(winner, loser) == [("accepted", "open", ""), ("withdrawn", "closed", "taken_by_other")]
    assert look(desk) == ("У партнёра", "partner", winner.account.name, "accepted")
    with loser.scope():
        assert not taken(loser).pending
        words = str(list(Activity.objects.filter(ticket_id=taken(loser).ticket_id).values_list("details", flat=True)))
    with desk.us.scope():
        letters = str(list(Letter.objects.filter(handover__partnership__name=loser.account.name).values_list("body")))
    assert winner.account.name not in words + letters


def test_a_race_that_nobody_takes_comes_back_once(desk):
    ask(desk, Mode.RACE, desk.sub, desk.vendor)
    told(desk)
    with clock.at(clock.now() + timedelta(hours=2)):
        ring_due()
        delivery.drain()

    assert states(desk) == [("Вектор", "expired"), ("АТЛАС Сервис", "expired")]
    assert look(desk)[:2] == ("Возврат", "us")
    assert told(desk) == {"our_turn"}
    with desk.us.scope():
        moves = Activity.objects.filter(ticket_id=desk.ticket.pk, kind="status_changed", details__after="Возврат")
        assert moves.count() == 1 and Round.objects.get().settled_at


@pytest.mark.parametrize(
    "change, sentence",
    [
        (lambda desk, partners: {"mode": "lottery"}, "Choose how"),
        (lambda desk, partners: {"partners": partners[:1]}, "at least two"),
        (lambda desk, partners: {"partners": partners[:1] * 2}, "at least two"),
        (lambda desk, partners: {"by": desk.us.engineer}, "Your role does not allow this."),
        (lambda desk, partners: {"by": desk.us.observer}, "Your role does not allow this."),
    ],
)
def test_what_is_no_round_is_refused_whole(desk, change, sentence):
    with desk.us.scope():
        partners = [world.partner(desk.us, one) for one in (desk.sub, desk.vendor)]
        asked = {"partners": partners, "mode": Mode.SEQUENCE, "by": desk.us.dispatcher, "share": Share()}
        with pytest.raises(Refused, match=sentence), override("en"):
            rounds.ask(desk.ticket, **asked | change(desk, partners))

        assert not Round.objects.exists() and not Handover.objects.exists()


def test_the_ticket_says_who_is_asked_next_and_lets_that_be_stopped(desk, enter):
    made = ask(desk, Mode.SEQUENCE, desk.sub, desk.vendor, desk.retail)
    page, stop_it = f"tickets/{desk.ticket.number}/", f"rounds/{made.pk}/stop/"
    assert "asked next: АТЛАС Сервис, Лукошко" in text_of(enter(desk.us).get(page))
    assert "Ask nobody else" not in text_of(enter(desk.us, "observer").get(page))
    answers = [enter(desk.us, role).post(stop_it, hx_request="true") for role in ("observer", "dispatcher", "agent")]

    assert [one.status_code for one in answers] == [422, 204, 422]
    assert "asked next" not in text_of(enter(desk.us).get(page))
    assert said(desk) == [("stopped", "АТЛАС Сервис, Лукошко")]
    answer(desk.sub, "decline", reason="Нет людей")
    assert states(desk) == [("Вектор", "declined")] and look(desk)[:2] == ("Возврат", "us")
