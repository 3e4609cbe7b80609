"""What came of comparing the two sides of a link, as this side knows it. Pure reading."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from tenants.scoping import account_scope
from tickets.access import visible_tickets

from .compared_vocabulary import Result
from .models import Comparison, Partnership


@dataclass(frozen=True)
class Compared:
    """When hand-overs of a link were compared last, and how many of them stand how."""

    at: datetime | None = None
    agreed: int = 0
    asked: int = 0
    mended: int = 0
    differs: int = 0

    def __str__(self):
        return f"{self.agreed} agree, {self.mended} mended, {self.differs} differ, {self.asked} asked"


def of(partnership, member=None):
    """One link's figures in one query; whoever does not see every ticket is told of those he sees."""
    rows = Comparison.objects.filter(handover__partnership=partnership, compared_at__isnull=False)
    if member and not member.may("see_all"):
        rows = rows.filter(handover__ticket__in=visible_tickets(member))
    standing = {result.name.lower(): Count("pk", filter=Q(result=result)) for result in Result if result}
    return Compared(**rows.aggregate(at=Max("compared_at"), **standing))


def differing(partnership, member=None):
    """The hand-overs of a link of which the two sides say differently, and nothing could mend it."""
    rows = Comparison.objects.filter(handover__partnership=partnership, result=Result.DIFFERS)
    if member and not member.may("see_all"):
        rows = rows.filter(handover__ticket__in=visible_tickets(member))
    return rows.select_related("handover__ticket__account", "handover__ticket__status").order_by("-compared_at")


def on_link(link, account):
    """The same for the operator, who stands outside of every account."""
    with account_scope(account.pk):
        return of(Partnership.objects.get(link=link))
