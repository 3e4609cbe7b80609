"""What our side passes, accepts and shows over a link."""

from dataclasses import dataclass

from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from tenants import roles
from tenants.models import Membership, Team
from tenants.vocabulary import Role
from tickets.forms import workers
from tickets.models import TicketType
from tickets.vocabulary import Priority

from .. import clauses
from ..models import Partnership, Terms
from ..vocabulary import LinkState, Relay
from .marks import CHECK
from .spans import Span

MASKED = "masked"
RELAYS = (
    (Relay.AUTO, _("Pass on, signed by their author")),
    (MASKED, _("Pass on in our name, the third company is hidden")),
    (Relay.BY_HAND, _("Ask each time")),
    (Relay.NEVER, _("Never pass on")),
)
PLAIN = (
    "pass_description",
    "pass_files",
    "pass_comments",
    "pass_contact_name",
    "pass_contact_phone",
    "pass_site",
    "pass_equipment",
    "pass_agreement",
    "show_client_due",
    "back_names",
    "back_files",
    "accept_from",
    "accept_until",
    "auto_accept",
    "auto_approve_hours",
    "return_days",
    "hand_on",
    "see_below",
    "relay_down",
    "client_sees",
    "default_team",
    "default_assignee",
)
PASSES = (
    "pass_description",
    "pass_files",
    "pass_comments",
    "pass_site",
    "pass_equipment",
    "pass_contact_name",
    "pass_contact_phone",
    "pass_agreement",
    "show_client_due",
    "back_names",
    "back_files",
)


@dataclass(frozen=True)
class Line:
    """One thing that is shared: our box, and whether the partner shares it with us."""

    field: object
    theirs: bool


@dataclass(frozen=True)
class Promised:
    """What is promised for one priority: our fields of the response and of the work, and the partner's words."""

    priority: str
    label: str
    fields: list
    theirs: str


def boxes(label, choices=(), **options):
    widget = forms.CheckboxSelectMultiple(attrs=CHECK)
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=widget, **options)


class Names(forms.Field):
    """Names parted by commas."""

    widget = forms.TextInput

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return list(dict.fromkeys(part for part in map(str.strip, (value or "").split(",")) if part))


class TermsForm(forms.ModelForm):
    """What our side passes, accepts and shows over a link."""

    accept_types = boxes(_("Types of tickets"), help_text=_("None ticked: all types."))
    accept_regions = Names(
        label=_("Regions"),
        required=False,
        help_text=_("Parted by commas, as they stand in addresses. Empty: everywhere."),
    )
    accept_days = boxes(
        _("Days of the week"), [(str(day), name) for day, name in WEEKDAYS_ABBR.items()], help_text=_("None: any day.")
    )
    accept_minutes = Span(label=_("Answer an offer within"))
    relay = forms.ChoiceField(choices=RELAYS, label=_("Relay"), widget=forms.RadioSelect(attrs=CHECK))
    handers_roles = boxes(_("Roles"))
    handers_teams = boxes(_("Teams"))
    hand_on_to = boxes(_("Only to"))

    class Meta:
        model = Terms
        fields = PLAIN
        widgets = {
            "accept_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "accept_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "auto_accept": forms.RadioSelect(choices=[(False, _("by hand")), (True, _("automatically"))], attrs=CHECK),
            "hand_on": forms.RadioSelect(attrs=CHECK),
        }
        help_texts = {
            "auto_approve_hours": _("0: only by hand."),
            "auto_accept": _("What does not fit these terms waits for a person all the same."),
        }

    def __init__(self, *args, instance, waiting=None, their=None, **kwargs):
        """`waiting`: values that we asked the partner for and that are not in force yet; `their`: his told terms."""
        values = {name: getattr(instance, name) for name in self.own_fields()} | (waiting or {})
        relay = MASKED if instance.masked and instance.relay_up == Relay.AUTO else instance.relay_up
        initial = values | {"relay": relay, "accept_days": [str(day) for day in values["accept_days"]]}
        super().__init__(*args, instance=instance, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.their = their
        self.offer_choices(instance, values)
        for priority in Priority:
            said = next((one for one in values["promises"] if one["priority"] == priority), {})
            for name in ("response", "resolution"):
                self.fields[f"{name}_{priority}"] = Span(label=PROMISES[name], initial=said.get(name, 0))

    @staticmethod
    def own_fields():
        lists = ("accept_types", "accept_regions", "accept_days", "hand_on_to", "handers_roles", "handers_teams")
        return (*PLAIN, *lists, "accept_minutes", "promises")

    def offer_choices(self, terms, values):
        """What may be chosen among our own words, people, teams and partners; what was chosen before stays."""
        fields = self.fields
        types = list(TicketType.objects.filter(archived_at=None).values_list("name", flat=True))
        fields["accept_types"].choices = [(name, name) for name in dict.fromkeys([*types, *values["accept_types"]])]
        able = roles.ABILITIES["hand_over"] - roles.ABILITIES["link"]
        fields["handers_roles"].choices = [(role.value, role.label) for role in Role if role in able]
        teams = list(Team.objects.all())
        fields["handers_teams"].choices = [(str(team.pk), team.name) for team in teams]
        fields["default_team"].queryset = Team.objects.all()
        fields["default_team"].empty_label = fields["default_assignee"].empty_label = "—"
        fields["default_assignee"].queryset = workers() | Membership.objects.filter(pk=terms.default_assignee_id)
        others = Partnership.objects.exclude(pk=terms.partnership_id).exclude(state=LinkState.ENDED)
        fields["hand_on_to"].choices = [(str(pk), name) for pk, name in others.values_list("pk", "name")]

    def clean_accept_days(self):
        return sorted(int(day) for day in self.cleaned_data["accept_days"])

    def changes(self):
        """What a change of the terms is asked with."""
        data = dict(self.cleaned_data)
        relay = data.pop("relay")
        promises = [
            {"priority": str(priority), **{name: data.pop(f"{name}_{priority}") for name in PROMISES}}
            for priority in Priority
        ]
        return data | {
            "promises": [one for one in promises if one["response"] or one["resolution"]],
            "relay_up": Relay.AUTO if relay == MASKED else relay,
            "masked": relay == MASKED,
        }

    @property
    def lines(self):
        """What is shared by default, in both directions."""
        return [Line(self[name], getattr(self.their, name)) for name in PASSES]

    @property
    def promised(self):
        """What we promise, priority by priority, the most urgent first."""
        return [
            Promised(
                priority, priority.label, [self[f"{name}_{priority}"] for name in PROMISES], self.promises(priority)
            )
            for priority in reversed(Priority)
        ]

    def promises(self, priority):
        """What the partner promises for this priority, in words; nothing where he promises nothing."""
        told = any(one.priority == priority and (one.response or one.resolution) for one in self.their.promises)
        return clauses.promised(self.their, priority).value if told else ""

    def _post_clean(self):
        """The row is made by the verb, and so is every check that concerns more than one field."""


PROMISES = {"response": _("Response within"), "resolution": _("Work done within")}
