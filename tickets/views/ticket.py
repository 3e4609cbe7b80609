"""One ticket: its page, and what is new on it."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import access, notifications, slots
from ..timeline import Timeline, has_news
from ..vocabulary import Direction
from . import head
from .composer import OWED, composer, held
from .rail import rail
from .way import way


@require_safe
def page(request, number):
    """The whole ticket."""
    ticket = access.ticket_or_404(request.member, number)
    notifications.read(request.member, ticket=ticket)
    return draw(request, ticket)


def draw(request, ticket, *, status=200, **typed):
    """The ticket's page, with what a person typed when it could not be accepted."""
    timeline = Timeline(ticket, request.member, whole="whole" in request.GET)
    context = {
        **state(request.member, ticket, timeline.counterparts),
        **rail(request.member, ticket),
        **composer(request.member, ticket, timeline.counterparts, cursor=timeline.cursor, **typed),
        **way(request, ticket),
        **head.watch_bar(request, ticket),
        "deeds": head.deeds(ticket, request.member, timeline.counterparts),
        "timeline": timeline,
        "section": "tickets",
    }
    return render(request, "tickets/ticket.html", context, status=status)


@require_safe
def news(request, number):
    """What happened since the page was drawn; nothing at all when nothing did."""
    ticket = access.ticket_or_404(request.member, number)
    after = cursor(request.GET.get("after", ""))
    if not has_news(ticket, after, seen_at(request.GET.get("seen", ""))):
        return HttpResponse(status=204)
    notifications.read(request.member, ticket=ticket)
    timeline = Timeline(ticket, request.member, after=after)
    context = {
        **state(request.member, ticket, timeline.counterparts),
        **rail(request.member, ticket),
        **held(request.member, ticket, timeline.counterparts),
        "timeline": timeline,
        "oob": True,
    }
    return render(request, "tickets/_news.html", context)


def cursor(value):
    """The last line of the ledger that a page knows."""
    try:
        return UUID(value)
    except ValueError as error:
        raise Http404 from error


def seen_at(value):
    """When a page last saw the ticket change; what is no moment is none."""
    try:
        moment = parse_datetime(value)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def state(member, ticket, counterparts):
    """The head: where the ticket stands, who answers, how urgent, and what may be done about it."""
    ticket.account = member.account
    may = member.abilities
    delivers = any(row.open and row.direction == Direction.TAKEN and row.state in OWED for row in counterparts)
    return {
        "ticket": ticket,
        "may": may,
        "can_work": "work" in may,
        "can_change": "change" in may,
        "delivers": delivers,
        "status_groups": head.statuses(ticket, delivers) if "work" in may else [],
        "priority_items": head.priorities(ticket) if "change" in may else [],
        "weights": head.weights(ticket) if "change" in may else [],
        "turn_label": turn_label(ticket),
        "mine": ticket.assignee_id == member.pk,
        "deadlines": slots.deadlines(ticket),
    }


def turn_label(ticket):
    """Whose move it is, in words, unless it is ours."""
    words = {"client": _("Client’s turn"), "nobody": "", "us": _("Our turn")}
    if ticket.turn == "partner":
        return _("Turn: %(name)s") % {"name": ticket.turn_holder or ticket.partner_label}
    return words[ticket.turn]
