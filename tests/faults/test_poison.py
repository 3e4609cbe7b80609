"""A letter that can't be applied is set aside with its reason, holds up only its own lane, and waits for a person."""

from dataclasses import replace

import pytest

from partnerships import applying, delivery, inbox, lanes
from partnerships.models import InboxLetter, Lane
from partnerships.transports import local
from tenants import scoping
from tenants.models import Activity
from tenants.vocabulary import Refused
from tests.faults import invariants, story


@pytest.fixture
def two_tickets(pair):
    """Two hand-overs between the same companies: the first lane gets the poison, the second must not notice."""
    alfa, beta = pair
    story.shared(alfa, beta, subject="Больная")
    with alfa.scope():
        sick = story.handover(alfa, "given").ticket
    story.offer(alfa, beta, subject="Здоровая")
    assert delivery.drain()
    return alfa, beta, sick


def sick_lane(alfa, sick):
    with alfa.scope():
        key = story.handover(alfa, "given", ticket=sick).key
    return Lane.objects.get(handover=key, sender=alfa.account)


def say(alfa, subject, text):
    return story.say(alfa, "given", text, ticket__subject=subject)


def drop(alfa, kind, body):
    with alfa.scope():
        mine = story.handover(alfa, "given", ticket__subject="Больная")
        place = lanes.next_place(mine.partnership.link_id, mine.key, alfa.account.pk)
        story.Letter.objects.create(
            lane=place, handover=mine, seq=place.written, kind=kind, body=body, sent_at=story.timezone.now()
        )


def set_aside(beta):
    with beta.scope():
        return [(row.kind, row.reason) for row in InboxLetter.objects.filter(stage="set_aside")]


@pytest.mark.parametrize(
    "kind, body, reason",
    [
        ("comment.sung", {}, "unknown kind"),
        ("comment.added", {"comment": {"text": 7}}, "wrong type"),
        ("comment.added", {}, "missing field"),
        ("comment.added", {"comment": None}, "wrong type"),
        ("comment.added", [], "wrong type"),
        ("comment.edited", {"id": "x", "text": "", "revision": 1}, "bad value"),
        ("comment.edited", {"id": str(scoping.new_id()), "text": "я" * 20_001, "revision": 1}, "text too long"),
        ("status.changed", {"ref": "", "status": "", "category": "", "admin": True}, "unknown field"),
        ("handover.digest", {"state": "done", "answers": None, "accepted": True}, "wrong type"),
        ("link.ended", {}, "KeyError"),
    ],
)
def test_a_poison_letter_is_set_aside_and_blocks_only_its_own_lane(two_tickets, kind, body, reason):
    alfa, beta, _sick = two_tickets
    drop(alfa, kind, body)
    say(alfa, "Больная", "после яда")
    say(alfa, "Здоровая", "рядом")

    for _try in range(lanes.TRIES + 1):
        assert delivery.drain()
        story.time_passes()

    assert [(found, why.removeprefix("failed:")) for found, why in set_aside(beta)] == [(kind, reason)]
    assert story.heard(beta) == ["рядом"]
    assert story.unfinished() == 1
    with beta.scope():
        assert Activity.objects.filter(kind="letter_set_aside").count() == 1


def test_an_unknown_version_is_set_aside_and_not_dropped(two_tickets):
    alfa, beta, sick = two_tickets
    lane = sick_lane(alfa, sick)
    say(alfa, "Больная", "из будущего")
    newer = replace(story.letters(lane)[-1], v=2)

    assert local.hand_in(lane, [newer]).stuck

    assert set_aside(beta) == [("comment.added", "unknown version")]


def fails(error):
    def handler(row, body, handover, by):
        raise error

    return handler


def test_an_apply_that_raises_is_tried_again_and_then_set_aside(two_tickets, monkeypatch):
    alfa, beta, sick = two_tickets
    lane = sick_lane(alfa, sick)
    monkeypatch.setitem(applying.HANDLERS, "comment.added", fails(ZeroDivisionError("секрет")))
    say(alfa, "Больная", "не выходит")
    hits = []
    for _try in range(lanes.TRIES):
        assert delivery.drain()
        hits.append(set_aside(beta))
        story.time_passes()

    assert len(hits) - hits.count([]) >= 1 and hits[0] == hits[1] == hits[2] == []
    assert set_aside(beta) == [("comment.added", "failed:ZeroDivisionError")]
    assert Lane.objects.get(pk=lane.pk).stuck


