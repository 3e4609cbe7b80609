"""A ticket on paper."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import access, fields, tagging
from ..timeline import Timeline
from ..vocabulary import Direction
from . import rail

# What a client, or the sender of a co-ticket, may read; and nothing of how we work.
FOR_READER = ("client", "client_and_partner")


@require_safe
def printed(request, number):
    """The ticket on white paper; what is said among us only when it is asked for."""
    ticket = access.ticket_or_404(request.member, number)
    ticket.account = request.member.account
    internal = "internal" in request.GET
    timeline = Timeline(ticket, request.member, whole=True)
    context = {
        "ticket": ticket,
        "internal": internal,
        "entries": timeline.entries if internal else outward(timeline),
        "facts": [*rail.site_facts(ticket), *(fields.shown(ticket) if internal else [])],
        "devices": rail.devices(ticket, request.member, counted=False),
        "tags": tagging.tags_of(ticket) if internal else [],
        "back_url": reverse("tickets:ticket", args=[ticket.number]),
    }
    return render(request, "tickets/printed.html", context)


def outward(timeline):
    """What may be handed to somebody outside; of a partner's person he learns the name and not the company."""
    partners = {row.label for row in timeline.counterparts if row.direction == Direction.GIVEN}
    drawn = []
    for entry in timeline.entries:
        if entry["kind"] == "comment" and entry["audience"] in FOR_READER:
            partnered = entry["via"] or entry["author_company"] in partners
            company = _("partner") if partnered else entry["author_company"]
            drawn.append({**entry, "author_company": company, "audience_label": ""})
        elif entry["kind"] in ("day", "request"):
            drawn.append(entry)
    return parted(drawn)


def parted(entries):
    """The lines without the days on which nothing is left."""
    following = [*entries[1:], {"kind": "day"}]
    return [one for one, after in zip(entries, following, strict=True) if {one["kind"], after["kind"]} != {"day"}]
