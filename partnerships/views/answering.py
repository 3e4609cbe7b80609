"""The verbs of a hand-over: accept, decline, withdraw, deliver, give back, accept the work, send back, nudge."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from tenants import clock
from tenants.access import known as as_id
from tenants.forms import refuse
from tenants.vocabulary import Refused
from tickets.access import permit

from .. import ratings, reporting, sharing
from ..access import handover_or_404
from ..forms import NudgeForm, RateForm, ReasonForm, ReportForm, ReturnForm, answered
from ..vocabulary import State
from . import sending
from .replies import dialog, moved

asks = require_http_methods(["GET", "POST"])


@require_POST
def accept(request, pk):
    """We take the ticket."""
    handover = handover_or_404(request.member, pk)
    sharing.accept(handover, by=request.member)
    return moved(request, handover.ticket)


@asks
def approve(request, pk):
    """The partner's work is good; stars, a word and criteria may come along."""
    handover = handover_or_404(request.member, pk)
    permit(request.member, "hand_over", handover.ticket)
    rated = any(request.POST.get(name) for name in RateForm.base_fields)
    form = RateForm(request.POST) if request.method == "POST" else RateForm()
    form.fields["score"].required = rated
    if request.method == "POST":
        asked = "dialog" in request.POST
        if not form.is_valid() and not asked:
            raise Refused(_("Choose from one to five stars."), "score")
        try:
            if form.is_valid():
                accept_work(handover, form.rating if rated else None, by=request.member)
                return moved(request, handover.ticket, readers=True)
        except Refused as no:
            if not asked:
                raise
            refuse(form, no)
    return dialog(request, "partnerships/approve.html", form, handover.ticket, handover=handover)


@transaction.atomic
def accept_work(handover, rating, *, by):
    """Both or neither: the work is accepted, and rated if it was."""
    sharing.approve(handover, by=by)
    if rating:
        ratings.rate(handover, by=by, **rating)


@asks
def nudge(request, pk):
    """Ask the holder to hurry, with a word if one is wanted."""
    handover = handover_or_404(request.member, pk)
    permit(request.member, "hand_over", handover.ticket)
    form = NudgeForm(request.POST) if request.method == "POST" else NudgeForm()
    if request.method == "POST" and form.is_valid():
        try:
            ratings.nudge(handover, by=request.member, text=form.cleaned_data["text"])
            return moved(request, handover.ticket)
        except Refused as no:
            refuse(form, no)
    return dialog(request, "partnerships/nudge.html", form, handover.ticket, handover=handover)


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
    """The work is not finished yet; photos show it."""
    return with_reason(request, pk, sharing.send_back, RETURN, ReturnForm)


@asks
def report_back(request, pk):
    """The engineer's report is not delivered like this."""
    return with_reason(request, pk, reporting.send_back, REPORT_BACK)


def with_reason(request, pk, verb, words, kind=ReasonForm):
    """Ask why, then do it; a refusal comes back with what was typed and attached."""
    handover = handover_or_404(request.member, pk)
    permit(request.member, "hand_over", handover.ticket)
    form = kind(request.POST) if request.method == "POST" else kind()
    takes_files, kept = "files" in form.fields, request.POST.getlist("uploads")
    if request.method == "POST":
        try:
            uploads = sending.files(request, handover.ticket) if takes_files else []
            kept = [upload.pk for upload in uploads]
            if form.is_valid():
                more = {"uploads": uploads} if takes_files else {}
                verb(handover, by=request.member, **form.said, **more)
                return moved(request, handover.ticket, readers=True)
        except Refused as no:
            refuse(form, no)
    more = {"tools": sending.tools(request, handover.ticket, known(kept))} if takes_files else {}
    return dialog(request, "partnerships/reason.html", form, handover.ticket, handover=handover, words=words, **more)


@asks
def deliver(request, pk):
    """Our work is done: the report goes to the giver, an engineer's to the dispatcher first."""
    handover = handover_or_404(request.member, pk)
    permit(request.member, "work", handover.ticket)
    written, kept = reporting.waiting(handover), request.POST.getlist("uploads")
    form = report_form(request, handover, written)
    if request.method == "POST":
        try:
            uploads = sending.files(request, handover.ticket)
            kept = [upload.pk for upload in uploads]
            if form.is_valid():
                report(request, handover, form, uploads)
                return moved(request, handover.ticket)
        except Refused as no:
            refuse(form, no)
    more = {"written": written, "delivers": request.member.may("done"), "handover": handover, "now": clock.now()}
    tools = sending.tools(request, handover.ticket, known(kept))
    return dialog(request, "partnerships/deliver.html", form, handover.ticket, tools=tools, **more)


def report_form(request, handover, written):
    """The form as it is posted, or as the engineer wrote it, or as he wrote it when it came back to him."""
    if request.method == "POST":
        return ReportForm(request.POST, handover=handover)
    written = written or handover.reports.exclude(reason="").order_by("-made_at").first()
    # What was done before the work was sent back is done still.
    initial = answered(handover.checklist)
    if written:
        initial |= {"report": written.text, **answered(written.checklist)}
    return ReportForm(handover=handover, initial=initial)


def report(request, handover, form, uploads):
    """Deliver it; whoever may not gives it to the dispatcher."""
    said = {"report": form.cleaned_data["report"], "uploads": uploads, "checklist": form.checklist}
    if request.member.may("done"):
        sharing.deliver(handover, by=request.member, files=form.cleaned_data["on_ticket"], **said)
    else:
        reporting.hand_in(handover, by=request.member, **said)


def known(values):
    """Ids of files out of a form; what is none names none."""
    return [value for value in values if isinstance(value, UUID) or as_id(value)]


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
REPORT_BACK = {
    "state": State.RETURNED,
    "title": _("Send the report back"),
    "note": _("The engineer reads why and writes it anew. The sender sees nothing of it."),
    "hint": _("The engineer will read it."),
    "button": _("Back to the engineer"),
}
