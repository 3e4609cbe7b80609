"""What a person may send about himself: explicit fields, each mistake at its field."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from . import zones
from .models import LANGUAGES


class ProfileForm(forms.Form):
    """How a person is called, and how his screens are."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("A company that has given you another name keeps that one."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("All times on your screens and in your mails are in it."),
        widget=zones.ZoneSelect,
    )
    theme = forms.ChoiceField(
        label=_("Theme"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", pgettext_lazy("theme", "As the system")),
            ("light", pgettext_lazy("theme", "Light")),
            ("dark", pgettext_lazy("theme", "Dark")),
        ],
    )
    density = forms.ChoiceField(
        label=_("Lists and tickets"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", pgettext_lazy("density", "Roomy")),
            ("compact", pgettext_lazy("density", "Compact: more rows at a glance")),
        ],
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = zones.choices(_("as the company has it"))


class NewEmailForm(forms.Form):
    """Where the person wants to be written to from now on."""

    email = forms.EmailField(
        label=_("New e-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_email(self):
        return self.cleaned_data["email"].strip().lower()
