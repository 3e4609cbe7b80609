"""Who asks, where, and about what: named on a ticket, or named anew."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.activity import record
from tenants.models import Membership
from tenants.vocabulary import refuse_nulls, refuse_unless

from . import lifecycle, reach
from .access import permit, sees
from .models import Ticket, TicketEquipment
from .vocabulary import (
    AGREEMENT_CHANGED,
    CLIENT_CHANGED,
    CONTACT_CHANGED,
    EQUIPMENT_CHANGED,
    NONE,
    SITE_CHANGED,
)

KINDS = {"client": CLIENT_CHANGED, "contact": CONTACT_CHANGED, "site": SITE_CHANGED}
AGREEMENT = 80


@transaction.atomic
def place(ticket, *, by, how="", **facts):
    """The ticket is about this client, contact, site (rows or None) or equipment (a list); what is not named stays.

    `how` says by what it was recognised, when nobody chose it.
    """
    permit(by, "change", ticket)
    ticket = lifecycle.lock(ticket)
    before = standing(ticket)
    wanted = before | facts
    if wanted["site"] and "client" not in facts and wanted["site"] != before["site"]:
        wanted["client"] = wanted["site"].client
    if wanted["contact"] and wanted["client"] != before["client"] and "contact" not in facts:
        wanted["contact"] = None
    reach.check(by, **{name: value for name, value in wanted.items() if value != before[name]})
    lifecycle.check_place(**wanted)
    changed = {name: value for name, value in wanted.items() if value != before[name]}
    if changed:
        write(ticket, changed)
        refuse_unless(not isinstance(by, Membership) or sees(by, ticket), reach.UNSEEN, "client")
        tell(ticket, before, changed, by=by, how=how)
    return ticket


def standing(ticket):
    """Who, where and about what, as it is now."""
    row = Ticket.objects.select_related("client", "contact", "site__client").get(pk=ticket.pk)
    devices = list(ticket.equipment.select_related("model").order_by("pk"))
    return {"client": row.client, "contact": row.contact, "site": row.site, "equipment": devices}


def write(ticket, changed):
    """All of it at once, before anybody is told of any."""
    plain = {name: value for name, value in changed.items() if name != "equipment"}
    for name, value in plain.items():
        setattr(ticket, name, value)
    Ticket.objects.filter(pk=ticket.pk).update(updated_at=clock.now(), **plain)
    if "equipment" in changed:
        TicketEquipment.objects.filter(ticket=ticket).exclude(equipment__in=changed["equipment"]).delete()
        TicketEquipment.objects.bulk_create(
            [TicketEquipment(ticket=ticket, equipment=device) for device in changed["equipment"]],
            ignore_conflicts=True,
        )


def tell(ticket, before, changed, *, by, how):
    """A line for each; the client goes without saying where his site was named."""
    for name, value in changed.items():
        if name == "equipment":
            was, now = (", ".join(str(device) for device in rows) or NONE for rows in (before[name], value))
            record(ticket, EQUIPMENT_CHANGED, by=by, ticket=ticket, before=was, after=now, how=how)
        elif name != "client" or not changed.get("site"):
            was, now = (str(row) if row else NONE for row in (before[name], value))
            record(ticket, KINDS[name], by=by, ticket=ticket, before=was, after=now, how=how)


@transaction.atomic
def set_agreement(ticket, *, to, by):
    """Under which agreement the work is done."""
    permit(by, "change", ticket)
    refuse_nulls(to, "agreement")
    to = to.strip()
    refuse_unless(len(to) <= AGREEMENT, _("The agreement number is too long: 80 characters at most."), "agreement")
    ticket = lifecycle.lock(ticket)
    if ticket.agreement == to:
        return ticket
    before = ticket.agreement or NONE
    return lifecycle.update(ticket, AGREEMENT_CHANGED, by=by, before=before, after=to or NONE, agreement=to)
