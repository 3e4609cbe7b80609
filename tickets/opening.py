"""A call is taken: who asks is found or made on the way, and what is open there already is shown."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from equipment import registry
from tenants import accounts
from tenants.vocabulary import refuse_nulls, refuse_unless

from . import drafting, lifecycle, lookup, tagging
from . import files as filing
from .access import permit, visible_tickets
from .models import TicketEquipment

FACTS = ("client", "contact", "site", "priority", "impact", "urgency", "assignee", "team", "type", "custom", "due_at")
KNOWN = 50
STEM = 5


@transaction.atomic
def take(facts, *, by, uploads=()):
    """Open the ticket of a call, with whoever and whatever was not in the registry before it.

    `facts` are the checked answers of the form: rows for what was found, `new_…` texts for what is to be made.
    """
    facts = {**facts, **made(facts, by=by)}
    ticket = lifecycle.open_ticket(
        facts["subject"],
        by=by,
        description=facts.get("description", ""),
        equipment=facts.get("equipment", ()),
        **{name: facts[name] for name in FACTS if facts.get(name)},
    )
    for name in facts.get("tags", ()):
        tagging.tag(ticket, name, by=by)
    for upload in uploads:
        filing.attach(ticket, upload, by=by)
    return ticket


def made(facts, *, by):
    """What the call brings into the registry: {client, contact, site, equipment} as far as they are new."""
    fresh, client, site = {}, facts.get("client"), facts.get("site")
    if facts.get("new_client"):
        client = fresh["client"] = accounts.add_client(facts["new_client"], by=by)
    if facts.get("new_contact"):
        refuse_unless(client, _("Say which client the new contact belongs to."), "new_contact")
        fresh["contact"] = accounts.add_contact(
            client, name=facts["new_contact"], phone=facts.get("new_phone", ""), by=by
        )
    if facts.get("new_site"):
        refuse_unless(client, _("Say which client the new site belongs to."), "new_site")
        site = fresh["site"] = registry.add_site(
            client,
            name=facts["new_site"],
            code=facts.get("new_code", ""),
            address=facts.get("new_address", ""),
            by=by,
        )
    if facts.get("new_model"):
        refuse_unless(site, _("Say at which site the new equipment stands."), "new_model")
        device = registry.add_equipment(
            site, model=facts["new_model"], serial_number=facts.get("new_serial", ""), by=by
        )
        fresh["equipment"] = [*facts.get("equipment", ()), device]
    return fresh


def twins(member, facts):
    """What the registry has already under a number that is about to be written down anew: [(field, kind, row)]."""
    phone, serial, code = (facts.get(name, "") for name in ("new_phone", "new_serial", "new_code"))
    found = []
    if len(lookup.digits_of(phone)) >= 7:
        found += [("new_phone", "contact", row) for row in lookup.same(member, "contact", phone)]
    if len(serial) > 3:
        found += [("new_serial", "equipment", row) for row in lookup.same(member, "equipment", serial)]
    if code and facts.get("client"):
        sites = lookup.same(member, "site", code)
        found += [("new_code", "site", row) for row in sites if row.client_id == facts["client"].pk]
    return found


def picked(member, kind, row, chosen):
    """The place of the call after one hit was taken: `chosen` (ids by name) with all that follows from it."""
    client = getattr(row, "client", None) or (row.site.client if kind == "equipment" else row)
    if chosen.get("client") != str(client.pk):
        chosen = {**chosen, "contact": "", "site": "", "equipment": []}
    chosen = {**chosen, "client": str(client.pk)}
    if kind == "contact":
        return {**chosen, "contact": str(row.pk), "site": chosen.get("site") or usual_site(member, row)}
    if kind == "site":
        devices = chosen.get("equipment", []) if chosen.get("site") == str(row.pk) else []
        return {**chosen, "site": str(row.pk), "equipment": devices}
    if kind == "equipment":
        there = chosen.get("equipment", []) if chosen.get("site") == str(row.site_id) else []
        return {**chosen, "site": str(row.site_id), "equipment": [*there, str(row.pk)]}
    return chosen


def usual_site(member, contact):
    """Where this person's last ticket was; people call from where they work."""
    last = visible_tickets(member).filter(contact=contact, site__isnull=False).order_by("-number").first()
    return str(last.site_id) if last else ""


def similar(member, *, site=None, client=None, devices=(), subject="", limit=5):
    """Open tickets of the same place, the same device first, then those whose subject says the same."""
    if not (site or client):
        return []
    rows = visible_tickets(member).open().filter(**({"site": site} if site else {"client": client}))
    rows = list(rows.select_related("status", "site").order_by("-number")[:KNOWN])
    ours = {device.pk for device in devices}
    same = set(
        TicketEquipment.objects.filter(ticket__in=[row.pk for row in rows], equipment__in=ours).values_list(
            "ticket_id", flat=True
        )
        if ours
        else ()
    )
    wanted = stems(subject)
    rows.sort(key=lambda row: (row.pk not in same, -len(wanted & stems(row.subject))))
    for row in rows:
        row.account, row.same_device = member.account, row.pk in same
    return rows[:limit]


def stems(text):
    """The beginnings of the longer words, which tell two subjects apart whatever their endings."""
    return {word[:STEM] for word in lookup.folded(text).split() if len(word) >= STEM}


@transaction.atomic
def tell_instead(ticket, text, *, by):
    """The caller's words wait on the ticket that is open already, for us to say them there."""
    permit(by, "comment", ticket)
    refuse_nulls(text, "description")
    if text.strip():
        drafting.put_back(ticket, "internal", text.strip()[: drafting.LONGEST], by=by)
    return ticket
