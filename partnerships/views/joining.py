"""An invited company says yes. Outside of every account: the inviter is known by his name, the joiner by a sign-in."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tenants import accounts, clock, guessing, signin
from tenants.forms import refuse
from tenants.models import Account, Membership
from tenants.scoping import account_scope
from tenants.vocabulary import Refused

from .. import agreement, conditions, inviting, plainly, presenting
from ..forms import CodeForm, JoinForm, OpenAccountForm
from ..protocol import SharedTerms


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
        key = inviting.find(code)
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


@never_cache
@require_POST
def decline(request, code):
    """The invited company says no; whoever invited it is told."""
    if guessing.is_too_much(request, code):
        return dead(request, Refused(guessing.TOO_MANY), status=429)
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("join", args=[code]))
    form = JoinForm(request.POST, accounts=accounts_to_link(request.user))
    if not form.is_valid():
        return redirect("join", code)
    try:
        with account_scope(form.cleaned_data["account"]):
            inviting.decline(code, by=Membership.objects.get(user=request.user, active=True))
    except Refused as no:
        guessing.count(request)
        return dead(request, no)
    return render(request, "partnerships/join_declined.html")


def dead(request, no, status=404):
    """One sentence for every code that opens nothing, so that it tells nothing."""
    return render(request, "partnerships/join_dead.html", {"sentence": no.sentence}, status=status)


def draw(request, key, code, **context):
    form = context.get("form") or context.get("sign_up")
    context |= what_is_offered(key) | {
        "code": code,
        "hours": hours_left(key),
        "days": days_left(key),
        "sign_in_url": f"{reverse(settings.LOGIN_URL)}?next={request.path}",
    }
    return render(request, "partnerships/join.html", context, status=422 if form is not None and form.errors else 200)


def what_is_offered(key):
    """Who invites and on which terms of both sides, as whoever holds the code may read it."""
    with account_scope(key.account_id):
        invitation = inviting.behind(key)
        theirs = plainly.words_of(conditions.told(inviting.first_terms(invitation)))
        return {
            "inviter": key.account.name,
            "asked_by": invitation.created_by,
            "company": presenting.company(),
            "theirs": theirs,
            "ours": plainly.words_of(SharedTerms()),
        }


def hours_left(key):
    """Whole hours until the invitation runs out, one at least."""
    return max(1, int((key.expires_at - clock.now()).total_seconds() // 3600))


def days_left(key):
    """Whole days until then, while they are two at least; below that people count in hours."""
    hours = hours_left(key)
    return hours // 24 if hours >= 48 else 0


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
