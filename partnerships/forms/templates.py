"""A template of a link."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import HandoverTemplate
from ..usual import WHOLE
from ..vocabulary import HandOn, Relay, SeeBelow
from .checklists import Checklist
from .facts import tick
from .marks import TEXT
from .spans import Span

AS_TERMS = [("", _("as the terms say"))]


class TemplateForm(forms.Form):
    """What is ticked, said and asked for by itself; what stays empty follows the terms."""

    name = forms.CharField(label=_("Name"), max_length=80)
    description = tick(_("Description"))
    contact_name = tick(_("Contact's name"))
    contact_phone = tick(_("Contact's phone"))
    site = tick(_("Site and its hours"))
    given_equipment = tick(_("Equipment"))
    agreement = tick(_("Agreement number"))
    message = forms.CharField(
        label=_("Message to the partner"), required=False, max_length=TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )
    due_minutes = Span(
        label=_("Deadline after"),
        help_text=_("Left empty: as the partner promises, else four fifths of the time that is left to us."),
    )
    hand_on = forms.ChoiceField(label=_("May hand on"), required=False)
    see_below = forms.ChoiceField(label=_("If handed on, we see those below"), required=False)
    client_replies = forms.ChoiceField(label=_("Client's replies go to the partner"), required=False)
    checklist = Checklist(label=_("Checklist"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # To whom by name is chosen at the hand-over itself.
        self.fields["hand_on"].choices = AS_TERMS + [one for one in HandOn.choices if one[0] != HandOn.LISTED]
        self.fields["see_below"].choices = AS_TERMS + SeeBelow.choices
        self.fields["client_replies"].choices = AS_TERMS + Relay.choices

    @property
    def ticks(self):
        return [self[name] for name in WHOLE]

    @property
    def conditions(self):
        return [self[name] for name in ("due_minutes", "hand_on", "see_below", "client_replies")]

    def template(self):
        """The template as a row keeps it."""
        data = self.cleaned_data
        plain = ("name", "message", "due_minutes", "hand_on", "see_below", "client_replies", "checklist")
        kept = {name: data[name] for name in plain} | {"due_minutes": data["due_minutes"] or None}
        return kept | {"share": {name: data[name] for name in WHOLE}}


def begun(template: HandoverTemplate | None):
    """What the form begins with: the template as it is, or a usual one."""
    if template is None:
        return {name: name not in ("contact_phone", "agreement") for name in WHOLE}
    plain = ("name", "message", "due_minutes", "hand_on", "see_below", "client_replies", "checklist")
    return {name: getattr(template, name) for name in plain} | template.share
