"""What people do to clocks by hand: the delay is not ours, or is after all; and we are on site."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.activity import record
from tenants.vocabulary import refuse_nulls, refuse_unless
from tickets.access import permit
from tickets.lifecycle import lock

from . import clocks, pausing
from .models import Clock
from .vocabulary import ARRIVED, TIME_BLAMED, TIME_EXCUSED, ClockState, Target

LONGEST = 300
NO_CLOCK = _("This ticket has no such deadline.")
OVER = _("The work on this ticket is done: nobody arrives any more.")


@transaction.atomic
def excuse(ticket, *, target, reason, by):
    """The delay is not ours, and why; the deadline stays where it is."""
    permit(by, "change", ticket)
    refuse_nulls(reason, "reason")
    reason = " ".join(reason.split())
    refuse_unless(reason, _("Say why the delay is not ours."), "reason")
    refuse_unless(len(reason) <= LONGEST, _("The reason is too long: 300 characters at most."), "reason")
    ticket = lock(ticket)
    row = clock_of(ticket, target)
    if row.excuse == reason:
        return row
    row.excuse, row.excused_by, row.excused_at = reason, getattr(by, "actor", by).name, clock.now()
    row.save(update_fields=["excuse", "excused_by", "excused_at"])
    record(row, TIME_EXCUSED, by=by, ticket=ticket, target=row.target, reason=reason)
    return row


@transaction.atomic
def blame(ticket, *, target, by):
    """The delay counts as ours after all."""
    permit(by, "change", ticket)
    ticket = lock(ticket)
    row = clock_of(ticket, target)
    if not row.excuse:
        return row
    reason = row.excuse
    row.excuse, row.excused_by, row.excused_at = "", "", None
    row.save(update_fields=["excuse", "excused_by", "excused_at"])
    record(row, TIME_BLAMED, by=by, ticket=ticket, target=row.target, reason=reason)
    return row


@transaction.atomic
def arrive(ticket, *, by):
    """Somebody of ours is on site; said twice it is the first time that counts."""
    permit(by, "work", ticket)
    ticket = lock(ticket)
    row = clock_of(ticket, Target.ARRIVAL)
    refuse_unless(row.state != ClockState.OFF, NO_CLOCK)
    if row.met_at is None:
        refuse_unless(pausing.reason_now(ticket) not in pausing.OVER, OVER)
        Clock.objects.filter(pk=row.pk).update(met_at=clock.now())
        clocks.settle(ticket.pk)
        record(row, ARRIVED, by=by, ticket=ticket)
    return row


def clock_of(ticket, target):
    """The ticket's clock of this target, or a sentence."""
    row = Clock.objects.filter(ticket=ticket, target=target).first() if target in Target.values else None
    refuse_unless(row, NO_CLOCK)
    return row
