"""How an account is set up: its own facts, and the history of everything that was set up."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import account_settings, clock, history
from ..access import cursor
from ..forms import refuse
from ..settings_forms import AccountForm, HistoryForm
from ..vocabulary import Refused


@require_http_methods(["GET", "POST"])
def account(request):
    """What the company says of itself."""
    account_settings.permit(request.member)
    if request.method == "GET":
        return draw(request, AccountForm(initial={name: shown(request, name) for name in account_settings.FACTS}))
    form = AccountForm(request.POST)
    if form.is_valid():
        try:
            account_settings.change(request.account, by=request.member, **form.wanted)
            messages.success(request, _("Saved."))
            return redirect("settings:account")
        except Refused as refused:
            refuse(form, refused)
    return draw(request, form, status=422)


def shown(request, name):
    """The fact as its field takes it."""
    value = getattr(request.account, name)
    return "" if value is None else value


def draw(request, form, status=200):
    context = {
        "form": form,
        "settings_section": "account",
        "section": "settings",
        "lines": history.short("account"),
        "now": clock.now(),
    }
    return render(request, "settings/account.html", context, status=status)


@require_safe
def changes(request):
    """Who set up what, when, and what it was before."""
    account_settings.permit(request.member)
    form = HistoryForm(request.GET)
    wanted = form.wanted
    page = history.page(**wanted, before=cursor(request.GET.get("before", "")))
    context = {
        "form": form,
        "page": page,
        "narrowed": any(wanted.values()),
        "first_url": address(wanted) if "before" in request.GET else "",
        "next_url": address(wanted, before=page.next) if page.next else "",
        "settings_section": "history",
        "section": "settings",
        "now": clock.now(),
    }
    return render(request, "settings/history.html", context)


def address(wanted, **more):
    """The same history a little further."""
    parts = {name: str(value) for name, value in {**wanted, **more}.items() if value}
    return reverse("settings:history") + ("?" + urlencode(parts) if parts else "")
