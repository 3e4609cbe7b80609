"""How the work over a link was rated, theirs by us and ours by them, with the last words on it. Pure reading."""

from django.db.models import Avg, Count, IntegerField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from tickets.access import visible_tickets
from tickets.vocabulary import Direction

from .models import Handover
from .vocabulary import Criterion

SHOWN = 10


def of(partner, member):
    """Both directions of a link: averages as a whole and by criterion, and the last ratings with their tickets.

    Whoever does not see every ticket is told of those he sees.
    """
    rows = Handover.objects.filter(partnership=partner, score__isnull=False)
    rows = rows if member.may("see_all") else rows.filter(ticket__in=visible_tickets(member))
    figures = {
        row["direction"]: row
        for row in rows.order_by()
        .values("direction")
        .annotate(
            n=Count("pk"),
            score=Avg("score"),
            **{f"of_{name}": Avg(Cast(KT(f"criteria__{name}"), IntegerField())) for name in Criterion.values},
        )
    }
    last = rows.select_related("ticket__account").order_by(Coalesce("ended_at", "done_at").desc(nulls_last=True), "-pk")
    return [
        side(figures[direction], list(last.filter(direction=direction)[:SHOWN]))
        for direction in (Direction.GIVEN, Direction.TAKEN)
        if direction in figures
    ]


def side(row, last):
    """One direction as the page draws it."""
    return {
        "ours": row["direction"] == Direction.TAKEN,
        "n": row["n"],
        "score": figure(row["score"]),
        "criteria": [
            (Criterion(name).label, figure(row[f"of_{name}"]))
            for name in Criterion.values
            if row[f"of_{name}"] is not None
        ],
        "last": [
            {
                "ticket": one.ticket,
                "score": one.score,
                "text": one.rating_text,
                "answer": one.rating_answer,
                "criteria": [
                    (Criterion(name).label, one.criteria[name]) for name in Criterion.values if name in one.criteria
                ],
                "at": one.ended_at or one.done_at,
            }
            for one in last
        ],
    }


def figure(value):
    return round(float(value), 1)
