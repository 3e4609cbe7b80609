"""Which links, hand-overs and letters exist for a member. What he may not see is as good as none."""

from django.http import Http404

from tickets.access import visible_tickets

from .models import Handover, InboxLetter, Invitation, Partnership


def partnership_or_404(pk):
    """A link of the ambient account; every member may know whom we work with."""
    return found(Partnership.objects.select_related("link", "account").filter(pk=pk))


def invitation_or_404(pk):
    """An invitation that we wrote."""
    return found(Invitation.objects.filter(pk=pk))


def handover_or_404(member, pk):
    """A hand-over of a ticket that the member may see."""
    rows = Handover.objects.filter(pk=pk, ticket__in=visible_tickets(member))
    return found(rows.select_related("ticket__account", "ticket__status", "partnership__link", "counterpart"))


def letter_or_404(member, pk):
    """A received letter: of a ticket that the member may see, or of the link itself for whoever sees everything."""
    letter = found(InboxLetter.objects.filter(pk=pk))
    handover = Handover.objects.filter(key=letter.handover_key).select_related("ticket").first()
    if handover is None and not member.may("see_all"):
        raise Http404
    if handover and not visible_tickets(member).filter(pk=handover.ticket_id).exists():
        raise Http404
    return letter, handover


def found(rows):
    row = rows.first()
    if row is None:
        raise Http404
    return row
