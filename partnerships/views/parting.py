"""Pausing, resuming and ending a link, with the tickets that are concerned."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from .. import agreement, standing
from .. import parting as verbs
from ..access import partnership_or_404
from .frame import draw
from .proof import proven


@require_http_methods(["GET", "POST"])
@proven
def pause(request, pk):
    """Letters wait on both sides."""
    return part(request, pk, verbs.pause, PAUSE)


@require_http_methods(["GET", "POST"])
@proven
def end(request, pk):
    """The companies part."""
    return part(request, pk, verbs.end, END)


@require_POST
@proven
def resume(request, pk):
    """Letters go on where they stopped."""
    ours = partnership_or_404(pk)
    verbs.resume(ours, by=request.member)
    messages.success(request, _("The link works again."))
    return redirect("partnerships:partner", ours.pk)


def part(request, pk, verb, words):
    """Show which tickets are concerned, then do it."""
    ours = partnership_or_404(pk)
    agreement.permit_linking(request.member)
    if request.method == "POST":
        verb(ours, by=request.member)
        messages.success(request, words["done"])
        return redirect("partnerships:partner", ours.pk)
    tickets = standing.open_tickets(ours)
    return draw(request, "partnerships/parting.html", partner=ours, words=words, handovers=tickets)


PAUSE = {
    "title": gettext_lazy("Pause the link"),
    "text": gettext_lazy("Letters wait on both sides until the link is resumed. Nothing is lost."),
    "list": gettext_lazy("These tickets wait as well:"),
    "button": gettext_lazy("Pause"),
    "done": gettext_lazy("The link is paused."),
}


END = {
    "title": gettext_lazy("End the link"),
    "text": gettext_lazy("Both companies keep what they have. A new invitation can link them again."),
    "list": gettext_lazy("These open tickets will be cut: finish them or give them back first if you can."),
    "button": gettext_lazy("End the link"),
    "done": gettext_lazy("The link has ended."),
}
