"""Who may see and do what on a ticket. What you may not see does not exist; what you may not do is a sentence."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from tenants.models import Membership
from tenants.vocabulary import refuse_unless

from .models import Attachment, Ticket

NOT_YOURS = _("Your role does not allow this.")


def permit(by, ability, ticket=None):
    """A member needs the ability; an engineer works on his own tickets. Partners and timers were let in before."""
    if not isinstance(by, Membership):
        return
    refuse_unless(by.may(ability), NOT_YOURS)
    if ticket is not None and not by.may("see_all"):
        refuse_unless(ticket.assignee_id == by.pk, NOT_YOURS)


def visible_tickets(member):
    """The tickets that exist for this member."""
    return Ticket.objects.visible_to(member)


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
