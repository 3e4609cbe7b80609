"""Whose turn it is: one holder per ticket, by the first rule that holds."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tenants import timers
from tenants.vocabulary import KINDS
from tickets import board, lifecycle, telling
from tickets.models import Ticket
from tickets.settings_vocabulary import STATUS_RESHAPED
from tickets.vocabulary import ASKED_OF_CLIENT, FINISHED, Category, Direction, Event, Turn

UNANSWERED = {"done", "declined", "expired", "given_back", "cut"}
RUNNING = {"offered", "accepted", "returned"}
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Holder:
    turn: str
    name: str = ""
    tentative: bool = False


def whose(category, waits_for, counterparts):
    """The holder of a ticket in this status with these counterparts (given and taken hand-overs)."""
    taken = next((c for c in counterparts if c.direction == Direction.TAKEN and c.open), None)
    given = [c for c in counterparts if c.direction == Direction.GIVEN]
    if taken and taken.state == "done" and category != Category.CLOSED:
        return Holder(Turn.PARTNER, taken.label)
    if category in FINISHED:
        return Holder(Turn.NOBODY)
    if category == Category.WAITING and waits_for in ("", *ASKED_OF_CLIENT):
        return Holder(Turn.CLIENT)
    if any(c.state in UNANSWERED and not c.answered for c in given):
        return Holder(Turn.US)
    first = nearest(given)
    if first:
        return Holder(Turn.PARTNER, first.holder or first.label, first.state == "offered")
    return Holder(Turn.US)


def nearest(given):
    """Of the hand-overs we gave, the running one with the nearest deadline; None when none runs."""
    running = (c for c in given if c.state in RUNNING)
    return min(running, key=lambda c: (c.due_at or NEVER, c.pk), default=None)


def shown(counterparts):
    """Of several hand-overs the one that lists show: what waits for our answer, else whoever is nearest, else none."""
    given = [c for c in counterparts if c.direction == Direction.GIVEN]
    return next((c for c in given if c.state in UNANSWERED and not c.answered), None) or nearest(given)


def on_activity(sender, activity, subject, by, **kwargs):
    """The ledger moved: see whether the turn did."""
    if activity.ticket_id and KINDS[activity.kind].moves_turn:
        # Who is asked next, or was asked too, is told by the same transaction: for us it is no turn.
        if settle(activity.ticket_id) and not activity.details.get("goes_on"):
            telling.tell(activity, Event.OUR_TURN)
    elif activity.kind == STATUS_RESHAPED.code:
        timers.set_timer("status_reshaped", subject, activity.at)


@timers.on_timer("status_reshaped")
def settle_status(status_id):
    """A status means something else: see whose turn it is on the open tickets that stand in it."""
    rows = Ticket.objects.filter(status=status_id, finished_at=None).select_related("status")
    for ticket in rows.prefetch_related("counterparts").order_by("pk").iterator(chunk_size=500):
        holder = holder_of(ticket)
        if (holder.turn, holder.name, holder.tentative) != (ticket.turn, ticket.turn_holder, ticket.turn_tentative):
            settle(lifecycle.lock(ticket).pk)


def holder_of(ticket):
    """Who must act on the ticket now."""
    return whose(ticket.status.category, ticket.status.waits_for, list(ticket.counterparts.all()))


def settle(ticket_id):
    """Put the ticket's holder on its board row; whether the turn came back to us."""
    ticket = Ticket.objects.select_related("status").get(pk=ticket_id)
    holder, before = holder_of(ticket), ticket.turn
    board.show(ticket, turn=holder.turn, turn_holder=holder.name, turn_tentative=holder.tentative)
    return holder.turn == Turn.US != before
