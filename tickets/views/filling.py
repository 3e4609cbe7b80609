"""What kind of work a ticket is, and what its kind wants to know."""

from django import forms
from django.db import transaction
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tenants.forms import refuse
from tenants.views.dialogs import frame
from tenants.vocabulary import Refused

from .. import access, fields
from ..models import TicketType
from .answers import done
from .properties import chosen


@require_POST
def type_(request, number):
    """It is another kind of work, or none yet."""
    ticket = access.ticket_or_404(request.member, number)
    to = chosen(TicketType.objects.all(), request.POST.get("to", ""), _("There is no such type."))
    fields.set_type(ticket, to=to, by=request.member)
    return done(request, ticket)


@require_http_methods(["GET", "POST"])
def fields_(request, number):
    """Ask what the ticket's kind wants to know, and keep the answers, each with its line of history."""
    ticket = access.ticket_or_404(request.member, number)
    access.permit(request.member, "work", ticket)
    form = forms.Form(request.POST if request.method == "POST" else None)
    form.fields.update(fields.form_fields(ticket.type_id, ticket.custom))
    if request.method == "POST" and form.is_valid():
        try:
            keep(ticket, form, request)
            return done(request, ticket)
        except Refused as no:
            refuse(form, no)
    context = {
        "frame": frame(request),
        "ticket": ticket,
        "form": form,
        "dialog_action": reverse("tickets:fields", args=[ticket.number]),
        "back_url": reverse("tickets:ticket", args=[ticket.number]),
        "section": "tickets",
    }
    return render(request, "tickets/fields.html", context, status=422 if form.errors else 200)


@transaction.atomic
def keep(ticket, form, request):
    """All of the answers or none of them."""
    for name, asked in form.fields.items():
        fields.set_field(ticket, asked.custom, request.POST.get(name, ""), by=request.member)
        ticket.refresh_from_db(fields=["custom"])
