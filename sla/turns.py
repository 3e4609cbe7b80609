"""Whose turn it is: one holder per ticket, by the first rule that holds."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from tenants import timers
from tenants.vocabulary import KINDS, SCHEDULE, TEAM_REMOVED
from tickets import board, lifecycle, telling
from tickets.models import Counterpart, Ticket
from tickets.settings_vocabulary import STATUS_RESHAPED
from tickets.vocabulary import (
    ASKED_OF_CLIENT,
    ASSIGNED,
    FINISHED,
    OPENED,
    TEAM_CHANGED,
    Category,
    Direction,
    Event,
    Turn,
    WaitReason,
)

from . import spans
from .vocabulary import Because, Party, Turned

UNANSWERED = {"done", "declined", "expired", "given_back", "cut"}
RUNNING = {"offered", "accepted", "returned"}
NEVER = datetime.max.replace(tzinfo=UTC)
# Who of us has the ticket changes nothing about whose turn it is, and all about who accounts for the time.
OURS = {ASSIGNED.code, TEAM_CHANGED.code}


@dataclass(frozen=True)
class Holder:
    turn: str
    name: str = ""
    tentative: bool = False
    # Empty where our queue or our person has it.
    because: str = field(default="", compare=False)
    counterpart: Counterpart | None = field(default=None, compare=False)


def whose(category, waits_for, counterparts):
    """The holder of a ticket in this status with these counterparts (given and taken hand-overs)."""
    taken = [c for c in counterparts if c.direction == Direction.TAKEN]
    sender = next((c for c in taken if c.open), None)
    given = [c for c in counterparts if c.direction == Direction.GIVEN]
    if sender and sender.state == "done" and category != Category.CLOSED:
        return Holder(Turn.PARTNER, sender.label, because=Because.APPROVAL, counterpart=sender)
    if category in FINISHED:
        return Holder(Turn.NOBODY, because=Because.FINISHED)
    waits = waits_for if category == Category.WAITING else None
    if waits in ("", *ASKED_OF_CLIENT):
        return Holder(Turn.CLIENT, because=waits or Because.CLIENT, counterpart=taken[-1] if taken else None)
    outcome = next((c for c in given if c.state in UNANSWERED and not c.answered), None)
    if outcome:
        return Holder(Turn.US, because=Because.ANSWER, counterpart=outcome)
    first = nearest(given)
    if first:
        offered = first.state == "offered"
        because = Because.OFFER if offered else Because.WORK
        return Holder(Turn.PARTNER, first.holder or first.label, offered, because=because, counterpart=first)
    return Holder(Turn.US, because=Because.PART if waits == WaitReason.PART else "")


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
        came_back = settle(activity.ticket_id, by=by, opened=activity.kind == OPENED.code)
        if came_back and not activity.details.get("goes_on"):
            telling.tell(activity, Event.OUR_TURN)
    elif activity.kind in OURS:
        settle(activity.ticket_id, by=by)
    elif activity.kind == TEAM_REMOVED.code:
        spans.forget_team(subject)
    elif activity.kind == STATUS_RESHAPED.code:
        timers.set_timer("status_reshaped", subject, activity.at)


@timers.on_timer("status_reshaped")
def settle_status(status_id):
    """A status means something else: see whose turn it is on the open tickets that stand in it."""
    rows = Ticket.objects.filter(status=status_id, finished_at=None).select_related("status")
    rows = rows.prefetch_related("counterparts", spans.LAST)
    for ticket in rows.order_by("pk").iterator(chunk_size=500):
        holder = holder_of(ticket)
        known = (ticket.turn, ticket.turn_holder, ticket.turn_tentative)
        if (holder.turn, holder.name, holder.tentative) != known or not spans.stands(ticket, turned(ticket, holder)):
            settle(lifecycle.lock(ticket).pk)


def holder_of(ticket):
    """Who must act on the ticket now."""
    return whose(ticket.status.category, ticket.status.waits_for, list(ticket.counterparts.all()))


def turned(ticket, holder):
    """What an account of time keeps of this holder; which of us has the ticket counts only while the turn is ours."""
    other, party = holder.counterpart, Party(holder.turn)
    if holder.turn == Turn.PARTNER:
        far = Party.FAR if other.station else Party.PARTNER
        party = Party.CLIENT if other.direction == Direction.TAKEN else far
    named = {Party.FAR: "holder", Party.PARTNER: "label", Party.CLIENT: "label"}.get(party)
    ours = party == Party.US
    return Turned(
        party=party.value,
        because=str(holder.because or (Because.PERSON if ticket.assignee_id else Because.QUEUE)),
        holder=getattr(other, named) if other and named else "",
        counterpart=str(other.pk) if other else "",
        station=other.station if party == Party.FAR else "",
        member=str(ticket.assignee_id or "") if ours else "",
        team=str(ticket.team_id or "") if ours else "",
    )


def settle(ticket_id, *, by=SCHEDULE, opened=False):
    """Put the ticket's holder on its board row and into its account of time; whether the turn came back to us."""
    ticket = Ticket.objects.select_related("status").get(pk=ticket_id)
    holder, before = holder_of(ticket), ticket.turn
    spans.follow(ticket, turned(ticket, holder), by=by, opened=opened)
    board.show(ticket, turn=holder.turn, turn_holder=holder.name, turn_tentative=holder.tentative)
    return holder.turn == Turn.US != before
