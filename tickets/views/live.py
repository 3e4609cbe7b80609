"""What open pages ask for by themselves: the stream, rows of a list, who else is here."""

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from .. import hub, live


@require_safe
def stream(request):
    """Server-sent events for one browser: ids only, each checked before it is told."""
    listener = live.listener(request)
    answer = StreamingHttpResponse(hub.stream(listener), content_type="text/event-stream")
    answer["Cache-Control"], answer["X-Accel-Buffering"] = "no-store, no-transform", "no"
    return answer
