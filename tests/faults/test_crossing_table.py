"""Every verb of one side against every verb of the other, both pressed before either is heard, in both orders.

The pairs come from the code's own table of moves and from what else crosses; each is played in every state of a
hand-over in which both sides may press. In the end both sides say the same and no letter is left over.
"""

import itertools
from types import SimpleNamespace

import pytest
from django.utils import timezone

from partnerships import delivery, lanes, parting, proposing, ratings, recard, sharing, visiting
from partnerships.cards import Share
from partnerships.models import InboxLetter, Lane
from partnerships.moves import MOVES
from partnerships.vocabulary import State
from tenants.vocabulary import Refused
from tests import world
from tests.faults import invariants, story
from tests.rewind import staged
from tests.walls.cast import undone
from tickets import lifecycle, statuses
from tickets.models import Ticket
from tickets.vocabulary import Category, Direction, Glyph

GIVEN, TAKEN = Direction.GIVEN, Direction.TAKEN
REACHED = {
    State.OFFERED: [],
    State.ACCEPTED: [State.ACCEPTED],
    State.DONE: [State.ACCEPTED, State.DONE],
    State.RETURNED: [State.ACCEPTED, State.DONE, State.RETURNED],
    State.APPROVED: [State.ACCEPTED, State.DONE, State.APPROVED],
}


ONCE, REOPEN = State.ACCEPTED, "reopen"
PLAYED = {State.OFFERED: 30, State.ACCEPTED: 60, State.DONE: 18, State.RETURNED: 18, State.APPROVED: 8}


@staged
def linked():
    """Two companies and nothing between them yet."""
    alfa, beta = story.linked("alfa", "beta")
    world.at_once(alfa, beta)
    with alfa.scope():
        proposing.change_terms(world.partner(alfa, beta), by=alfa.owner, return_days=7)
    assert delivery.drain()
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


def urgent(pair, side):
    """A fact of the ticket changes, and the partner is told it anew."""
    with pair.given.scope():
        lifecycle.set_priority(story.handover(pair.given, side).ticket, to="critical", by=pair.given.owner)


def deadline(pair, side):
    with pair.given.scope():
        mine = story.handover(pair.given, side)
        due = timezone.now() + story.timedelta(days=3)
        recard.change(mine, share=Share.from_json(mine.share), due_at=due, by=pair.given.owner)


def reopen(pair, side):
    """The ticket was closed to its client, and the client opens it again: delivered work goes back."""
    with pair.given.scope():
        ticket = story.handover(pair.given, side).ticket
        lifecycle.resolve(ticket, by=pair.given.owner)
        lifecycle.reopen(Ticket.objects.get(pk=ticket.pk), by=pair.given.owner)


def visit(pair, side):
    with pair.taken.scope():
        tomorrow = timezone.now() + story.timedelta(days=1)
        visiting.plan(story.handover(pair.taken, side), by=pair.taken.owner, starts=tomorrow, who="Мастер")


def terms(verb, ours=None, **details):
    """A verb of terms: of the side itself, or of its answer to what the other side asks."""

    def press(pair, side):
        who, other = (getattr(pair, one) for one in (side, TAKEN if side == GIVEN else GIVEN))
        with who.scope():
            partner = world.partner(who, other)
            verb(partner if ours is None else partner.proposals.get(ours=ours, state="open"), by=who.owner, **details)

    return press


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
# What moves no hand-over by itself, and in which states it is played.
MORE = {
    GIVEN: {
        "rate": (moving(ratings.rate, score=4), {State.DONE, State.APPROVED}),
        "status": (waits, {ONCE}),
        "card": (urgent, {ONCE, State.APPROVED}),
        "deadline": (deadline, {State.OFFERED, ONCE, State.DONE}),
        REOPEN: (reopen, {State.DONE, State.APPROVED}),
        "propose terms": (terms(proposing.change_terms, return_days=5), {ONCE}),
        "withdraw terms": (terms(proposing.withdraw, ours=True), {ONCE}),
    },
    TAKEN: {
        "say": (says, {ONCE, State.DONE}),
        "status": (waits, {ONCE, State.APPROVED}),
        "visit": (visit, {ONCE, State.DONE, State.RETURNED}),
        "accept terms": (terms(proposing.accept, ours=False), {ONCE}),
        "decline terms": (terms(proposing.decline, ours=False, **REASON), {ONCE}),
    },
}
MOVING_WORDS = {*MOVES, REOPEN}
LINK = {
    "pause": of_link(parting.pause),
    "end when finished": of_link(parting.end_when_finished),
    "end": of_link(parting.end),
}


