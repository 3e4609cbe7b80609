"""An invited company says yes. Outside of every account: the inviter is known by his name, the joiner by a sign-in."""

from django.conf import settings
from django.contrib.auth import login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenants import accounts, guessing, signin
from tenants.forms import refuse
from tenants.models import Account, Membership
from tenants.scoping import account_scope
from tenants.vocabulary import Refused

from .. import agreement
from ..forms import CodeForm, JoinForm, OpenAccountForm
from ..models import Terms


@require_http_methods(["GET", "POST"])
def code(request):
    """Somebody has a code and no link to press."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("join", form.cleaned_data["code"])
    return render(request, "partnerships/join_start.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def join(request, code):
    """Who invites, on which terms, and one button."""
    if guessing.is_too_much(request, code):
        return dead(request, Refused(guessing.TOO_MANY), status=429)
    try:
        key = agreement.find(code)
    except Refused as no:
        guessing.count(request)
        return dead(request, no)
    guessing.remember(request, code)
    if not request.user.is_authenticated:
        return open_account(request, key, code)
    if request.method == "POST" and not signin.is_fresh(request):
        return signin.ask_again(request, request.path)
    mine = accounts_to_link(request.user)
    form = JoinForm(request.POST or None, accounts=mine)
    if request.method == "POST" and form.is_valid():
        account = next(one for one in mine if str(one.pk) == form.cleaned_data["account"])
        try:
            return accept(request, account, code)
        except Refused as no:
            refuse(form, no)
    return draw(request, key, code, form=form, mine=mine)


def dead(request, no, status=404):
    """One sentence for every code that opens nothing, so that it tells nothing."""
    return render(request, "partnerships/join_dead.html", {"sentence": no.sentence}, status=status)


def draw(request, key, code, **context):
    form = context.get("form") or context.get("sign_up")
    context |= {
        "inviter": key.account.name,
        "expires_at": key.expires_at,
        "terms": plain_terms(),
        "code": code,
        "sign_in_url": f"{reverse(settings.LOGIN_URL)}?next={request.path}",
    }
    return render(request, "partnerships/join.html", context, status=422 if form is not None and form.errors else 200)


def plain_terms():
    """What each side passes at first, in words; both may change their own at any time."""
    first = Terms()
    names = [field for field in Terms._meta.fields if field.name.startswith("pass_")]
    return {
        "passed": [_("subject and description"), *(f.verbose_name for f in names if getattr(first, f.name))],
        "kept": [f.verbose_name for f in names if not getattr(first, f.name)],
        "accept_minutes": first.accept_minutes,
    }


def accounts_to_link(user):
    """My accounts in which I may link, each asked inside its own scope."""
    found = []
    for account in Account.objects.filter(seats__user=user, suspended_at=None).order_by("name"):
        with account_scope(account.pk):
            member = Membership.objects.filter(user=user, active=True).first()
            if member and member.may("link"):
                found.append(account)
    return found


def accept(request, account, code):
    """The one click, inside the joiner's account."""
    with account_scope(account.pk):
        member = Membership.objects.get(user=request.user, active=True)
        partnership = agreement.accept(code, by=member)
    return redirect(f"{account.url}partners/{partnership.pk}/")


def open_account(request, key, code):
    """Nobody is signed in: the way to the sign-in, and an account of one's own where the installation allows it."""
    form = OpenAccountForm(request.POST or None) if settings.SIGNUP in ("invite", "open") else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            return begin(request, form.cleaned_data, code)
        except Refused as no:
            refuse(form, no)
    return draw(request, key, code, sign_up=form)


def begin(request, data, code):
    """A new company: its account, its owner, the link, and in."""
    user, account = accounts.begin(data, language=get_language()[:2], proven=False)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    try:
        return accept(request, account, code)
    except Refused as no:
        return dead(request, no)
