"""Before a ticket is handed over: the very page the partner will get, and what he will not see. Pure reading."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.models import Attachment, Comment
from tickets.vocabulary import Audience

from . import cards, offering
from .models import Partnership
from .protocol import Card, Offered
from .vocabulary import ClientSees, HandOn, SeeBelow


@dataclass(frozen=True)
class Mirror:
    """What the partner will see, and the rest."""

    partner: Partnership
    offered: Offered
    unseen: list
    client_sees: str = ""

    @property
    def facts(self):
        return facts_of(self.offered.card)

    @property
    def may_see_us_below(self):
        return SeeBelow(self.offered.see_below).label

    @property
    def may_hand_on(self):
        """To whom, in words: the label of the rule, or the names."""
        names = ", ".join(one.name for one in self.offered.hand_on_to)
        return names if self.offered.hand_on == HandOn.LISTED and names else HandOn(self.offered.hand_on).label


def reflect(ticket, to, share, **choices):
    """The page as this partner would get it; Refused when the ticket may not go there at all."""
    offering.check_offer(ticket, to)
    draft = offering.draft(ticket, to=to, share=share, **choices)
    offered = cards.offered(ticket, draft)
    return Mirror(partner=to, offered=offered, unseen=unseen(ticket, offered), client_sees=client_sees(ticket, to))


def client_sees(ticket, to):
    """What our client is told of the partner by the terms; empty where there is no client of ours."""
    if ticket.client is None:
        return ""
    return {
        ClientSees.NOTHING: _("nothing: to the client we work on it ourselves"),
        ClientSees.ROLE: _("“A partner works on the ticket”"),
        ClientSees.NAME: _("“%(partner)s works on the ticket”") % {"partner": to.name},
        ClientSees.STATUS: _("“%(partner)s works on the ticket”, and how far they are") % {"partner": to.name},
    }[to.terms.client_sees]


def facts_of(card: Card):
    """The card's facts as labels and values."""
    site, contact = card.site, card.contact
    facts = []
    if site:
        name = f"{site.name} ({site.code})" if site.code else site.name
        note = ", ".join(part for part in (site.address, site.hours) if part)
        facts += [{"label": _("Client"), "value": site.client}, {"label": _("Site"), "value": name, "note": note}]
    if contact:
        name = ", ".join(part for part in (contact.name, contact.title) if part)
        facts += [{"label": _("Contact"), "value": name}, {"label": _("Phone"), "value": contact.phone}]
    devices = [{"value": device.name, "note": device_note(device)} for device in card.equipment]
    facts += [{"label": _("Equipment"), **devices[0], "more": devices[1:]}] if devices else []
    return [*facts, {"label": _("Agreement"), "value": card.agreement}]


def device_note(device):
    """What tells one device from another."""
    named = (
        (_("serial no."), device.serial_number),
        (_("inventory no."), device.inventory_number),
        (_("warranty until"), date_of(device.warranty_until)),
    )
    return ", ".join(f"{label} {value}" for label, value in named if value)


def date_of(told):
    """A date of a letter as the reader writes dates; what is no date stays as it was told."""
    try:
        return date_format(date.fromisoformat(told), "SHORT_DATE_FORMAT")
    except ValueError:
        return told


def unseen(ticket, offered):
    """What stays with us, in words a person can check."""
    card = offered.card
    held = [
        *unseen_comments(ticket, offered),
        *(_("File “%(name)s”") % {"name": name} for name in unseen_files(ticket, offered)),
    ]
    if ticket.description and not offered.description:
        held.append(_("The description"))
    elif ticket.description != offered.description:
        held.append(_("The description as we wrote it"))
    if ticket.contact and card.contact is None:
        held.append(_("The contact: %(name)s") % {"name": ticket.contact.name})
    elif ticket.contact and ticket.contact.phone and not card.contact.phone:
        held.append(_("The contact's phone"))
    if ticket.site and card.site is None:
        held.append(_("The site: %(name)s") % {"name": ticket.site.name})
    passed = {(device.name, device.serial_number) for device in card.equipment}
    for device in ticket.equipment.select_related("model"):
        if (str(device), device.serial_number) not in passed:
            held.append(_("Equipment: %(name)s") % {"name": device})
    if ticket.agreement and not card.agreement:
        held.append(_("The agreement number"))
    if ticket.due_at and ticket.due_at not in (offered.due_at, offered.client_due_at):
        held.append(_("Our own deadline"))
    return held


def unseen_comments(ticket, offered):
    said = Comment.objects.filter(ticket=ticket, removed_at=None)
    internal = said.filter(audience=Audience.INTERNAL).count()
    outward = said.exclude(audience=Audience.INTERNAL).count() - len(offered.comments)
    if internal:
        yield ngettext("%(n)d internal comment", "%(n)d internal comments", internal) % {"n": internal}
    if outward > 0:
        yield ngettext("%(n)d other comment", "%(n)d other comments", outward) % {"n": outward}


def unseen_files(ticket, offered):
    passed = {file.id for file in offered.files}
    passed |= {file.id for said in offered.comments for file in said.files}
    files = Attachment.objects.filter(ticket=ticket, removed_at=None).exclude(origin_id__in=passed)
    return files.values_list("name", flat=True)
