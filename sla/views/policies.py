"""What is promised to whom, as an account sets it up; and which promise a ticket falls under."""

import re

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenants import account_settings, clock, history
from tenants.forms import refuse
from tenants.vocabulary import Refused
from tickets import access

from .. import durations, finding, matrix, policies, said
from ..models import Policy
from ..policy_forms import FOUND, MatrixForm, PolicyForm
from ..vocabulary import Target

NUMBER = re.compile(r"(\d{1,9})\s*$")


@require_safe
def all_policies(request):
    """The policies in the order in which they are asked, and which one a ticket falls under."""
    account_settings.permit(request.member)
    return draw_list(request, "settings/policies.html")


def draw_list(request, template):
    rows = list(Policy.objects.select_related("calendar"))
    names = said.names_of([row.when for row in rows])
    for row in rows:
        row.asks, row.promises = said.conditions(row.when, names), said.promises(row.targets)
    context = {
        "rows": [row for row in rows if row.archived_at is None],
        "archived": [row for row in rows if row.archived_at],
        "settings_section": "policies",
        "section": "settings",
        "now": clock.now(),
    }
    if template == "settings/policies.html":
        context |= {"lines": history.short("policies"), "weighs": matrix.current().on, **tried(request)}
    return render(request, template, context)


def tried(request):
    """Which policy the ticket of this number falls under, and why; one that nobody sees is no ticket."""
    asked = request.GET.get("ticket", "").replace("\0", "").strip()[:20]
    if not asked:
        return {}
    number = NUMBER.search(asked)
    try:
        ticket = access.ticket_or_404(request.member, int(number[1]) if number else 0)
    except Http404:
        return {"asked": asked}
    ticket.account = request.account
    choice = policies.choose(ticket)
    promises = policies.promised(choice.policy, ticket.priority).items()
    return {
        "asked": asked,
        "ticket": ticket,
        "choice": choice,
        "promises": [(target.label, durations.say(seconds // 60)) for target, seconds in promises],
        "agreement": policies.agreement_of(ticket),
    }


@require_POST
def usual(request):
    """Begin with what most desks promise."""
    account_settings.permit(request.member)
    policies.start_usual(by=request.member)
    messages.success(request, _("Done: change it as you like."))
    return redirect("sla:policies")


@require_http_methods(["GET", "POST"])
def new(request):
    """One more promise."""
    account_settings.permit(request.member)
    return answer(request, None)


@require_http_methods(["GET", "POST"])
def one(request, pk):
    """One promise: what it says, its place, its end and its return."""
    account_settings.permit(request.member)
    row = Policy.objects.select_related("calendar").filter(pk=pk).first()
    if row is None:
        raise Http404
    do = request.POST.get("do", "")
    if do in ("up", "down"):
        policies.place(row, up=do == "up", by=request.member)
        return draw_list(request, "settings/_policies.html") if request.htmx else redirect(f"{home()}#row-{row.pk}")
    if do in ("archive", "restore"):
        VERBS[do](row, by=request.member)
        messages.success(request, _("Saved."))
        return redirect("sla:policies")
    return answer(request, row)


VERBS = {"archive": policies.archive, "restore": policies.restore}


def answer(request, row):
    """The form, the form with one more thing ticked, or the policy as it stands from now on."""
    if request.method == "GET":
        return draw_form(request, PolicyForm(row=row))
    data = picked(request.POST)
    form = PolicyForm(data, row=row)
    if "pick" in data or asks(data):
        return draw_form(request, looked(form), phrase="" if "pick" in data else data.get("q", ""))
    if form.is_valid():
        try:
            save(row, form.wanted, by=request.member)
            messages.success(request, _("Saved."))
            return redirect("sla:policies")
        except Refused as refused:
            refuse(form, refused)
    return draw_form(request, form, status=422)


def asks(data):
    """Whether more is looked for: Enter in the search looks, anywhere else it saves."""
    return "look" in data or ("enter" in data and data.get("q", "").strip())


def save(row, wanted, *, by):
    return policies.change(row, by=by, **wanted) if row else policies.add(wanted.pop("name"), by=by, **wanted)


def picked(data):
    """What was sent, with the hit that was pressed ticked."""
    name, _sep, pk = data.get("pick", "").partition(":")
    if name not in FOUND or not pk:
        return data
    data = data.copy()
    data.appendlist(name, pk)
    return data


def looked(form):
    """The form with what was typed, none of it checked yet: only more was looked for."""
    initial = {name: form[name].data for name in form.fields}
    return PolicyForm(row=form.row, initial=initial)


def draw_form(request, form, *, phrase="", status=200):
    context = {
        "form": form,
        "row": form.row,
        "phrase": phrase.strip(),
        "groups": finding.find(request.member, phrase),
        "targets": [target.label for target in Target],
        "action": request.path,
        "settings_section": "policies",
        "section": "settings",
    }
    part = request.htmx and "pick" in request.POST
    return render(request, "settings/_policy_when.html" if part else "settings/policy.html", context, status=status)


@require_safe
def find(request):
    """What the registry knows under the typed words."""
    account_settings.permit(request.member)
    phrase = request.GET.get("q", "")
    context = {"groups": finding.find(request.member, phrase), "phrase": phrase.strip()}
    return render(request, "settings/_policy_hits.html", context)


@require_http_methods(["GET", "POST"])
def weights(request):
    """How impact and urgency make the priority."""
    account_settings.permit(request.member)
    form = MatrixForm(request.POST if request.method == "POST" else None, matrix=matrix.current())
    if form.is_bound and form.is_valid():
        try:
            matrix.change(by=request.member, **form.wanted)
            messages.success(request, _("Saved."))
            return redirect("sla:matrix")
        except Refused as refused:
            refuse(form, refused)
    context = {"form": form, "settings_section": "policies", "section": "settings"}
    return render(request, "settings/matrix.html", context, status=422 if form.errors else 200)


def home():
    return reverse("sla:policies")
