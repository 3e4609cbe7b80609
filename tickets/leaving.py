"""People leave and teams end; their tickets stay, and wait in the queue for somebody else."""

from django.db import transaction
from django.utils.translation import ngettext

from equipment.models import SiteGrant
from tenants import clock
from tenants.activity import record
from tenants.consequences import foretell
from tenants.models import Membership
from tenants.vocabulary import MEMBER_REMOVED, ROLE_CHANGED, TEAM_REMOVED

from .models import Ticket, TicketGrant
from .vocabulary import ASSIGNED, REOPENED, TEAM_CHANGED


def on_activity(sender, activity, subject, by, **kwargs):
    """Hear that somebody works here no longer, or that a team is no more."""
    if activity.kind == MEMBER_REMOVED.code:
        for grants in (SiteGrant, TicketGrant):
            grants.objects.filter(user=subject.user_id).delete()
        let_go(subject, by=by)
    elif activity.kind == ROLE_CHANGED.code and not subject.may("work"):
        let_go(subject, by=by)
    elif activity.kind == TEAM_REMOVED.code:
        end_team(subject, by=by)
    elif activity.kind == REOPENED.code:
        leave_no_ghost(activity.ticket_id, by=by)


@transaction.atomic
def let_go(member, *, by):
    """His open tickets are nobody's now, and each says so."""
    give_up(Ticket.objects.open().filter(assignee=member), ASSIGNED, member.name, by=by, assignee=None)


def leave_no_ghost(ticket_id, *, by):
    """A ticket that comes back is nobody's when whoever answered for it has left."""
    stale = Ticket.objects.filter(pk=ticket_id, assignee__active=False).select_related("assignee").first()
    if stale:
        give_up(Ticket.objects.filter(pk=ticket_id), ASSIGNED, stale.assignee.name, by=by, assignee=None)


@transaction.atomic
def end_team(team, *, by):
    """Open tickets say that the team is gone; finished ones only lose its name."""
    give_up(Ticket.objects.open().filter(team=team), TEAM_CHANGED, team.name, by=by, team=None)
    Ticket.objects.filter(team=team).update(team=None)


def give_up(tickets, kind, before, *, by, **values):
    """Take one name off all these tickets, with a line in the history of each."""
    held = list(tickets.select_for_update(of=("self",), no_key=True).order_by("pk"))
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in held]).update(updated_at=clock.now(), **values)
    for ticket in held:
        for name, value in values.items():
            setattr(ticket, name, value)
        record(ticket, kind, by=by, ticket=ticket, before=before, after="—")


@foretell
def goes_back(subject):
    """How many open tickets wait in the queue again when this member leaves, or lose this team."""
    if isinstance(subject, Membership):
        n = Ticket.objects.open().filter(assignee=subject).count()
        said = ngettext("%(n)s open ticket goes back to the queue.", "%(n)s open tickets go back to the queue.", n)
    else:
        n = Ticket.objects.open().filter(team=subject).count()
        said = ngettext("%(n)s open ticket is left without a team.", "%(n)s open tickets are left without a team.", n)
    return [said % {"n": n}] if n else []
