"""The tests are tested: the code is broken on purpose, and the invariant that watches over it must say so by number.

Each story is told twice: as the code is, and everything holds; with the mutant, and its number speaks.
"""

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from partnerships import applying, delivery, forgetting, inbox, lanes, narrowing, outbox, parting, ratings, whole
from partnerships.chain import clipped
from partnerships.models import Handover, InboxLetter, Lane
from partnerships.protocol import ChainChanged, File, FileAdded, Station, render
from partnerships.transports import local
from partnerships.vocabulary import Stage
from tests import world
from tests.faults import invariants, story
from tests.rewind import staged
from tickets import conversation, files
from tickets.models import Comment


@staged
def two():
    """Two companies with a ticket between them, sound so far."""
    alfa, beta = story.linked("alfa", "beta")
    story.shared(alfa, beta)
    return SimpleNamespace(alfa=alfa, beta=beta)


def lane_of(two):
    """The lane in which the giver speaks."""
    return story.lane(two.alfa, two.alfa)


def everybody():
    return Handover.objects.select_related("partnership", "ticket__account", "counterpart")


# 1: marked before it is applied.
def a_word(two):
    story.say(two.alfa, "given", "одно слово")


def mark_first(patch):
    """The mark goes out before the letters, and the machine stops between the two."""

    def marked(lane, letters, unfounded):
        with story.account_scope(lane.sender_id):
            last = letters[-1].seq
            lanes.advance(lane, delivered=last, applied=last, heard=last, stuck=False, retry_in=timedelta(0))

    patch.setattr(local, "hand_in", marked)


# 2: read again what was read.
def a_letter_that_comes_twice(two):
    story.do(two.alfa, "given", ratings.nudge)
    assert delivery.drain()
    local.hand_in(lane_of(two), story.letters(lane_of(two))[-1:])


def read_again(patch):
    patch.setattr(inbox, "read", lambda lane, _unfounded: read_all(lane, (Stage.WAITING, Stage.APPLIED)))


def read_all(lane, stages):
    """A reader without memory and without patience."""
    for row in InboxLetter.objects.filter(lane=lane, stage__in=stages).order_by("seq"):
        applying.apply(row, lane)
        inbox.mark(row, stage=Stage.APPLIED, applied_at=inbox.clock.now())
    return inbox.Outcome(inbox.read_so_far(lane))


# 4: read without looking at the numbers.
def a_letter_that_overtakes(two):
    for text in ("раз", "два"):
        story.say(two.alfa, "given", text)
    one, other = story.letters(lane_of(two))[-2:]
    local.hand_in(lane_of(two), [other])
    local.hand_in(lane_of(two), [one])


def read_as_it_comes(patch):
    patch.setattr(inbox, "read", lambda lane, _unfounded: read_all(lane, (Stage.WAITING,)))


# 3: what is internal is told.
def a_word_among_us(two):
    with two.alfa.scope():
        ticket = story.handover(two.alfa, "given").ticket
        conversation.comment(ticket, "строго между нами", by=two.alfa.owner, audience="internal")


def tell_everybody(patch):
    patch.setattr(outbox, "readers", lambda activity: everybody())


# 5: told back to where it came from.
def tell_the_sender_too(patch):
    patch.setattr(outbox, "readers", lambda activity: everybody().filter(counterpart__in=activity.details["readers"]))


# 8: applied without looking at the link.
def a_carrier_that_sleeps_through_the_end(two):
    story.say(two.alfa, "given", "после конца")
    lane = lanes.claim()
    with two.beta.scope():
        parting.end(world.partner(two.beta, two.alfa), by=two.beta.owner)
    time.sleep(0.25)
    delivery.carry_lane(lane)


def look_at_no_link(patch):
    patch.setattr(lanes, "hold_open", lambda lane: True)


# 22: the lease is not asked for.
def a_carrier_that_wakes_too_late(two):
    """It goes to sleep with a letter that is set aside; when it wakes, a person has let the lane go on long since."""
    story.drop(two.alfa, "given", "comment.sung")
    story.say(two.alfa, "given", "дальше")
    lane = lanes.claim()
    with story.account_scope(lane.sender_id):
        letters = [delivery.envelope(letter, lane) for letter in delivery.waiting(lane)]
    outcome = local.hand_in(lane, letters)
    story.time_passes()
    assert delivery.drain()
    with two.beta.scope():
        inbox.skip(InboxLetter.objects.get(stage="set_aside"), by=two.beta.owner)
    assert delivery.drain()
    last = letters[-1].seq
    with story.account_scope(lane.sender_id):
        marks = {"applied": outcome.applied, "heard": outcome.applied, "stuck": outcome.stuck}
        lanes.advance(lane, delivered=last, **marks, retry_in=timedelta(0))


def take_any_lease(patch):
    asked = lanes.advance

    def advance(lane, **marks):
        lane.lease = Lane.objects.get(pk=lane.pk).lease
        return asked(lane, **marks)

    patch.setattr(lanes, "advance", advance)


# 10: a file is shown before its bytes are looked at.
def a_file_that_is_not_what_is_told(two):
    with two.alfa.scope():
        ticket = story.handover(two.alfa, "given").ticket
        sha256 = files.attach(ticket, SimpleUploadedFile("акт.txt", b"akt"), by=two.alfa.owner).blob_id
    told = File(id=story.Comment().id, name="акт.txt", size=4, sha256=sha256, content_type="text/plain")
    story.drop(two.alfa, "given", FileAdded.kind, render(FileAdded(file=told, author="", company="Alfa")))


