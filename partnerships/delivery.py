"""Carry what is written: in order per hand-over, retry with growing pauses, set aside what can't be applied.

Each step commits by itself and may be repeated: the receiver knows what he has, the mark wants the same lease.
"""

import time
from datetime import timedelta

from tenants import clock
from tenants.scoping import account_scope

from . import failpoints, lanes
from .models import Letter
from .protocol import Letter as Envelope
from .protocol import Person
from .transports import local

BATCH = 20


def carry_all(seconds=20.0, limit=10_000, call=None):
    """Carry letters until nobody waits, one account after another; returns whether there may be more.

    Where more than one lane waits, `call` is asked for another pair of hands.
    """
    ends, served = time.monotonic() + seconds, lanes.NOBODY
    for turn in range(limit):
        lane = lanes.claim(after=served)
        if lane is None:
            return False
        served = lane.sender_id
        if turn == 1 and call:
            call()
        failpoints.reach(failpoints.CLAIMED)
        carry_lane(lane)
        if time.monotonic() > ends:
            return True
    return True


def carry_lane(lane):
    """One lane's next letters: read at the sender, received and applied at the receiver, marked at the sender."""
    with account_scope(lane.sender_id):
        letters = [envelope(letter, lane) for letter in waiting(lane)]
    outcome = local.hand_in(lane, letters)
    if outcome is None:
        lanes.release(lane)
        return
    # Who has less than he once confirmed has lost it since, as by a restore: from there on all goes once more.
    lost = outcome.applied < lane.applied
    last = outcome.applied if lost else max(lane.delivered, letters[-1].seq if letters else 0)
    # Of letters that go once more he has read further ones already: the mark follows what was carried.
    applied = min(outcome.applied, last)
    with account_scope(lane.sender_id):
        mine = lanes.advance(
            lane,
            delivered=last,
            applied=applied,
            stuck=outcome.stuck,
            retry_in=timedelta(0) if lost or last > lane.delivered or applied > lane.applied else pause(lane),
        )
        if mine and letters:
            Letter.objects.filter(lane=lane, seq__lte=last, delivered_at=None).update(delivered_at=clock.now())
        failpoints.reach(failpoints.MARKING)
    failpoints.reach(failpoints.MARKED)


def waiting(lane):
    """The next batch of a lane, in order."""
    return Letter.objects.filter(lane=lane, seq__gt=lane.delivered).order_by("seq")[:BATCH]


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