def test_a_fault_of_the_moment_heals_by_itself(two_tickets, monkeypatch):
    alfa, beta, _sick = two_tickets
    monkeypatch.setitem(applying.HANDLERS, "comment.added", fails(LookupError()))
    say(alfa, "Больная", "со второго раза")
    assert delivery.drain()
    assert story.heard(beta) == [] and story.unfinished() == 1
    monkeypatch.undo()

    story.time_passes()
    assert delivery.drain()

    assert story.heard(beta) == ["со второго раза"]
    assert set_aside(beta) == [] and story.unfinished() == 0


def test_what_nobody_foresaw_ends_the_shift_but_not_the_other_lanes(two_tickets, monkeypatch):
    alfa, beta, sick = two_tickets
    lane = sick_lane(alfa, sick)
    real = applying.HANDLERS["comment.added"]

    def handler(row, body, handover, by):
        if body.comment.text == "яд":
            raise RuntimeError("unforeseen")
        real(row, body, handover, by)

    monkeypatch.setitem(applying.HANDLERS, "comment.added", handler)
    say(alfa, "Больная", "яд")
    say(alfa, "Здоровая", "рядом")
    crashes = 0
    for _try in range(lanes.TRIES + 1):
        try:
            delivery.drain()
        except RuntimeError:
            crashes += 1
            assert delivery.drain(), "the next shift carries the others"
            assert story.heard(beta) == ["рядом"]
        story.time_passes()

    assert crashes == lanes.TRIES
    assert set_aside(beta) == [("comment.added", "worker_died")]
    assert Lane.objects.get(pk=lane.pk).stuck


def aside(beta):
    return InboxLetter.objects.get(stage="set_aside")


def test_try_again_reads_the_letter_and_all_after_it(two_tickets, monkeypatch):
    alfa, beta, _sick = two_tickets
    monkeypatch.setitem(applying.HANDLERS, "comment.added", fails(applying.CannotApply("bytes_missing")))
    say(alfa, "Больная", "первое")
    say(alfa, "Больная", "второе")
    assert delivery.drain()
    assert set_aside(beta) == [("comment.added", "bytes_missing")]
    monkeypatch.undo()

    with beta.scope():
        inbox.try_again(aside(beta), by=beta.owner)
    assert delivery.drain()

    assert story.heard(beta) == ["первое", "второе"]
    assert set_aside(beta) == [] and story.unfinished() == 0


def test_skip_lets_the_lane_go_on_and_keeps_the_letter_on_record(two_tickets):
    alfa, beta, sick = two_tickets
    drop(alfa, "comment.sung", {})
    say(alfa, "Больная", "дальше")
    assert delivery.drain()

    with beta.scope():
        inbox.skip(aside(beta), by=beta.owner)
    assert delivery.drain()

    assert story.heard(beta) == ["дальше"]
    assert [stage for _seq, stage in story.stages(sick_lane(alfa, sick))][-2:] == ["skipped", "applied"]
    assert story.unfinished() == 0


@pytest.mark.parametrize("verb", [inbox.try_again, inbox.skip])
def test_a_second_click_does_nothing_to_a_letter_that_was_read_meanwhile(two_tickets, monkeypatch, verb):
    """Two people look at the same letter: what one of them brought through must not be read once more."""
    alfa, beta, _sick = two_tickets
    monkeypatch.setitem(applying.HANDLERS, "handover.nudged", fails(applying.CannotApply("no")))
    with alfa.scope():
        from partnerships import ratings

        ratings.nudge(story.handover(alfa, "given", ticket__subject="Больная"), by=alfa.owner)
    assert delivery.drain()
    monkeypatch.undo()
    with beta.scope():
        row = aside(beta)
        inbox.try_again(row, by=beta.owner)
    assert delivery.drain()
    before = invariants.rows()

    with beta.scope(), pytest.raises(Refused):
        verb(row, by=beta.owner)

    assert delivery.drain()
    assert invariants.rows() == before
    with beta.scope():
        row.refresh_from_db()
        assert row.stage == "applied"
