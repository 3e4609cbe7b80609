"""What links and hand-overs show on a ticket's pages."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenants.vocabulary import refuse_unless
from tickets.models import Ticket
from tickets.vocabulary import Category, Direction

from . import chain
from .models import Partnership
from .vocabulary import RUNNING, LinkState, State


def partner_links(request):
    """The side bar's partners with how many open tickets went each way, in one query."""
    running = Q(handovers__state__in=RUNNING)
    rows = Partnership.objects.exclude(state=LinkState.ENDED).annotate(
        given=Count("handovers", filter=running & Q(handovers__direction=Direction.GIVEN)),
        taken=Count("handovers", filter=running & Q(handovers__direction=Direction.TAKEN)),
    )
    here = request.path
    links = []
    for row in rows.order_by("name")[:30]:
        url = reverse("partnerships:detail", args=[row.pk])
        links.append({"name": row.name, "url": url, "given": row.given, "taken": row.taken, "current": url == here})
    return links


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
