"""What only shows by doing something: each trial does it in a world that is at rest, and names what went wrong.

`trial(world, carry=…)` gets companies of tests.world of which at least two are linked; `carry()` returns when
everything that may move has moved: by default it is this process that carries, a harness waits for its workers instead.
What a trial hurts it makes for itself, and it leaves the world at rest.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from django.db import connection
from django.utils import timezone

from partnerships import delivery, inbox, lanes, parting, sharing
from partnerships.models import InboxLetter, Link
from partnerships.transports import local
from tenants.models import Activity
from tenants.vocabulary import Refused
from tests import world as cast
from tickets import lifecycle

from .desk import drop, envelopes, fresh, give, heard, held, hurry, lane_of, partner, row, say, shared, ticket_of
from .reading import accounts, ask
from .table import COUNTED

AT_ONCE = 50
# So quickly the others are served, however many letters wait for one who is dead.
SOON, BACKLOG = 10.0, 25


def revoked_takes_in_nothing(world, carry=delivery.drain):
    """8: a carrier that holds letters when the link ends brings in none of them."""
    giver, taker = fresh("a", "b")
    key = shared(giver, taker, carry)
    lane = lane_of(key, giver)
    with held(lane) as mine:
        say(giver, key, "после конца")
        late = envelopes(lane)
        with taker.scope():
            parting.end(partner(taker, giver), by=taker.owner)
        before = received(taker)
        if local.hand_in(mine, late) is not None or received(taker) != before:
            yield "letters came in after the end"
    carry()
    if "после конца" in heard(taker, key):
        yield "words came after the end"


def received(company):
    with company.scope():
        return InboxLetter.objects.exclude(handover_key=None).count()


def resume_changes_nothing_twice(world, carry=delivery.drain):
    """9: what waited through a pause comes once, and carrying all of it again changes nothing."""
    giver, taker = world[:2]
    key = shared(giver, taker, carry)
    with giver.scope():
        parting.pause(partner(giver, taker), by=giver.owner)
    say(giver, key, "в паузе")
    carry()
    if heard(taker, key):
        yield "words came through a paused link"
    with giver.scope():
        parting.resume(partner(giver, taker), by=giver.owner)
    carry()
    before = contents()
    with giver.scope():
        link = partner(giver, taker).link
    for _again in range(2):
        lanes.rewind(link)
        carry()
    if heard(taker, key) != ["в паузе"]:
        yield "what waited came as " + str(heard(taker, key))
    yield from differences(before)


def suspended_parks_its_lanes(world, carry=delivery.drain):
    """13: nothing goes to a suspended company or comes from it, and nothing of it is lost."""
    giver, taker = fresh("c", "d")
    key = shared(giver, taker, carry)
    suspend(taker, timezone.now())
    say(giver, key, "подождёт")
    say(taker, key, "тоже")
    carry()
    if heard(giver, key) or heard(taker, key):
        yield "letters moved while one of both was suspended"
    suspend(taker, None)
    carry()
    if heard(giver, key) != ["тоже"] or heard(taker, key) != ["подождёт"]:
        yield "what was parked did not come"


def suspend(company, at):
    company.account.suspended_at = at
    company.account.save(update_fields=["suspended_at"])


def poison_is_set_aside(world, carry=delivery.drain):
    """15: after five tries it is set aside, a person sees it and tries again or skips it, and the lane goes on."""
    giver, taker = world[:2]
    key = shared(giver, taker, carry)
    drop(giver, key, "link.ended")
    say(giver, key, "за ядом")
    for _try in range(lanes.TRIES + 1):
        carry()
        hurry(lane_of(key, giver))
    carry()
    with taker.scope():
        aside = list(InboxLetter.objects.filter(handover_key=key, stage="set_aside"))
        if [letter.reason for letter in aside] != ["failed:KeyError"]:
            yield f"set aside: {[letter.reason for letter in aside]}"
            return
        told = Activity.objects.filter(kind="letter_set_aside", subject_id=aside[0].pk).count()
    if told != 1 or heard(taker, key):
        yield "nobody was told of it, or it was read past"
    with taker.scope():
        inbox.try_again(aside[0], by=taker.owner)
    for _try in range(lanes.TRIES + 1):
        carry()
        hurry(lane_of(key, giver))
    carry()
    with taker.scope():
        inbox.skip(InboxLetter.objects.get(pk=aside[0].pk), by=taker.owner)
    carry()
    if heard(taker, key) != ["за ядом"]:
        yield "the lane did not go on"


def replay_changes_nothing(world, carry=delivery.drain):
    """16: every letter of every link goes once more, and not one row is another."""
    carry()
    before = contents()
    for link in Link.objects.exclude(state="ended"):
        lanes.rewind(link)
    carry()
    yield from differences(before)


def unknown_is_parked(world, carry=delivery.drain):
    """17: a kind or a version that we do not know yet waits for a person, and everything behind it waits too."""
    giver, taker = world[:2]
    key = shared(giver, taker, carry)
    drop(giver, key, "comment.sung")
    say(giver, key, "за новым словом")
    carry()
    yield from parked(taker, key, "unknown kind")
    carry()
    lane = lane_of(key, giver)
    with held(lane) as mine:
        say(giver, key, "из будущего")
        local.hand_in(mine, [replace(letter, v=2) for letter in envelopes(lane)[-1:]])
    carry()
    yield from parked(taker, key, "unknown version")
    carry()
    if heard(taker, key) != ["за новым словом"]:
        yield "what stood behind the unknown did not come"


def parked(taker, key, reason):
    """The letter is kept as it came; a person lets the lane go on without it."""
    with taker.scope():
        aside = InboxLetter.objects.filter(handover_key=key, stage="set_aside")
        if [letter.reason for letter in aside] != [reason]:
            yield f"{reason} is not parked"
        for letter in aside:
            inbox.skip(letter, by=taker.owner)


def fifty_have_one_effect(world, carry=delivery.drain):
    """19: fifty carriers of the same letter, and fifty clicks of the same button, do it once."""
    giver, taker = world[:2]
    key = give(giver, taker)
    carry()
    clicks = at_once(lambda: accept(taker, key))
    carry()
    if clicks.count(True) != 1:
        yield f"{clicks.count(True)} of fifty clicks were heard"
    lane = lane_of(key, giver)
    with held(lane) as mine:
        say(giver, key, "один раз")
        letters = envelopes(lane)
        at_once(lambda: local.hand_in(mine, letters))
    carry()
    if heard(taker, key) != ["один раз"]:
        yield "fifty carriers brought " + str(heard(taker, key))
    for company in (giver, taker):
        with company.scope():
            lines = Activity.objects.filter(kind="handover_accepted", subject_id=row(company, key).pk).count()
        if lines != 1:
            yield f"{company.slug}: accepted {lines} times"


def accept(taker, key):
    try:
        with taker.scope():
            sharing.accept(row(taker, key), by=taker.owner)
    except Refused:
        return False
    return True


def at_once(deed):
    """Fifty at the same moment, each on a connection of its own."""
    ready = threading.Barrier(AT_ONCE)

    def done(_number):
        ready.wait()
        try:
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(done, range(AT_ONCE)))


def dead_delays_nobody(world, carry=delivery.drain):
    """20: with many letters waiting for one partner who is dead, the others' come as soon as ever."""
    giver, dead, alive = fresh("e", "f", "g")
    cast.link(giver, alive)
    lost, living = shared(giver, dead, carry), shared(giver, alive, carry)
    suspend(dead, timezone.now())
    for number in range(BACKLOG):
        say(giver, lost, f"в пустоту {number}")
    began = time.monotonic()
    say(giver, living, "живому")
    carry()
    if heard(alive, living) != ["живому"] or time.monotonic() - began > SOON:
        yield f"the living heard {heard(alive, living)} after {time.monotonic() - began:.1f} s"
    suspend(dead, None)
    carry()
    if len(heard(dead, lost)) != BACKLOG:
        yield f"{len(heard(dead, lost))} of {BACKLOG} came when the dead awoke"


