"""How people get in: by e-mail and password; nobody signs himself up where the installation is closed."""

import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import get_resolver, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

SIGNED_IN_AT = "signed_in_at"


class SignInAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("Wrong e-mail or password. Try again, or set a new password."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes and try again."),
    }

    def is_open_for_signup(self, request):
        """An account comes by an invitation or from the operator; a sign-in without one would open nothing."""
        return False

    def get_reset_password_from_key_url(self, key):
        """Mailed links come from the configured address: a Host header proves nothing."""
        uid, _sep, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return settings.BASE_URL + path

    def format_email_subject(self, subject):
        return f"CoTicket: {subject}"


def stamp(sender, request, user, **kwargs):
    """A sign-in proves who it is, for a while."""
    request.session[SIGNED_IN_AT] = time.time()


def is_fresh(request):
    """Whether the person has proved in this session, a quarter of an hour ago at most, who he is."""
    proofs = [record["at"] for record in get_authentication_records(request, request.user)]
    latest = max(request.session.get(SIGNED_IN_AT, 0), *proofs, 0)
    return time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def ask_again(request, back):
    """Ask for the password once more; the person comes back to the page he was at, and presses there again."""
    messages.info(request, _("It has been a while: confirm that it is you, then do it once more."))
    page = get_resolver(settings.ROOT_URLCONF).reverse("account_reauthenticate")
    url = f"/{page}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
