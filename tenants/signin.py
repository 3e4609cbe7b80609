"""How people get in: by e-mail and password or a passkey; nobody signs himself up where the installation is closed."""

import logging
import time
from smtplib import SMTPException

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import get_resolver, reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from . import sessions

log = logging.getLogger(__name__)
SIGNED_IN_AT = "signed_in_at"
DOWN = (OSError, SMTPException)
# What a person is written when somebody, he himself or another, changed how he signs in.
TOLD = {
    "account/email/password_changed": _("your password was changed"),
    "account/email/password_reset": _("your password was changed"),
    "account/email/password_set": _("a password was set"),
    "account/email/email_changed": _("the e-mail you sign in with was changed to %(email)s"),
    "mfa/email/totp_activated": _("codes of an app are asked for when you sign in"),
    "mfa/email/totp_deactivated": _("codes of an app are asked for no more"),
    "mfa/email/recovery_codes_generated": _("new recovery codes were made, the former ones are void"),
    "mfa/email/webauthn_added": _("a passkey was added"),
    "mfa/email/webauthn_removed": _("a passkey was removed"),
}


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

    def get_password_change_redirect_url(self, request):
        return reverse("mfa_index")

    def is_reauthentication_required(self, *, app, **kwargs):
        """One rule of how fresh a proof must be, for allauth's pages and for ours."""
        return not is_fresh(self.request)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Tell a person what happened to his sign-in; a mail server that is down undoes nothing of it."""
        if template_prefix not in TOLD:
            return
        with translation.override(user.language):
            told = {
                "user": user,
                "what": TOLD[template_prefix] % (context or {}),
                "ip": self.get_client_ip(self.request),
                "device": sessions.device(self.get_http_user_agent(self.request)),
                "page": settings.BASE_URL + reverse("mfa_index"),
            }
            try:
                self.send_mail("account/email/sign_in_changed", email or user.email, told)
            except DOWN as down:
                log.warning("a person could not be told of a change of his sign-in: %s", type(down).__name__)


def stamp(sender, request, user, **kwargs):
    """A sign-in proves who it is, for a while."""
    request.session[SIGNED_IN_AT] = request.session[sessions.SEEN] = time.time()


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


def prove_email(sender, request, user, **kwargs):
    """A new password by a mailed link proves that the e-mail is his."""
    EmailAddress.objects.filter(user=user).delete()