def form_and_letter_lose_neither(world, carry=delivery.drain):
    """21: somebody saves his form in the very moment in which letters change his ticket."""
    giver, taker = world[:2]
    key = shared(giver, taker, carry)
    saved, go = threading.Event(), threading.Event()
    person = threading.Thread(target=alone, args=[lambda: save(taker, key, saved, go)])
    person.start()
    saved.wait(SOON)
    with giver.scope():
        lifecycle.set_priority(ticket_of(giver, key), to="critical", by=giver.owner)
    say(giver, key, "пока сохраняли")
    carrier = threading.Thread(target=alone, args=[carry])
    carrier.start()
    time.sleep(0.3)
    go.set()
    person.join()
    carrier.join()
    carry()
    with taker.scope():
        ticket = ticket_of(taker, key)
    if (ticket.subject, ticket.description, ticket.priority) != ("Как мы это зовём", "наше", "critical"):
        yield f"the ticket says {ticket.subject}, {ticket.priority}"
    if heard(taker, key) != ["пока сохраняли"]:
        yield "the letter was lost"


def save(company, key, saved, go):
    """A form is saved, and its transaction stays open until it may go."""
    with company.scope():
        ticket = ticket_of(company, key)
        lifecycle.reword(ticket, subject="Как мы это зовём", description="наше", by=company.owner)
        saved.set()
        go.wait(SOON)


def alone(deed):
    """What a thread does, on a connection of its own."""
    try:
        deed()
    finally:
        connection.close()


# What a row says, whatever became of its place on the disk.
CONTENT = 'SELECT count(*), coalesce(sum(hashtextextended(to_jsonb(t)::text, 0)), 0) FROM "{}" t'


def contents():
    """What every account has of everything that letters can make: counts, and what the rows say."""
    return {
        (account.slug, table): ask(account, CONTENT.format(table))[0] for account in accounts() for table in COUNTED
    }


def differences(before):
    after = contents()
    yield from (f"{key}: {before.get(key)} became {after[key]}" for key in after if before.get(key) != after[key])


TRIALS = {
    8: revoked_takes_in_nothing,
    9: resume_changes_nothing_twice,
    13: suspended_parks_its_lanes,
    15: poison_is_set_aside,
    16: replay_changes_nothing,
    17: unknown_is_parked,
    19: fifty_have_one_effect,
    20: dead_delays_nobody,
    21: form_and_letter_lose_neither,
}


def try_out(number, world, carry=delivery.drain):
    """The breaches that one trial finds."""
    return list(TRIALS[number](world, carry=carry))
