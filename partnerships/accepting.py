"""What our terms do with a ticket that is offered to us: who gets it, and whether it is taken without asking."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from tenants import clock
from tenants.models import TeamMember
from tenants.vocabulary import SCHEDULE
from tickets import lifecycle

from . import clauses, conditions, hours
from .vocabulary import SeeBelow

# From the narrowest to the widest.
WIDTH = (SeeBelow.HIDDEN, SeeBelow.ROLE, SeeBelow.NAMED)


def receivers(terms):
    """The team and the person who get what comes in; one who no longer works here, or in the team, gets nothing."""
    team, member = terms.default_team, terms.default_assignee
    works = member and member.active and member.may("work")
    inside = works and (team is None or TeamMember.objects.filter(team=team, member=member).exists())
    return {"team": team, "assignee": member if inside else None}


def tell_of_receiver(ticket, terms):
    """Say on the ticket why it has no assignee although the terms name one."""
    if terms.default_assignee and ticket.assignee_id is None:
        text = gettext_noop("The terms give incoming tickets to %(name)s, who does not work here any more.")
        note(ticket, text, name=terms.default_assignee.name)


def takes(handover, terms, body):
    """Whether the terms accept this offer by themselves; when it does not fit them the ticket says which of them."""
    if not terms.auto_accept:
        return False
    with override(handover.ticket.account.language):
        found = misfits(terms, body)
    if found:
        note(handover.ticket, gettext_noop("Not accepted automatically: %(reasons)s."), reasons="; ".join(found))
    return not found


def misfits(terms, body):
    """What in an offer does not fit our terms, in words."""
    told = conditions.kept(terms)
    found = []
    if told.accept_types and body.type.casefold() not in {name.casefold() for name in told.accept_types}:
        found.append(_("the type is “%(type)s”") % {"type": body.type} if body.type else _("no type was told"))
    if told.accept_regions and not in_region(body.card.site, told.accept_regions):
        found.append(_("the site is in none of our regions") if body.card.site else _("no site was told"))
    if not hours.is_open(told, clock.now()):
        found.append(_("outside of our hours: %(hours)s") % {"hours": clauses.times(told)})
    if wider(body.see_below, told.see_below):
        found.append(_("the sender wants to see those below us: %(how)s") % {"how": SeeBelow(body.see_below).label})
    return found


def in_region(site, regions):
    """A region is known by its name in the site's address or name."""
    where = f"{site.address} {site.name}".casefold() if site else ""
    return any(region.casefold() in where for region in regions)


def wider(asked, allowed):
    return asked in WIDTH and WIDTH.index(asked) > WIDTH.index(allowed)


def note(ticket, words, **named):
    """A line in the ticket's history, in the language of the account."""
    with override(ticket.account.language):
        lifecycle.note(ticket, text=_(words) % named, by=SCHEDULE)
