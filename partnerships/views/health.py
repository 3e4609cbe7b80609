"""How the letters of a link fare: the verdict, both directions, and the lanes that are not quiet, also as a table."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tickets.views.exporting import InPieces
from tickets.views.files import disposition

from .. import backlog, waiting
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
    answer = InPieces(backlog.table(request.member, ids), content_type="text/csv; charset=utf-8")
    name = _("Letters with %(partner)s") % {"partner": ours.name}
    answer["Content-Disposition"] = disposition(f"{name} {timezone.localdate():%Y-%m-%d}.csv", inline=False)
    answer["Cache-Control"], answer["X-Accel-Buffering"] = "private, no-store", "no"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
