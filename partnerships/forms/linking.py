"""Inviting a company, and joining one that invited us."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.forms import SignUpForm

from .marks import CHECK


class InviteForm(forms.Form):
    """Which company we ask to link."""

    name = forms.CharField(label=_("Company"), max_length=160)


class CodeForm(forms.Form):
    """The code of somebody else's invitation, typed as people type."""

    code = forms.CharField(label=_("Code"), max_length=200, help_text=_("Or open the link that you were sent."))

    def clean_code(self):
        """Only the letters and digits; a whole link is understood by its last piece."""
        typed = self.cleaned_data["code"].strip().rstrip("/").rsplit("/", 1)[-1]
        code = "".join(char for char in typed.upper() if char.isalnum())
        if not code:
            raise forms.ValidationError(_("Type the code as you got it."))
        return code


class JoinForm(forms.Form):
    """Into which of my accounts the invitation is accepted."""

    account = forms.ChoiceField(label=_("Your account"), widget=forms.RadioSelect(attrs=CHECK))

    def __init__(self, *args, accounts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [(str(account.pk), account.name) for account in accounts]
        self.fields["account"].initial = str(accounts[0].pk) if accounts else None


class OpenAccountForm(SignUpForm):
    """A company without an account gets one on the way."""
