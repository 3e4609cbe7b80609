"""The selected tickets of a list: handed over at once, or their partners asked to hurry; and the rest of a round."""

import hashlib

from django.contrib import messages
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tenants.forms import refuse
from tenants.views.dialogs import frame, go
from tenants.vocabulary import Refused
from tickets.views.bulk import back, chosen

from .. import access, bulk, rounds
from ..access import handable
from ..forms import HeapForm
from ..models import Partnership
from ..vocabulary import LinkState
from .replies import moved


@require_POST
def hand_over(request):
    """Ask to whom, show which can go and which can't and why, and hand over what was seen going."""
    tickets = bulk.selection(chosen(request), by=request.member)
    form = HeapForm(request.POST) if "to" in request.POST else HeapForm()
    sent = form.is_bound and form.is_valid()
    ready = bulk.sort(tickets, form.cleaned_data["to"]) if form.is_bound and "to" in form.cleaned_data else None
    if sent and "look" not in request.POST and form.cleaned_data["seen"] == seen(form, ready):
        try:
            return gone(request, form, tickets)
        except Refused as no:
            refuse(form, no)
    return draw(request, tickets, form, ready)


def gone(request, form, tickets):
    """They are on their way, and the list says how many."""
    data = form.cleaned_data
    told = {name: data[name] for name in ("to", "template", "due_at", "message")}
    ready = bulk.hand_over(tickets, by=request.member, rest_stays=True, **told)
    n = len(ready.going)
    said = ngettext("%(n)d ticket is handed over to %(partner)s.", "%(n)d tickets are handed over to %(partner)s.", n)
    messages.success(request, said % {"n": n, "partner": data["to"].name})
    return go(request, back(request))


def seen(form, ready):
    """By this the dialog knows that what goes now is what was shown."""
    going = " ".join(str(ticket.pk) for ticket in ready.going)
    return hashlib.sha256(f"{form.cleaned_data['to'].pk} {going}".encode()).hexdigest()[:16]


def draw(request, tickets, form, ready):
    """The dialog, the same as a page, or only what changes with the partner; 422 when it could not be done."""
    partners = list(Partnership.objects.exclude(state=LinkState.ENDED).select_related("link", "account"))
    mine = handable(request.member, partners)
    to = form.cleaned_data.get("to") if form.is_bound else None
    context = {
        "frame": frame(request),
        "form": form,
        "tickets": tickets,
        "ready": ready,
        "budgets": budgets(ready, form) if ready else [],
        "to": to,
        "seen": seen(form, ready) if ready else "",
        "partners": [
            {"row": one, "off": "" if one.is_active and one.pk in mine else why_off(one), "checked": one == to}
            for one in partners
        ],
        "dialog_action": request.path,
        "back_url": back(request),
        "section": "tickets",
    }
    looked = request.htmx and request.htmx.target == "heap-look"
    status = 422 if form.errors and "look" not in request.POST else 200
    return render(
        request, "partnerships/_heap_look.html" if looked else "partnerships/heap.html", context, status=status
    )


def budgets(ready, form):
    """How the time of what can go would be parted by the form as it stands."""
    data = form.cleaned_data
    return list(bulk.parted(ready.going, data["to"], data.get("template"), data.get("due_at")))


def why_off(partner):
    """Why nothing can go to this partner now."""
    no = access.NOT_YOURS_TO_HAND if partner.is_active else _("The link with %(partner)s is not active.")
    return no % {"partner": partner.name}


@require_POST
def nudge(request):
    """Ask the partners of the selected tickets to hurry."""
    done = bulk.nudge(bulk.selection(chosen(request), by=request.member), by=request.member)
    n, rest = len(done.going), len(done.kept)
    said = ngettext("Asked to hurry about %(n)d ticket.", "Asked to hurry about %(n)d tickets.", n) % {"n": n}
    if rest:
        why = ngettext("%(n)d was left out: %(why)s", "%(n)d were left out: %(why)s", rest)
        said += " " + why % {"n": rest, "why": f"{done.kept[0][0].ref}: {done.kept[0][1]}"}
    messages.success(request, said)
    return go(request, back(request))


@require_POST
def stop_round(request, pk):
    """Whoever waits to be asked about a ticket is not asked any more."""
    made = access.round_or_404(request.member, pk)
    rounds.stop(made, by=request.member)
    return moved(request, made.ticket)
