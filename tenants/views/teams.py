"""Teams: who answers for a kind of work together."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import accounts, consequences, history, people
from ..access import permit, team_or_404
from ..forms import EditTeamForm, TeamForm, TeamPeopleForm, refuse
from ..models import Team
from ..vocabulary import Refused
from .dialogs import ask, go
from .people import draw


@require_safe
def all_teams(request):
    """The teams by support line, and a new one."""
    return overview(request, TeamForm())


def overview(request, form, status=200):
    here = Count("members", filter=Q(members__active=True))
    context = {"teams": Team.objects.annotate(people=here), "form": form, "lines": shown(request)}
    return draw(request, "people/teams.html", "teams", status=status, **context)


def shown(request):
    """The last changes, for whoever may see the settings' history."""
    return history.short("teams") if request.member.may("settings") else []


@require_POST
def add(request):
    """A new team."""
    form = TeamForm(request.POST)
    if form.is_valid():
        try:
            team = accounts.add_team(form.cleaned_data["name"], line=form.cleaned_data["line"], by=request.member)
            return redirect("people:team", team.pk)
        except Refused as no:
            refuse(form, no)
    permit(request.member, "manage_people")
    return overview(request, form, 422)


@require_safe
def team(request, pk):
    """One team: its line and its people."""
    return page(request, team_or_404(pk))


def page(request, ours, *, form=None, chosen=None, status=200):
    facts = {"name": ours.name, "line": ours.line, "lead": ours.lead_id}
    context = {
        "team": ours,
        "people": list(ours.members.filter(active=True).order_by("name")),
        "form": form or EditTeamForm(initial=facts),
        "chosen": chosen or TeamPeopleForm(initial={"members": list(ours.members.values_list("pk", flat=True))}),
    }
    return draw(request, "people/team.html", "teams", status=status, **context)


@require_POST
def edit(request, pk):
    """Another name, line or lead."""
    ours = team_or_404(pk)
    form = EditTeamForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                people.edit_team(ours, by=request.member, **form.facts)
                people.set_lead(ours, to=form.cleaned_data["lead"], by=request.member)
            messages.success(request, _("Saved."))
            return redirect("people:team", pk)
        except Refused as no:
            refuse(form, no)
    permit(request.member, "manage_people")
    return page(request, ours, form=form, status=422)


@require_POST
def members(request, pk):
    """Exactly these people."""
    ours = team_or_404(pk)
    form = TeamPeopleForm(request.POST)
    if form.is_valid():
        try:
            people.set_team(ours, members=form.cleaned_data["members"], by=request.member)
            messages.success(request, _("Saved."))
            return redirect("people:team", pk)
        except Refused as no:
            refuse(form, no)
    permit(request.member, "manage_people")
    return page(request, ours, chosen=form, status=422)


@require_http_methods(["GET", "POST"])
def remove(request, pk):
    """A team ends; first what it leaves behind."""
    ours = team_or_404(pk)
    permit(request.member, "manage_people")
    if request.method == "POST":
        people.remove_team(ours, by=request.member)
        messages.success(request, _("The team %(name)s is removed.") % {"name": ours.name})
        return go(request, reverse("people:teams"))
    losses = consequences.of_losing(ours)
    return ask(request, "people/team_remove.html", reverse("people:team", args=[pk]), team=ours, losses=losses)
