"""What may stop clocks: a ticket that waits, or whose work is done. Pauses belong to the ticket and to no policy."""

from tenants import clock
from tenants.models import Activity
from tenants.vocabulary import KINDS
from tickets.settings_vocabulary import STATUS_RESHAPED
from tickets.vocabulary import Category, Direction, WaitReason

from .models import Pause
from .vocabulary import DELIVERED, RESOLVED, STOPPING

OVER = (DELIVERED, RESOLVED)


def taken(ticket):
    """The company that handed the ticket to us, as long as that is not over."""
    rows = ticket.counterparts.all()
    return next((row for row in rows if row.direction == Direction.TAKEN and row.open), None)


def reason_now(ticket):
    """Why clocks may stand still on the ticket now; empty while it is worked on."""
    giver = taken(ticket)
    if giver is not None and giver.state == "done":
        return DELIVERED
    if giver is None and ticket.finished_at:
        return RESOLVED
    if ticket.status.category != Category.WAITING:
        return ""
    waits_for = ticket.status.waits_for or WaitReason.CLIENT
    return str(waits_for) if waits_for in STOPPING else ""


def owner(ticket, reason):
    """Who is waited for, by name."""
    if reason in (RESOLVED, WaitReason.PART):
        return ""
    giver = taken(ticket)
    if reason == DELIVERED or not ticket.client:
        return giver.label if giver else ""
    return ticket.client.name


def follow(ticket, pauses, at=None):
    """Let the pauses of a ticket follow what is true of it since a moment; gives them all, the oldest first.

    Without a moment nobody said when it began: then its last move did it.
    """
    running = next((pause for pause in pauses if pause.until_at is None), None)
    reason = reason_now(ticket)
    if reason == (running.reason if running else "") or (running and reason in OVER and running.reason in OVER):
        return pauses
    at = at or begun(ticket, reason)
    if running:
        running.until_at = max(at, running.from_at)
        running.save(update_fields=["until_at"])
    if not reason:
        return pauses
    since = max([at, *(pause.until_at for pause in pauses)])
    return [*pauses, Pause.objects.create(ticket=ticket, reason=reason, owner=owner(ticket, reason), from_at=since)]


def begun(ticket, reason):
    """When the ticket came to stand as it does, as far as its row, its history and its status's history tell."""
    if reason in OVER and ticket.finished_at:
        return ticket.finished_at
    moves = [kind.code for kind in KINDS.values() if kind.moves_turn]
    lines = Activity.objects.filter(ticket_id=ticket.pk, kind__in=moves)
    moved = lines.order_by("-at").values_list("at", flat=True).first()
    return max(filter(None, (moved, reshaped(ticket.status_id))), default=None) or clock.now()


def reshaped(status_id):
    """When a status last came to mean something else for whoever waits in it; another colour is none of that."""
    lines = Activity.objects.filter(subject_id=status_id, kind=STATUS_RESHAPED.code).order_by("-at", "-id")
    changes = lines.values_list("at", "details__before", "details__after")
    return next((at for at, before, after in changes if meaning(before) != meaning(after)), None)


def meaning(look):
    """Of a status as the ledger keeps it: its category, and where that is waiting, what for."""
    words = look.split()
    return words[0], words[-1] if words[0] == Category.WAITING else ""


def delivered(pauses):
    """The moment at which the work was done, when it is done now; and the first at which it ever was."""
    over = [pause for pause in pauses if pause.reason in OVER]
    now = next((pause.from_at for pause in over if pause.until_at is None), None)
    return now, over[0].from_at if over else None
