"""A person's own pages, outside of every account: who he is, how he signs in, where he is signed in."""

from contextlib import contextmanager
from zoneinfo import ZoneInfo

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.views import PasswordResetView
from allauth.mfa.base.views import IndexView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .. import clock, guessing, profile, sessions
from .. import signin as entrance
from ..forms import refuse
from ..me_forms import NewEmailForm, ProfileForm
from ..models import Account, User
from ..vocabulary import Refused
from .signing_up import NO_MAIL

SALT, VALID = "new-email", 24 * 60 * 60
DESK = "desk"


def desk_of(request):
    """The account a person came to his own pages from, or else his first; and all his accounts."""
    if not hasattr(request, "desks"):
        came_from = request.GET.get("from") or request.session.get(DESK, "")
        seats = list(Account.objects.filter(seats__user=request.user).order_by("name"))
        desk = next((account for account in seats if account.slug == came_from), seats[0] if seats else None)
        if desk and request.session.get(DESK) != desk.slug:
            request.session[DESK] = desk.slug
        request.desks = desk, seats
    return request.desks


def draw(request, template, context, status=200):
    """A page of the person's own, its times told as he reads them."""
    with told_in(request.user, desk_of(request)[0]):
        return render(request, template, context, status=status)


@contextmanager
def told_in(user, desk):
    """Times in the person's zone, or in that of his desk."""
    zone = user.zone or (desk.zone if desk else "")
    with timezone.override(ZoneInfo(zone) if zone else None):
        yield


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def me(request):
    """How a person is called, and how his screens speak and look."""
    user = request.user
    known = {name: getattr(user, name) for name in ("name", "language", "zone", "theme", "density")}
    form = ProfileForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            profile.describe(user, **form.cleaned_data)
        except Refused as no:
            refuse(form, no)
        else:
            return saved(request, user)
    # What was refused must not dress the page.
    user.refresh_from_db()
    return draw(request, "me/profile.html", {"form": form}, status=422 if form.errors else 200)


def saved(request, user):
    """Back to the page, which speaks the chosen language already."""
    with translation.override(user.language):
        messages.success(request, _("Saved."))
    answer = redirect("me")
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, user.language, max_age=365 * 86400, samesite="Lax", secure=settings.SECURE
    )
    return answer


@method_decorator([never_cache, login_required, require_GET], name="dispatch")
class Security(IndexView):
    """By what a person proves who he is."""

    def render_to_response(self, context, **_kwargs):
        found = context["authenticators"]
        codes = found.get("recovery_codes")
        facts = {
            "app": found.get("totp"),
            "passkeys": found.get("webauthn", []),
            "codes_left": len(codes.get_unused_codes()) if codes else None,
            "codes_total": len(codes.generate_codes()) if codes else 0,
        }
        return draw(self.request, "me/security.html", facts)


@never_cache
@login_required
@reauthentication_required
@require_http_methods(["GET", "POST"])
def new_email(request):
    """A letter goes to the new address; nothing changes before its link is followed."""
    form = NewEmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if email == request.user.email:
            form.add_error("email", _("This is your e-mail already."))
        elif not guessing.is_allowed(request, "sign_up_letter", key=email):
            form.add_error(None, guessing.SLOWER)
        elif not write(request.user, email):
            form.add_error("email", NO_MAIL)
        else:
            return draw(request, "me/email_sent.html", {"email": email})
    return draw(request, "me/email.html", {"form": form}, status=422 if form.errors else 200)


def write(user, email):
    """Send the letter: only who reads it learns whether somebody signs in with this address already."""
    token = signing.dumps([str(user.pk), user.email, email], salt=SALT)
    context = {
        "user": user,
        "known": User.objects.filter(email=email).exists(),
        "url": settings.BASE_URL + reverse("new_email_confirm", args=[token]),
    }
    try:
        with translation.override(user.language):
            get_adapter().send_mail("account/email/new_email", email, context)
    except entrance.DOWN:
        return False
    return True


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new_email_confirm(request, token):
    """The link of the letter: one button, in the browser of the person it was written for."""
    user = request.user
    try:
        pk, before, email = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        pk = before = email = ""
    if (pk, before) != (str(user.pk), user.email):
        return draw(request, "me/email_dead.html", {}, status=404)
    if request.method == "GET":
        return draw(request, "me/email_confirm.html", {"email": email})
    try:
        profile.change_email(user, email)
    except Refused:
        return draw(request, "me/email_dead.html", {}, status=404)
    get_adapter().send_notification_mail("account/email/email_changed", user, {"email": email}, email=before)
    messages.success(request, _("From now on you sign in with %(email)s.") % {"email": email})
    return redirect("mfa_index")


@never_cache
@login_required
@require_GET
def signed_in(request):
    """Where the person is signed in."""
    mine = request.session.session_key
    rows = [
        {
            "pk": row.pk,
            "device": sessions.device(row.user_agent),
            "hand_held": sessions.is_hand_held(row.user_agent),
            "ip": row.ip,
            "since": row.created_at,
            "seen": row.last_seen_at,
            "here": row.session_key == mine,
        }
        for row in sessions.alive(request.user)
    ]
    rows.sort(key=lambda row: not row["here"])
    return draw(request, "me/sessions.html", {"rows": rows, "now": clock.now()})


@login_required
@require_POST
def end_session(request, pk):
    """Out with that browser; one that is gone already is gone."""
    if not sessions.end(request.user, pk):
        raise Http404
    messages.success(request, _("That browser is signed out."))
    return redirect("usersessions_list")


@login_required
@require_POST
def end_others(request):
    """Out everywhere but here."""
    sessions.end_others(request.user, keep=request.session.session_key)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("usersessions_list")


class PasswordReset(PasswordResetView):
    """A new password by letter; with the mail server down the person reads that, not an error."""

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except entrance.DOWN:
            form.add_error("email", NO_MAIL)
            return self.render_to_response(self.get_context_data(form=form), status=422)


def to_security(request):
    """Allauth's list of keys is a part of our page."""
    return HttpResponseRedirect(reverse("mfa_index"))
