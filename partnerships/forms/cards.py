"""What of a hand-over may change later: what is passed, the partner's deadline, when somebody comes, what is ours."""

from dataclasses import fields as fields_of

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets import lookup, reach
from tickets.forms import Moment

from ..cards import Share
from ..usual import WHOLE
from .facts import FactsForm
from .marks import TEXT


class CardForm(FactsForm):
    """More or less of the ticket than before; files and comments go each by itself."""

    wording = forms.CharField(
        label=_("The description in other words"),
        help_text=_("Left empty: as the ticket has it."),
        required=False,
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    due_at = Moment(label=_("Deadline for the partner"), required=False)
    wish_from = Moment(label=_("We wish the visit from"), required=False)
    wish_until = Moment(label=_("until"), required=False)

    def __init__(self, *args, ticket, given=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["equipment"].queryset = ticket.equipment.select_related("model")
        self.drop_absent(ticket, given)
        if not ticket.equipment.exists():
            del self.fields["equipment"]

    @property
    def facts(self):
        """The whole facts that may be ticked."""
        return [self[name] for name in WHOLE if name in self.fields]

    def share(self):
        """The ticks as a hand-over keeps them."""
        data = self.cleaned_data
        devices = tuple(row.pk for row in data.get("equipment") or ())
        flags = {name: bool(data.get(name)) for name in WHOLE}
        return Share(**flags, equipment=devices, wording=data.get("wording") or "")

    def times(self):
        """The moments, as the verb takes them."""
        return {name: to_the_second(self, name) for name in ("due_at", "wish_from", "wish_until")}


def to_the_second(form, name):
    """A moment out of a field that shows minutes: one that nobody touched keeps its seconds."""
    typed, before = form.cleaned_data.get(name), form.initial.get(name)
    return before if typed and before and before.replace(second=0, microsecond=0) == typed else typed


def ticked(handover):
    """The form as the hand-over stands now."""
    share = Share.from_json(handover.share)
    names = {field.name for field in fields_of(Share)} - {"files", "comments"}
    times = {name: getattr(handover, name) for name in ("due_at", "wish_from", "wish_until")}
    return {name: getattr(share, name) for name in names} | times


class VisitForm(forms.Form):
    """When somebody comes, and who."""

    visit_from = Moment(label=_("From"), required=False)
    visit_until = Moment(label=_("Until"), required=False)
    who = forms.ChoiceField(label=_("Who comes"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [("", _("not decided yet")), *((name, name) for name in people)]

    def times(self):
        """From when until when, as the verb takes it."""
        return {"starts": to_the_second(self, "visit_from"), "until": to_the_second(self, "visit_until")}


class OursForm(forms.Form):
    """Which row of our registry it is, as far as the member sees it."""

    pick = forms.CharField(required=False, max_length=80)

    def __init__(self, *args, member, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.member, self.kind = member, kind

    def clean_pick(self):
        """Only a row of the wanted sort that the member sees is one."""
        found = lookup.row_or_none(self.member, self.cleaned_data["pick"])
        if found is None or found[0] != self.kind:
            raise forms.ValidationError(_("Find it first, then choose it from the list."))
        return found[1]


class AdoptForm(forms.Form):
    """Whose site it is, where no client of ours stands for the partner."""

    client = forms.ModelChoiceField(None, label=_("Client"), empty_label="—")

    def __init__(self, *args, member, said="", **kwargs):
        """`said` is the client's name as it was told; ours of that name is chosen, and no other by chance."""
        super().__init__(*args, **kwargs)
        ours = reach.clients_of(member).filter(archived_at=None)
        self.fields["client"].queryset = ours
        self.fields["client"].initial = ours.filter(name__iexact=said).first() if said else None
