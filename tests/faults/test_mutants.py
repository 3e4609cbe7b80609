"""The tests are tested: the code is broken on purpose, and the invariant that watches over it must say so."""

from datetime import timedelta

import pytest

from partnerships import applying, delivery, inbox, lanes, outbox, ratings
from partnerships.models import Handover, InboxLetter
from partnerships.transports import local
from partnerships.vocabulary import Stage
from tests.faults import invariants, story


@pytest.fixture
def mutated(committed):
    """Two companies with a ticket between them, sound so far; the test itself spoils them."""
    alfa, beta = story.linked("alfa", "beta")
    story.shared(alfa, beta)
    assert invariants.everything() == []
    return alfa, beta


def caught(by):
    """Only this invariant speaks, or it speaks among others."""
    named = {breach.split(":")[0] for breach in invariants.everything()}
    assert by.__name__ in named, named


def test_marking_before_applying_is_caught_as_a_loss(mutated, monkeypatch):
    alfa, _beta = mutated
    story.say(alfa, "given", "пропало")
    real = local.hand_in

    def mark_first(lane, letters):
        with story.account_scope(lane.sender_id):
            last = letters[-1].seq
            lanes.advance(lane, delivered=last, applied=last, stuck=False, retry_in=timedelta(0))
        raise KeyboardInterrupt  # the machine stops here

    monkeypatch.setattr(local, "hand_in", mark_first)
    with pytest.raises(KeyboardInterrupt):
        delivery.drain()
    monkeypatch.setattr(local, "hand_in", real)
    story.time_passes()
    assert delivery.drain()

    caught(by=invariants.nothing_is_lost)


def read_all(lane, order="seq", stages=(Stage.WAITING, Stage.APPLIED)):
    """A reader without memory and without patience."""
    for row in InboxLetter.objects.filter(lane=lane, stage__in=stages).order_by(order):
        applying.apply(row, lane)
        inbox.mark(row, stage=Stage.APPLIED, applied_at=inbox.clock.now())
    return inbox.Outcome(inbox.read_so_far(lane))


def test_reading_what_was_read_already_is_caught_as_a_double(mutated, monkeypatch):
    alfa, _beta = mutated
    story.do(alfa, "given", ratings.nudge)
    assert delivery.drain()
    lane = story.lane(alfa, alfa)
    nudge = story.letters(lane)[-1]
    monkeypatch.setattr(inbox, "read", lambda lane: read_all(lane))

    local.hand_in(lane, [nudge])

    caught(by=invariants.nothing_is_doubled)


def test_reading_without_looking_at_the_numbers_is_caught_as_disorder(mutated, monkeypatch):
    alfa, _beta = mutated
    for text in ("раз", "два"):
        story.say(alfa, "given", text)
    lane = story.lane(alfa, alfa)
    one, two = story.letters(lane)[-2:]
    monkeypatch.setattr(inbox, "read", lambda lane: read_all(lane, stages=(Stage.WAITING,)))

    local.hand_in(lane, [two])
    caught(by=invariants.nothing_is_out_of_order)
    local.hand_in(lane, [one])
    caught(by=invariants.nothing_is_out_of_order)


def test_forwarding_what_is_internal_is_caught_as_a_leak(mutated, monkeypatch):
    alfa, _beta = mutated
    monkeypatch.setattr(outbox, "readers", lambda activity: list(everybody()))
    with alfa.scope():
        ticket = story.handover(alfa, "given").ticket
        story.conversation.comment(ticket, "между нами", by=alfa.owner, audience="internal")
    assert delivery.drain()

    caught(by=invariants.nothing_leaks)


def everybody():
    return Handover.objects.select_related("partnership", "ticket__account", "counterpart")


def test_telling_it_back_to_where_it_came_from_is_caught_as_an_echo(mutated, monkeypatch):
    alfa, _beta = mutated
    monkeypatch.setattr(
        outbox, "readers", lambda activity: list(everybody().filter(counterpart__in=activity.details["readers"]))
    )
    story.say(alfa, "given", "ау")
    assert delivery.drain()

    caught(by=invariants.nothing_is_echoed)


def test_a_taker_that_ignores_the_givers_decision_is_caught_as_disagreement(mutated, monkeypatch):
    from partnerships import crossing, sharing

    alfa, beta = mutated
    monkeypatch.setattr(crossing, "hear_giver", lambda *args, **kwargs: None)
    story.do(alfa, "given", sharing.withdraw, reason="передумали")
    assert delivery.drain()

    assert story.state(beta, "taken") == "accepted"
    assert any("withdrawn here, accepted there" in breach for breach in invariants.both_sides_agree())


def test_a_letter_that_was_changed_on_the_way_is_caught(mutated, monkeypatch):
    alfa, _beta = mutated
    real = inbox.receive

    def forge(lane, letters):
        real(lane, [inbox_forged(letter) for letter in letters])

    def inbox_forged(letter):
        from dataclasses import replace

        return replace(letter, body={**letter.body, "forged": True})

    monkeypatch.setattr(inbox, "receive", forge)
    story.say(alfa, "given", "подлинник")
    delivery.drain()

    caught(by=invariants.nothing_is_lost)
