"""The giver tells the ticket anew: our card takes it over; what is ours follows only where we had left it as told."""

from sla import clocks
from tenants.activity import record
from tickets import conversation, lifecycle, placing
from tickets.models import Counterpart
from tickets.vocabulary import Priority

from . import adopting, cards, differences, recard
from .card_vocabulary import CARD_CHANGED, CARD_LATE
from .protocol import CardChanged, render
from .vocabulary import RUNNING, State

PLACES = {"client", "site", "address", "equipment"}


def hear_card(handover, body, *, by):
    """The whole card as it is now; the difference is a line of the history, and what came too late a note."""
    before = recard.last_told(handover, as_if_told(handover, body))
    changes = differences.between(before, body)
    names = {"giver": handover.partnership.name, "taker": handover.ticket.account.name}
    if handover.state not in (*RUNNING, State.APPROVED):
        if changes:
            record(handover, CARD_LATE, by=by, ticket=handover.ticket, changes=changes, **names)
        return
    keep(handover, body)
    kept = follow(handover.ticket, before, body, by=by)
    if PLACES & {fact for fact, _was, _now in changes}:
        adopting.recognise(handover)
    if changes:
        record(handover, CARD_CHANGED, by=by, ticket=handover.ticket, changes=changes, kept=kept, **names)
        conversation.touch(handover.ticket)


def as_if_told(handover, body):
    """A hand-over of old did not write down what it was told: only what its row shows is compared."""
    return CardChanged(
        subject=body.subject,
        description=body.description,
        priority=body.priority,
        card=cards.read_card(handover.card),
        due_at=handover.due_at,
        type=body.type,
        wish_from=handover.wish_from,
        wish_until=handover.wish_until,
        client_due_at=handover.client_due_at,
    )


def keep(handover, body):
    """Our row holds what was told last, and goes on knowing what of it is ours."""
    handover.card = render(body.card) | {"known": cards.known(handover)}
    handover.told, handover.due_at, handover.client_due_at = render(body), body.due_at, body.client_due_at
    handover.wish_from, handover.wish_until = body.wish_from, body.wish_until
    handover.save(update_fields=["card", "told", "due_at", "client_due_at", "wish_from", "wish_until"])
    Counterpart.objects.filter(pk=handover.counterpart_id).update(due_at=body.due_at)


def follow(ticket, before, body, *, by):
    """Our own ticket goes along where it still says what was told before; the names of what we had changed stay."""
    wanted, kept = {}, []
    ours = {"subject": ticket.subject, "description": ticket.description, "priority": ticket.priority}
    was, now = as_ours(before), as_ours(body)
    # What our own policy says is no word of ours: a deadline that is given goes before it.
    due_at = clocks.given_moment(ticket) if was["due_at"] != now["due_at"] else was["due_at"]
    ours |= {"due_at": due_at, "agreement": ticket.agreement}
    for name, value in ours.items():
        if was[name] == now[name] or value == now[name]:
            continue
        if value == was[name]:
            wanted[name] = now[name]
        else:
            kept.append(name)
    words = {name: wanted.get(name, ours[name]) for name in ("subject", "description")}
    if words["subject"]:
        lifecycle.reword(ticket, by=by, **words)
    if wanted.get("priority") in Priority.values:
        lifecycle.set_priority(ticket, to=wanted["priority"], by=by)
    if "due_at" in wanted:
        lifecycle.set_due(ticket, to=wanted["due_at"], by=by)
    if "agreement" in wanted:
        placing.set_agreement(ticket, to=wanted["agreement"], by=by)
    return kept


def as_ours(told):
    """What was told, as a ticket of ours keeps it."""
    return {
        "subject": told.subject.strip()[: lifecycle.SUBJECT],
        "description": told.description.strip(),
        "priority": told.priority,
        "due_at": told.due_at,
        "agreement": told.card.agreement.strip()[: placing.AGREEMENT],
    }
