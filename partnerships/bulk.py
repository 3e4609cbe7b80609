"""Many tickets to one partner by one decision, and many partners asked to hurry: what goes, and what stays and why."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants.vocabulary import Refused, refuse_unless
from tickets import bulk
from tickets.access import NOT_YOURS
from tickets.vocabulary import Direction

from . import budget, cards, lanes, offering, ratings, sharing, usual
from .access import NOT_YOURS_TO_HAND, may_hand_to
from .models import Handover, Partnership
from .vocabulary import RUNNING, State


@dataclass(frozen=True)
class Sorted:
    """The tickets that can go, and those that can't with the sentence each."""

    going: list
    kept: list


def selection(ids, *, by):
    """The selected tickets, for whoever may hand over."""
    refuse_unless(by.may("hand_over"), NOT_YOURS)
    return bulk.selection(ids, by=by)


def sort(tickets, to):
    """Which of these tickets may go to this partner, as the verb itself would say; two queries for all of them."""
    hands = Handover.objects.filter(ticket__in=[one.pk for one in tickets])
    taken = hands.filter(direction=Direction.TAKEN).select_related("partnership", "counterpart")
    above = {row.ticket_id: row for row in taken}
    given = hands.filter(direction=Direction.GIVEN, partnership=to, state__in=RUNNING)
    busy = set(given.values_list("ticket_id", flat=True))
    going, kept = [], []
    for ticket in tickets:
        try:
            offering.check_ticket(ticket, above.get(ticket.pk))
            offering.check_way(ticket, above.get(ticket.pk), to)
            refuse_unless(ticket.pk not in busy, offering.HAS_IT % {"partner": to.name})
            going.append(ticket)
        except Refused as no:
            kept.append((ticket, str(no.sentence)))
    return Sorted(going, kept)


@transaction.atomic
def hand_over(tickets, *, to, by, template=None, due_at=None, message="", rest_stays=False):
    """Offer every one of these tickets to one partner, each with what the terms pass of it.

    When one can't go none does, unless the rest may stay. Without a deadline for all each gets its own usual one.
    """
    to = Partnership.objects.select_related("link", "account").get(pk=to.pk)
    refuse_unless(may_hand_to(by, to), NOT_YOURS_TO_HAND % {"partner": to.name})
    lanes.hold(to.link_id)
    ready = sort(tickets, to)
    refuse_unless(ready.going, _("None of these tickets can go to %(partner)s.") % {"partner": to.name})
    refuse_unless(rest_stays or not ready.kept, ready.kept and f"{ready.kept[0][0].ref}: {ready.kept[0][1]}")
    message = message.strip() or (template.message if template else "")
    terms, left = to.terms, budget.of_many(ready.going)
    for ticket in ready.going:
        share = part(cards.usual_share(ticket, terms), template)
        choices = said(template) | {"due_at": due_at or due(ticket, left[ticket.pk], to, template)}
        sharing.offer(ticket, to=to, by=by, share=share, message=message, **choices)
    return ready


def part(share, template):
    """What the terms pass of a ticket, or of it what the template ticks."""
    if template is None:
        return share
    flags = {name: bool(template.share.get(name)) for name in usual.WHOLE}
    devices = share.equipment if flags["given_equipment"] else ()
    return replace(share, **flags, equipment=devices)


def said(template):
    """What a template says of the hand-over itself; what it is silent about follows the terms."""
    if template is None:
        return {}
    named = {name: getattr(template, name) for name in ("see_below", "hand_on", "client_replies")}
    return {name: value for name, value in named.items() if value} | {"checklist": template.checklist}


def due(ticket, left, to, template):
    """By when the partner should be done with this ticket."""
    if template and template.due_minutes:
        return left.now + timedelta(minutes=template.due_minutes)
    return budget.usual_due(left, to, ticket.priority)


def parted(tickets, to, template=None, due_at=None):
    """How the time of each of these tickets would be parted: [(ticket, Budget)], in one query for all of them."""
    found = budget.of_many(tickets)
    for ticket in tickets:
        left = found[ticket.pk]
        yield ticket, budget.part(left, to, ticket.priority, due_at or due(ticket, left, to, template))


@transaction.atomic
def nudge(tickets, *, by):
    """Ask whoever holds each of these tickets to hurry; answers how many were asked, and why the others were not."""
    hands = Handover.objects.filter(ticket__in=[one.pk for one in tickets]).select_related("ticket", "partnership")
    by_ticket = {}
    for hand in hands.order_by("due_at", "pk"):
        ours = hand.is_given and hand.state in (State.OFFERED, State.ACCEPTED, State.RETURNED)
        if ours or (not hand.is_given and hand.state == State.DONE):
            by_ticket.setdefault(hand.ticket_id, hand)
    # Every link's row comes before any ticket's, in one order for everybody who holds several.
    for link_id in sorted({hand.partnership.link_id for hand in by_ticket.values()}):
        lanes.hold(link_id)
    asked, kept = [], []
    for ticket in tickets:
        hand = by_ticket.get(ticket.pk)
        try:
            refuse_unless(hand, _("It is not the partner's turn."))
            ratings.nudge(hand, by=by)
            asked.append(ticket)
        except Refused as no:
            kept.append((ticket, str(no.sentence)))
    refuse_unless(asked, kept and f"{kept[0][0].ref}: {kept[0][1]}")
    return Sorted(asked, kept)
