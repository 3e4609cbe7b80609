"""Lanes: one direction of one hand-over, with its own gapless numbers. Global and content-free.

Leases and pauses run on the clock of the database, the one that all workers share; a worker whose own clock is wrong
would take every lane from its holder, or put it off until tomorrow.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Greatest, Least, Now

from tenants import clock, doorbell
from tenants.models import Account

from . import failpoints
from .models import InboxLetter, Lane, Link
from .vocabulary import LinkState, Stage

LEASE = timedelta(seconds=settings.LEASE_SECONDS)
TRIES = 5
CARRY = "partnerships.carry"

# In rounds: the next account after the one served last, and of its lanes the one that waits longest; one step in an
# index, however many lanes and letters wait. Hand-over lanes wait while their link is paused, and for ever once it has
# ended; the link's own lane always moves, so that this can be told.
NOBODY = uuid.UUID(int=0)
CLAIM = """
UPDATE partnerships_lane
SET lease = %(lease)s, leased_until = statement_timestamp() + %(while)s, attempts = attempts + 1
WHERE id = (
    SELECT lane.id FROM partnerships_lane lane
    WHERE (lane.delivered < lane.written OR (lane.applied < lane.delivered AND NOT lane.stuck))
    AND lane.sender_id > %(after)s AND lane.next_attempt_at <= statement_timestamp()
    AND (lane.leased_until IS NULL OR lane.leased_until < statement_timestamp())
    AND (lane.handover IS NULL
        OR (SELECT link.state FROM partnerships_link link WHERE link.id = lane.link_id) IN ('active', 'ending'))
    AND (SELECT sender.suspended_at FROM tenants_account sender WHERE sender.id = lane.sender_id) IS NULL
    AND (SELECT receiver.suspended_at FROM tenants_account receiver WHERE receiver.id = lane.receiver_id) IS NULL
    ORDER BY lane.sender_id, lane.next_attempt_at
    LIMIT 1 FOR UPDATE OF lane SKIP LOCKED
)
RETURNING *
"""


NEXT = """
UPDATE partnerships_lane SET written = written + 1, waits_since = COALESCE(waits_since, statement_timestamp())
WHERE link_id = %(link)s AND sender_id = %(sender)s AND handover {here} RETURNING *
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
    here = "= %(handover)s" if handover else "IS NULL"
    place = {"link": link_id, "sender": sender, "handover": handover}
    for lane in Lane.objects.raw(NEXT.format(here=here), place):
        return lane
    raise Lane.DoesNotExist(f"{sender} has no lane of {handover or link_id}")


def claim(after=NOBODY):
    """Lease a lane of the next account that waits, beginning anew after the last one; None when nobody waits."""
    with transaction.atomic(), connection.cursor() as cursor:
        # The planner takes what waits for a few rows and would sort all of it; the index has it in order.
        cursor.execute("SET LOCAL enable_sort = off")
        for beginning in dict.fromkeys((after, NOBODY)):
            for lane in Lane.objects.raw(CLAIM, {"lease": uuid.uuid4(), "while": LEASE, "after": beginning}):
                failpoints.reach(failpoints.CLAIMING)
                return lane
    return None


def advance(lane, *, delivered, applied, heard, stuck, retry_in, counts=True):
    """Mark how far a lane got and give the lease back, if it is still ours; a try that counts for nothing is none.

    `heard` is all that the receiver has read: of letters that are carried again that may be more than `applied`.
    """
    progressed = delivered > lane.delivered or applied > lane.applied
    attempts = 0 if progressed or stuck else lane.attempts - (not counts)
    # What was written since the lane was claimed waits no longer than from now; an empty lane waits for nothing.
    since = Now() if applied >= lane.written else F("waits_since")
    return Lane.objects.filter(pk=lane.pk, lease=lane.lease).update(
        waits_since=Case(When(written=applied, then=None), default=since),
        moved_at=Now() if progressed else lane.moved_at,
        delivered=delivered,
        applied=applied,
        heard=Least("heard", heard),
        stuck=stuck,
        attempts=attempts,
        next_attempt_at=Now() + retry_in,
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
    # What was read before stays known, for whoever ends the link meanwhile.
    rows.update(
        heard=Greatest("heard", "applied"),
        **fresh,
        next_attempt_at=Now(),
        waits_since=Case(When(written=0, then=None), default=Now()),
    )
    ring_on_commit()
    return again


def release(lane):
    """Give the lease back without having tried; where another took the lane since, take back the try alone."""
    mine = Q(lease=lane.lease)
    Lane.objects.filter(pk=lane.pk, attempts__gt=0).update(
        attempts=F("attempts") - 1,
        lease=Case(When(mine, then=None), default=F("lease")),
        leased_until=Case(When(mine, then=None), default=F("leased_until")),
        next_attempt_at=Case(When(mine, then=Now()), default=F("next_attempt_at")),
    )


def wake(lane_id):
    """A person wants another try: the lane may move at once."""
    Lane.objects.filter(pk=lane_id).update(stuck=False, attempts=0, next_attempt_at=Now())


def mark_read(link_id, receiver):
    """The sender's marks say at least what this receiver has read, also where a carrier died before he could say so.

    For the end of a link: what was heard before it is known to both sides by these marks alone.
    """
    read = InboxLetter.objects.filter(lane=OuterRef("pk"), stage__in=[Stage.APPLIED, Stage.SKIPPED])
    last = Subquery(read.order_by("-seq").values("seq")[:1])
    rows = Lane.objects.filter(link=link_id, receiver=receiver, applied__lt=F("written"))
    rows.update(applied=Greatest("applied", last), delivered=Greatest("delivered", last))


def link_between(here, there):
    """The link of two accounts that has not ended, if there is one."""
    return (
        Link.objects.exclude(state=LinkState.ENDED)
        .filter(account_a__in=[here, there], account_b__in=[here, there])
        .first()
    )
