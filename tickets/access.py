"""Who may see and do what on a ticket. What you may not see does not exist; what you may not do is a sentence."""

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from tenants import roles
from tenants.models import Membership
from tenants.vocabulary import refuse_unless

from .models import Attachment, Ticket
from .querysets import HEAPS, grants_on

NOT_YOURS = _("Your role does not allow this.")


def permit(by, ability, ticket=None):
    """A member needs the ability, and must see the ticket. Partners and timers were let in before."""
    if not isinstance(by, Membership):
        return
    refuse_unless(by.may(ability), NOT_YOURS)
    refuse_unless(ticket is None or sees(by, ticket), NOT_YOURS)


def sees(member, ticket):
    """Whether the ticket exists for this member now."""
    return member.may("see_all") or visible_tickets(member).filter(pk=ticket.pk).exists()


def visible_tickets(member):
    """The tickets that exist for this member."""
    return Ticket.objects.visible_to(member)


def who_sees(ticket):
    """The active members for whom the ticket exists: one query, the mirror of `visible_tickets`."""
    everywhere = Q(role__in=roles.ABILITIES["see_all"]) & ~Q(role__in=roles.RESTRICTABLE, restricted=True)
    named = Q(pk=ticket.assignee_id) | Q(user_id__in=ticket.grants.values("user_id"))
    for name in HEAPS:
        grants = grants_on(Ticket._meta.get_field(name).related_model)
        named |= Q(user_id__in=grants.filter(content_object_id=getattr(ticket, f"{name}_id")).values("user_id"))
    return Membership.objects.filter(everywhere | named, active=True)


def ticket_or_404(member, number):
    """The member's ticket by its number, with what a page shows of it; a stranger's is as good as none."""
    ticket = (
        visible_tickets(member)
        .filter(number=number)
        .select_related("account", "status", "client", "contact", "site", "team", "assignee")
        .first()
    )
    if ticket is None:
        raise Http404
    return ticket


def file_or_404(member, file_id, number):
    """A file on the ticket of this number that the member may see."""
    tickets = visible_tickets(member).filter(number=number)
    file = Attachment.objects.filter(pk=file_id, removed_at=None, ticket__in=tickets).first()
    if file is None:
        raise Http404
    return file
