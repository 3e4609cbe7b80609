"""What was handed over, changed later by the giver, with the partner's page beside it."""

from copy import copy
from dataclasses import replace

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tenants.forms import refuse
from tenants.views.dialogs import frame
from tenants.vocabulary import Refused, refuse_unless
from tickets.access import permit

from .. import budget, cards, chain, differences, mirror, moves, recard
from ..access import handover_or_404
from ..forms.cards import CardForm, ticked
from .replies import moved


@require_http_methods(["GET", "POST"])
def card(request, pk):
    """Tick more or less, move the deadline and the wish."""
    handover = given_or_refused(request, pk)
    form = form_of(request, handover)
    if form.is_bound and form.is_valid() and "look" not in request.POST:
        try:
            recard.change(handover, share=form.share(), by=request.member, **form.times())
            return moved(request, handover.ticket)
        except Refused as no:
            refuse(form, no)
    context = {
        "frame": frame(request),
        "form": form,
        "handover": handover,
        "ticket": handover.ticket,
        "dialog_action": request.path,
        "dialog_wide": True,
        "back_url": reverse("tickets:ticket", args=[handover.ticket.number]),
        "section": "tickets",
        **look(handover, form),
    }
    return render(request, "partnerships/recard.html", context, status=422 if form.errors else 200)


@require_POST
def preview(request, pk):
    """The partner's page anew after each change of the form."""
    handover = given_or_refused(request, pk)
    form = form_of(request, handover)
    form.is_valid()
    context = {"handover": handover, "oob": True, **look(handover, form)}
    return render(request, "partnerships/_recard_preview.html", context)


def given_or_refused(request, pk):
    """Our own hand-over, while the partner works on it."""
    handover = handover_or_404(request.member, pk)
    permit(request.member, "hand_over", handover.ticket)
    refuse_unless(handover.is_given and handover.is_running, moves.too_late(handover))
    handover.ticket = recard.whole(handover.ticket_id)
    return handover


def form_of(request, handover):
    above = chain.taken(handover.ticket)
    given = cards.read_card(above.card) if above else None
    data = request.POST if request.method == "POST" else None
    return CardForm(data, initial=ticked(handover), ticket=handover.ticket, given=given)


def look(handover, form):
    """The ticket as the partner will have it by this form, and what of that is new to him."""
    draft, ticket = copy(handover), handover.ticket
    before = recard.last_told(handover, cards.retold(ticket, handover))
    if form.is_bound:
        kept = cards.Share.from_json(handover.share)
        draft.share = replace(form.share(), files=kept.files, comments=kept.comments).as_json()
        for name, moment in form.times().items():
            setattr(draft, name, moment)
    seen = cards.retold(ticket, draft)
    facts = [fact for fact in mirror.facts_of(seen.card) if fact["value"]]
    left = budget.of(ticket)
    return {
        "seen": seen,
        "facts": facts,
        "changes": differences.drawn(differences.between(before, seen)),
        "budget": budget.part(left, handover.partnership, ticket.priority, draft.due_at),
    }
