"""Which links, hand-overs and letters exist for a member. What he may not see is as good as none."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from tenants.models import Membership
from tenants.vocabulary import refuse_unless
from tickets.access import visible_tickets

from .models import Handover, HandoverTemplate, InboxLetter, Invitation, Partnership, Proposal, Round, Terms

NOT_YOURS_TO_HAND = _("The terms with %(partner)s do not let you hand tickets over: ask an administrator.")


def permit_linking(by):
    """Only owners and administrators link; the operator does it for them."""
    if isinstance(by, Membership):
        refuse_unless(by.may("link"), _("Only owners and administrators may do this."))


def partnership_or_404(pk):
    """A link of the ambient account; every member may know whom we work with."""
    return found(Partnership.objects.select_related("link", "account").filter(pk=pk))


def invitation_or_404(pk):
    """An invitation that we wrote."""
    return found(Invitation.objects.filter(pk=pk))


def template_or_404(pk):
    """A template of one of our links."""
    return found(HandoverTemplate.objects.select_related("partnership").filter(pk=pk))


def proposal_or_404(pk):
    """Terms that one side of a link of ours asks the other for."""
    return found(Proposal.objects.select_related("partnership__account").filter(pk=pk))


def round_or_404(member, pk):
    """A round about a ticket that the member may see."""
    return found(Round.objects.select_related("ticket__account").filter(pk=pk, ticket__in=visible_tickets(member)))


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


def may_hand_to(by, partnership):
    """Whether our own terms let this member hand tickets to this partner; timers and partners were let in before."""
    return partnership.pk in handable(by, [partnership])


def handable(by, partnerships):
    """The ids of those of the links over which this member may hand tickets: two queries however many there are.

    Owners and administrators always may; terms that name no role and no team let everybody whose role hands over.
    """
    if not isinstance(by, Membership):
        return {one.pk for one in partnerships}
    if not by.may("hand_over"):
        return set()
    if by.may("link"):
        return {one.pk for one in partnerships}
    rows = Terms.objects.filter(partnership__in=[one.pk for one in partnerships]).order_by("partnership_id", "-version")
    named = rows.distinct("partnership_id").values_list("partnership_id", "handers_roles", "handers_teams")
    teams = {str(pk) for pk in by.teams.values_list("pk", flat=True)}
    return {pk for pk, roles, ids in named if not (roles or ids) or by.role in roles or teams & set(ids)}


def found(rows):
    row = rows.first()
    if row is None:
        raise Http404
    return row
