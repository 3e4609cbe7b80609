"""Stars for the partner's work, and his answer to them."""

from django.views.decorators.http import require_http_methods

from tenants.forms import refuse
from tenants.vocabulary import Refused
from tickets.access import permit

from .. import ratings
from ..access import handover_or_404
from ..forms import AnswerForm, RateForm
from .replies import dialog, moved

asks = require_http_methods(["GET", "POST"])


@asks
def rate(request, pk):
    """We say how well the partner did."""
    handover = handover_or_404(request.member, pk)
    permit(request.member, "hand_over", handover.ticket)
    initial = {"score": handover.score, "text": handover.rating_text, **handover.criteria}
    form = RateForm(request.POST) if request.method == "POST" else RateForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            ratings.rate(handover, by=request.member, **form.rating)
            return moved(request, handover.ticket)
        except Refused as no:
            refuse(form, no)
    return dialog(request, "partnerships/rate.html", form, handover.ticket, handover=handover)


@asks
def answer(request, pk):
    """We answer the rating of our work."""
    handover = handover_or_404(request.member, pk)
    permit(request.member, "hand_over", handover.ticket)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ratings.answer_rating(handover, by=request.member, text=form.cleaned_data["text"])
            return moved(request, handover.ticket)
        except Refused as no:
            refuse(form, no)
    return dialog(request, "partnerships/rating_answer.html", form, handover.ticket, handover=handover)
