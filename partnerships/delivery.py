"""Carry what is written: in order per hand-over, retry with growing pauses, set aside what can't be applied.

Each step commits by itself and may be repeated: the receiver knows what he has, the mark wants the same lease.
"""

import time
from datetime import timedelta

from django.db import InterfaceError, OperationalError

from tenants import clock
from tenants.scoping import account_scope
from tickets.models import Attachment

from . import failpoints, inbox, lanes
from .models import Letter
from .protocol import Letter as Envelope
from .protocol import Person, digests
from .transports import local

BATCH = 20
# Lanes whose last try by this process was cut short by the database; it can be told only when that is back.
owed: list = []


def carry_all(seconds=20.0, limit=10_000, call=None):
    """Carry letters until nobody waits, one account after another; returns whether there may be more.

    Where more than one lane waits, `call` is asked for another pair of hands.
    """
    pay_back()
    ends, served = time.monotonic() + seconds, lanes.NOBODY
    for turn in range(limit):
        lane = lanes.claim(after=served)
        if lane is None:
            return False
        served = lane.sender_id
        if turn == 1 and call:
            call()
        failpoints.reach(failpoints.CLAIMED)
        try:
            carry_lane(lane)
        except (OperationalError, InterfaceError) as fault:
            if inbox.is_of_the_moment(fault):
                owed.append(lane)
            raise
        if time.monotonic() > ends:
            return True
    return True


def pay_back():
    """Tries that came to nothing because the database went away are none of the letter's; said once it is back."""
    while owed:
        lanes.release(owed[-1])
        owed.pop()


def carry_lane(lane):
    """One lane's next letters: read at the sender, received and applied at the receiver, marked at the sender."""
    with account_scope(lane.sender_id):
        letters = [envelope(letter, lane) for letter in waiting(lane)]
        strange = unfounded(lane, letters)
    outcome = local.hand_in(lane, letters, strange)
    if outcome is None:
        lanes.release(lane)
        return
    # Who has less than he once confirmed has lost it since, as by a restore: from there on all goes once more.
    lost = outcome.applied < max(lane.applied, lane.heard)
    last = outcome.applied if lost else max(lane.delivered, letters[-1].seq if letters else 0)
    # Of letters that go once more he has read further ones already: the mark follows what was carried.
    applied = min(outcome.applied, last)
    with account_scope(lane.sender_id):
        mine = lanes.advance(
            lane,
            delivered=last,
            applied=applied,
            heard=outcome.applied,
            stuck=outcome.stuck,
            retry_in=timedelta(0) if lost or last > lane.delivered or applied > lane.applied else pause(lane),
            counts=outcome.counts,
        )
        if mine and letters:
            Letter.objects.filter(lane=lane, seq__lte=last, delivered_at=None).update(delivered_at=clock.now())
        failpoints.reach(failpoints.MARKING)
    failpoints.reach(failpoints.MARKED)


def waiting(lane):
    """The next batch of a lane, in order."""
    return Letter.objects.filter(lane=lane, seq__gt=lane.delivered).order_by("seq")[:BATCH]


def unfounded(lane, letters):
    """The ids of unread letters that name bytes which their sender does not have: he can show nobody what he never had.

    Whether such bytes exist at all is not asked.
    """
    named = {letter.id: digests(letter.body) for letter in letters}
    if lane.applied < lane.delivered:
        before = Letter.objects.filter(lane=lane, seq__gt=lane.applied, seq__lte=lane.delivered).order_by("seq")
        named |= {pk: digests(body) for pk, body in before.values_list("pk", "body")[: 2 * inbox.MOST]}
    wanted = set().union(*named.values())
    held = set(Attachment.objects.filter(blob__in=wanted).values_list("blob", flat=True)) if wanted else set()
    if wanted <= held:
        return set()
    # What was taken back meanwhile left its letter in the same moment.
    suspects = Letter.objects.filter(pk__in=[pk for pk in named if named[pk] - held])
    return {pk for pk, body in suspects.values_list("pk", "body") if digests(body) - held}


def envelope(letter, lane):
    """A stored letter as it travels."""
    return Envelope(
        id=letter.pk,
        link=lane.link_id,
        handover=lane.handover,
        seq=letter.seq,
        kind=letter.kind,
        sent_at=letter.sent_at,
        by=Person(**letter.by),
        body=letter.body,
    )


def pause(lane):
    """Growing pauses: 1, 2, 4, 8 … seconds, a minute at most."""
    return timedelta(seconds=min(60, 2 ** max(0, lane.attempts - 1)))


def drain(rounds=1000):
    """Carry until everything is quiet; for history being built and for tests. Returns whether it became quiet."""
    return not carry_all(seconds=600, limit=rounds)
