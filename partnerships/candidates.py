"""To whom a ticket may go: every link, the best suited first, whom it can't go to last and with the reason. Reading."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Aggregate, Avg, Count, DurationField, F, FloatField, Q
from django.db.models.functions import Cast, NullIf

from tenants import clock
from tenants.vocabulary import Refused, refuse_unless
from tickets.access import visible_tickets
from tickets.vocabulary import Direction

from . import cards, chain, conditions, fit, offering, standing
from .access import NOT_YOURS_TO_HAND, handable
from .models import Handover, Partnership
from .presenting import card_of
from .vocabulary import RUNNING, LinkState

# The past that counts.
WINDOW = timedelta(days=90)


class Median(Aggregate):
    """The value in the middle of a group."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Candidate:
    """A partner, how he suits and how he did, and why the ticket can't go to him if it can't."""

    partner: Partnership
    fit: fit.Fit
    record: fit.Record
    blocked: str = ""


def of(ticket, member):
    """Every link that has not ended, as a dispatcher would ask them; as many queries for one as for many."""
    partners = list(Partnership.objects.exclude(state=LinkState.ENDED).select_related("link"))
    above, busy, mine = chain.taken(ticket), standing.on_ticket(ticket), handable(member, partners)
    past, now, wanted = records(member), clock.now(), wants(ticket, above)
    rows = []
    for one in partners:
        record = past.get(one.pk, fit.Record())
        suits = fit.weigh(card_of(one), conditions.theirs(one), record, wanted, now, client_id=one.client_id)
        no = NOT_YOURS_TO_HAND % {"partner": one.name} if one.pk not in mine else why_not(ticket, above, one, busy)
        rows.append(Candidate(partner=one, fit=suits, record=record, blocked=no))
    return sorted(rows, key=lambda row: (bool(row.blocked), -row.fit.score, row.partner.name))


def why_not(ticket, above, to, busy):
    """Why this ticket can't go to this partner, as the verb itself would say it; empty when it can."""
    try:
        offering.check_way(ticket, above, to)
        refuse_unless(to.pk not in busy, offering.HAS_IT % {"partner": to.name})
    except Refused as no:
        return str(no.sentence)
    return ""


def wants(ticket, above):
    """What the ticket needs of whoever works on it, by our registry."""
    things = []
    for device in ticket.equipment.select_related("model"):
        things += [device.model.manufacturer, device.model.name, device.name]
    return fit.Wanted(
        address=cards.place(ticket, above),
        things=tuple(dict.fromkeys(thing for thing in things if thing)),
        type=ticket.type.name if ticket.type else "",
        client_id=ticket.client_id,
    )


def records(member):
    """How each partner did: what is open with him, and of the last three months how quick, how good, how timely.

    Whoever does not see every ticket is told of those he sees.
    """
    given = Handover.objects.filter(direction=Direction.GIVEN).order_by()
    given = given if member.may("see_all") else given.filter(ticket__in=visible_tickets(member))
    open_with = dict(given.filter(state__in=RUNNING).values_list("partnership").annotate(n=Count("pk")))
    done = {row["partnership"]: row for row in finished(given)}
    return {
        pk: fit.Record(
            open=open_with.get(pk, 0),
            median=done.get(pk, {}).get("median"),
            rating=rounded(done.get(pk, {}).get("rating"), 1),
            on_time=rounded(done.get(pk, {}).get("timely")),
        )
        for pk in open_with.keys() | done.keys()
    }


def finished(given):
    """The figures of what was delivered within the window, a row a partner."""
    with_due = Q(due_at__isnull=False)
    return (
        given.filter(done_at__gte=clock.now() - WINDOW)
        .values("partnership")
        .annotate(
            median=Median(F("done_at") - F("offered_at"), output_field=DurationField()),
            rating=Avg("score"),
            timely=100.0
            * Cast(Count("done_at", filter=with_due & Q(done_at__lte=F("due_at"))), FloatField())
            / NullIf(Cast(Count("done_at", filter=with_due), FloatField()), 0.0),
        )
    )


def rounded(figure, digits=None):
    return None if figure is None else round(float(figure), digits)
