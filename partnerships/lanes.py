"""Lanes: one direction of one hand-over, with its own gapless numbers. Global and content-free.

Leases and pauses run on the clock of the database, the one that all workers share; a worker whose own clock is wrong
would take every lane from its holder, or put it off until tomorrow.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, Sum, When
from django.db.models.functions import Now

from tenants import clock, doorbell
from tenants.models import Account

from . import failpoints
from .models import Lane, Link
from .vocabulary import LinkState

LEASE = timedelta(seconds=settings.LEASE_SECONDS)
TRIES = 5
CARRY = "partnerships.carry"

# Round-robin by account: the one whose letters were carried longest ago comes first. Hand-over lanes wait while
# their link is paused, and for ever once it has ended; the link's own lane always moves, so that this can be told.
CLAIM = """
UPDATE partnerships_lane
SET lease = %(lease)s, leased_until = statement_timestamp() + %(while)s, attempts = attempts + 1
WHERE id = (
    SELECT lane.id FROM partnerships_lane lane
    JOIN partnerships_link link ON link.id = lane.link_id
    JOIN tenants_account sender ON sender.id = lane.sender_id
    JOIN tenants_account receiver ON receiver.id = lane.receiver_id
    LEFT JOIN partnerships_courier courier ON courier.account_id = lane.sender_id
    WHERE (lane.delivered < lane.written OR (lane.applied < lane.delivered AND NOT lane.stuck))
    AND lane.next_attempt_at <= statement_timestamp()
    AND (lane.leased_until IS NULL OR lane.leased_until < statement_timestamp())
    AND (lane.handover IS NULL OR link.state IN ('active', 'ending'))
    AND sender.suspended_at IS NULL AND receiver.suspended_at IS NULL
    ORDER BY courier.served_at NULLS FIRST, lane.served_at NULLS FIRST, lane.id
    LIMIT 1 FOR UPDATE OF lane SKIP LOCKED
)
RETURNING id
"""


def ring_on_commit():
    """Tell the workers after this transaction that letters wait."""
    doorbell.ring_on_commit(CARRY)


def open_lanes(link_id, handover, here, there):
    """Both directions of a hand-over (or of a link, with no hand-over); making them twice changes nothing."""
    for sender, receiver in ((here, there), (there, here)):
        Lane.objects.get_or_create(
            link_id=link_id,
            handover=handover,
            sender_id=sender,
            defaults={"receiver_id": receiver, "next_attempt_at": clock.now()},
        )


def next_place(link_id, handover, sender):
    """Take the next number of a lane; holds the lane until the transaction ends, so numbers have no gaps."""
    lane = Lane.objects.select_for_update().get(link_id=link_id, handover=handover, sender_id=sender)
    lane.written += 1
    lane.waits_since = lane.waits_since or Now()
    lane.save(update_fields=["written", "waits_since"])
    return lane


def claim():
    """Lease the lane that waits longest, fairly by account; None when nobody waits."""
    lease = uuid.uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": lease, "while": LEASE})
        found = cursor.fetchone()
        if not found:
            return None
        lane = Lane.objects.select_related("link", "receiver").get(pk=found[0])
        cursor.execute(
            "INSERT INTO partnerships_courier (account_id, served_at) VALUES (%s, statement_timestamp())"
            " ON CONFLICT (account_id) DO UPDATE SET served_at = excluded.served_at",
            [lane.sender_id],
        )
        failpoints.reach(failpoints.CLAIMING)
    return lane


def advance(lane, *, delivered, applied, stuck, retry_in):
    """Mark how far a lane got and give the lease back, if it is still ours."""
    progressed = delivered > lane.delivered or applied > lane.applied
    attempts = 0 if progressed or stuck else lane.attempts
    # What was written since the lane was claimed waits no longer than from now; an empty lane waits for nothing.
    since = Now() if applied >= lane.written else F("waits_since")
    return Lane.objects.filter(pk=lane.pk, lease=lane.lease).update(
        waits_since=Case(When(written=applied, then=None), default=since),
        moved_at=Now() if progressed else lane.moved_at,
        delivered=delivered,
        applied=applied,
        stuck=stuck,
        attempts=attempts,
        next_attempt_at=Now() + retry_in,
        served_at=Now(),
        lease=None,
        leased_until=None,
    )


def hold_open(lane):
    """Whether letters may pass now; a link that is open stays so until this transaction ends.

    Whoever pauses or ends the link waits for it, so that after his commit not one row comes across.
    """
    if lane.handover is None:
        return True
    return hold(lane.link_id) in (LinkState.ACTIVE, LinkState.ENDING)


def stays_active(link_id):
    """Whether new tickets may go over this link; it stays so until this transaction ends."""
    return hold(link_id) == LinkState.ACTIVE


def hold(link_id):
    """The state of a link, which stays so until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM partnerships_link WHERE id = %s FOR SHARE", [link_id])
        return cursor.fetchone()[0]


def hold_at_once(link_id):
    """Whether nobody is changing this link right now; its state stays as it is until this transaction ends.

    For whoever holds a ticket already, and so may not wait for a link.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM partnerships_link WHERE id = %s FOR SHARE SKIP LOCKED", [link_id])
        return cursor.fetchone() is not None


def waits(link_id, sender):
    """Whether letters of this account can't cross now: the link is paused, or the account itself suspended."""
    paused = Link.objects.filter(pk=link_id, state=LinkState.PAUSED)
    return paused.exists() or Account.objects.filter(pk=sender, suspended_at__isnull=False).exists()


def unread(link_id, sender, handover=None):
    """How many letters of this account the other side has not read yet, over the link or of one hand-over."""
    lanes = Lane.objects.filter(link_id=link_id, sender_id=sender)
    lanes = lanes.filter(handover=handover) if handover else lanes
    return lanes.aggregate(n=Sum(F("written") - F("applied")))["n"] or 0


def is_drained(link_id):
    """Whether every letter of a link, in both directions, was read."""
    return not Lane.objects.filter(link_id=link_id).exclude(applied=F("written")).exists()


def rewind(link):
    """Carry everything again from the first letter on, as after a restore; the receiver knows what he has.

    Whoever carries a lane right now loses it. Gives how many letters go once more; over an ended link none do.
    """
    rows = Lane.objects.filter(link=link, link__in=Link.objects.exclude(state=LinkState.ENDED))
    again = rows.aggregate(n=Sum("written"))["n"] or 0
    fresh = {"delivered": 0, "applied": 0, "stuck": False, "attempts": 0, "lease": None, "leased_until": None}
    rows.update(**fresh, next_attempt_at=Now(), waits_since=Case(When(written=0, then=None), default=Now()))
    ring_on_commit()
    return again


def release(lane):
    """Give the lease back without having tried."""
    Lane.objects.filter(pk=lane.pk, lease=lane.lease).update(
        lease=None, leased_until=None, attempts=lane.attempts - 1, next_attempt_at=Now()
    )


def wake(lane_id):
    """A person wants another try: the lane may move at once."""
    Lane.objects.filter(pk=lane_id).update(stuck=False, attempts=0, next_attempt_at=Now())


def link_between(here, there):
    """The link of two accounts that has not ended, if there is one."""
    return (
        Link.objects.exclude(state=LinkState.ENDED)
        .filter(account_a__in=[here, there], account_b__in=[here, there])
        .first()
    )
