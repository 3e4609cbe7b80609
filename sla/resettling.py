"""What is promised, or stops clocks, changed for all: every open ticket's clocks are reckoned anew, some at a time."""

from types import SimpleNamespace
from uuid import UUID

from tenants import clock, timers
from tenants.vocabulary import KINDS
from tickets import lifecycle
from tickets.models import Ticket
from tickets.settings_vocabulary import STATUS_RESHAPED

from . import clocks, policies
from .vocabulary import MATRIX_CHANGED

# One kind of timer for each part of the settings; its subject is the ticket after which to go on.
PARTS = ("policies", "calendars", "agreements", "statuses")
BEGINNING = SimpleNamespace(pk=UUID(int=0))
BATCH = 50


def on_activity(sender, activity, **kwargs):
    """What is promised, or what stops clocks, changed: begin with the first ticket."""
    section = KINDS[activity.kind].section
    if section == "statuses" and activity.kind != STATUS_RESHAPED.code:
        return
    if activity.ticket_id is None and section in PARTS and activity.kind != MATRIX_CHANGED.code:
        timers.set_timer(f"clocks_{section}", BEGINNING, activity.at)


def settle_some(after, *, why):
    """Reckon the next open tickets; whose deadlines stay as they were cost no write. Nobody is told of what is late
    already: the lists show it."""
    open_ones = Ticket.objects.open().filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    batch = list(open_ones[:BATCH])
    for pk in batch:
        lifecycle.lock(Ticket(pk=pk))
    # Chosen once nobody can change what the choice is made of.
    chosen = policies.choose_all(batch)
    for pk in batch:
        clocks.settle(pk, why=why, quiet=True, choice=chosen[pk])
    if len(batch) == BATCH:
        timers.set_timer(f"clocks_{why}", SimpleNamespace(pk=batch[-1]), clock.now())


def _register(part):
    timers.on_timer(f"clocks_{part}")(lambda after: settle_some(after, why=part))


for _part in PARTS:
    _register(_part)
