"""The people of an account: who works here and who has left, what each may, and the ways to change it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import clock, consequences, history, inviting, panels, people, roles
from ..access import known, member_or_404, permit
from ..forms import MemberForm, PeopleForm, RoleForm, refuse
from ..models import Activity, Membership
from ..vocabulary import Refused, Role
from .dialogs import ask, go
from .proof import proven

PAGE = 50
HISTORY = 20


@require_safe
def everybody(request):
    """Who works here, narrowed and in pages."""
    form = PeopleForm(request.GET)
    wanted = form.wanted
    after = Membership.objects.filter(pk=known(request.GET.get("after", ""))).first()
    rows = found(wanted, after)
    more = len(rows) > PAGE
    context = {
        "form": form,
        "rows": rows[:PAGE],
        "narrowed": any(wanted.values()),
        "phrase": wanted["q"],
        "keep": [{"name": name, "value": value} for name, value in asked(wanted).items() if name != "q"],
        "first_url": address(wanted) if after else "",
        "next_url": address(wanted, after=rows[PAGE - 1].pk) if more else "",
        "meanings": meanings(),
    }
    return draw(request, "people/list.html", "people", **context)


def found(wanted, after):
    """One page of people and one row more, if there is one."""
    rows = Membership.objects.select_related("user").prefetch_related("teams").order_by("name", "pk")
    if wanted["state"] != "all":
        rows = rows.filter(active=wanted["state"] != "left")
    if wanted["role"]:
        rows = rows.filter(role=wanted["role"])
    if wanted["team"]:
        rows = rows.filter(teams=wanted["team"])
    if wanted["q"]:
        q = wanted["q"]
        rows = rows.filter(Q(name__icontains=q) | Q(title__icontains=q) | Q(user__email__icontains=q))
    if after:
        rows = rows.filter(Q(name__gt=after.name) | Q(name=after.name, pk__gt=after.pk))
    return list(rows[: PAGE + 1])


def asked(wanted):
    """What narrows the list, as an address says it."""
    return {name: str(getattr(value, "pk", value)) for name, value in wanted.items() if value}


def address(wanted, **more):
    parts = asked({**wanted, **more})
    return reverse("people:list") + ("?" + urlencode(parts) if parts else "")


def meanings():
    """Each role with what it may and may not, from the one table."""
    return [{"role": role, "label": role.label, **roles.meaning(role)} for role in Role]


def draw(request, template, part, *, status=200, **context):
    """A page of the settings about people."""
    may_manage = request.member.may("manage_people")
    context |= {
        "settings_section": part,
        "section": "settings",
        "may_manage": may_manage,
        "waiting": inviting.waiting().count() if may_manage else 0,
        "now": clock.now(),
    }
    return render(request, template, context, status=status)


@require_safe
def member(request, pk):
    """One person: what he may here, and what became of him."""
    return page(request, member_or_404(pk))


def page(request, person, *, status=200, form=None):
    mine = request.member.may("manage_people")
    touchable = person.active and (person.role != Role.OWNER or request.member.role == Role.OWNER)
    lines, next_url = told(request, person) if mine else ([], "")
    context = {
        "person": person,
        "teams": list(person.teams.all()),
        "meaning": roles.meaning(person.role, restricted=person.restricted),
        "form": form or MemberForm(instance=person),
        "panels": panels.member_panels(request, person),
        "lines": lines,
        "next_url": next_url,
        "may_edit": mine and touchable,
        "may_move": mine and touchable and person.pk != request.member.pk,
        "may_restrict": person.role in roles.RESTRICTABLE,
        "may_transfer": request.member.may("close_account") and person.active and person.pk != request.member.pk,
    }
    return draw(request, "people/member.html", "people", status=status, **context)


def told(request, person):
    """The lines of the ledger about this person, and where the next ones are."""
    rows = Activity.objects.filter(subject_id=person.pk, ticket_id=None, kind__in=history.kinds()).order_by("-id")
    before = known(request.GET.get("before", ""))
    found = list((rows.filter(pk__lt=before) if before else rows)[: HISTORY + 1])
    more = len(found) > HISTORY
    return found[:HISTORY], f"{request.path}?before={found[HISTORY - 1].pk}" if more else ""


@require_POST
def edit(request, pk):
    """A name or a position."""
    person = member_or_404(pk)
    form = MemberForm(request.POST, instance=member_or_404(pk))
    if form.is_valid():
        try:
            people.edit(person, by=request.member, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("people:member", pk)
        except Refused as no:
            refuse(form, no)
    return page(request, person, form=form, status=422)


@require_http_methods(["GET", "POST"])
@proven("people:member", about=True)
def role(request, pk):
    """Another role, chosen by what it means."""
    person = member_or_404(pk)
    permit(request.member, "manage_people")
    form = RoleForm(request.POST or None, by=request.member, member=person)
    back = reverse("people:member", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            people.change_role(person, to=form.cleaned_data["role"], by=request.member)
            messages.success(request, _("The role is changed."))
            return go(request, back)
        except Refused as no:
            refuse(form, no)
    context = {"person": person, "form": form, "meanings": meanings()}
    return ask(request, "people/role.html", back, status=422 if form.errors else 200, **context)


@require_POST
@proven("people:member", about=True)
def restrict(request, pk):
    """See everything, or only what was granted."""
    person = people.set_restricted(member_or_404(pk), to=request.POST.get("to") == "1", by=request.member)
    said = _("%(name)s sees only what was granted.") if person.restricted else _("%(name)s sees every ticket.")
    messages.success(request, said % {"name": person.name})
    return redirect("people:member", pk)


@require_http_methods(["GET", "POST"])
@proven("people:member", about=True)
def remove(request, pk):
    """A person leaves; first what goes with him."""
    person = member_or_404(pk)
    permit(request.member, "manage_people")
    if request.method == "POST":
        people.remove(person, by=request.member)
        messages.success(request, _("%(name)s is removed.") % {"name": person.name})
        return go(request, reverse("people:list"))
    losses = consequences.of_losing(person)
    return ask(request, "people/remove.html", reverse("people:member", args=[pk]), person=person, losses=losses)


@require_http_methods(["GET", "POST"])
@proven("people:member", about=True)
def transfer(request, pk):
    """The account gets another owner."""
    person = member_or_404(pk)
    back = reverse("people:member", args=[pk])
    if request.method == "POST":
        people.transfer_ownership(to=person, by=request.member)
        messages.success(request, _("%(name)s owns the account now. You are an administrator.") % {"name": person.name})
        return go(request, back)
    people.permit_transfer(request.member)
    return ask(request, "people/transfer.html", back, person=person)
