"""Two tickets of the account have to do with one another: the same trouble twice, a part of a whole, or merely near."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.activity import record
from tenants.vocabulary import refuse_unless

from . import lifecycle
from .access import permit, visible_tickets
from .models import Ticket, TicketLink
from .vocabulary import TIED, TIES, UNTIED, LinkKind, tie

SHOWN = 50
DEEPEST = 20
ORDER = list(TIES)


@dataclass(frozen=True)
class Tie:
    """A linked ticket as this one sees it."""

    id: object
    how: str
    ticket: Ticket

    @property
    def label(self):
        return TIES[self.how]


def ties(ticket, member):
    """The tickets linked with this one; what the member may not see is not there."""
    rows = TicketLink.objects.filter(source=ticket) | TicketLink.objects.filter(target=ticket)
    rows = list(rows.order_by("created_at", "pk")[:SHOWN])
    ends = {row.target_id if row.source_id == ticket.pk else row.source_id for row in rows}
    seen = visible_tickets(member).filter(pk__in=ends).select_related("status", "assignee").defer("description")
    found = {other.pk: other for other in seen}
    for other in found.values():
        other.account = member.account
    drawn = []
    for row in rows:
        outward = row.source_id == ticket.pk
        other = found.get(row.target_id if outward else row.source_id)
        if other:
            drawn.append(Tie(row.pk, tie(row.kind, outward), other))
    return sorted(drawn, key=lambda one: ORDER.index(one.how))


@transaction.atomic
def link(source, target, *, kind, by, close=False):
    """`source` is a duplicate of, is related to, or is the parent of `target`; a duplicate may be closed on the way."""
    refuse_unless(source.pk != target.pk, _("A ticket can’t be linked with itself."), "to")
    refuse_unless(kind in LinkKind.values, _("Choose how the tickets belong together."), "how")
    for ticket in (source, target):
        permit(by, "change", ticket)
    source, target = lock_both(source, target)
    refuse_unless(not linked(source, target), _("These tickets are linked already."), "to")
    check_order(source, target, kind)
    now = clock.now()
    made = TicketLink.objects.create(
        source=source, target=target, kind=kind, created_by=getattr(by, "actor", by).name, created_at=now
    )
    Ticket.objects.filter(pk__in=[source.pk, target.pk]).update(updated_at=now)
    tell(TIED, source, target, kind, by=by)
    if close and kind == LinkKind.DUPLICATE:
        lifecycle.close(source, by=by, note=str(_("duplicate of %(ref)s") % {"ref": target.ref}))
    return made


@transaction.atomic
def unlink(made, *, by):
    """They have nothing to do with one another after all."""
    source, target = lock_both(made.source, made.target)
    for ticket in (source, target):
        permit(by, "change", ticket)
    gone, _rows = TicketLink.objects.filter(pk=made.pk).delete()
    if gone:
        Ticket.objects.filter(pk__in=[source.pk, target.pk]).update(updated_at=clock.now())
        tell(UNTIED, source, target, made.kind, by=by)


def lock_both(source, target):
    """Both rows, always in the same order, so that two people who link crosswise don't wait for each other."""
    held = {ticket.pk: lifecycle.lock(ticket) for ticket in sorted((source, target), key=lambda ticket: ticket.pk)}
    return held[source.pk], held[target.pk]


def linked(source, target):
    """Whether these two are linked in any way, in either direction."""
    pair = [source.pk, target.pk]
    return TicketLink.objects.filter(source__in=pair, target__in=pair).exists()


def check_order(source, target, kind):
    """A ticket is a part of one whole and a duplicate of one original, and never of itself by a detour."""
    if kind == LinkKind.RELATED:
        return
    rows = TicketLink.objects.filter(kind=kind)
    if kind == LinkKind.PARENT:
        refuse_unless(not rows.filter(target=target).exists(), _("That ticket is a part of another one already."), "to")
        circle = above(source, rows, "target", "source") | {source.pk}
        refuse_unless(target.pk not in circle, _("That ticket is above this one already."), "to")
    else:
        refuse_unless(
            not rows.filter(source=source).exists(), _("This ticket is a duplicate of another one already."), "to"
        )
        circle = above(target, rows, "source", "target") | {target.pk}
        refuse_unless(source.pk not in circle, _("That ticket is itself a duplicate of this one."), "to")


def above(ticket, rows, below, over):
    """The ids that stand over a ticket along one kind of link; each has at most one, and the walk is bounded."""
    found, at = set(), ticket.pk
    for _step in range(DEEPEST):
        at = rows.filter(**{below: at}).values_list(over, flat=True).first()
        if at is None or at in found:
            break
        found.add(at)
    return found


def tell(word, source, target, kind, *, by):
    """Both tickets' histories name the other one."""
    for ticket, other, outward in ((source, target, True), (target, source, False)):
        record(ticket, word, by=by, ticket=ticket, how=tie(kind, outward), ref=other.ref, other=str(other.pk))
