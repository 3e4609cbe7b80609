"""The cards beside a ticket's thread."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import earlier, fields, linking, queue, slots, tagging
from ..vocabulary import URGENCIES
from . import head


def rail(member, ticket):
    """The cards beside the thread: the upper apps' first, then who asks, where, and about what."""
    can_change = member.may("change")
    return {
        "panels": slots.panels(ticket, member),
        "ties": linking.ties(ticket, member),
        "tags": tagging.tags_of(ticket),
        "offered_tags": tagging.offered(ticket) if can_change else [],
        "fields": fields.shown(ticket),
        "weighed": weighed(ticket),
        "type_items": head.types(ticket) if can_change else [],
        "site_facts": site_facts(ticket),
        "devices": devices(ticket, member),
    }


def weighed(ticket):
    """How far the trouble reaches and how soon it hurts, once somebody has said so."""
    if not ticket.impact:
        return []
    return [
        {"label": _("Impact"), "value": ticket.get_impact_display()},
        {"label": _("Urgency"), "value": URGENCIES[ticket.urgency]},
    ]


def devices(ticket, member, *, counted=True):
    """The equipment it is about, each with how often it was in trouble within a year."""
    rows = list(ticket.equipment.select_related("model"))
    troubles = earlier.troubles(rows, ticket, member) if counted else {}
    return [
        {
            "device": device,
            "url": found_by(device),
            "note": "" if device.model and str(device.model) in str(device) else device.model,
            "facts": [*facts(device), before(device, troubles.get(device.pk))],
        }
        for device in rows
    ]


def found_by(device):
    """The search that finds every ticket of a device."""
    return reverse("tickets:list") + "?" + urlencode({"q": device.serial_number or device})


def before(device, count):
    """How often the same device was in trouble before, and the way to those tickets."""
    words = (
        ngettext("%(n)s ticket within a year", "%(n)s tickets within a year", count) if isinstance(count, int) else ""
    )
    return {"label": _("Before"), "value": count and words % {"n": queue.said(count)}, "url": found_by(device)}


def site_facts(ticket):
    """Who asks and where it is, as labels and values."""
    site = ticket.site
    note = ", ".join(part for part in (site.address, site.hours) if part) if site else ""
    contact = ticket.contact
    phone, email = (contact.phone, contact.email) if contact else ("", "")
    return [
        {"label": _("Phone"), "value": phone, "url": "tel:" + phone.replace(" ", "")},
        {"label": _("E-mail"), "value": email, "url": f"mailto:{email}"},
        {"label": _("Client"), "value": ticket.client},
        {"label": _("Site"), "value": site, "note": note},
        {"label": _("Site code"), "value": site.code if site else "", "code": True},
        {"label": _("Agreement"), "value": ticket.agreement},
    ]


def facts(device):
    """What tells one device from another."""
    return [
        {"label": _("Serial no."), "value": device.serial_number, "code": True},
        {"label": _("Inventory no."), "value": device.inventory_number, "code": True},
        {"label": _("Warranty until"), "value": device.warranty_until},
    ]
