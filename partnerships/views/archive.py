"""What passed over a link: the list, and the table to keep."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tenants.access import cursor
from tickets.views.exporting import sheet

from .. import archive as reading
from ..access import partnership_or_404
from ..vocabulary import State
from .frame import draw_list


@require_safe
def archive(request, pk):
    """The tickets that passed over this link, whatever became of it."""
    ours = partnership_or_404(pk)
    wanted = reading.Wanted.read(request.GET)
    return draw_list(
        request,
        "partnerships/archive.html",
        partner=ours,
        wanted=wanted,
        page=reading.page(request.member, ours, wanted, before=cursor(request.GET.get("before", ""))),
        by="before",
        directions=list(reading.DIRECTIONS.items()),
        states=State.choices,
    )


@require_safe
def table(request, pk):
    """All of them as a table."""
    ours = partnership_or_404(pk)
    pieces = reading.table(request.member, ours, reading.Wanted.read(request.GET))
    return sheet(pieces, _("Tickets with %(partner)s") % {"partner": ours.name})
