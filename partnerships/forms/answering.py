"""What is said with a verb of a hand-over: reasons, reports, ratings."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.forms import FilesField

from .marks import TEXT


class ReasonForm(forms.Form):
    """Why; the partner reads it."""

    reason = forms.CharField(label=_("Reason"), max_length=TEXT, widget=forms.Textarea(attrs={"rows": 5}))


class ReportForm(forms.Form):
    """What was done, with files."""

    report = forms.CharField(
        label=_("Work report"), max_length=TEXT, required=False, widget=forms.Textarea(attrs={"rows": 7})
    )
    files = FilesField(label=_("Files"), required=False)


class RateForm(forms.Form):
    """How well the work was done."""

    score = forms.IntegerField(
        label=_("Rating"),
        min_value=1,
        max_value=5,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Choose from one to five stars.")
        ),
    )
    text = forms.CharField(
        label=_("In a word"), max_length=TEXT, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class AnswerForm(forms.Form):
    """The last word on a rating."""

    text = forms.CharField(label=_("Your answer"), max_length=TEXT, widget=forms.Textarea(attrs={"rows": 4}))
