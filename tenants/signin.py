"""How people get in: by e-mail and password; nobody signs himself up where the installation is closed."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class SignInAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("Wrong e-mail or password. Try again, or set a new password."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes and try again."),
    }

    def is_open_for_signup(self, request):
        return settings.SIGNUP == "open"

    def get_reset_password_from_key_url(self, key):
        """Mailed links come from the configured address: a Host header proves nothing."""
        uid, _sep, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return settings.BASE_URL + path

    def format_email_subject(self, subject):
        return f"CoTicket: {subject}"
