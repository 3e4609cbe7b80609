"""Agreements with clients: what holds until when, and whose part is not ours."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import account_settings, agreements, clock, history
from ..access import known
from ..forms import refuse
from ..models import Agreement
from ..settings_forms import SHOWN, AgreementForm, AgreementsForm
from ..vocabulary import Refused

PAGE = 50


@require_safe
def index(request):
    """The agreements by client, narrowed and in pages."""
    account_settings.permit(request.member)
    form, today = AgreementsForm(request.GET), timezone.localdate(clock.now())
    wanted = form.wanted
    rows_of = Agreement.objects.select_related("client")
    after = rows_of.filter(pk=known(request.GET.get("after", ""))).first()
    rows = agreements.found(today, **wanted, after=after, most=PAGE)
    for row in rows:
        row.standing = agreements.standing(row, today)
    more = len(rows) > PAGE
    narrowed = any(wanted.values())
    context = {
        "form": form,
        "rows": rows[:PAGE],
        "narrowed": narrowed,
        "first_url": address(wanted) if after else "",
        "next_url": address(wanted, after=rows[PAGE - 1].pk) if more else "",
        "lines": [] if narrowed or after else history.short("agreements"),
        **about(),
    }
    return render(request, "settings/agreements.html", context)


@require_http_methods(["GET", "POST"])
def new(request):
    """One more agreement."""
    account_settings.permit(request.member)
    if request.method == "GET":
        return draw(request, AgreementForm())
    form = AgreementForm(request.POST)
    if form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            agreements.add(facts.pop("client"), by=request.member, **facts)
            return saved(request)
        except Refused as refused:
            refuse(form, refused)
    return draw(request, form, status=422)


@require_http_methods(["GET", "POST"])
def one(request, pk):
    """One agreement: what it says, its end and its return."""
    account_settings.permit(request.member)
    agreement = Agreement.objects.select_related("client").filter(pk=pk).first()
    if agreement is None:
        raise Http404
    if request.method == "GET":
        return draw(request, AgreementForm(agreement=agreement), agreement)
    do = request.POST.get("do", "")
    if do in VERBS:
        VERBS[do](agreement, by=request.member)
        return saved(request)
    form = AgreementForm(request.POST, agreement=agreement)
    if form.is_valid():
        try:
            agreements.change(agreement, by=request.member, **form.cleaned_data)
            return saved(request)
        except Refused as refused:
            refuse(form, refused)
    return draw(request, form, agreement, status=422)


VERBS = {"archive": agreements.archive, "restore": agreements.restore}


def saved(request):
    messages.success(request, _("Saved."))
    return redirect("settings:agreements")


def draw(request, form, agreement=None, status=200):
    clients = () if agreement else agreements.clients().values_list("name", flat=True)[:SHOWN]
    context = {"form": form, "agreement": agreement, "clients": clients, **about()}
    return render(request, "settings/agreement.html", context, status=status)


def about():
    return {"settings_section": "agreements", "section": "settings", "now": clock.now()}


def address(wanted, **more):
    """The same list a little further."""
    parts = {name: str(value) for name, value in {**wanted, **more}.items() if value}
    return reverse("settings:agreements") + ("?" + urlencode(parts) if parts else "")
