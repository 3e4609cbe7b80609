"""What people may send: explicit fields, checked, each mistake at its field."""

from django import forms
from django.utils.translation import gettext_lazy as _

from equipment.models import Equipment, Site
from tenants import clock
from tenants.models import Client, Contact, Membership

from . import reach
from .models import Status
from .queue import DEFAULT, QUEUES, SORTS, Wanted
from .vocabulary import Priority

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
        if moment and not 2000 <= moment.year < 2200:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return moment


def workers():
    """Members who may answer for a ticket."""
    return Membership.objects.filter(active=True, role__in=WORKERS)


class NewTicketForm(forms.Form):
    """Somebody needs help: what happened, to whom, where, and who takes it."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    description = forms.CharField(
        label=_("Description"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    client = forms.ModelChoiceField(Client.objects, label=_("Client"), required=False)
    new_client = forms.CharField(label=_("Client is not listed? Its name"), max_length=160, required=False)
    contact = forms.ModelChoiceField(Contact.objects, label=_("Contact"), required=False)
    new_contact = forms.CharField(label=_("Contact is not listed? Name"), max_length=120, required=False)
    new_phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    site = forms.ModelChoiceField(Site.objects, label=_("Site"), required=False)
    equipment = forms.ModelMultipleChoiceField(
        Equipment.objects, label=_("Equipment"), required=False, widget=forms.CheckboxSelectMultiple
    )
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, initial=Priority.NORMAL)
    assignee = forms.ModelChoiceField(
        Membership.objects, label=_("Assignee"), required=False, empty_label=_("nobody yet")
    )
    due_at = Moment(label=_("Deadline"), required=False)
    files = FilesField(label=_("Files"), required=False)

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = workers()
        self.fields["client"].queryset = reach.clients_of(member).filter(archived_at=None)
        self.fields["contact"].queryset = reach.contacts_of(member).select_related("client")
        self.fields["site"].queryset = reach.sites_of(member).select_related("client")
        self.fields["equipment"].queryset = reach.equipment_of(member).select_related("model", "site")
        self.fields["files"].widget.attrs["data-files"] = ""
        self.fields["subject"].widget.attrs |= {"autofocus": True, "autocomplete": "off"}
        client, site = self.named("client"), self.named("site")
        if site and not client:
            client = site.client
            self.initial["client"] = str(client.pk)
        self.offer("client", self.fields["client"].queryset, str)
        self.offer("contact", self.fields["contact"].queryset, str if client else person, client=client)
        self.offer("site", self.fields["site"].queryset, spot if client else place, client=client)
        devices = self.fields["equipment"].queryset if client or site else Equipment.objects.none()
        belonging = {"site": site} if site else {"site__client": client}
        self.offer("equipment", devices, piece if site else device, empty=[], **belonging)

    def named(self, name):
        """The row that a field names, before the whole form is checked."""
        value = (self.data if self.is_bound else self.initial).get(name)
        try:
            return self.fields[name].clean(value)
        except forms.ValidationError:
            return None

    def offer(self, name, rows, words, empty=NOBODY, **belonging):
        """Show only what belongs to the choices made so far; the check itself stays as wide as the account."""
        rows = rows.filter(**{key: value for key, value in belonging.items() if value is not None})
        self.fields[name].widget.choices = [*empty, *((str(row.pk), words(row)) for row in rows[:SHOWN])]

    def clean_due_at(self):
        due_at = self.cleaned_data["due_at"]
        if due_at and due_at <= clock.now():
            raise forms.ValidationError(_("This moment has passed already."))
        return due_at

    def clean(self):
        cleaned = super().clean()
        client, site, contact = (cleaned.get(name) for name in ("client", "site", "contact"))
        if cleaned.get("new_client"):
            for name, value in (("client", client), ("contact", contact), ("site", site)):
                if value:
                    self.add_error(name, _("Choose one from the list or name a new client, not both."))
            return cleaned
        client = cleaned["client"] = client or (site and site.client) or (contact and contact.client)
        if cleaned.get("new_contact"):
            if contact:
                self.add_error("contact", _("Choose one from the list or name a new one, not both."))
            if not client:
                self.add_error("client", _("Say which client the new contact belongs to."))
        return cleaned

    @property
    def site_chosen(self):
        return self.named("site")


def person(contact):
    """A contact among contacts of several clients."""
    return f"{contact.name} · {contact.client.name}"


def spot(site):
    """A site among sites of one client."""
    return f"{site.code} · {site.name}" if site.code else site.name


def place(site):
    """A site among sites of several clients."""
    return f"{spot(site)} · {site.client.name}"


def piece(item):
    """A device among devices of one site."""
    return f"{item} · № {item.serial_number}" if item.serial_number else str(item)


def device(item):
    """A device among devices of several sites."""
    return f"{piece(item)} · {item.site.name}"


class FilterForm(forms.Form):
    """What narrows a list; an unknown value narrows nothing and is said to be unknown."""

    status = forms.ModelChoiceField(Status.objects, label=_("Status"), required=False, empty_label=_("any"))
    client = forms.ModelChoiceField(Client.objects, label=_("Client"), required=False)
    assignee = forms.ChoiceField(label=_("Assignee"), required=False)
    priority = forms.ChoiceField(label=_("Priority"), required=False)
    partner = forms.ChoiceField(label=_("Partner"), required=False)

    def __init__(self, data, *, partners, member):
        super().__init__(data)
        self.fields["status"].queryset = Status.objects.all()
        self.fields["client"].queryset = clients = reach.clients_on_tickets_of(member)
        self.fields["client"].widget.choices = [
            ("", _("any")),
            *((str(row.pk), row.name) for row in clients[:SHOWN]),
        ]
        people = [(str(row.pk), row.name) for row in workers()[:SHOWN]]
        self.fields["assignee"].choices = [("", _("any")), ("me", _("me")), ("none", _("nobody")), *people]
        self.fields["priority"].choices = [("", _("any")), *Priority.choices]
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
