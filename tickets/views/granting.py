"""Who sees what by name: on a person's page, and on a ticket."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenants import access as tenancy
from tenants.models import Membership
from tenants.views.dialogs import frame
from tenants.views.proof import proven
from tenants.vocabulary import refuse_unless

from .. import access, granting
from .answers import done

asks = require_http_methods(["GET", "POST"])


@asks
@proven("people:member", about=True)
def of_member(request, pk):
    """Teams, clients and sites that a person sees by name: found as one types, ticked, and taken back."""
    tenancy.permit(request.member, "manage_people")
    person = tenancy.member_or_404(pk)
    if request.method == "POST" and "look" not in request.POST:
        return changed(request, person)
    asked = request.POST if request.method == "POST" else request.GET
    phrase = asked.get("q", "")
    ticked = named(asked.getlist("thing"))
    found = [one for one in granting.grantable(phrase, person) if one.thing not in [row.thing for row in ticked]]
    context = {
        "frame": frame(request),
        "person": person,
        "phrase": phrase,
        "ticked": ticked,
        "found": found,
        "dialog_action": request.path,
        "back_url": reverse("people:member", args=[person.pk]),
        "section": "settings",
    }
    part = request.htmx and request.htmx.target == "grantable"
    return render(request, "people/_grantable.html" if part else "people/grant.html", context)


def changed(request, person):
    """Give what was ticked, or take back what was pressed; then the person's page says how it stands."""
    back = reverse("people:member", args=[person.pk])
    taken, given = named(request.POST.getlist("revoke")), named(request.POST.getlist("thing"))
    refuse_unless(taken or given, _("Tick what the person may see."), "thing")
    for one in taken:
        granting.revoke(one.thing, to=person, by=request.member)
    for one in given:
        granting.grant(one.thing, to=person, by=request.member)
    messages.success(request, _("What %(name)s sees is saved.") % {"name": person.name})
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": back})
    return redirect(back)


def named(values):
    """The teams, clients and sites that a form names as kind:id; what is not here is left out."""
    rows = []
    for value in values[: granting.SHOWN]:
        what, _sep, pk = value.partition(":")
        thing = granting.heap_of(what, uuid(pk))
        rows += [granting.Granted(what, thing)] if thing else []
    return rows


def uuid(value):
    try:
        return UUID(value)
    except ValueError:
        return None


@asks
def of_ticket(request, number):
    """Let engineers and restricted agents see one ticket, or let them see it no longer."""
    ticket = access.ticket_or_404(request.member, number)
    access.permit(request.member, "change", ticket)
    if request.method == "POST":
        taken, given = people(request.POST.getlist("revoke")), people(request.POST.getlist("to"))
        refuse_unless(taken or given, _("Choose who may see the ticket."), "to")
        for person in taken:
            granting.revoke(ticket, to=person, by=request.member)
        for person in given:
            granting.grant(ticket, to=person, by=request.member)
        return done(request, ticket)
    context = {
        "frame": frame(request),
        "ticket": ticket,
        "seeing": granting.named_on(ticket),
        "blind": granting.blind_to(ticket)[: granting.SHOWN],
        "dialog_action": request.path,
        "back_url": reverse("tickets:ticket", args=[ticket.number]),
        "section": "tickets",
    }
    return render(request, "tickets/grant.html", context)


def people(values):
    """The members that a form names."""
    return list(Membership.objects.filter(pk__in=filter(None, map(uuid, values)), active=True))
