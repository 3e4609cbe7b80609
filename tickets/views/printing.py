"""A ticket on paper."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from .. import access, fields, tagging
from ..timeline import Timeline
from . import rail

# What may be handed to somebody outside: words that already went out, and nothing of how we work.
OUTWARD = {"day", "request"}


@require_safe
def printed(request, number):
    """The ticket on white paper; what is said among us only when it is asked for."""
    ticket = access.ticket_or_404(request.member, number)
    ticket.account = request.member.account
    internal = "internal" in request.GET
    entries = Timeline(ticket, request.member, whole=True).entries
    context = {
        "ticket": ticket,
        "internal": internal,
        "entries": entries if internal else parted([entry for entry in entries if goes_out(entry)]),
        "facts": [*rail.site_facts(ticket), *fields.shown(ticket)],
        "devices": rail.devices(ticket, request.member, counted=False),
        "tags": tagging.tags_of(ticket) if internal else [],
        "back_url": reverse("tickets:ticket", args=[ticket.number]),
    }
    return render(request, "tickets/printed.html", context)


def goes_out(entry):
    """Whether somebody outside could read this line already."""
    return entry["kind"] in OUTWARD or (entry["kind"] == "comment" and entry["audience"] != "internal")


def parted(entries):
    """The lines without the days on which nothing is left."""
    following = [*entries[1:], {"kind": "day"}]
    return [one for one, after in zip(entries, following, strict=True) if {one["kind"], after["kind"]} != {"day"}]
