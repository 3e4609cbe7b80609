"""The second proof of who it is: codes of an app, recovery codes, passkeys; on top of allauth's."""

import base64
import ipaddress
import logging
from functools import cache

from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.core.cache import cache as counted
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from . import sessions

log = logging.getLogger(__name__)
NAME = 60


@cache
def locks():
    """Secrets are locked with a key made of the installation's own; the former ones still open."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = [salted_hmac("tenants.second_factor", "", secret=key, algorithm="sha256").digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code does not fit. Wait until the app shows the next one, then try that."),
        "unverified_email": _(
            "Show first that this e-mail is yours: ask for a new password at the sign-in, the letter is the proof."
        ),
        "cannot_generate_recovery_codes": _("Set up an app or a passkey first."),
    }

    def encrypt(self, text):
        return locks().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        """What can't be opened any more fits no code."""
        try:
            return locks().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.error("a second factor was locked with another SECRET_KEY: its owner needs a recovery by an operator")
            return generate_totp_secret()

    def generate_authenticator_name(self, user, type):
        """A key is called after the device it was made on."""
        return sessions.device(self.request.META.get("HTTP_USER_AGENT", "")) or str(_("Passkey"))

    def get_public_key_credential_rp_entity(self):
        return super().get_public_key_credential_rp_entity() | {"name": "CoTicket"}


def passkeys_work(request):
    """Browsers keep passkeys for a name only: an installation that is reached by figures has none."""
    host = request.get_host().rsplit(":", 1)[0].strip("[]")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


@transaction.atomic
def forget(user):
    """Codes and passkeys of a person who lost them all open and ask nothing any more; how many there were."""
    count, _rows = Authenticator.objects.filter(user=user).delete()
    sessions.end_others(user, keep=None)
    return count


class Once:
    """A code of the app opens once, for as long as it could open at all."""

    def clean_code(self):
        code = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            life = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
            plain = "".join(filter(str.isalnum, code))
            if not counted.add(f"second-factor:{self.user.pk}:{plain}", "used", timeout=life):
                raise SecondFactorAdapter().validation_error("incorrect_code")
        return code


class CodeForm(Once, AuthenticateForm):
    pass


class CodeAgainForm(Once, ReauthenticateForm):
    pass


class AddPasskeyForm(AddWebAuthnForm):
    name = forms.CharField(label=_("Name"), required=False, max_length=NAME, help_text=_("To tell your keys apart."))
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without the password"),
        required=False,
        initial=True,
        help_text=_("The device then asks for your finger, face or PIN."),
    )


class EditPasskeyForm(EditWebAuthnForm):
    name = forms.CharField(label=_("Name"), max_length=NAME)
