"""The ticket as a partner has it on his screen, to look at and not to touch."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tickets.writing import as_html

from .. import seeing
from ..access import handover_or_404
from ..vocabulary import LinkState


@require_safe
def as_partner(request, pk):
    """What the partner of this hand-over reads, and what of it is still on the way to him."""
    handover = handover_or_404(request.member, pk)
    ticket, partner = handover.ticket, handover.partnership
    seen = seeing.sight(handover)
    paused = partner.state == LinkState.PAUSED
    context = {
        "ticket": ticket,
        "party": "partner" if handover.is_given else "client",
        "title": _("As %(name)s sees it") % {"name": partner.name},
        "note": _("Only what our letters told %(name)s, in their order; nothing internal.") % {"name": partner.name},
        "theirs": handover.peer_ref,
        "seen": seen,
        "subject": seen.subject or ticket.subject,
        "description": as_html(seen.description) if seen.description else "",
        "lines": [{"line": line, "body": as_html(line.text) if line.said else line.text} for line in seen.lines],
        "paused": paused,
        "back_url": reverse("tickets:ticket", args=[ticket.number]),
        "section": "tickets",
    }
    return render(request, "tickets/seen.html", context)
