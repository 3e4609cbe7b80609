"""How the letters of a link fare: the verdict, both directions, what is not quiet, and what comparing found."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenants.access import cursor
from tickets.views.exporting import InPieces
from tickets.views.files import disposition

from .. import backlog, findings, reconcile, waiting
from .. import compared as comparing
from .. import health as reading
from ..access import partnership_or_404
from .frame import draw


@require_safe
def health(request, pk):
    """Whether letters pass, and what waits for what."""
    ours = partnership_or_404(pk)
    wanted = backlog.Wanted.read(request.GET)
    rows, following = backlog.page(request.member, ours, wanted, after=request.GET.get("after", ""))
    return draw(
        request,
        "partnerships/health.html",
        partner=ours,
        report=reading.of(ours, request.member),
        standstill=waiting.of(ours, request.member),
        compared=comparing.of(ours, request.member),
        may_compare=request.member.may("link") and ours.link.state in reconcile.CROSSING,
        rows=rows,
        following=following,
        later="after" in request.GET,
        wanted=wanted,
        directions=[(value, words) for value, words in backlog.DIRECTIONS.items()],
        states=[(value, words) for value, words in backlog.STATES.items()],
        sees_all=request.member.may("see_all"),
        may_export=request.member.may("export"),
    )


@require_safe
def table(request, pk):
    """The lanes that are not quiet as a table."""
    ours = partnership_or_404(pk)
    ids = backlog.chosen(request.member, ours, backlog.Wanted.read(request.GET))
    return sheet(backlog.table(request.member, ids), _("Letters with %(partner)s") % {"partner": ours.name})


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
    rows, following = findings.page(request.member, ours, wanted, before=cursor(request.GET.get("before", "")))
    return draw(
        request,
        "partnerships/compared.html",
        partner=ours,
        rows=rows,
        following=following,
        later="before" in request.GET,
        wanted=wanted,
        results=findings.RESULTS,
        may_export=request.member.may("export"),
    )


@require_safe
def compared_table(request, pk):
    """The same as a table."""
    ours = partnership_or_404(pk)
    ids = findings.chosen(request.member, ours, findings.Wanted.read(request.GET))
    return sheet(findings.table(request.member, ids), _("Compared with %(partner)s") % {"partner": ours.name})


def sheet(pieces, name):
    """A table to keep, sent in pieces."""
    answer = InPieces(pieces, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = disposition(f"{name} {timezone.localdate():%Y-%m-%d}.csv", inline=False)
    answer["Cache-Control"], answer["X-Accel-Buffering"] = "private, no-store", "no"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
