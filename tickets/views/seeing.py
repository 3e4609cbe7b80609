"""The ticket as its client reads it, to look at and not to touch."""

from types import SimpleNamespace

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import access, seeing
from ..writing import as_html
from . import rail


@require_safe
def as_client(request, number):
    """What the client is told: nothing internal, nothing that was said to partners alone."""
    ticket = access.ticket_or_404(request.member, number)
    ticket.account = request.member.account
    seeing.check_client(ticket)
    devices = [{"label": _("Equipment"), "value": row} for row in ticket.equipment.select_related("model")]
    context = {
        "ticket": ticket,
        "party": "client",
        "title": _("As %(name)s sees it") % {"name": ticket.client.name},
        "note": _("Only what was said to the client or by him; nothing internal, nothing said to partners alone."),
        "seen": SimpleNamespace(
            facts=[*rail.site_facts(ticket), *devices, *seeing.workers(ticket)],
            files=seeing.files(ticket),
            ref=ticket.ref,
            # The client's own word for a status is its category until the account gives him better ones.
            status=str(ticket.status.get_category_display()).capitalize(),
        ),
        "subject": ticket.subject,
        "description": as_html(ticket.description) if ticket.description else "",
        "lines": [{"line": row, "body": as_html(row.text) if row.said else row.text} for row in seeing.lines(ticket)],
        "back_url": reverse("tickets:ticket", args=[ticket.number]),
        "section": "tickets",
    }
    return render(request, "tickets/seen.html", context)
