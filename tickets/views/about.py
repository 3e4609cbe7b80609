"""Who asks, where and about what, changed on the ticket's page."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tenants.forms import refuse
from tenants.views.dialogs import frame
from tenants.vocabulary import Refused

from .. import access, placing
from ..about_forms import AboutForm
from .answers import done


@require_http_methods(["GET", "POST"])
def about(request, number):
    """Ask for client, contact, site, equipment and agreement, and write them down."""
    ticket = access.ticket_or_404(request.member, number)
    access.permit(request.member, "change", ticket)
    standing = placing.standing(ticket)
    initial = {name: getattr(standing[name], "pk", None) for name in ("client", "contact", "site")}
    initial |= {"equipment": [row.pk for row in standing["equipment"]], "agreement": ticket.agreement}
    data = request.POST if request.method == "POST" else None
    form = AboutForm(data, initial=initial, member=request.member, standing=standing)
    if form.is_bound and form.is_valid() and "look" not in request.POST:
        try:
            placing.place(ticket, by=request.member, **form.facts())
            placing.set_agreement(ticket, to=form.cleaned_data["agreement"], by=request.member)
            return done(request, ticket)
        except Refused as no:
            refuse(form, no)
    context = {
        "frame": frame(request),
        "form": form,
        "ticket": ticket,
        "dialog_action": reverse("tickets:about", args=[ticket.number]),
        "back_url": reverse("tickets:ticket", args=[ticket.number]),
        "section": "tickets",
    }
    return render(request, "tickets/about.html", context, status=422 if form.errors else 200)