def pressable(side, state):
    """What a side may press, by the table: its moves from this state, what else it tells, and the link's verbs."""
    moves = {word: MOVING[word] for word, move in MOVES.items() if move.side == side and state in move.sources}
    more = {word: press for word, (press, states) in MORE[side].items() if state in states}
    return {**moves, **more, **LINK}


def pairs(state):
    """Each move of either side against whatever the other may press; the end against all; words of the link."""
    ours, theirs = pressable(GIVEN, state), pressable(TAKEN, state)
    for one, press in ours.items():
        yield one, press, {other: answer for other, answer in theirs.items() if is_played({one, other}, state)}


def is_played(pair, state):
    """What only tells something meets what only tells something in the tests of their own."""
    return bool(pair & MOVING_WORDS) or (state == ONCE and ("end" in pair or pair <= LINK.keys()))


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


SAID = {**LINK, "resume": of_link(parting.resume)}
BEFORE = {"active": [], "paused": ["pause"], "ending": ["end when finished"]}


@pytest.mark.parametrize("before", BEFORE)
def test_two_words_about_the_link_itself_leave_both_sides_with_one(linked, before):
    wrong, played = [], 0
    for word in BEFORE[before]:
        SAID[word](linked, GIVEN)
    assert delivery.drain()
    for one, other in itertools.product(SAID, SAID):
        with undone():
            if not (may(SAID[one], linked, GIVEN) and may(SAID[other], linked, TAKEN)):
                continue
            for first in (GIVEN, TAKEN):
                with undone():
                    carried(linked, first)
                    wrong += [f"{one} × {other}, {first} first: {said}" for said in left_over(linked)]
                    played += 1

    assert wrong == []
    assert played >= 4


@pytest.mark.parametrize("state", [State.OFFERED])
def test_an_answer_that_was_heard_before_the_end_waits_for_nothing_any_more(under_way):
    MOVING[State.DECLINED](under_way, TAKEN)
    Lane.objects.exclude(sender=under_way.taken.account).update(next_attempt_at=timezone.now() + story.timedelta(1))
    assert delivery.drain()

    LINK["end"](under_way, GIVEN)
    story.time_passes()
    assert delivery.drain()

    assert (story.state(under_way.given, GIVEN), story.state(under_way.taken, TAKEN)) == ("declined", "declined")
    assert list(invariants.both_sides_agree()) == []


@pytest.mark.parametrize("state", [State.APPROVED])
@pytest.mark.parametrize("heard, ends", [(False, "approved"), (True, "withdrawn")])
def test_work_that_went_back_and_was_withdrawn_ends_as_it_was_heard(under_way, monkeypatch, heard, ends):
    """Also where the carrier that brought it died before he could say so."""
    MOVING[State.RETURNED](under_way, GIVEN)
    MOVING[State.WITHDRAWN](under_way, GIVEN)
    if heard:
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(lanes, "advance", interrupted)
            delivery.drain()

    LINK["end"](under_way, TAKEN)
    story.time_passes()
    assert delivery.drain()

    assert (story.state(under_way.given, GIVEN), story.state(under_way.taken, TAKEN)) == (ends, ends)
    assert list(invariants.both_sides_agree()) == []


def interrupted(*args, **kwargs):
    raise KeyboardInterrupt
