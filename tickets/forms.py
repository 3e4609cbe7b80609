"""What people may send: explicit fields, checked, each mistake at its field."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.models import Client, Membership, Team

from . import reach
from .models import Status, Tag, TicketType
from .queue import DEFAULT, QUEUES, SORTS, Wanted
from .vocabulary import Deadline, Priority

# A list that a person scrolls through; what lies further is found by narrowing.
SHOWN = 300
NOBODY = [("", "—")]
WORKERS = ("owner", "admin", "dispatcher", "agent", "engineer")


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files at once."""

    widget = FilesInput

    def clean(self, data, initial=None):
        single = super().clean
        files = data if isinstance(data, list | tuple) else [data]
        return [single(file, initial) for file in files if file]


class Moment(forms.DateTimeField):
    """A moment in the account's own zone."""

    def __init__(self, **options):
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M"]
        super().__init__(widget=widget, input_formats=formats, **options)

    def clean(self, value):
        """A moment of this age of the world: in another's zone it must still be a moment."""
        moment = super().clean(value)
        if moment is None:
            return None
        moment = clock.in_utc(moment)
        if moment is None or not 2000 <= moment.year < 2200:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return moment


def workers():
    """Members who may answer for a ticket."""
    return Membership.objects.filter(active=True, role__in=WORKERS)


class FilterForm(forms.Form):
    """What narrows a list; an unknown value narrows nothing and is said to be unknown."""

    status = forms.ModelChoiceField(Status.objects, label=_("Status"), required=False, empty_label=_("any"))
    client = forms.ModelChoiceField(Client.objects, label=_("Client"), required=False)
    assignee = forms.ChoiceField(label=_("Assignee"), required=False)
    priority = forms.ChoiceField(label=_("Priority"), required=False)
    deadline = forms.ChoiceField(label=_("Deadline"), required=False)
    partner = forms.ChoiceField(label=_("Partner"), required=False)
    team = forms.ModelChoiceField(Team.objects, label=_("Team"), required=False, empty_label=_("any"))
    type = forms.ModelChoiceField(TicketType.objects, label=_("Type"), required=False, empty_label=_("any"))
    tag = forms.ModelChoiceField(Tag.objects, label=_("Tag"), required=False, empty_label=_("any"))

    def __init__(self, data, *, partners, member):
        super().__init__(data)
        for name, model in (("status", Status), ("team", Team), ("type", TicketType), ("tag", Tag)):
            self.fields[name].queryset = model.objects.all()
        self.fields["client"].queryset = clients = reach.clients_on_tickets_of(member)
        self.fields["client"].widget.choices = [
            ("", _("any")),
            *((str(row.pk), row.name) for row in clients[:SHOWN]),
        ]
        people = [(str(row.pk), row.name) for row in workers()[:SHOWN]]
        self.fields["assignee"].choices = [("", _("any")), ("me", _("me")), ("none", _("nobody")), *people]
        self.fields["priority"].choices = [("", _("any")), *Priority.choices]
        self.fields["deadline"].choices = [("", _("any")), *Deadline.choices]
        asked = data.get("partner", "").replace("\0", "")[:160]
        labels = [*partners, asked] if asked and asked not in partners else partners
        self.fields["partner"].choices = [("", _("any")), *((label, label) for label in labels)]
        if not member.may("see_all"):
            del self.fields["assignee"]

    @property
    def filters(self):
        """The values that were understood, ready for the queue."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return {name: getattr(value, "pk", value) for name, value in chosen.items()}

    @property
    def chips(self):
        """What narrows the list now, in words: [(name, label, value)]."""
        words = []
        for name in self.filters:
            field, value = self.fields[name], self.cleaned_data[name]
            choices = dict(getattr(field, "choices", ())) if isinstance(value, str) else {}
            words.append((name, field.label, choices.get(value, value)))
        return words


def wanted(data, filters):
    """The list that an address asks for; what it doesn't know is the usual one."""
    queue, sort = data.get("queue", ""), data.get("sort", "")
    queue = queue if queue in QUEUES else DEFAULT
    phrase = data.get("q", "").replace("\0", "").strip()[:200]
    usual = "updated" if queue == "finished" or phrase else "due"
    return Wanted(queue, sort if sort in SORTS else usual, phrase, filters, data.get("after", "")[:200])
