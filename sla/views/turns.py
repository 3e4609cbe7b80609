"""The contribution of the parties: the page, the table to keep and the proof on paper."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tenants import clock
from tenants.vocabulary import refuse_unless
from tickets import access, exporting
from tickets.views.exporting import sheet

from .. import contribution


@require_safe
def page(request, number):
    """Who had the ticket how long, and every turn of it."""
    ticket = ticket_of(request, number)
    context = {
        "ticket": ticket,
        "time": contribution.of(ticket, inside=True),
        "now": clock.now(),
        "reader": contribution.reader_of(ticket),
        "may_export": may_export(request.member, ticket),
        "section": "tickets",
    }
    return render(request, "sla/turns.html", context)


@require_safe
def table(request, number):
    """Every turn as a table, with its seconds as numbers."""
    ticket = ticket_of(request, number)
    refuse_unless(may_export(request.member, ticket), access.NOT_YOURS)
    drawn = contribution.of(ticket, inside=True).lines
    text = exporting.lines(contribution.cells(drawn))
    return sheet(iter(["\ufeff" + text]), _("Turns of %(ref)s") % {"ref": ticket.ref})


@require_safe
def proof(request, number):
    """The account of time on white paper: as much as its reader may know, and all of it only when that is asked for."""
    ticket = ticket_of(request, number)
    reader = contribution.reader_of(ticket)
    inside = "internal" in request.GET or not reader
    context = {
        "ticket": ticket,
        "reader": reader,
        "inside": inside,
        "time": contribution.of(ticket, inside=inside),
        "now": clock.now(),
        "made_by": request.member.name if inside else ticket.account.name,
        "back_url": reverse("turns:page", args=[ticket.number]),
    }
    return render(request, "sla/proof.html", context)


def ticket_of(request, number):
    """The member's ticket by its number."""
    ticket = access.ticket_or_404(request.member, number)
    ticket.account = request.member.account
    return ticket


def may_export(member, ticket):
    """Whether the member may take the ticket's table out: an agent that of his own tickets."""
    return member.may("export") and (member.may("export_all") or ticket.assignee_id == member.pk)
