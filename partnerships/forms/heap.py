"""Many tickets for one partner."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.forms import Moment

from ..models import HandoverTemplate, Partnership
from ..vocabulary import LinkState
from .marks import CHECK, TEXT


class HeapForm(forms.Form):
    """To whom, by which template, by when, and what is said with every one of them."""

    to = forms.ModelChoiceField(Partnership.objects, label=_("Partner"), widget=forms.RadioSelect(attrs=CHECK))
    template = forms.ModelChoiceField(
        HandoverTemplate.objects,
        label=_("Template"),
        required=False,
        empty_label=_("As the terms with the partner say"),
    )
    due_at = Moment(
        label=_("One deadline for all"),
        required=False,
        help_text=_("Left empty: as promised where that fits, else four fifths of its time, or as the template says."),
    )
    message = forms.CharField(
        label=_("Message to the partner"),
        required=False,
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    # Which tickets a person saw going, so that no other set of them goes.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = Partnership.objects.exclude(state=LinkState.ENDED).select_related("link")
        chosen = self.data.get("to") if self.is_bound else None
        known = self.fields["to"].queryset.filter(pk=chosen).first() if is_id(chosen) else None
        self.fields["template"].queryset = HandoverTemplate.objects.filter(partnership=known)


def is_id(value):
    """Whether this can be the id of a row at all."""
    try:
        forms.UUIDField().clean(value)
    except forms.ValidationError:
        return False
    return True
