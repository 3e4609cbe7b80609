"""What people may send to set up an account: explicit fields, each mistake at its field."""

from django import forms
from django.utils.translation import gettext_lazy as _

from . import agreements, zones
from .account_settings import LONGEST_HOLD, LONGEST_NAME
from .history import SECTIONS, kinds
from .models import LANGUAGES, Membership
from .vocabulary import Hue

# A list that a person scrolls through.
SHOWN = 300
COLOURS = [("", _("none")), *((str(hue.value), hue.label) for hue in Hue)]


class HueField(forms.TypedChoiceField):
    """One of the twelve colours, or none; drawn as a row of swatches."""

    def __init__(self, **options):
        super().__init__(
            choices=COLOURS,
            coerce=int,
            empty_value=None,
            required=False,
            widget=forms.RadioSelect(attrs={"data-swatches": ""}),
            **options,
        )


class AccountForm(forms.Form):
    """What a company says of itself."""

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("Your people see it at once; partners keep the name under which they linked you."),
    )
    brand = forms.CharField(
        label=_("Name for clients"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_("If clients know you by another name. Canned texts can say it."),
    )
    hue = HueField(label=_("Colour"), help_text=_("Your square in the list of companies and over the menu."))
    prefix = forms.CharField(
        label=_("Ticket prefix"),
        max_length=6,
        help_text=_("One to six letters before the number. Numbers stay, and search finds the former prefix as well."),
    )
    hold_seconds = forms.IntegerField(
        label=_("Seconds to undo a sent comment"),
        min_value=0,
        max_value=LONGEST_HOLD,
        help_text=_("A comment for others waits so long before it leaves. 0 sends at once."),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=LANGUAGES, help_text=_("For what the desk writes itself. People choose their own.")
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Times are shown in it to whoever has not chosen his own."),
        widget=zones.ZoneSelect,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = zones.choices()
        # What the page showed comes back with it: a fact that somebody else changed meanwhile is left alone.
        for field in self.fields.values():
            field.show_hidden_initial = True

    @property
    def seen(self):
        """What the page shows before anything is typed."""
        return [field.as_hidden(only_initial=True) for field in self]

    @property
    def wanted(self):
        """Only what the person changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


class HistoryForm(forms.Form):
    """What narrows the history; what it doesn't know narrows nothing."""

    section = forms.ChoiceField(label=_("Part"), required=False)
    person = forms.ModelChoiceField(
        Membership.objects, label=_("Who"), required=False, empty_label=_("anybody"), to_field_name="pk"
    )

    def __init__(self, data):
        super().__init__(data)
        told = [(code, word) for code, word in SECTIONS.items() if kinds(code)]
        self.fields["section"].choices = [("", _("all")), *told]
        people = Membership.objects.all()
        self.fields["person"].queryset = people
        self.fields["person"].widget.choices = [
            ("", _("anybody")),
            *((str(row.pk), row.name) for row in people[:SHOWN]),
        ]

    @property
    def wanted(self):
        """The section and the member's id that were understood."""
        self.is_valid()
        person = self.cleaned_data.get("person")
        return {"section": self.cleaned_data.get("section") or "", "person": person.pk if person else None}


class Day(forms.DateField):
    """A day of the calendar, or none."""

    def __init__(self, **options):
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(required=False, widget=widget, input_formats=["%Y-%m-%d", "%d.%m.%Y"], **options)


class AgreementForm(forms.Form):
    """An agreement with a client; with whom it was made stays as it was."""

    client = forms.CharField(label=_("Client"), max_length=160, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    number = forms.CharField(label=_("Number"), max_length=80)
    name = forms.CharField(label=_("Name"), max_length=160, required=False)
    starts_on = Day(label=_("Holds from"))
    ends_on = Day(label=_("until and including"), help_text=_("Empty: for an indefinite time."))
    third_parties = forms.CharField(
        label=_("Part of third parties"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whom the agreement names beside us and for what: the vendor, the provider, the landlord."),
    )
    answers_for_others = forms.BooleanField(
        label=_("We answer for third parties"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "check"}),
        help_text=_("Otherwise a deadline missed while a third party had the turn is not counted against us."),
    )

    def __init__(self, *args, agreement=None, **kwargs):
        super().__init__(*args, initial=self.facts(agreement), **kwargs)
        if agreement:
            del self.fields["client"]
        else:
            self.fields["client"].widget.attrs["list"] = "clients"

    @staticmethod
    def facts(agreement):
        """What the form starts with."""
        names = ("number", "name", "starts_on", "ends_on", "third_parties", "answers_for_others")
        return {name: getattr(agreement, name) for name in names} if agreement else {"answers_for_others": True}

    def clean_client(self):
        client = agreements.clients().filter(name__iexact=self.cleaned_data["client"]).first()
        if client is None:
            raise forms.ValidationError(agreements.NO_CLIENT)
        return client


class AgreementsForm(forms.Form):
    """What narrows the list of agreements; what it doesn't know narrows nothing."""

    q = forms.CharField(label=_("Client, number or name"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("Which"), required=False, choices=agreements.STATES)

    @property
    def wanted(self):
        """The words and the state that were understood."""
        self.is_valid()
        return {"q": self.cleaned_data.get("q") or "", "state": self.cleaned_data.get("state") or ""}
