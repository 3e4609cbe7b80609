"""When somebody comes: planned, changed and called off at the co-ticket."""

from django.views.decorators.http import require_http_methods

from tenants.forms import refuse
from tenants.vocabulary import Refused, refuse_unless
from tickets.access import permit
from tickets.forms import workers

from .. import moves, visiting
from ..access import handover_or_404
from ..forms.cards import VisitForm
from .replies import dialog, moved


@require_http_methods(["GET", "POST"])
def visit(request, pk):
    """From when until when, who, and a word to it."""
    handover = handover_or_404(request.member, pk)
    member, ticket = request.member, handover.ticket
    permit(member, "work", ticket)
    refuse_unless(not handover.is_given and handover.state in visiting.OPEN, moves.too_late(handover))
    form = VisitForm(request.POST or None, initial=planned(handover, member), people=people(handover, member))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if "call_off" in request.POST:
                visiting.call_off(handover, by=member, note=data["note"])
            else:
                visiting.plan(handover, by=member, who=data["who"], note=data["note"], **form.times())
            return moved(request, ticket)
        except Refused as no:
            refuse(form, no)
    return dialog(request, "partnerships/visit.html", form, ticket, handover=handover)


def planned(handover, member):
    """The visit as it is planned; before that the wished time, and whoever answers for the ticket."""
    if handover.visit_from:
        names = {"visit_from": "visit_from", "visit_until": "visit_until", "who": "visit_who", "note": "visit_note"}
        return {name: getattr(handover, field) for name, field in names.items()}
    assignee = handover.ticket.assignee
    who = (assignee.name if assignee else "") if member.may("hand_over") else member.name
    return {"visit_from": handover.wish_from, "visit_until": handover.wish_until, "who": who}


def people(handover, member):
    """Who may come: for the dispatcher all who work, for an engineer himself."""
    if not member.may("hand_over"):
        return [member.name]
    names = list(workers().order_by("name").values_list("name", flat=True)[:300])
    return names if not handover.visit_who or handover.visit_who in names else [handover.visit_who, *names]
