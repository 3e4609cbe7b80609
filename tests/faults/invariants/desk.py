"""What trials do at the desks of companies: tickets, words, letters, lanes. No test framework here."""

import uuid
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from partnerships import delivery, lanes, sharing
from partnerships.cards import Share
from partnerships.models import Handover, Lane, Letter, Partnership
from tenants.scoping import account_scope
from tests import world as cast
from tickets import conversation, lifecycle
from tickets.models import Comment, Ticket
from tickets.vocabulary import Audience


def fresh(*words):
    """Companies of their own, the first linked with the second."""
    tail = uuid.uuid4().hex[:8]
    made = [
        cast.company(f"{word}-{tail}", f"Trial {word} {tail}", word.upper(), {"owner": (f"Owner {word}", "")})
        for word in words
    ]
    cast.link(made[0], made[1])
    return made


def partner(of, other):
    """How a company knows another now: its side of the link that has not ended."""
    rows = Partnership.objects.select_related("link").exclude(state="ended")
    return rows.get(account=of.account, name=other.account.name)


def row(company, key):
    """A company's own row of a hand-over; inside its scope."""
    rows = Handover.objects.select_related("ticket__account", "ticket__status", "partnership__link", "counterpart")
    return rows.get(key=key)


def ticket_of(company, key):
    """A company's own ticket of a hand-over; inside its scope."""
    return Ticket.objects.select_related("account", "status").get(pk=row(company, key).ticket_id)


def give(giver, taker):
    """A ticket is offered; gives the key of the hand-over."""
    with giver.scope():
        ticket = lifecycle.open_ticket("Касса", by=giver.owner)
        return sharing.offer(ticket, to=partner(giver, taker), by=giver.owner, share=Share(), see_below="named").key


def shared(giver, taker, carry):
    """A ticket at work at the partner, with everything arrived."""
    key = give(giver, taker)
    carry()
    with taker.scope():
        sharing.accept(row(taker, key), by=taker.owner)
    carry()
    return key


def say(who, key, text):
    """A comment for the partner of this hand-over alone."""
    with who.scope():
        mine = row(who, key)
        conversation.comment(mine.ticket, text, by=who.owner, audience=Audience.PARTNER, readers=[mine.counterpart])


def heard(who, key):
    """The partner's words on this ticket, in order."""
    with who.scope():
        mine = row(who, key)
        said = Comment.objects.filter(ticket=mine.ticket_id, came_through=mine.counterpart_id)
        return list(said.order_by("created_at", "id").values_list("body", flat=True))


def drop(who, key, kind, body=None):
    """Write a letter as a broken or newer version would."""
    with who.scope():
        mine = row(who, key)
        lane = lanes.next_place(mine.partnership.link_id, key, who.account.pk)
        Letter.objects.create(
            lane=lane, handover=mine, seq=lane.written, kind=kind, body=body or {}, sent_at=timezone.now()
        )


def lane_of(key, sender):
    return Lane.objects.select_related("receiver").get(handover=key, sender=sender.account)


def envelopes(lane):
    """What waits in a lane, as it travels."""
    with account_scope(lane.sender_id):
        rows = Letter.objects.filter(lane=lane, seq__gt=lane.delivered).order_by("seq")
        return [delivery.envelope(letter, lane) for letter in rows]


@contextmanager
def held(lane):
    """Nobody else carries this lane meanwhile; gives it as a carrier has it."""
    lease = uuid.uuid4()
    Lane.objects.filter(pk=lane.pk).update(lease=lease, leased_until=timezone.now() + timedelta(hours=1))
    try:
        yield Lane.objects.select_related("receiver", "link").get(pk=lane.pk)
    finally:
        Lane.objects.filter(pk=lane.pk, lease=lease).update(lease=None, leased_until=None)
        lanes.ring_on_commit()


def hurry(lane):
    """The pause before the next try is over."""
    Lane.objects.filter(pk=lane.pk).update(next_attempt_at=timezone.now() - timedelta(minutes=5))
    lanes.ring_on_commit()
