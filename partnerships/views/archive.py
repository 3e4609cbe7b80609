"""What passed over a link: the list, and the table to keep."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tenants.access import cursor
from tickets.views.exporting import InPieces
from tickets.views.files import disposition

from .. import archive as reading
from ..access import partnership_or_404
from ..vocabulary import State
from .frame import draw


@require_safe
def archive(request, pk):
    """The tickets that passed over this link, whatever became of it."""
    ours = partnership_or_404(pk)
    wanted = reading.Wanted.read(request.GET)
    rows, following = reading.page(request.member, ours, wanted, before=cursor(request.GET.get("before", "")))
    return draw(
        request,
        "partnerships/archive.html",
        partner=ours,
        rows=rows,
        following=following,
        later="before" in request.GET,
        wanted=wanted,
        directions=[(value, words) for value, words in reading.DIRECTIONS.items()],
        states=State.choices,
        may_export=request.member.may("export"),
    )


@require_safe
def table(request, pk):
    """All of them as a table."""
    ours = partnership_or_404(pk)
    ids = reading.chosen(request.member, ours, reading.Wanted.read(request.GET))
    answer = InPieces(reading.table(request.member, ids), content_type="text/csv; charset=utf-8")
    name = _("Tickets with %(partner)s") % {"partner": ours.name}
    answer["Content-Disposition"] = disposition(f"{name} {timezone.localdate():%Y-%m-%d}.csv", inline=False)
    answer["Cache-Control"], answer["X-Accel-Buffering"] = "private, no-store", "no"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
