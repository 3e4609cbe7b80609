"""A new account's first page: what a desk needs to come alive, what of it is there, and the way to the rest."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from partnerships.models import Invitation, Partnership
from tenants import accounts, inviting
from tenants.access import permit
from tenants.forms import refuse
from tenants.models import Client, Membership
from tenants.vocabulary import Refused
from tickets.models import Ticket


class FirstClientForm(forms.Form):
    """Whom the company serves, and who calls from there."""

    name = forms.CharField(label=_("Client company"), max_length=160)
    contact = forms.CharField(label=_("Contact’s name"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("Contact’s phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )


@require_safe
def desk(request):
    """The first steps for whoever sets a new account up; the queue for everybody else."""
    member = request.member
    if member.may("settings") and is_new(request.account):
        return draw(request, FirstClientForm())
    return redirect("tickets:list")


def is_new(account):
    """Whether tickets or partners are still to come, and nobody said that they need not."""
    return not (Ticket.objects.exists() and Partnership.objects.exists()) and not accounts.is_set_up(account)


@require_safe
def start(request):
    """The first steps, whenever somebody wants to see them."""
    permit(request.member, "settings")
    return draw(request, FirstClientForm())


def draw(request, form, status=200):
    done = steps()
    context = {
        "done": done,
        "count": sum(done.values()),
        "form": form,
        "waiting": Invitation.objects.filter(accepted_at=None, declined_at=None, revoked_at=None).exists(),
        "shelved": accounts.is_set_up(request.account),
    }
    return render(request, "first_run.html", context, status=status)


def steps():
    """Which of the four steps are made."""
    return {
        "people": Membership.objects.filter(active=True)[:2].count() > 1 or inviting.waiting().exists(),
        "partner": Partnership.objects.exists(),
        "registry": Client.objects.exists(),
        "ticket": Ticket.objects.exists(),
    }


@require_POST
def shelve(request):
    """The account is set up as far as its people want it."""
    accounts.finish_set_up(request.account, by=request.member)
    return redirect("tickets:list")


@require_POST
def first_client(request):
    """The first line of the registry."""
    form = FirstClientForm(request.POST)
    if form.is_valid():
        facts = form.cleaned_data
        try:
            with transaction.atomic():
                client = accounts.add_client(facts["name"], by=request.member)
                if facts["contact"]:
                    accounts.add_contact(client, name=facts["contact"], phone=facts["phone"], by=request.member)
            messages.success(request, _("The client %(name)s is in the registry.") % {"name": client.name})
            return redirect(reverse("start"))
        except Refused as no:
            refuse(form, no)
    permit(request.member, "settings")
    return draw(request, form, status=422)
