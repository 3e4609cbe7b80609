"""Who follows a ticket without answering for it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.activity import record
from tenants.vocabulary import refuse_unless

from . import granting
from .access import permit, visible_tickets
from .lifecycle import lock
from .models import Watcher
from .vocabulary import UNWATCHED, WATCHED


def watchers(ticket):
    """The members who follow the ticket, the longest first."""
    rows = Watcher.objects.filter(ticket=ticket, member__active=True).select_related("member")
    return [row.member for row in rows.order_by("since", "pk")]


@transaction.atomic
def watch(ticket, *, member, by):
    """The member hears of what happens from now on; whom somebody else adds, the history names."""
    if member.pk != by.pk:
        permit(by, "work", ticket)
        granting.let_see(ticket, member=member, by=by)
    ticket = lock(ticket)
    refuse_unless(member.active, _("This person does not work here any more."))
    seen = visible_tickets(member).filter(pk=ticket.pk).exists()
    refuse_unless(seen, _("%(name)s may not see this ticket.") % {"name": member.name})
    _row, made = Watcher.objects.get_or_create(ticket=ticket, member=member, defaults={"since": clock.now()})
    if made and member.pk != by.pk:
        record(ticket, WATCHED, by=by, ticket=ticket, name=member.name)
    return made


def join(ticket_id, member_ids):
    """Whoever has to do with a ticket follows it from now on; who follows it already goes on."""
    now = clock.now()
    rows = [Watcher(ticket_id=ticket_id, member_id=pk, since=now) for pk in sorted(map(str, member_ids))]
    Watcher.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def unwatch(ticket, *, member, by):
    """The member is left in peace again."""
    if member.pk != by.pk:
        permit(by, "work", ticket)
    ticket = lock(ticket)
    gone, _rows = Watcher.objects.filter(ticket=ticket, member=member).delete()
    if gone and member.pk != by.pk:
        record(ticket, UNWATCHED, by=by, ticket=ticket, name=member.name)
    return bool(gone)
