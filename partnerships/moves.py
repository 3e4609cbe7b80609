"""The table of moves of a hand-over, and what each of them does: guard, lock, change, record."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from sla import turns
from tenants import clock
from tenants.activity import record
from tenants.scoping import new_id
from tenants.timers import clear_timer, set_timer
from tenants.vocabulary import Kind, refuse_unless
from tickets import board
from tickets.access import permit
from tickets.lifecycle import lock
from tickets.models import Counterpart, Ticket
from tickets.vocabulary import Direction

from . import lanes, translation
from . import vocabulary as words
from .card_vocabulary import CARD_CHANGED
from .models import Handover
from .vocabulary import RUNNING, LinkState, State

GIVEN, TAKEN = Direction.GIVEN, Direction.TAKEN
ENDINGS = {State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.APPROVED, State.GIVEN_BACK, State.CUT}


# What a move writes; the chain's own columns are written under the same lock by others.
SETTLED = (
    "state",
    "reason",
    "returns",
    "done_at",
    "report",
    "answered_at",
    "ended_at",
    "pending",
    "checklist",
    "approve_at",
)


@dataclass(frozen=True)
class Move:
    """Who may make it, from which states, and the word it leaves in the ledger."""

    side: str
    sources: frozenset
    kind: Kind
    needs_reason: bool = False


def _move(side, sources, kind, needs_reason=False):
    return Move(side, frozenset(sources), kind, needs_reason)


MOVES = {
    State.ACCEPTED: _move(TAKEN, {State.OFFERED}, words.ACCEPTED),
    State.DECLINED: _move(TAKEN, {State.OFFERED}, words.DECLINED, True),
    State.DONE: _move(TAKEN, {State.ACCEPTED, State.RETURNED}, words.DONE),
    State.GIVEN_BACK: _move(TAKEN, {State.ACCEPTED, State.RETURNED}, words.GIVEN_BACK, True),
    State.EXPIRED: _move(GIVEN, {State.OFFERED}, words.EXPIRED),
    State.WITHDRAWN: _move(GIVEN, {State.OFFERED, State.ACCEPTED, State.RETURNED}, words.WITHDRAWN, True),
    State.APPROVED: _move(GIVEN, {State.DONE}, words.APPROVED),
    State.RETURNED: _move(GIVEN, {State.DONE, State.APPROVED}, words.RETURNED, True),
    State.CUT: _move("", set(RUNNING), words.CUT),
}
# What the giver says of delivered work means nothing to a taker who never delivered: it makes nobody work unasked.
AFTER_WORK = {
    State.APPROVED: {State.DONE, State.APPROVED},
    State.RETURNED: {State.DONE, State.APPROVED, State.RETURNED},
}


def answer(handover, state, *, by, reason="", text="", **report):
    """Make one of our own moves: guard by role and state, change, record; the letter follows from the record."""
    move = MOVES[state]
    permit(by, "done" if state == State.DONE else "hand_over", handover.ticket)
    handover = lock_both(handover)
    check_move(handover, move)
    refuse_unless(reason.strip() or not move.needs_reason, _("Say why, the partner will read it."), "reason")
    handover.pending = new_id() if handover.direction == TAKEN and state != State.CUT else None
    settle(handover, state, by=by, reason=reason.strip(), text=text.strip(), **report)
    if handover.is_given:
        translation.follow(handover, by=by, state=state)
    else:
        translation.after_own_verb(handover, by=by)
    return handover


def check_move(handover, move):
    """Whether our side may make this move now."""
    refuse_unless(not move.side or handover.direction == move.side, _("That is for the other company to do."))
    refuse_unless(handover.state in move.sources, too_late(handover))
    ended = LinkState.ENDED in (handover.partnership.state, handover.partnership.link.state)
    refuse_unless(not ended, _("The link has ended."))


def long_approved(handover):
    """Whether the time to send back what was accepted is over: a new hand-over is the way then."""
    ended = handover.state == State.APPROVED and handover.ended_at
    return bool(ended) and ended < clock.now() - timedelta(days=handover.return_days)


def too_late(handover):
    """Why a verb can't be done now."""
    return _("This can't be done now: the hand-over is “%(state)s”.") % {"state": State(handover.state).label}


def lock_both(handover):
    """The link first, then the ticket, then the hand-over: the lock order of the house."""
    lanes.hold(handover.partnership.link_id)
    ticket = lock(Ticket(pk=handover.ticket_id))
    rows = Handover.objects.select_for_update(of=("self",)).select_related("partnership__link", "counterpart")
    locked = rows.get(pk=handover.pk)
    locked.ticket = ticket
    return locked


def settle(handover, state, *, by, reason="", text="", checklist=None, comment=""):
    """The hand-over moves: its new state everywhere, and the line of the ledger.

    `checklist` and `comment` (where the report stands) come with delivered work.
    """
    write(handover, state, reason=reason, text=text, checklist=checklist)
    goes_on = handover.goes_on
    tell(handover, MOVES[state].kind, by=by, reason=reason, goes_on=goes_on, text=text, comment=comment)


def write(handover, state, *, reason="", text="", checklist=None):
    """Write the new state everywhere it shows."""
    now = clock.now()
    handover.state, handover.reason = state, reason
    if state == State.RETURNED:
        handover.returns += 1
    if state == State.DONE:
        handover.done_at, handover.report = now, text
    if state in (State.ACCEPTED, State.DECLINED):
        handover.answered_at = now
    handover.ended_at = now if state in ENDINGS else None
    if checklist is not None:
        handover.checklist = checklist
    wind(handover)
    handover.save(update_fields=SETTLED)
    clear_timer("accept_by", handover)
    Counterpart.objects.filter(pk=handover.counterpart_id).update(
        state=state, open=state in RUNNING, answered=handover.goes_on or state == State.APPROVED
    )
    show_on_board(handover)


def set_deadline(handover, due_at, *, by):
    """The partner gets another deadline: his row, the turn that depends on it, and the line that tells him."""
    changes = [["due_at", *(at.isoformat() if at else "" for at in (handover.due_at, due_at))]]
    handover.due_at = due_at
    handover.save(update_fields=["due_at"])
    Counterpart.objects.filter(pk=handover.counterpart_id).update(due_at=due_at)
    tell(handover, CARD_CHANGED, by=by, changes=changes)
    turns.settle(handover.ticket_id, by=by)


def wind(handover):
    """Delivered work is accepted by itself in time, if the hand-over says so; every other move stops that clock.

    The giver's row keeps the time; the taker is told it with the confirmation.
    """
    clear_timer("auto_approve", handover)
    handover.approve_at = None
    if handover.state == State.DONE and handover.is_given and handover.auto_approve_hours:
        handover.approve_at = handover.done_at + timedelta(hours=handover.auto_approve_hours)
        set_timer("auto_approve", handover, handover.approve_at)


def show_on_board(handover):
    """What lists show of the partner: of several the one the turn depends on, else the hand-over that moved last."""
    row = turns.shown(handover.ticket.counterparts.all())
    board.show(
        handover.ticket,
        partner_label=row.label if row else handover.partnership.name,
        handover_state=row.state if row else handover.state,
        handover_direction=row.direction if row else handover.direction,
    )


def tell(handover, kind, *, by, **details):
    ours, theirs = handover.ticket.account.name, handover.partnership.name
    giver, taker = (ours, theirs) if handover.is_given else (theirs, ours)
    record(handover, kind, by=by, ticket=handover.ticket, giver=giver, taker=taker, **details)
