"""How partners did with what they were given, for reports: how soon they took it, how long it took, what came back."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, Avg, Count, DurationField, F, Q
from django.urls import reverse

from sla.partner_figures import Partner, Partners
from tickets.vocabulary import Direction

from .models import Handover

DAY = timedelta(days=1)


class Nth(Aggregate):
    """The duration below which so large a share of the rows lies."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, share, expression, **extra):
        super().__init__(expression, share=share, output_field=DurationField(), **extra)


def told(member, since, until, narrowed):
    """Every partner who delivered something in these days, the busiest first."""
    days = (until - since) + DAY
    rows = delivered(member, since, until, narrowed)
    before = sent_back(delivered(member, since - days, since - DAY, narrowed))
    return Partners(tuple(partners(rows)), sent_back(rows), before)


def delivered(member, since, until, narrowed):
    """What partners delivered in these days of the account; of an agent his own tickets."""
    zone = ZoneInfo(member.account.zone)
    begin, end = (datetime.combine(day, time(), zone) for day in (since, until + DAY))
    rows = Handover.objects.filter(direction=Direction.GIVEN, done_at__gte=begin, done_at__lt=end)
    names = {"partnership__name" if name == "partner" else f"ticket__{name}": value for name, value in narrowed.items()}
    rows = rows.filter(**names)
    return rows if member.may("export_all") else rows.filter(ticket__assignee=member.pk)


def tickets(member, since, until, narrowed, *, key):
    """The tickets on which this partner delivered something in these days."""
    return delivered(member, since, until, narrowed).filter(partnership=key).values("ticket")


def partners(rows):
    """One line for each of them."""
    found = rows.order_by().values("partnership", "partnership__name")
    found = found.annotate(
        n=Count("pk"),
        accepted=Nth(0.5, F("answered_at") - F("offered_at")),
        median=Nth(0.5, F("done_at") - F("offered_at")),
        most=Nth(0.9, F("done_at") - F("offered_at")),
        due=Count("pk", filter=Q(due_at__isnull=False)),
        kept=Count("pk", filter=Q(due_at__gte=F("done_at"))),
        back=Count("pk", filter=Q(returns__gt=0)),
        rating=Avg("score"),
    )
    return [
        Partner(
            key=str(row["partnership"]),
            name=row["partnership__name"],
            n=row["n"],
            url=reverse("partnerships:partner", args=[row["partnership"]]),
            **{name: row[name] and row[name].total_seconds() for name in ("accepted", "median", "most")},
            share=100 * row["kept"] / row["due"] if row["due"] else None,
            returned=100 * row["back"] / row["n"],
            rating=row["rating"] and float(row["rating"]),
        )
        for row in found.order_by("-n", "partnership__name")
    ]


def sent_back(rows):
    """How much in a hundred of what was delivered was sent back; None where nothing was."""
    found = rows.order_by().aggregate(n=Count("pk"), back=Count("pk", filter=Q(returns__gt=0)))
    return 100 * found["back"] / found["n"] if found["n"] else None
