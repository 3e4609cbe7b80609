"""An invited person says yes. Outside of every account: he has a code, and either a sign-in or a name to give."""

from django.conf import settings
from django.contrib.auth import login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import accounts, guessing, inviting, roles
from ..forms import NewcomerForm, refuse
from ..models import Membership, User
from ..scoping import account_scope
from ..vocabulary import Refused


@never_cache
@require_http_methods(["GET", "POST"])
def welcome(request, code):
    """Who invites, as what, and one button."""
    if guessing.is_too_much(request, code):
        return dead(request, Refused(guessing.TOO_MANY), status=429)
    try:
        key = inviting.find(code)
        with account_scope(key.account_id):
            invitation = inviting.of_key(key)
    except Refused as no:
        guessing.count(request)
        return dead(request, no)
    guessing.remember(request, code)
    if request.user.is_authenticated:
        return step_in(request, key, code, invitation)
    return begin(request, key, code, invitation)


def dead(request, no, status=404):
    """One sentence for every code that opens nothing, so that it tells nothing."""
    return render(request, "people/welcome_dead.html", {"sentence": no.sentence}, status=status)


def draw(request, key, invitation, *, status=200, **context):
    context |= {
        "account": None,  # the inviter's name is all that is shown of it
        "inviter": key.account.name,
        "invitation": invitation,
        "meaning": roles.meaning(invitation.role, restricted=invitation.restricted),
        "sign_in_url": f"{reverse(settings.LOGIN_URL)}?next={request.path}",
    }
    return render(request, "people/welcome.html", context, status=status)


def step_in(request, key, code, invitation):
    """Somebody who is signed in takes his place, unless it is kept for another."""
    if is_member(request.user, key):
        return redirect(key.account.url)
    no = Refused(inviting.OTHERS) if invitation.email not in ("", request.user.email) else None
    if request.method == "POST" and no is None:
        try:
            with account_scope(key.account_id):
                inviting.accept(code, user=request.user)
            return redirect(key.account.url)
        except Refused as late:
            return dead(request, late)
    return draw(request, key, invitation, no=no, status=422 if request.method == "POST" else 200)


def is_member(user, key):
    """Whether the person works there already: then the invitation stays for whom it is meant."""
    with account_scope(key.account_id):
        return Membership.objects.filter(user=user, active=True).exists()


def begin(request, key, code, invitation):
    """Nobody is signed in: the way to the sign-in, or a name and a password of one's own."""
    known = bool(invitation.email) and User.objects.filter(email=invitation.email).exists()
    form = None if known else NewcomerForm(request.POST or None, proven=invitation.email)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            return come_in(request, key, code, invitation, form.cleaned_data)
        except Refused as no:
            if no.field is None:
                return dead(request, no)
            refuse(form, no)
    return draw(request, key, invitation, form=form, status=422 if form is not None and form.errors else 200)


def come_in(request, key, code, invitation, data):
    """A new person and his place come to be together, or not at all."""
    with account_scope(key.account_id):
        user = accounts.newcomer(
            data["email"],
            name=data["name"],
            password=data["password"],
            language=get_language()[:2],
            proven=bool(invitation.email),
        )
        inviting.accept(code, user=user)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(key.account.url)
