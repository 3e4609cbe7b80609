"""Who sees what by name: teams, clients, sites and single tickets are granted and taken back. It holds for engineers
and for restricted agents; everybody else sees by his role."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from equipment.models import Site
from tenants import access as tenancy
from tenants import bell, roles
from tenants.activity import record
from tenants.models import Client, Membership, Team
from tenants.vocabulary import Role, refuse_unless

from .access import permit, sees, who_sees
from .lifecycle import lock
from .models import Ticket
from .querysets import grants_on
from .vocabulary import GRANTED, REVOKED, TICKET_GRANTED, TICKET_REVOKED

HEAPS = {"team": Team, "client": Client, "site": Site}
BY_NAME = roles.RESTRICTABLE | {Role.ENGINEER}
SHOWN = 50
FOUND = 8


@transaction.atomic
def grant(thing, *, to, by):
    """The member sees from now on what belongs to a team, a client or a site, or this one ticket; twice is as once."""
    to, thing = held(thing, to, by)
    refuse_unless(to.active, _("This person does not work here any more."))
    refuse_unless(to.role in BY_NAME, _("%(name)s sees every ticket by the role.") % {"name": to.name})
    if isinstance(thing, Ticket):
        refuse_unless(not to.may("see_all"), _("%(name)s is not restricted and sees every ticket.") % {"name": to.name})
    grants = grants_on(type(thing))
    if grants.filter(user_id=to.user_id, content_object=thing).exists():
        return False
    grants.assign_perm(f"view_{thing._meta.model_name}", to.user, thing)
    tell(thing, GRANTED, TICKET_GRANTED, to=to, by=by)
    return True


@transaction.atomic
def revoke(thing, *, to, by):
    """The member loses sight of it at once, unless he sees it for another reason."""
    to, thing = held(thing, to, by)
    gone, _rows = grants_on(type(thing)).filter(user_id=to.user_id, content_object=thing).delete()
    if gone:
        tell(thing, REVOKED, TICKET_REVOKED, to=to, by=by)
    return bool(gone)


def held(thing, to, by):
    """The member and the ticket as they are now; heaps are granted by administrators, a ticket by who may assign it."""
    if isinstance(thing, Ticket):
        permit(by, "change", thing)
    else:
        tenancy.permit(by, "manage_people")
    to = Membership.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=to.pk)
    return to, lock(thing) if isinstance(thing, Ticket) else thing


def tell(thing, heap, single, *, to, by):
    """The line of the ledger, and the open pages of whom it is about."""
    if isinstance(thing, Ticket):
        record(thing, single, by=by, ticket=thing, name=to.name)
    else:
        record(to, heap, by=by, name=to.name, what=thing._meta.model_name, thing=str(thing))
    bell.rights_changed(to.user_id)


def let_see(ticket, *, member, by):
    """Whom somebody brings to a ticket must see it: a grant is made when nothing else shows it to him."""
    if not sees(member, ticket) and by.may("change"):
        grant(ticket, to=member, by=by)


@dataclass(frozen=True)
class Granted:
    """One thing that a member sees by name."""

    what: str
    thing: object


def granted_to(member):
    """Teams, clients and sites that the member was granted, by name: one query each."""
    rows = []
    for what, model in HEAPS.items():
        things = model.objects.filter(grants__user_id=member.user_id).order_by("name")
        things = things.select_related("client") if what == "site" else things
        rows += [Granted(what, thing) for thing in things]
    return rows


def tickets_granted_to(member, *, seen_by):
    """The single tickets that the member was granted, the newest first, as far as the reader sees them."""
    rows = Ticket.objects.visible_to(seen_by).filter(grants__user_id=member.user_id)
    tickets = list(rows.select_related("status").defer("description").order_by("-number")[:SHOWN])
    for ticket in tickets:
        ticket.account = member.account
    return tickets


def grantable(phrase, member):
    """Teams, clients and sites whose name, code or address has the phrase, and that the member was not granted yet."""
    phrase = phrase.replace("\0", "").strip()[:80]
    found = []
    for what, model in HEAPS.items():
        rows = model.objects.exclude(grants__user_id=member.user_id).order_by("name")
        if what == "site":
            rows = rows.select_related("client").filter(
                Q(name__icontains=phrase) | Q(code__icontains=phrase) | Q(address__icontains=phrase)
            )
        else:
            rows = rows.filter(name__icontains=phrase)
        found += [Granted(what, row) for row in rows[:FOUND]]
    return found


def panel(request, person):
    """What a person sees, for the page on which people are managed."""
    if not person.active or not request.member.may("manage_people"):
        return None
    by_name = person.role in BY_NAME
    return "people/_grants.html", {
        "by_name": by_name,
        "everything": person.may("see_all"),
        "heaps": granted_to(person) if by_name else [],
        "tickets": tickets_granted_to(person, seen_by=request.member) if by_name else [],
    }


def deeds(ticket, member):
    """The way to let somebody see a ticket, for whoever may."""
    if not member.may("change"):
        return []
    url = reverse("tickets:grant", args=[ticket.number])
    return [{"label": _("Let somebody see this ticket"), "url": url, "icon": "user-plus", "dialog": True}]


def heap_of(what, pk):
    """The team, client or site that a form names; None when there is no such."""
    return HEAPS[what].objects.filter(pk=pk).first() if what in HEAPS else None


def named_on(ticket):
    """The members who were granted this very ticket."""
    return Membership.objects.filter(active=True, user_id__in=ticket.grants.values("user_id"))


def blind_to(ticket):
    """The members who work by name and don't see the ticket yet."""
    working = Membership.objects.filter(active=True, role__in=BY_NAME)
    return working.exclude(pk__in=who_sees(ticket).values("pk"))
