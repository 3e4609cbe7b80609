"""Inviting a company, joining one that invited us, and what partners read of us."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.forms import SignUpForm

from ..models import CompanyCard, Terms
from .marks import CHECK

USUAL, OWN = "", "own"
PASSES = [field for field in Terms._meta.fields if field.name.startswith("pass_")]


class InviteForm(forms.Form):
    """Which company we ask to link, where the invitation goes, and on which terms of ours."""

    name = forms.CharField(label=_("Company"), max_length=160)
    email = forms.EmailField(
        label=_("E-mail of its head"),
        max_length=254,
        required=False,
        help_text=_("The invitation goes there. Left empty, you pass the code on yourself."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    basis = forms.ChoiceField(label=_("Our terms"), required=False)
    accept_minutes = forms.IntegerField(
        label=_("Accept within, minutes"), min_value=1, max_value=90 * 24 * 60, required=False, initial=60
    )

    def __init__(self, *args, partners=(), **kwargs):
        """`partners` are the links whose terms this one may begin with."""
        super().__init__(*args, **kwargs)
        self.partners = {str(partner.pk): partner for partner in partners}
        same = [(pk, _("same as with %(name)s") % {"name": one.name}) for pk, one in self.partners.items()]
        self.fields["basis"].choices = [(USUAL, _("as usual")), (OWN, _("as ticked below")), *same]
        for field in PASSES:
            self.fields[field.name] = forms.BooleanField(
                label=field.verbose_name,
                required=False,
                initial=field.default,
                widget=forms.CheckboxInput(attrs=CHECK),
            )

    @property
    def passing(self):
        """The ticks of what we pass."""
        return [self[field.name] for field in PASSES]

    def terms(self, same_as):
        """The chosen first terms as the verb takes them; `same_as` reads them off another link."""
        basis, chosen = self.cleaned_data["basis"], self.cleaned_data
        if basis == OWN:
            minutes = {"accept_minutes": chosen["accept_minutes"]} if chosen["accept_minutes"] else {}
            return {field.name: chosen[field.name] for field in PASSES} | minutes
        return same_as(self.partners[basis]) if basis else {}


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


class Lines(forms.CharField):
    """Several words, one a line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, **kwargs):
        super().__init__(required=False, max_length=4000, **kwargs)

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def run_validators(self, value):
        super().run_validators("\n".join(value))


class CardForm(forms.ModelForm):
    """What partners read of our company."""

    regions = Lines(label=_("Regions"), help_text=_("One a line."))
    services = Lines(label=_("Equipment and kinds of work"), help_text=_("One a line."))

    class Meta:
        model = CompanyCard
        fields = ("about", "regions", "services", "hours", "contact_name", "contact_title", "phone", "email")
        widgets = {
            "about": forms.Textarea(attrs={"rows": 2}),
            "phone": forms.TextInput(attrs={"type": "tel"}),
        }
