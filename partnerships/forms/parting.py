"""What is asked before two companies part."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LetGoForm(forms.Form):
    """Which open tickets go back to whoever handed them over, and why."""

    handovers = forms.ModelMultipleChoiceField(
        queryset=None, error_messages={"required": _("Choose the tickets."), "invalid_choice": _("Choose the tickets.")}
    )
    reason = forms.CharField(label=_("Reason"), max_length=2000)

    def __init__(self, *args, handovers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["handovers"].queryset = handovers
