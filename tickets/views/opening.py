"""A new ticket."""

from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tenants import accounts
from tenants.vocabulary import Refused

from .. import files as filing
from .. import lifecycle, queue
from ..access import permit
from ..forms import NewTicketForm


@require_http_methods(["GET", "POST"])
def new(request):
    """The empty form, the narrowed one, or the ticket that came of it."""
    permit(request.member, "create")
    if request.method == "GET":
        return draw(request, NewTicketForm(initial=asked(request), member=request.member))
    form = NewTicketForm(request.POST, request.FILES, member=request.member)
    if "narrow" in request.POST:
        return draw(request, NewTicketForm(initial=typed(form), member=request.member))
    if form.is_valid():
        try:
            with transaction.atomic():
                ticket = opened(form, request.FILES.getlist("files"), by=request.member)
            return redirect(reverse("tickets:ticket", args=[ticket.number]))
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
    return draw(request, form, status=422)


def asked(request):
    """What an address says of the ticket to be."""
    return {**request.GET.dict(), "equipment": request.GET.getlist("equipment")}


def typed(form):
    """Everything in the form as it was typed, for drawing it again without checking it."""
    return {name: form[name].data for name in form.fields if name != "files"}


def opened(form, uploads, *, by):
    """The ticket with its files, and the client or contact who was not listed."""
    facts = form.cleaned_data
    client, contact = facts["client"], facts["contact"]
    if facts["new_client"]:
        permit(by, "registry")
        client = accounts.add_client(facts["new_client"], by=by)
    if facts["new_contact"]:
        permit(by, "registry")
        contact = accounts.add_contact(client, name=facts["new_contact"], phone=facts["new_phone"], by=by)
    ticket = lifecycle.open_ticket(
        facts["subject"],
        by=by,
        description=facts["description"],
        equipment=facts["equipment"],
        client=client,
        contact=contact,
        site=facts["site"],
        priority=facts["priority"],
        assignee=facts["assignee"],
        due_at=facts["due_at"],
    )
    for upload in uploads:
        filing.attach(ticket, upload, by=by)
    return ticket


def draw(request, form, status=200):
    """The form with what the chosen site already has open."""
    context = {
        "form": form,
        "similar": queue.similar(request.member, form.site_chosen),
        "section": "tickets",
        "back_url": reverse("tickets:list"),
    }
    return render(request, "tickets/new.html", context, status=status)


@require_safe
def place(request):
    """The part of the form that depends on the client and the site chosen so far."""
    permit(request.member, "create")
    form = NewTicketForm(initial=asked(request), member=request.member)
    context = {"form": form, "similar": queue.similar(request.member, form.site_chosen)}
    return render(request, "tickets/_place.html", context)
