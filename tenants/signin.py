"""How people get in: by e-mail and password; nobody signs himself up where the installation is closed."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings


class SignInAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return settings.SIGNUP == "open"
