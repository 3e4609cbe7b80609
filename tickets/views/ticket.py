"""One ticket: its page, and what is new on it."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import access, slots
from ..forms import workers
from ..models import Status
from ..timeline import Timeline, has_news
from ..vocabulary import FINISHED, Direction, Priority
from .composer import OWED, composer, held


@require_safe
def page(request, number):
    """The whole ticket."""
    ticket = access.ticket_or_404(request.member, number)
    return draw(request, ticket)


def draw(request, ticket, *, status=200, **typed):
    """The ticket's page, with what a person typed when it could not be accepted."""
    timeline = Timeline(ticket, request.member, whole="whole" in request.GET)
    context = {
        **state(request.member, ticket, timeline.counterparts),
        **rail(request.member, ticket),
        **composer(request.member, ticket, timeline.counterparts, cursor=timeline.cursor, **typed),
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
    mine = "see_all" in may or ticket.assignee_id == member.pk
    delivers = any(row.open and row.direction == Direction.TAKEN and row.state in OWED for row in counterparts)
    return {
        "ticket": ticket,
        "may": may,
        "can_work": "work" in may and mine,
        "can_change": "change" in may,
        "delivers": delivers,
        "status_items": statuses(ticket, delivers) if "work" in may else [],
        "assignee_items": assignees(member, ticket) if "change" in may else [],
        "priority_items": priorities(ticket) if "change" in may else [],
        "turn_label": turn_label(ticket),
        "started_at": ticket.created_at,
    }


def item(ticket, route, label, value, current):
    """One choice of a menu, sent without leaving the page."""
    url = reverse(f"tickets:{route}", args=[ticket.number])
    return {"label": label, "url": url, "name": "to", "value": value, "current": current, "post": True, "hx": True}


def statuses(ticket, delivers):
    """The account's own words. A co-ticket is resolved by delivering the work, not by a word."""
    rows = Status.objects.exclude(category__in=FINISHED) if delivers else Status.objects.all()
    return [item(ticket, "status", row.name, str(row.pk), row.pk == ticket.status_id) for row in rows]


def assignees(member, ticket):
    """Whoever may take the ticket, oneself first."""
    rows = sorted(workers()[:100], key=lambda row: row.pk != member.pk)
    drawn = [item(ticket, "assign", row.name, str(row.pk), row.pk == ticket.assignee_id) for row in rows]
    return [*drawn, item(ticket, "assign", _("Nobody"), "", ticket.assignee_id is None)]


def priorities(ticket):
    """How much it may matter."""
    return [item(ticket, "priority", label, value, value == ticket.priority) for value, label in Priority.choices]


def turn_label(ticket):
    """Whose move it is, in words, unless it is ours."""
    words = {"client": _("Client’s turn"), "nobody": "", "us": _("Our turn")}
    if ticket.turn == "partner":
        return _("Turn: %(name)s") % {"name": ticket.turn_holder or ticket.partner_label}
    return words[ticket.turn]


def rail(member, ticket):
    """The cards beside the thread: the upper apps' first, then who asks, where, and about what."""
    devices = list(ticket.equipment.select_related("model").all())
    return {
        "panels": slots.panels(ticket, member),
        "site_facts": site_facts(ticket),
        "devices": [
            {
                "device": device,
                "url": reverse("tickets:list") + "?" + urlencode({"q": device.serial_number or device}),
                "note": "" if device.model and str(device.model) in str(device) else device.model,
                "facts": facts(device),
            }
            for device in devices
        ],
    }


def site_facts(ticket):
    """Who asks and where it is, as labels and values."""
    site = ticket.site
    note = ", ".join(part for part in (site.address, site.hours) if part) if site else ""
    contact = ticket.contact
    phone, email = (contact.phone, contact.email) if contact else ("", "")
    return [
        {"label": _("Phone"), "value": phone, "url": "tel:" + phone.replace(" ", "")},
        {"label": _("E-mail"), "value": email, "url": f"mailto:{email}"},
        {"label": _("Client"), "value": ticket.client},
        {"label": _("Site"), "value": site, "note": note},
        {"label": _("Site code"), "value": site.code if site else "", "code": True},
        {"label": _("Agreement"), "value": ticket.agreement},
    ]


def facts(device):
    """What tells one device from another."""
    return [
        {"label": _("Serial no."), "value": device.serial_number, "code": True},
        {"label": _("Inventory no."), "value": device.inventory_number, "code": True},
        {"label": _("Warranty until"), "value": device.warranty_until},
    ]
