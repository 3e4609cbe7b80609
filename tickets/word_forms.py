"""What people may send to set up the account's own words: explicit fields, each mistake at its field."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenants.settings_forms import HueField

from .models import CannedText, CustomField, Status, Tag, TicketType
from .typology import LONGEST_LABEL
from .vocabulary import FINISHED, Audience, Category, FieldKind, Glyph, Tone, WaitReason

NOWHERE = pgettext_lazy("status", "choose where they go")


class WordForm(forms.Form):
    """One of the account's words, new or as it stands."""

    def __init__(self, *args, row=None, **kwargs):
        initial = {**(self.facts(row) if row else {}), **(kwargs.pop("initial", None) or {})}
        super().__init__(*args, initial=initial, **kwargs)
        self.row = row

    @staticmethod
    def facts(row):
        """What the form starts with."""
        return {"name": row.name}

    @property
    def wanted(self):
        """What the verb is asked for."""
        return dict(self.cleaned_data)


class StatusForm(WordForm):
    """A status: how it is called, what it counts as, how it is drawn; and where its tickets go when it is archived."""

    name = forms.CharField(label=_("Name"), max_length=60)
    category = forms.ChoiceField(
        label=_("Category"),
        choices=Category.choices,
        help_text=_("What lists, clocks and partners take it for. “Waiting” gives the turn to the client."),
    )
    glyph = forms.ChoiceField(label=_("Sign"), choices=Glyph.choices, widget=forms.RadioSelect, initial=Glyph.OPEN)
    waits_for = forms.ChoiceField(
        label=_("Waits for"),
        choices=[("", _("as the sign says")), *WaitReason.choices],
        required=False,
        help_text=_("For “waiting” only: whose time it is, and which clocks stop."),
    )
    hue = forms.ChoiceField(
        label=_("Colour"),
        choices=[("", _("as the sign")), *Tone.choices],
        required=False,
        widget=forms.RadioSelect(attrs={"data-swatches": ""}),
    )
    replacement = forms.ModelChoiceField(
        Status.objects, label=_("Its open tickets go to"), required=False, empty_label=NOWHERE
    )

    def __init__(self, *args, row=None, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        others = Status.objects.filter(archived_at=None)
        if row:
            finished = row.category in FINISHED
            others = others.exclude(pk=row.pk).filter(
                category__in=[one for one in Category.values if (one in FINISHED) == finished]
            )
        self.fields["replacement"].queryset = others

    @staticmethod
    def facts(row):
        return {name: getattr(row, name) for name in ("name", "category", "glyph", "hue", "waits_for")}

    @property
    def wanted(self):
        return {name: value for name, value in self.cleaned_data.items() if name != "replacement"}


class TypeForm(WordForm):
    """A kind of work."""

    name = forms.CharField(label=_("Name"), max_length=60)


class FieldForm(WordForm):
    """A custom field; of what kind and for which type it is stays as it was made."""

    label = forms.CharField(label=_("Name"), max_length=LONGEST_LABEL)
    type = forms.ModelChoiceField(
        TicketType.objects, label=_("For tickets of type"), required=False, empty_label=_("every ticket")
    )
    kind = forms.ChoiceField(label=_("Kind of value"), choices=FieldKind.choices)
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One a line, for “one of several” only. A choice that is taken away stays on tickets that have it."
        ),
    )
    required = forms.BooleanField(label=_("Must be filled in"), required=False)

    def __init__(self, *args, row=None, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        self.fields["type"].queryset = TicketType.objects.filter(archived_at=None)
        if row:
            del self.fields["type"], self.fields["kind"]
            if row.kind != FieldKind.CHOICE:
                del self.fields["choices"]

    @staticmethod
    def facts(row):
        return {"label": row.label, "choices": "\n".join(row.choices), "required": row.required}

    @property
    def wanted(self):
        return {**self.cleaned_data, "choices": self.cleaned_data.get("choices", "").splitlines()}


class TagForm(WordForm):
    """A tag; and into which other one it is merged."""

    name = forms.CharField(label=_("Name"), max_length=40)
    hue = HueField(label=_("Colour"))
    into = forms.ModelChoiceField(Tag.objects, label=_("Merge into"), required=False, empty_label=_("choose a tag"))

    def __init__(self, *args, row=None, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        others = Tag.objects.filter(archived_at=None)
        self.fields["into"].queryset = others.exclude(pk=row.pk) if row else others

    @staticmethod
    def facts(row):
        return {"name": row.name, "hue": "" if row.hue is None else row.hue}

    @property
    def wanted(self):
        return {name: value for name, value in self.cleaned_data.items() if name != "into"}


class CannedForm(WordForm):
    """A canned text and whom it is for."""

    name = forms.CharField(label=_("Name"), max_length=80)
    audience = forms.ChoiceField(
        label=_("Who will see it"), choices=[("", _("anybody")), *Audience.choices], required=False
    )
    body = forms.CharField(
        label=_("Text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 9, "data-insert-into": ""})
    )

    @staticmethod
    def facts(row):
        return {"name": row.name, "audience": row.audience, "body": row.body}


FORMS = {Status: StatusForm, TicketType: TypeForm, CustomField: FieldForm, Tag: TagForm, CannedText: CannedForm}
