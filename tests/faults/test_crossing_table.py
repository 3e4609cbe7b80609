"""Every verb of one side against every verb of the other, both pressed before either is heard, in both orders.

The pairs come from the code's own table of moves and from what else crosses; each is played in every state of a
hand-over in which both sides may press. In the end both sides say the same and no letter is left over.
"""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from partnerships import delivery, parting, ratings, sharing
from partnerships.models import InboxLetter, Lane
from partnerships.moves import MOVES
from partnerships.vocabulary import State
from tenants.vocabulary import Refused
from tests import world
from tests.faults import invariants, story
from tests.rewind import staged
from tests.walls.cast import undone
from tickets import lifecycle, statuses
from tickets.vocabulary import Category, Direction, Glyph

GIVEN, TAKEN = Direction.GIVEN, Direction.TAKEN
REACHED = {
    State.OFFERED: [],
    State.ACCEPTED: [State.ACCEPTED],
    State.DONE: [State.ACCEPTED, State.DONE],
    State.RETURNED: [State.ACCEPTED, State.DONE, State.RETURNED],
    State.APPROVED: [State.ACCEPTED, State.DONE, State.APPROVED],
}


ONCE = State.ACCEPTED
PLAYED = {State.OFFERED: 40, State.ACCEPTED: 60, State.DONE: 18, State.RETURNED: 26, State.APPROVED: 8}


@staged
def linked():
    """Two companies and nothing between them yet."""
    alfa, beta = story.linked("alfa", "beta")
    world.at_once(alfa, beta)
    return SimpleNamespace(given=alfa, taken=beta)


@staged
def under_way(linked, state):
    """A ticket of the first, handed to the second and brought to a state by the moves that lead there."""
    story.offer(linked.given, linked.taken)
    assert delivery.drain()
    for move in REACHED[state]:
        MOVING[move](linked, MOVES[move].side)
        assert delivery.drain()
    return linked


def moving(verb, **details):
    """A verb of hand-overs, pressed by whoever may."""

    def press(pair, side):
        story.do(getattr(pair, side), side, verb, **details)

    return press


def of_link(verb):
    def press(pair, side):
        who, other = (getattr(pair, one) for one in (side, TAKEN if side == GIVEN else GIVEN))
        with who.scope():
            verb(world.partner(who, other), by=who.owner)

    return press


def says(pair, side):
    story.say(getattr(pair, side), side, "слово")


def waits(pair, side):
    """Our own status moves, and the partner hears of it."""
    who = getattr(pair, side)
    with who.scope():
        ticket = story.handover(who, side).ticket
        lifecycle.set_status(ticket, to=statuses.first(Category.WAITING, Glyph.CLIENT), by=who.owner)


REASON = {"reason": "причина"}
MOVING = {
    State.ACCEPTED: moving(sharing.accept),
    State.DECLINED: moving(sharing.decline, **REASON),
    State.DONE: moving(sharing.deliver, report="готово"),
    State.GIVEN_BACK: moving(sharing.give_back, **REASON),
    State.EXPIRED: moving(sharing.expire),
    State.WITHDRAWN: moving(sharing.withdraw, **REASON),
    State.APPROVED: moving(sharing.approve),
    State.RETURNED: moving(sharing.send_back, **REASON),
}
MORE = {
    GIVEN: {"rate": moving(ratings.rate, score=4), "status": waits},
    TAKEN: {"say": says, "status": waits},
}
LINK = {
    "pause": of_link(parting.pause),
    "end when finished": of_link(parting.end_when_finished),
    "end": of_link(parting.end),
}


def pressable(side, state):
    """What a side may press, by the table: its moves from this state, what else it tells, and the link's verbs."""
    moves = {word: MOVING[word] for word, move in MOVES.items() if move.side == side and state in move.sources}
    return {**moves, **MORE[side], **LINK}


def pairs(state):
    """Each move of either side against whatever the other may press; what moves no hand-over meets its like once."""
    ours, theirs = pressable(GIVEN, state), pressable(TAKEN, state)
    for one, press in ours.items():
        others = {other: answer for other, answer in theirs.items() if {one, other} & MOVES.keys() or state == ONCE}
        yield one, press, others


def carried(pair, first):
    """The letters of one side arrive, then all others; what a pause or a growing pause holds back is let go."""
    slow = Lane.objects.exclude(sender=getattr(pair, first).account)
    slow.update(next_attempt_at=timezone.now() + story.timedelta(hours=1))
    delivery.drain(rounds=200)
    story.time_passes()
    assert delivery.drain(rounds=200), "the letters never end"


def left_over(pair):
    """What is wrong when all is quiet: letters that were set aside or still wait, and where the two sides differ."""
    for who in (pair.given, pair.taken):
        with who.scope():
            yield from (f"set aside: {row.kind} {row.reason}" for row in InboxLetter.objects.filter(stage="set_aside"))
    with pair.given.scope():
        link = world.partner(pair.given, pair.taken).link
    if link.state == "paused":
        with pair.given.scope():
            parting.resume(world.partner(pair.given, pair.taken), by=pair.given.owner)
        assert delivery.drain(rounds=200)
    if link.state != "ended" and story.unfinished():
        yield f"{story.unfinished()} lanes are not finished"
    yield from invariants.both_sides_agree()


@pytest.mark.parametrize("state", REACHED)
def test_whatever_both_sides_press_at_once_they_agree_in_the_end(under_way, state):
    wrong, played = [], 0
    for one, press, others in pairs(state):
        with undone():
            pressed = may(press, under_way, GIVEN)
            assert pressed or one not in MOVES, one
            for other, answer in others.items() if pressed else ():
                with undone():
                    if not may(answer, under_way, TAKEN):
                        assert "end" in one or other not in MOVES, (one, other)
                        continue
                    for first in (GIVEN, TAKEN):
                        with undone():
                            carried(under_way, first)
                            wrong += [f"{one} × {other}, {first} first: {said}" for said in left_over(under_way)]
                            played += 1

    assert wrong == []
    assert played >= PLAYED[state], played


def may(press, pair, side):
    """Press it; whether the side was allowed to."""
    try:
        press(pair, side)
    except Refused:
        return False
    return True