def show_at_once(patch):
    patch.setattr(whole, "is_whole", lambda file: True)


# 12: a removal is outranked by a later wording.
def a_wording_after_the_removal(two):
    said = story.say(two.alfa, "given", "взятое назад")
    with two.alfa.scope():
        conversation.remove(said, by=two.alfa.owner)
    told = {"id": str(said.origin_id), "text": "и всё же", "revision": 7}
    story.drop(two.alfa, "given", "comment.edited", told)
    assert delivery.drain()
    with two.alfa.scope():
        forgetting.forget_letters(said.ticket_id, {str(said.origin_id)})


def let_the_wording_win(patch):
    def on_edit(row, body, handover, by):
        said = Comment.objects.filter(origin_id=body.id, came_through=handover.counterpart_id)
        said.update(body=body.text, revision=body.revision, removed_at=None)

    patch.setitem(applying.HANDLERS, "comment.edited", on_edit)


# 18: the rules are checked at sending only.
def a_name_from_below(two):
    """The taker may name those below him, and the giver has narrowed that since."""
    far = Station(position="1", parent="", name="Gamma", role="subcontractor", ref="GA-1", status="Едем")
    told = ChainChanged(holds=False, since=timezone.now(), handed_on=True, stations=[far])
    with two.beta.scope():
        mine = story.handover(two.beta, "taken")
        Handover.objects.filter(pk=mine.pk).update(told_above=render(told))
        outbox.write(mine, told, by=two.beta.owner)
    with two.alfa.scope():
        Handover.objects.update(see_below="role")


def believe_the_sender(patch):
    patch.setattr(narrowing, "stations", lambda handover, told: [render(clipped(station)) for station in told])


# 18 again: whoever is below is named in the letter itself; the receiver shows him no wider all the same.
def a_word_from_below(two):
    gamma = story.company("gamma")
    world.link(two.beta, gamma)
    for company in (two.alfa, two.beta):
        with company.scope():
            Handover.objects.update(see_below="role")
    with two.beta.scope():
        above = story.handover(two.beta, "taken")
    story.shared(two.beta, gamma, ticket=above.ticket)
    story.say(gamma, "taken", "снизу")
    assert delivery.drain()
    with two.beta.scope():
        conversation.pass_on(Comment.objects.get(), by=two.beta.owner, readers=[above.counterpart])


def name_everybody(patch):
    patch.setattr(outbox, "hides", lambda handover, how: False)


# A letter that is another than was written, and a taker who does not follow: no part of the ten, but of the table.
def forge(patch):
    keep = inbox.receive
    patch.setattr(inbox, "receive", lambda lane, letters: keep(lane, [forged(one) for one in letters]))


def forged(letter):
    return replace(letter, body={**letter.body, "comment": {**letter.body["comment"], "text": "подделка"}})


def a_withdrawal(two):
    story.do(two.alfa, "given", story.sharing.withdraw, reason="передумали")


def follow_nobody(patch):
    patch.setattr(applying.crossing, "hear_giver", lambda *args, **kwargs: None)


@dataclass(frozen=True)
class Mutant:
    """What is broken, the story that shows it, the number that must speak, and all numbers that do."""

    number: int
    name: str
    story: object
    mutate: object
    speak: tuple


MUTANTS = [
    Mutant(1, "mark before apply", a_word, mark_first, (1, 6, 22)),
    Mutant(2, "no dedup", a_letter_that_comes_twice, read_again, (2,)),
    Mutant(4, "no sequence check", a_letter_that_overtakes, read_as_it_comes, (4,)),
    Mutant(3, "internal forwarded", a_word_among_us, tell_everybody, (3, 5)),
    Mutant(5, "echo to the source", a_word, tell_the_sender_too, (5,)),
    Mutant(8, "apply without a link", a_carrier_that_sleeps_through_the_end, look_at_no_link, (8,)),
    Mutant(22, "a lost lease ignored", a_carrier_that_wakes_too_late, take_any_lease, (22,)),
    Mutant(10, "a file before its hash", a_file_that_is_not_what_is_told, show_at_once, (10,)),
    Mutant(12, "a removal outranked", a_wording_after_the_removal, let_the_wording_win, (6, 12)),
    Mutant(18, "rules at sending only", a_name_from_below, believe_the_sender, (6, 18)),
    Mutant(18, "a name from below told", a_word_from_below, name_everybody, (18,)),
    Mutant(1, "another letter than was written", a_word, forge, (1, 6)),
    Mutant(6, "a taker who follows nobody", a_withdrawal, follow_nobody, (6,)),
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_caught_by_its_number(two, monkeypatch, mutant):
    with monkeypatch.context() as patch:
        mutant.mutate(patch)
        mutant.story(two)
        assert delivery.drain()

    assert set(invariants.broken("quiet")) == {mutant.number, *mutant.speak}


@pytest.mark.parametrize("told", dict.fromkeys(mutant.story for mutant in MUTANTS), ids=lambda told: told.__name__)
def test_the_same_story_without_a_mutant_breaks_nothing(two, told):
    told(two)
    assert delivery.drain()

    assert invariants.broken("quiet") == {}
