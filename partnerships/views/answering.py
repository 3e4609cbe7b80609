"""The verbs of a hand-over: accept, decline, withdraw, deliver, give back, accept the work, send back, nudge."""

from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from tenants.forms import refuse
from tenants.vocabulary import Refused
from tickets.access import permit

from .. import ratings, sharing
from ..access import handover_or_404
from ..forms import RateForm, ReasonForm, ReportForm
from ..vocabulary import State
from .replies import dialog, moved

asks = require_http_methods(["GET", "POST"])


@require_POST
def accept(request, pk):
    """We take the ticket."""
    handover = handover_or_404(request.member, pk)
    sharing.accept(handover, by=request.member)
    return moved(request, handover.ticket)


@require_POST
def approve(request, pk):
    """The partner's work is good; the stars may come along."""
    handover = handover_or_404(request.member, pk)
    sharing.approve(handover, by=request.member)
    if request.POST.get("score"):
        form = RateForm(request.POST)
        if not form.is_valid():
            raise Refused(_("Choose from one to five stars."), "score")
        ratings.rate(handover, by=request.member, **form.cleaned_data)
    return moved(request, handover.ticket, readers=True)


@require_POST
def nudge(request, pk):
    """Ask the holder to hurry."""
    handover = handover_or_404(request.member, pk)
    ratings.nudge(handover, by=request.member, text=request.POST.get("text", "")[:2000])
    return moved(request, handover.ticket)


@asks
def decline(request, pk):
    """We can't take it."""
    return with_reason(request, pk, sharing.decline, DECLINE)


@asks
def withdraw(request, pk):
    """We take the ticket back from the partner."""
    return with_reason(request, pk, sharing.withdraw, WITHDRAW)


@asks
def give_back(request, pk):
    """We accepted it but can't finish it."""
    return with_reason(request, pk, sharing.give_back, GIVE_BACK)


@asks
def send_back(request, pk):
    """The work is not finished yet."""
    return with_reason(request, pk, sharing.send_back, RETURN)


def with_reason(request, pk, verb, words):
    """Ask why, then do it; a refusal comes back with what was typed."""
    handover = handover_or_404(request.member, pk)
    permit(request.member, "hand_over", handover.ticket)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verb(handover, by=request.member, reason=form.cleaned_data["reason"])
            return moved(request, handover.ticket, readers=True)
        except Refused as no:
            refuse(form, no)
    return dialog(request, "partnerships/reason.html", form, handover.ticket, handover=handover, words=words)


@asks
def deliver(request, pk):
    """Our work is done: the report goes to the giver."""
    handover = handover_or_404(request.member, pk)
    permit(request.member, "done", handover.ticket)
    form = ReportForm(request.POST, request.FILES) if request.method == "POST" else ReportForm()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            sharing.deliver(handover, by=request.member, report=data["report"], uploads=data["files"])
            return moved(request, handover.ticket)
        except Refused as no:
            refuse(form, no)
    return dialog(request, "partnerships/deliver.html", form, handover.ticket, handover=handover)


DECLINE = {
    "state": State.DECLINED,
    "title": _("Decline the ticket"),
    "note": _("The ticket goes back to the sender with the reason."),
    "button": _("Decline"),
}
WITHDRAW = {
    "state": State.WITHDRAWN,
    "title": _("Withdraw the ticket"),
    "note": _("The turn comes back to us. What the partner did so far stays."),
    "button": _("Withdraw"),
}
GIVE_BACK = {
    "state": State.GIVEN_BACK,
    "title": _("Give the ticket back"),
    "note": _("The sender has the ticket again and reads the reason."),
    "button": _("Give back"),
}
RETURN = {
    "state": State.RETURNED,
    "title": _("Send the work back"),
    "note": _("The partner works on it again and reads what is missing."),
    "button": _("Send back"),
}
