"""How each partner stands with us: what is open in both directions, and how we rated the work. Pure reading."""

from dataclasses import dataclass

from django.db.models import Avg, Count, Q

from tickets.access import visible_tickets
from tickets.vocabulary import Direction

from .models import Handover, Partnership
from .vocabulary import RUNNING, Health, LinkState


@dataclass(frozen=True)
class Standing:
    """A partner and the figures that stand beside his name."""

    partner: Partnership
    given: int = 0
    taken: int = 0
    passed: int = 0
    rating: float | None = None
    # Named only where the link's letters are not well.
    health: Health | None = None


def partners(member, *, ended=True, past=True):
    """Every link with its figures, in two queries however many there are; without the past only what is open.

    Whoever does not see every ticket is told figures of those he sees.
    """
    rows = Partnership.objects.all() if ended else Partnership.objects.exclude(state=LinkState.ENDED)
    hands = Handover.objects.all() if past else Handover.objects.filter(state__in=RUNNING)
    hands = hands if member.may("see_all") else hands.filter(ticket__in=visible_tickets(member))
    figures = {
        row["partnership"]: row
        for row in hands.order_by()
        .values("partnership")
        .annotate(
            given=Count("pk", filter=Q(direction=Direction.GIVEN, state__in=RUNNING)),
            taken=Count("pk", filter=Q(direction=Direction.TAKEN, state__in=RUNNING)),
            passed=Count("pk"),
            rating=Avg("score", filter=Q(direction=Direction.GIVEN)),
        )
    }
    return [of(partner, figures.get(partner.pk)) for partner in rows.select_related("account", "link")]


def linked():
    """Whether any partner knows us now."""
    return Partnership.objects.exclude(state=LinkState.ENDED).exists()


def of(partner, row):
    row = row or {}
    rating = row.get("rating")
    return Standing(
        partner=partner,
        given=row.get("given", 0),
        taken=row.get("taken", 0),
        passed=row.get("passed", 0),
        rating=None if rating is None else round(float(rating), 1),
    )


def open_tickets(partner):
    """The hand-overs that are open over a link, and would be cut if it ended now."""
    running = Handover.objects.filter(partnership=partner, state__in=RUNNING)
    return running.select_related("ticket__account", "ticket__status").order_by("ticket__number")


def on_ticket(ticket):
    """The links over which this ticket runs already, in either direction."""
    return set(Handover.objects.filter(ticket=ticket, state__in=RUNNING).values_list("partnership_id", flat=True))
