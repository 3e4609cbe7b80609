"""What is said with a verb of a hand-over: reasons, reports, ratings."""

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from tickets.forms import FilesField, Moment
from tickets.models import Attachment

from .. import reporting
from ..vocabulary import Criterion
from .marks import CHECK, TEXT

STARS = dict.fromkeys(("required", "invalid", "min_value", "max_value"), _("Choose from one to five stars."))


class ReasonForm(forms.Form):
    """Why; the partner reads it."""

    reason = forms.CharField(label=_("Reason"), max_length=TEXT, widget=forms.Textarea(attrs={"rows": 5}))

    @property
    def said(self):
        """What the verb is told, beside the files."""
        return {"reason": self.cleaned_data["reason"]}


class ReturnForm(ReasonForm):
    """What is missing, with photos of it, and by when it is to be done if not by the deadline he has."""

    due_at = Moment(label=_("New deadline for the partner"), required=False)
    files = FilesField(label=_("Photos and files"), required=False)

    @property
    def said(self):
        return super().said | {"due_at": self.cleaned_data["due_at"]}


class NudgeForm(forms.Form):
    """A word to hurry, if one is wanted."""

    text = forms.CharField(
        label=_("A word to it"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class OwnFiles(forms.ModelMultipleChoiceField):
    def label_from_instance(self, file):
        return f"{file.name}, {filesizeformat(file.size)}"


class ReportForm(forms.Form):
    """What was done: in words, with files of the ticket and new ones, and line by line of the giver's checklist."""

    report = forms.CharField(
        label=_("Work report"),
        max_length=TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "data-says": ""}),
    )
    files = FilesField(label=_("Files"), required=False)
    on_ticket = OwnFiles(
        Attachment.objects,
        label=_("Files of the ticket"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=CHECK),
    )

    def __init__(self, *args, handover, initial=None, **kwargs):
        rows = list(reporting.on_offer(handover))
        first = {"on_ticket": reporting.usual(handover, rows)}
        super().__init__(*args, initial=first | (initial or {}), **kwargs)
        self.fields["on_ticket"].queryset = reporting.on_offer(handover)
        self.lines = handover.checklist
        for place, line in enumerate(self.lines):
            self.fields[f"done_{place}"] = forms.BooleanField(
                label=line["text"], required=False, widget=forms.CheckboxInput(attrs=CHECK)
            )
            self.fields[f"why_{place}"] = forms.CharField(
                label=_("Why not: %(line)s") % {"line": line["text"]},
                required=False,
                max_length=reporting.NOTE,
                widget=forms.TextInput(attrs={"placeholder": _("If not done: why")}),
            )

    @property
    def to_check(self):
        """Each line with its tick and its reason."""
        return [{"done": self[f"done_{place}"], "why": self[f"why_{place}"]} for place in range(len(self.lines))]

    @property
    def checklist(self):
        """The answers as the verb takes them."""
        data = self.cleaned_data
        return [{"done": data[f"done_{place}"], "note": data[f"why_{place}"]} for place in range(len(self.lines))]


def answered(checklist):
    """A checklist that was answered before, as the form begins with it."""
    initial = {}
    for place, line in enumerate(checklist):
        initial |= {f"done_{place}": line["done"], f"why_{place}": line["note"]}
    return initial


def stars(label, **options):
    return forms.IntegerField(label=label, min_value=1, max_value=5, error_messages=STARS, **options)


class RateForm(forms.Form):
    """How well the work was done, as a whole and by criteria."""

    score = stars(_("Rating"))
    text = forms.CharField(
        label=_("In a word"), max_length=TEXT, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    quality = stars(Criterion.QUALITY.label, required=False)
    time = stars(Criterion.TIME.label, required=False)
    talk = stars(Criterion.TALK.label, required=False)

    @property
    def marks(self):
        """The criteria as fields."""
        return [self[name] for name in Criterion.values]

    @property
    def rating(self):
        """The rating as the verb takes it."""
        data = self.cleaned_data
        criteria = {name: data[name] for name in Criterion.values if data.get(name)}
        return {"score": data["score"], "text": data.get("text", ""), "criteria": criteria}


class AnswerForm(forms.Form):
    """The last word on a rating."""

    text = forms.CharField(label=_("Your answer"), max_length=TEXT, widget=forms.Textarea(attrs={"rows": 4}))
