"""Pausing, resuming and ending a link, with the tickets that are concerned."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tenants.forms import refuse
from tenants.vocabulary import Refused

from .. import parting as verbs
from .. import sharing, standing, waiting
from ..access import partnership_or_404, permit_linking
from ..forms.parting import LetGoForm
from ..models import Handover
from .frame import draw
from .proof import proven

SHOWN = 200


@require_http_methods(["GET", "POST"])
@proven
def pause(request, pk):
    """Letters wait on both sides."""
    ours = partnership_or_404(pk)
    permit_linking(request.member)
    if request.method == "POST":
        return done(request, verbs.pause(ours, by=request.member), PAUSED)
    return draw(request, "partnerships/pause.html", partner=ours, handovers=standing.open_tickets(ours)[:SHOWN])


@require_http_methods(["GET", "POST"])
@proven
def end(request, pk):
    """The companies part: when the open tickets are finished, or now, once their number was agreed to."""
    ours = partnership_or_404(pk)
    permit_linking(request.member)
    if request.method == "POST" and request.POST.get("how") == "finished":
        return done(request, verbs.end_when_finished(ours, by=request.member), ENDING)
    number = standing.open_tickets(ours).count()
    if request.method == "POST" and (not number or request.POST.get("sure") == str(number)):
        return done(request, verbs.end(ours, by=request.member), ENDED)
    return end_page(request, ours, LetGoForm(handovers=Handover.objects.none()), sure=request.method == "POST")


@require_POST
@proven
def let_go(request, pk):
    """The chosen open tickets go back to whoever handed them over."""
    ours = partnership_or_404(pk)
    permit_linking(request.member)
    form = LetGoForm(request.POST, handovers=standing.open_tickets(ours))
    if form.is_valid():
        chosen = list(form.cleaned_data["handovers"])
        try:
            verbs.let_go(chosen, by=request.member, reason=form.cleaned_data["reason"])
        except Refused as no:
            refuse(form, no)
        else:
            went = ngettext("%(n)s ticket went back.", "%(n)s tickets went back.", len(chosen)) % {"n": len(chosen)}
            messages.success(request, went)
            return redirect("partnerships:end", ours.pk)
    return end_page(request, ours, form, status=422)


def end_page(request, ours, form, *, sure=False, status=200):
    """The open tickets of both directions, what can become of each, and the two ways to end."""
    opened = standing.open_tickets(ours)
    number = opened.count()
    return draw(
        request,
        "partnerships/end.html",
        status=status,
        partner=ours,
        form=form,
        marked=set(request.POST.getlist("handovers")),
        sure=sure,
        number=number,
        more=max(0, number - SHOWN),
        rows=[{"handover": one, "way": way(one)} for one in opened[:SHOWN]],
        standstill=waiting.of(ours, request.member),
    )


def way(handover):
    """How one open ticket comes back: the route of its question, and its word; none while work is looked at."""
    return WAYS.get(verbs.way_back(handover))


@require_POST
@proven
def resume(request, pk):
    """Letters go on where they stopped, and a link that was ending lives on."""
    ours = partnership_or_404(pk)
    return done(request, verbs.resume(ours, by=request.member), RESUMED)


def done(request, ours, words):
    """Back to where the link was seen, with what became of it."""
    messages.success(request, words)
    ticket = request.POST.get("ticket", "")
    if ticket.isdecimal() and len(ticket) < 10:
        return redirect("tickets:ticket", int(ticket))
    return redirect("partnerships:partner", ours.pk)


PAUSED = gettext_lazy("The link is paused.")
RESUMED = gettext_lazy("The link works again.")
ENDING = gettext_lazy("The link ends when the open tickets are finished.")
ENDED = gettext_lazy("The link has ended.")
WAYS = {
    sharing.withdraw: {"route": "partnerships:withdraw", "words": gettext_lazy("Withdraw")},
    sharing.decline: {"route": "partnerships:decline", "words": gettext_lazy("Decline")},
    sharing.give_back: {"route": "partnerships:give_back", "words": gettext_lazy("Give back")},
}
