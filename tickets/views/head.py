"""What stands over a ticket's thread: its menus, who watches it, and the rarer deeds."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenants.models import Membership, Team
from tenants.views.dialogs import frame
from tenants.vocabulary import Refused, refuse_unless

from .. import access, lifecycle, load, readers, slots, watching
from ..models import Status, TicketType
from ..vocabulary import FINISHED, URGENCIES, Category, Priority, Weight
from .answers import back_to, done
from .properties import chosen, named


def item(ticket, route, label, value, current, **more):
    """One choice of a menu, sent without leaving the page."""
    url = reverse(f"tickets:{route}", args=[ticket.number])
    chosen = {"label": label, "url": url, "name": "to", "value": value, "current": current, "post": True, "hx": True}
    return {**chosen, **more}


def statuses(ticket, delivers):
    """The account's own words by category. A co-ticket is resolved by delivering the work, not by a word."""
    rows = [row for row in Status.objects.all() if row.archived_at is None or row.pk == ticket.status_id]
    if delivers:
        rows = [row for row in rows if row.category not in FINISHED]
    drawn = []
    for category in Category:
        items = [
            item(ticket, "status", row.name, str(row.pk), row.pk == ticket.status_id, status=row)
            for row in rows
            if row.category == category
        ]
        if items:
            drawn.append({"label": category.label, "items": items})
    return drawn


def priorities(ticket):
    """How much it may matter, the most urgent first."""
    rows = reversed(Priority.choices)
    return [item(ticket, "priority", label, value, value == ticket.priority, priority=value) for value, label in rows]


def weights(ticket):
    """Impact and urgency to choose from, each with what the ticket has; none where priorities are chosen themselves."""
    if not slots.scale():
        return []
    asked = (
        ("impact", _("Impact"), ticket.impact, Weight.choices),
        ("urgency", _("Urgency"), ticket.urgency, URGENCIES.items()),
    )
    return [
        {"name": name, "label": label, "value": value, "choices": list(reversed(rows))}
        for name, label, value, rows in asked
    ]


def types(ticket):
    """The account's kinds of work, and none yet; the ticket's own stays on offer when it was archived."""
    rows = [row for row in TicketType.objects.all() if row.archived_at is None or row.pk == ticket.type_id]
    drawn = [item(ticket, "type", row.name, str(row.pk), row.pk == ticket.type_id) for row in rows]
    return [*drawn, item(ticket, "type", _("No type"), "", ticket.type_id is None)] if rows else []


def deeds(ticket, member, counterparts):
    """The rarer things to do with a ticket, ours and the upper apps'."""
    address = {
        name: reverse(f"tickets:{name}", args=[ticket.number]) for name in ("reword", "about", "link", "printed")
    }
    drawn = []
    if member.may("change"):
        drawn += [
            {"label": _("Edit subject and description"), "url": address["reword"], "icon": "pencil", "dialog": True},
            {"label": _("Contact, site and equipment"), "url": address["about"], "icon": "map-pin", "dialog": True},
            {"label": _("Link with another ticket"), "url": address["link"], "icon": "link", "dialog": True},
        ]
    if ticket.client and readers.client_reads(ticket, counterparts):
        url = reverse("tickets:as_client", args=[ticket.number])
        drawn.append({"label": _("See as %(name)s") % {"name": ticket.client.name}, "url": url, "icon": "eye"})
    drawn += slots.deeds(ticket, member)
    return [*drawn, {"label": _("Print"), "url": address["printed"], "icon": "printer"}]


@require_safe
def takers(request, number):
    """Who may take the ticket and how much each has on his hands; the teams beside them."""
    ticket = access.ticket_or_404(request.member, number)
    access.permit(request.member, "change", ticket)
    rows = load.workers(request.member)
    rows.sort(key=lambda row: row.pk != request.member.pk)
    context = {
        "ticket": ticket,
        "people": [{"row": row, "current": row.pk == ticket.assignee_id} for row in rows],
        "teams": Team.objects.order_by("name"),
        "back_url": reverse("tickets:ticket", args=[ticket.number]),
        "section": "tickets",
    }
    return render(request, "tickets/_takers.html" if request.htmx else "tickets/takers.html", context)


@require_POST
def team(request, number):
    """A team answers for it, or none."""
    ticket = access.ticket_or_404(request.member, number)
    to = chosen(Team.objects.all(), request.POST.get("to", ""), _("There is no such team."))
    lifecycle.set_team(ticket, to=to, by=request.member)
    return done(request, ticket)


def watch_bar(request, ticket):
    """Whether I watch, who else does, and who may be added."""
    member = request.member
    rows = watching.watchers(ticket)
    known = {row.pk for row in rows}
    adds = member.may("work")
    others = Membership.objects.filter(active=True).exclude(pk__in=known).order_by("name")[:200] if adds else []
    return {
        "watches": member.pk in known,
        "watchers": [{"row": row, "me": row.pk == member.pk} for row in rows],
        "may_watch": adds,
        "others": [row for row in others if row.pk != member.pk],
    }


@require_POST
def watch(request, number):
    """I follow it, or I stop; or somebody else does, by me."""
    ticket = access.ticket_or_404(request.member, number)
    wanted = request.POST.get("member", "")
    who = named(Membership.objects.filter(active=True), wanted) if wanted else request.member
    refuse_unless(who, _("There is no such person here."))
    verb = watching.unwatch if request.POST.get("stop") else watching.watch
    verb(ticket, member=who, by=request.member)
    if not request.htmx:
        return redirect(back_to(request, ticket))
    answer = render(request, "tickets/_watch.html", {"ticket": ticket, **watch_bar(request, ticket)})
    answer["HX-Trigger"] = "ticket-news"
    return answer


@require_http_methods(["GET", "POST"])
def reword(request, number):
    """Ask for a better subject and description, and take them."""
    ticket = access.ticket_or_404(request.member, number)
    access.permit(request.member, "change", ticket)
    typed, errors = {"subject": ticket.subject, "description": ticket.description}, {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in typed}
        try:
            lifecycle.reword(ticket, by=request.member, **typed)
            return done(request, ticket)
        except Refused as no:
            errors = {no.field or "subject": no.sentence}
    context = {
        "frame": frame(request),
        "ticket": ticket,
        "typed": typed,
        "errors": errors,
        "dialog_action": reverse("tickets:reword", args=[ticket.number]),
        "back_url": reverse("tickets:ticket", args=[ticket.number]),
        "section": "tickets",
    }
    return render(request, "tickets/reword.html", context, status=422 if errors else 200)
