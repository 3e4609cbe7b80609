"""The told site and equipment become ours: added with one click, or recognised as one that we have."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tenants.forms import refuse
from tenants.vocabulary import Refused, refuse_unless
from tickets import lookup
from tickets.access import permit

from .. import adopting, cards
from ..access import handover_or_404
from ..forms.cards import AdoptForm, OursForm
from .replies import dialog, moved


@require_http_methods(["GET", "POST"])
def adopt(request, pk, what):
    """Into our registry as it was told; whose site it is, is asked where we can't know."""
    handover = taken_or_refused(request, pk, "registry")
    member, ticket = request.member, handover.ticket
    if what != adopting.SITE:
        if request.method == "POST":
            adopting.adopt_device(handover, what, by=member)
            return moved(request, ticket)
        return dialog(request, "partnerships/adopt.html", AdoptForm(member=member), ticket, told=told(handover, what))
    asks = handover.partnership.client is None
    named = told(handover, what)
    form = AdoptForm(request.POST if request.method == "POST" else None, member=member, said=named["client"])
    if request.method == "POST" and (not asks or form.is_valid()):
        try:
            adopting.adopt_site(handover, by=member, client=form.cleaned_data["client"] if asks else None)
            return moved(request, ticket)
        except Refused as no:
            if not asks:
                raise
            refuse(form, no)
    return dialog(request, "partnerships/adopt.html", form, ticket, asks=asks, told=named)


@require_http_methods(["GET", "POST"])
def ours(request, pk, what):
    """Find it in our registry and say that this is the one."""
    handover = taken_or_refused(request, pk, "change")
    kind = "site" if what == adopting.SITE else "equipment"
    named = told(handover, what)
    phrase = request.POST.get("q", request.GET.get("q", named["phrase"]))
    if "list" in request.GET:
        return render(request, "partnerships/_ours.html", hits(request.member, kind, phrase))
    form = OursForm(request.POST or None, member=request.member, kind=kind)
    if request.method == "POST" and "find" in request.POST:
        form = OursForm(member=request.member, kind=kind)
    elif request.method == "POST" and form.is_valid():
        try:
            adopting.choose(handover, what, form.cleaned_data["pick"], by=request.member)
            return moved(request, handover.ticket)
        except Refused as no:
            refuse(form, no)
    found = hits(request.member, kind, phrase)
    return dialog(request, "partnerships/ours.html", form, handover.ticket, told=named, **found)


@require_POST
def none_of_ours(request, pk, what):
    """It was recognised wrongly."""
    handover = taken_or_refused(request, pk, "change")
    adopting.let_go(handover, what, by=request.member)
    return moved(request, handover.ticket)


def taken_or_refused(request, pk, ability):
    """A hand-over that came to us, for who may do this."""
    handover = handover_or_404(request.member, pk)
    permit(request.member, ability, handover.ticket)
    refuse_unless(not handover.is_given, _("That is for the other company to do."))
    return handover


def told(handover, what):
    """The told thing in words, and what to look for first."""
    card = cards.read_card(handover.card)
    if what == adopting.SITE:
        refuse_unless(card.site, _("No site was told."))
        site = card.site
        note = ", ".join(part for part in (site.code, site.address, site.client) if part)
        name = site.name or site.address or site.code
        return {"name": name, "note": note, "phrase": site.code or site.name, "client": site.client}
    _word, device = adopting.named(card, what)
    numbers = [part for part in (device.serial_number, device.inventory_number) if part]
    return {"name": device.name, "note": ", ".join(numbers), "phrase": numbers[0] if numbers else device.name}


def hits(member, kind, phrase):
    """What of our registry answers to the phrase, as far as the member sees it."""
    groups = lookup.find(member, phrase) if phrase.strip() else []
    rows = next((group["rows"] for group in groups if group["kind"] == kind), [])
    return {"phrase": phrase, "hits": [hit(kind, row) for row in rows]}


def hit(kind, row):
    """A row of the registry as a choice."""
    if kind == "site":
        parts = (row.code, row.address, row.client.name)
    else:
        parts = (row.serial_number, row.inventory_number, str(row.site))
    return {
        "value": f"{kind}:{row.pk}",
        "title": str(row),
        "note": ", ".join(part for part in parts if part),
    }
