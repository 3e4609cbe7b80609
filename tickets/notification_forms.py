"""What a member wants to hear of, and when not."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .vocabulary import Event


class ChannelsForm(forms.Form):
    """A box per event and channel, and the quiet hours, both or neither."""

    quiet_from = forms.TimeField(label=_("from"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    quiet_to = forms.TimeField(label=_("until"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for event in Event:
            for channel in ("inbox", "mail"):
                self.fields[f"{event}_{channel}"] = forms.BooleanField(required=False)

    def clean(self):
        told = super().clean()
        if (told.get("quiet_from") is None) != (told.get("quiet_to") is None):
            missing = "quiet_to" if told.get("quiet_from") else "quiet_from"
            self.add_error(missing, _("Give both times, or neither."))
        return told

    @property
    def wanted(self):
        """{event: (by inbox, by mail)}"""
        told = self.cleaned_data
        return {event: (told[f"{event}_inbox"], told[f"{event}_mail"]) for event in Event}
