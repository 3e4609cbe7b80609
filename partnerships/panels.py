"""What links and hand-overs show on a ticket's pages."""

from django.utils.translation import gettext_lazy as _

from tenants.vocabulary import refuse_unless
from tickets.models import Ticket
from tickets.vocabulary import Category

from . import chain
from .vocabulary import State


def register(slots):
    """Fill the slots that tickets leave open."""
    slots.BEFORE_MOVE.append(resolve_means_deliver)


def resolve_means_deliver(ticket: Ticket, to):
    """Resolving a co-ticket is delivering the work: one verb."""
    if to.category not in (Category.RESOLVED, Category.CLOSED):
        return
    above = chain.taken(ticket)
    owed = above and above.state in (State.OFFERED, State.ACCEPTED, State.RETURNED)
    refuse_unless(
        not owed,
        _("This ticket came from %(partner)s: deliver the work, or give it back.")
        % {"partner": above.partnership.name if above else ""},
    )
