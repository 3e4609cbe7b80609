"""The list of tickets as a file."""

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from .. import exporting, queue, viewing
from ..forms import FilterForm, wanted
from .files import disposition

OVER = object()


class InPieces(StreamingHttpResponse):
    """An answer that is made piece by piece also where requests are served by a loop, and not all of it first."""

    async def __aiter__(self):
        pieces = iter(self.streaming_content)
        while (piece := await sync_to_async(next)(pieces, OVER)) is not OVER:
            yield piece


@require_safe
def export(request):
    """The list that the address asks for, all of its pages, as a table."""
    member = request.member
    form = FilterForm(request.GET, partners=[], member=member)
    asked = wanted(request.GET, form.filters)
    ids = exporting.chosen(member, asked)
    view = viewing.view_or_none(member, request.GET.get("view", ""))
    name = view.name if view else queue.QUEUES[asked.queue].label
    return sheet(exporting.table(member, ids), name)


def sheet(pieces, name):
    """A table to keep, sent in pieces; its name says of which day it is."""
    answer = InPieces(pieces, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = disposition(f"{name} {timezone.localdate():%Y-%m-%d}.csv", inline=False)
    answer["Cache-Control"], answer["X-Accel-Buffering"] = "private, no-store", "no"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
