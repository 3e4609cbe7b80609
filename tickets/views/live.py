"""What open pages ask for by themselves: the stream, rows of a list, who else is here."""

import contextlib
import re
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from .. import access, hub, live, presence, queue
from ..forms import FilterForm, wanted
from . import queue as lists

MOST = 60
PAGE = re.compile(r"[a-z0-9]{1,12}")


@require_GET
def stream(request):
    """Server-sent events for one browser: ids only, each checked before it is told."""
    listener = live.listener(request)
    answer = StreamingHttpResponse(hub.stream(listener), content_type="text/event-stream")
    answer["Cache-Control"], answer["X-Accel-Buffering"] = "no-store, no-transform", "no"
    return answer


@require_GET
def rows(request):
    """Of these tickets, the rows of those that belong in the list, and the sizes of its groups."""
    member, ids = request.member, uuids(request.GET.getlist("row")[:MOST])
    form = FilterForm(request.GET, partners=[], member=member)
    asked = wanted(request.GET, form.filters)
    context = {
        "rows": lists.led(member, queue.some_rows(member, asked, ids), asked),
        "plain": not member.may("change"),
        "sizes": queue.sizes(member, asked) if asked.grouped else {},
    }
    return render(request, "tickets/_rows.html", context)


def uuids(values):
    """Those of them that are ids."""
    found = []
    for value in values:
        with contextlib.suppress(ValueError):
            found.append(UUID(value))
    return found


@require_http_methods(["GET", "POST"])
def here(request, number):
    """Who else looks at the ticket; a page that says so itself is seen by the others."""
    ticket, member = access.ticket_or_404(request.member, number), request.member
    page = request.POST.get("page", "")
    if PAGE.fullmatch(page):
        if request.POST.get("state") == "left":
            presence.left(ticket, by=member, page=page)
            return HttpResponse(status=204)
        presence.looking(ticket, by=member, page=page, typing=request.POST.get("state") == "typing")
    return render(request, "tickets/_here.html", {"said": said(presence.others(ticket, member))})


def said(others):
    """Who types and who looks, as sentences: [{typing, text}]."""
    typing = [one["name"] for one in others if one["typing"]]
    looking = [one["name"] for one in others if not one["typing"]]
    sentences = []
    if typing:
        text = ngettext("%(names)s is typing", "%(names)s are typing", len(typing))
        sentences.append({"typing": True, "text": text % {"names": named(typing)}})
    if looking:
        text = ngettext("%(names)s is looking at this now", "%(names)s are looking at this now", len(looking))
        sentences.append({"typing": False, "text": text % {"names": named(looking)}})
    return sentences


def named(names):
    """Two names at most, and how many more."""
    if len(names) > 2:
        return _("%(names)s and %(count)s more") % {"names": ", ".join(names[:2]), "count": len(names) - 2}
    return ", ".join(names)
