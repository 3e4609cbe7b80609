"""Our terms of a link: change them, answer what the partner asks, look at the versions."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenants.forms import refuse
from tenants.views.dialogs import frame, go
from tenants.vocabulary import Refused

from .. import agreeing, proposing
from ..access import partnership_or_404, permit_linking, proposal_or_404
from ..forms import ReasonForm
from .frame import draw
from .partners import page
from .proof import proven
from .terms_page import form_of


@require_POST
@proven
def terms(request, pk):
    """What is only ours is in force at once, what touches the partner is asked."""
    ours = partnership_or_404(pk)
    asking = proposing.open_proposal(ours, ours=True)
    form = form_of(ours, ours.terms, agreeing.table(ours, agreeing.partner_names()), request.POST)
    if form.is_valid():
        try:
            before = ours.terms.version
            now = proposing.change_terms(ours, by=request.member, **form.changes())
            say(
                request,
                ours,
                saved=now.version != before,
                asked=proposing.open_proposal(ours, ours=True),
                before=asking,
            )
            return redirect("partnerships:partner", ours.pk)
        except Refused as no:
            refuse(form, no)
    return page(request, ours, form, status=422)


def say(request, ours, *, saved, asked, before):
    """What became of the change: in force, proposed, both, or nothing."""
    if asked != before:
        if asked:
            messages.success(request, _("The new terms are proposed to %(name)s.") % {"name": ours.name})
        else:
            messages.success(request, _("The proposal is taken back."))
    if saved:
        messages.success(request, _("The terms are saved. Tickets under way keep theirs."))
    elif asked == before:
        messages.info(request, _("Nothing has changed."))


@require_POST
@proven
def accept(request, pk):
    """We agree to what the partner asks."""
    ours = proposing.accept(proposal_or_404(pk), by=request.member).partnership
    messages.success(
        request, _("The terms are accepted: they are in force when %(name)s confirms.") % {"name": ours.name}
    )
    return redirect("partnerships:partner", ours.pk)


@require_http_methods(["GET", "POST"])
@proven
def decline(request, pk):
    """We do not agree, and say why."""
    asked = proposal_or_404(pk)
    ours = asked.partnership
    permit_linking(request.member)
    form = ReasonForm(request.POST or None)
    back = reverse("partnerships:partner", args=[ours.pk])
    if request.method == "POST" and form.is_valid():
        try:
            proposing.decline(asked, by=request.member, reason=form.cleaned_data["reason"])
            return go(request, back)
        except Refused as no:
            refuse(form, no)
    context = {
        "frame": frame(request),
        "form": form,
        "partner": ours,
        "dialog_action": request.path,
        "back_url": back,
        "section": "partners",
    }
    return render(request, "partnerships/terms_decline.html", context, status=422 if form.errors else 200)


@require_POST
@proven
def withdraw(request, pk):
    """We ask no more."""
    ours = proposing.withdraw(proposal_or_404(pk), by=request.member).partnership
    messages.success(request, _("The proposal is taken back."))
    return redirect("partnerships:partner", ours.pk)


@require_safe
def history(request, pk):
    """Our versions, and what was asked by both sides."""
    ours = partnership_or_404(pk)
    return draw(request, "partnerships/terms_history.html", partner=ours, entries=agreeing.history(ours))
