"""Who may change people and the registry, and which people, teams and invitations exist for whoever asks."""

from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from .models import MemberInvitation, Membership, Team
from .vocabulary import refuse_unless

ONLY_ADMINS = _("Only owners and administrators may do this.")
ONLY_OWNERS = _("Only an owner makes or unmakes an owner.")
NOT_YOURS = _("Your role does not allow this.")


def permit(by, ability):
    """A member needs the ability; the operator and whoever opens an account were let in before."""
    if isinstance(by, Membership):
        refuse_unless(by.may(ability), ONLY_ADMINS if ability == "manage_people" else NOT_YOURS)


def member_or_404(pk):
    """A person of the ambient account, also one who has left; every member may know his colleagues."""
    return found(Membership.objects.select_related("user").filter(pk=pk))


def team_or_404(pk):
    """A team of the ambient account."""
    return found(Team.objects.filter(pk=pk))


def invitation_or_404(pk):
    """An invitation that somebody of the ambient account wrote."""
    return found(MemberInvitation.objects.select_related("team").filter(pk=pk))


def found(rows):
    row = rows.first()
    if row is None:
        raise Http404
    return row


def known(text):
    """An id out of an address, or None where it is none."""
    try:
        return UUID(text)
    except (TypeError, ValueError):
        return None


def cursor(value):
    """The row before which a page begins, out of an address; what is no id leads nowhere."""
    try:
        return UUID(value) if value else None
    except ValueError as error:
        raise Http404 from error
