"""What people may send to set up an account: explicit fields, each mistake at its field."""

from django import forms
from django.utils.translation import gettext_lazy as _

from . import zones
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
