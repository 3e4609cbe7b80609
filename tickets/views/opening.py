"""A new ticket, while the client talks."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tenants.forms import refuse
from tenants.vocabulary import Refused

from .. import access, lookup, opening, slots
from ..access import permit
from ..opening_forms import NewTicketForm, piece, place

REDRAWS = ("find", "narrow", "pick", "drop")


@require_http_methods(["GET", "POST"])
def new(request):
    """The empty form, the form with one more choice made, or the ticket that came of it."""
    permit(request.member, "create")
    if request.method == "GET":
        return draw(request, form_of(request, asked(request)))
    form = NewTicketForm(request.POST, request.FILES, member=request.member)
    if request.POST.get("instead"):
        return tell_instead(request)
    if any(name in request.POST for name in REDRAWS):
        return draw(request, form_of(request, choices(request, request.POST, typed(form))))
    if form.is_valid():
        try:
            with transaction.atomic():
                ticket = opening.take(form.cleaned_data, by=request.member, uploads=request.FILES.getlist("files"))
            return go_on(request, ticket)
        except Refused as refused:
            refuse(form, refused)
    return draw(request, form, status=422)


def asked(request):
    """What an address says of the ticket to be."""
    return {**request.GET.dict(), "equipment": request.GET.getlist("equipment")}


def typed(form):
    """Everything in the form as it was typed, for drawing it again without checking it."""
    return {name: form[name].data for name in form.fields if name != "files"}


def form_of(request, initial):
    """The form with these answers in it, none of them checked yet."""
    return NewTicketForm(initial=initial, member=request.member)


def choices(request, data, initial):
    """The answers after one hit was taken or one choice was cleared."""
    hit = lookup.row_or_none(request.member, data.get("pick", ""))
    if hit:
        kind, row = hit
        initial = {**initial, **opening.picked(request.member, kind, row, chosen(initial))}
    elif data.get("pick", "").startswith("new_"):
        name, _sep, text = data["pick"].partition(":")
        initial = {**initial, **({name: text} if name in NewTicketForm.NEW else {})}
    if data.get("drop") in NewTicketForm.PLACE:
        initial = {**initial, data["drop"]: [] if data["drop"] == "equipment" else ""}
    return initial


def chosen(initial):
    """The part of the answers that says who and where."""
    return {name: initial.get(name) or ([] if name == "equipment" else "") for name in NewTicketForm.PLACE}


def go_on(request, ticket):
    """To the ticket, to the next call, or wherever else the pressed button leads."""
    ticket.account, way = request.account, request.POST.get("next", "")
    url = reverse("tickets:ticket", args=[ticket.number])
    messages.success(request, _("%(ref)s is open.") % {"ref": ticket.ref})
    if way == "another":
        return redirect("tickets:new")
    onward = {one["value"]: one["url"] for one in slots.ways_after_opening(request.member)}
    return redirect(onward[way](ticket) if way in onward else url)


def tell_instead(request):
    """The call is about a ticket that is open already: what was typed waits there as a draft for us."""
    number = request.POST["instead"]
    ticket = access.ticket_or_404(request.member, int(number) if number.isdecimal() and len(number) < 10 else 0)
    text = "\n\n".join(part for part in (request.POST.get(name, "") for name in ("subject", "description")) if part)
    opening.tell_instead(ticket, text, by=request.member)
    return redirect("tickets:ticket", ticket.number)


def place_of(request, form, **more):
    """What the part about who and where is drawn from."""
    picked = form.chosen
    return {
        "form": form,
        "similar": similar(request.member, form),
        "chosen": picked,
        "twins": [(hit(kind, row), field) for field, kind, row in form.twins],
        "next_field": "lookup" if not (picked["site"] or form.makes) else "id_subject",
        **more,
    }


def similar(member, form):
    """Tickets that may be the same call told twice."""
    site, client = form.chosen["site"], form.chosen["client"]
    subject = form["subject"].value() or ""
    return opening.similar(member, site=site, client=client, devices=form.devices, subject=subject)


def draw(request, form, status=200):
    """The form with what the chosen place already has open."""
    phrase = request.POST.get("lookup", "") if "find" in request.POST else ""
    context = {
        **place_of(request, form, groups=hits(request.member, phrase) if phrase else None, phrase=phrase),
        "makes": makes(phrase),
        "custom": [form[name] for name in form.custom],
        "ways": slots.ways_after_opening(request.member),
        "section": "tickets",
        "back_url": reverse("tickets:list"),
    }
    return render(request, "tickets/new.html", context, status=status)


@require_safe
def place_fragment(request):
    """Who and where, after one more choice."""
    permit(request.member, "create")
    form = form_of(request, choices(request, request.GET, asked(request)))
    return render(request, "tickets/_place.html", place_of(request, form, oob=True))


@require_safe
def lookup_hits(request):
    """What the registry knows under the words of the caller."""
    permit(request.member, "create")
    phrase = request.GET.get("lookup", "")
    context = {"groups": hits(request.member, phrase), "phrase": phrase.strip(), "makes": makes(phrase)}
    return render(request, "tickets/_hits.html", context)


def makes(phrase):
    """What may be written down under words that found nothing: a number is a phone, the rest a name."""
    contact = ("new_phone", _("A new contact with this phone")) if lookup.digits_of(phrase) else None
    names = (
        contact or ("new_contact", _("New contact")),
        ("new_client", _("New client")),
        ("new_site", _("New site")),
        ("new_serial", _("New equipment with this serial number")),
    )
    return [{"name": name, "label": label} for name, label in names]


def hits(member, phrase):
    """The groups of hits as the list draws them: [{label, hits: [{value, icon, title, note}]}]."""
    found = lookup.find(member, phrase)
    return [{"label": one["label"], "hits": [hit(one["kind"], row) for row in one["rows"]]} for one in found]


def hit(kind, row):
    """One line of the list: what it is, and what tells it from its namesakes."""
    told = {
        "contact": lambda: ("user", row.name, [row.phone, row.title, row.client.name]),
        "site": lambda: (
            "map-pin",
            f"{row.code} · {row.name}" if row.code else row.name,
            [row.address, row.client.name],
        ),
        "equipment": lambda: ("cpu-chip", piece(row), [place(row.site)]),
        "client": lambda: ("building-office", row.name, []),
    }
    icon, title, notes = told[kind]()
    note = ", ".join(note for note in notes if note)
    return {"value": f"{kind}:{row.pk}", "icon": icon, "title": title, "note": note}


@require_safe
def similar_tickets(request):
    """Open tickets that sound like what is being typed."""
    permit(request.member, "create")
    form = form_of(request, asked(request))
    return render(request, "tickets/_similar.html", {"similar": similar(request.member, form)})


@require_safe
def own_fields(request):
    """The account's own questions for the chosen type."""
    permit(request.member, "create")
    form = form_of(request, asked(request))
    return render(request, "tickets/_asked.html", {"custom": [form[name] for name in form.custom]})
