"""Whom and what of the registry a member sees on forms: everything, or what belongs to his grants."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from equipment.models import Equipment, Site
from tenants.models import Client, Contact, Membership
from tenants.vocabulary import refuse_unless

from .models import Ticket
from .querysets import granted

NOT_GRANTED = _("You open tickets only for the clients and sites that were granted to you.")
UNSEEN = _("You would not see this ticket yourself: choose a client or a site of yours, or take the ticket.")


def clients_of(member):
    """The clients he was granted, and those of the sites he was granted."""
    if member.may("see_all"):
        return Client.objects.all()
    sites = Site.objects.filter(pk__in=granted(Site, member)).values("client")
    return Client.objects.filter(Q(pk__in=granted(Client, member)) | Q(pk__in=sites))


def sites_of(member):
    """The sites he was granted, and every site of the clients he was granted."""
    if member.may("see_all"):
        return Site.objects.all()
    return Site.objects.filter(Q(pk__in=granted(Site, member)) | Q(client__in=granted(Client, member)))


def contacts_of(member):
    """Contacts of the clients he was granted; of other sites of his, those who stand on open tickets there."""
    if member.may("see_all"):
        return Contact.objects.all()
    there = Ticket.objects.open().filter(site__in=granted(Site, member), contact__isnull=False).values("contact")
    return Contact.objects.filter(Q(client__in=granted(Client, member)) | Q(pk__in=there))


def equipment_of(member):
    """The devices that stand at the sites he sees."""
    if member.may("see_all"):
        return Equipment.objects.all()
    return Equipment.objects.filter(site__in=sites_of(member))


def clients_on_tickets_of(member):
    """What a list can be narrowed to: the clients of his grants, and those of the open tickets that he sees."""
    if member.may("see_all"):
        return Client.objects.all()
    tickets = Ticket.objects.visible_to(member).open().filter(client_id=OuterRef("pk"))
    return Client.objects.filter(Q(pk__in=clients_of(member).values("pk")) | Exists(tickets))


def check(by, *, client=None, contact=None, site=None, equipment=()):
    """A ticket names only what belongs to its opener's grants; a contact may be one whom he has just added there."""
    if not isinstance(by, Membership) or by.may("see_all"):
        return
    named = (
        ("client", clients_of, {client and client.pk}),
        ("contact", clients_of, {contact and contact.client_id}),
        ("site", sites_of, {site and site.pk}),
        ("equipment", equipment_of, {device.pk for device in equipment}),
    )
    for field, rows, wanted in named:
        wanted -= {None}
        refuse_unless(rows(by).filter(pk__in=wanted).count() == len(wanted), NOT_GRANTED, field)
