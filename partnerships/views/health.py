"""How the letters of a link fare: the verdict, both directions, what is not quiet, and what comparing found."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenants.access import cursor
from tickets.views.exporting import sheet

from .. import backlog, findings, reconcile, waiting
from .. import compared as comparing
from .. import health as reading
from ..access import partnership_or_404
from .frame import draw_list


@require_safe
def health(request, pk):
    """Whether letters pass, and what waits for what."""
    ours = partnership_or_404(pk)
    wanted = backlog.Wanted.read(request.GET)
    return draw_list(
        request,
        "partnerships/health.html",
        partner=ours,
        report=reading.of(ours, request.member),
        standstill=waiting.of(ours, request.member),
        compared=comparing.of(ours, request.member),
        may_compare=request.member.may("link") and ours.link.state in reconcile.CROSSING,
        wanted=wanted,
        page=backlog.page(request.member, ours, wanted, after=request.GET.get("after", "")),
        by="after",
        directions=list(backlog.DIRECTIONS.items()),
        states=list(backlog.STATES.items()),
        sees_all=request.member.may("see_all"),
    )


@require_safe
def table(request, pk):
    """The lanes that are not quiet as a table."""
    ours = partnership_or_404(pk)
    pieces = backlog.table(request.member, ours, backlog.Wanted.read(request.GET))
    return sheet(pieces, _("Letters with %(partner)s") % {"partner": ours.name})


@require_POST
def compare(request, pk):
    """Both sides compare now what they have."""
    ours = partnership_or_404(pk)
    reconcile.compare(ours, by=request.member)
    messages.success(request, _("Both sides are being compared; it takes a minute."))
    return redirect("partnerships:health", ours.pk)


@require_safe
def compared(request, pk):
    """What comparing both sides found, ticket by ticket."""
    ours = partnership_or_404(pk)
    wanted = findings.Wanted.read(request.GET)
    return draw_list(
        request,
        "partnerships/compared.html",
        partner=ours,
        wanted=wanted,
        page=findings.page(request.member, ours, wanted, before=cursor(request.GET.get("before", ""))),
        by="before",
        results=findings.RESULTS,
    )


@require_safe
def compared_table(request, pk):
    """The same as a table."""
    ours = partnership_or_404(pk)
    pieces = findings.table(request.member, ours, findings.Wanted.read(request.GET))
    return sheet(pieces, _("Compared with %(partner)s") % {"partner": ours.name})
