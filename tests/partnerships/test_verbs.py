"""The table of the hand-over: who may do what from which state, and whose row decides."""

from datetime import timedelta

import pytest

from partnerships import delivery, ratings, sharing
from partnerships.models import Handover
from partnerships.vocabulary import State
from tenants import clock
from tenants.vocabulary import Refused
from tests.partnerships.conftest import hand, in_state, into_state, row
from tickets import lifecycle
from tickets.models import Ticket

# The product's own table, written out again, so that a slip in the code's table is seen.
TABLE = {
    "accept": ("taken", {"offered"}, "accepted"),
    "decline": ("taken", {"offered"}, "declined"),
    "deliver": ("taken", {"accepted", "returned"}, "done"),
    "give_back": ("taken", {"accepted", "returned"}, "given_back"),
    "expire": ("given", {"offered"}, "expired"),
    "withdraw": ("given", {"offered", "accepted", "returned"}, "withdrawn"),
    "approve": ("given", {"done"}, "approved"),
    "send_back": ("given", {"done", "approved"}, "returned"),
}
REASONS = {"decline", "give_back", "withdraw", "send_back"}


def do(company, verb, handover, reason="причина"):
    with company.scope():
        extra = {"reason": reason} if verb in REASONS else {}
        return getattr(sharing, verb)(handover, by=company.dispatcher, **extra)


@pytest.mark.parametrize("verb", TABLE)
def test_each_verb_works_from_its_states_only_and_on_its_side_only(pair, verb):
    side, sources, result = TABLE[verb]
    company = pair.giver if side == "given" else pair.taker
    mine = pair.given if side == "given" else pair.taken
    theirs, other = (pair.taken, pair.taker) if side == "given" else (pair.given, pair.giver)
    for state in State.values:
        with company.scope():
            Handover.objects.filter(pk=mine().pk).update(state=state, pending=None, ended_at=None)
        if state in sources:
            do(company, verb, mine())
            assert mine().state == result
        else:
            with pytest.raises(Refused):
                do(company, verb, mine())
            assert mine().state == state
        with other.scope():
            Handover.objects.filter(pk=theirs().pk).update(state=state)
        with pytest.raises(Refused):
            do(other, verb, theirs())


@pytest.mark.parametrize("verb", sorted(REASONS))
def test_a_reason_must_be_said(pair, verb):
    side, sources, _result = TABLE[verb]
    company, mine = (pair.giver, pair.given) if side == "given" else (pair.taker, pair.taken)
    with company.scope():
        Handover.objects.filter(pk=mine().pk).update(state=min(sources))
    with pytest.raises(Refused):
        do(company, verb, mine(), reason="  ")


@pytest.mark.parametrize("state", ["declined", "expired", "given_back", "withdrawn"])
def test_a_ticket_that_comes_back_is_on_our_turn_with_its_reason(moved, state):
    with moved.giver.scope():
        ticket = Ticket.objects.select_related("status").get(number=moved.number)
    assert ticket.status.name == "Возврат"
    assert ticket.turn == "us"
    assert moved.given().state == moved.taken().state == state
    assert state == "expired" or moved.given().reason == "причина"


def test_the_givers_row_decides_when_both_act_at_once(pair):
    do(pair.giver, "withdraw", pair.given())
    do(pair.taker, "accept", pair.taken())
    assert pair.taken().waits_for_confirmation
    delivery.drain()
    assert pair.given().state == pair.taken().state == "withdrawn"
    assert not pair.taken().waits_for_confirmation


def test_an_answer_that_arrives_after_the_time_is_told_so(pair):
    do(pair.giver, "expire", pair.given())
    do(pair.taker, "decline", pair.taken())
    delivery.drain()
    assert pair.given().state == pair.taken().state == "expired"


def test_an_accept_is_confirmed_by_the_giver(pair):
    do(pair.taker, "accept", pair.taken())
    assert pair.taken().waits_for_confirmation and pair.given().state == "offered"
    delivery.drain()
    assert not pair.taken().waits_for_confirmation and pair.given().state == "accepted"


def test_nobody_accepts_in_time(w):
    from tenants.timers import ring_due

    with w.retail.scope():
        ticket = lifecycle.open_ticket("Никто", by=w.retail.dispatcher)
    given = hand(w.retail, w.service, ticket)
    with clock.at(clock.now() + timedelta(hours=2)):
        ring_due()
    delivery.drain()
    assert row(w.retail, pk=given.pk).state == row(w.service, key=given.key).state == "expired"


@in_state("approved")
def test_a_work_accepted_long_ago_is_not_sent_back(moved):
    with clock.at(clock.now() + timedelta(days=15)), pytest.raises(Refused):
        do(moved.giver, "send_back", moved.given())
    do(moved.giver, "send_back", moved.given())
    assert moved.given().returns == 1


@in_state("done")
def test_rating_answer_and_nudge_reach_the_other_side(moved):
    with moved.giver.scope():
        ratings.rate(moved.given(), by=moved.giver.dispatcher, score=4, text="быстро")
    delivery.drain()
    assert (moved.taken().score, moved.taken().rating_text) == (4, "быстро")
    with moved.taker.scope():
        ratings.answer_rating(moved.taken(), by=moved.taker.dispatcher, text="спасибо")
        ratings.nudge(moved.taken(), by=moved.taker.dispatcher)
        with pytest.raises(Refused):
            ratings.nudge(moved.taken(), by=moved.taker.dispatcher)
    delivery.drain()
    assert moved.given().rating_answer == "спасибо"


def test_a_rating_before_the_work_and_a_nudge_out_of_turn_are_refused(pair):
    with pair.giver.scope(), pytest.raises(Refused):
        ratings.rate(pair.given(), by=pair.giver.dispatcher, score=5)
    with pair.taker.scope(), pytest.raises(Refused):
        ratings.nudge(pair.taken(), by=pair.taker.dispatcher)
    into_state(pair, "done")
    with pair.giver.scope():
        with pytest.raises(Refused):
            ratings.nudge(pair.given(), by=pair.giver.dispatcher)
        with pytest.raises(Refused):
            ratings.rate(pair.given(), by=pair.giver.dispatcher, score=6)
