"""The form of a call: who, where, about what, and what happened."""

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from equipment.models import Equipment, EquipmentModel, Site
from tenants import clock
from tenants.models import Client, Contact, Membership, Team

from . import fields, opening, reach, slots
from .forms import NOBODY, SHOWN, FilesField, Moment, workers
from .models import Tag, TicketType
from .vocabulary import URGENCIES, Priority, Weight


def text(label, longest, **options):
    """A line that may stay empty."""
    return forms.CharField(label=label, max_length=longest, required=False, **options)


class NewTicketForm(forms.Form):
    """Somebody needs help: who and where, what happened, and who takes it."""

    client = forms.ModelChoiceField(Client.objects, label=_("Client"), required=False)
    site = forms.ModelChoiceField(Site.objects, label=_("Site"), required=False)
    contact = forms.ModelChoiceField(Contact.objects, label=_("Contact"), required=False)
    equipment = forms.ModelMultipleChoiceField(
        Equipment.objects, label=_("Equipment"), required=False, widget=forms.CheckboxSelectMultiple
    )
    new_client = text(_("New client"), 160)
    new_contact = text(_("New contact"), 120)
    new_phone = text(_("Phone"), 40)
    new_site = text(_("New site"), 160)
    new_code = text(_("Site code"), 40)
    new_address = text(_("Address"), 300)
    new_model = text(_("New equipment: model"), 120)
    new_serial = text(_("Serial no."), 80)
    anyway = forms.BooleanField(label=_("Make another one all the same"), required=False)
    subject = forms.CharField(label=_("Subject"), max_length=200)
    description = text(_("Description"), 20_000, widget=forms.Textarea(attrs={"rows": 5}))
    type = forms.ModelChoiceField(TicketType.objects, label=_("Type"), required=False, empty_label="—")
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, initial=Priority.NORMAL)
    team = forms.ModelChoiceField(Team.objects, label=_("Team"), required=False, empty_label="—")
    assignee = forms.ModelChoiceField(
        Membership.objects, label=_("Assignee"), required=False, empty_label=_("nobody yet")
    )
    due_at = Moment(label=_("Deadline"), required=False)
    tags = text(_("Tags"), 300, help_text=_("Several are parted by commas."))
    files = FilesField(label=_("Files"), required=False)

    PLACE = ("client", "site", "contact", "equipment")
    NEW = ("new_client", "new_contact", "new_phone", "new_site", "new_code", "new_address", "new_model", "new_serial")
    CLOSED = ("client", "contact", "site")

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        self.member, self.twins = member, []
        self.fields["assignee"].queryset = workers()
        self.fields["type"].queryset = TicketType.objects.filter(archived_at=None)
        self.fields["client"].queryset = reach.clients_of(member).filter(archived_at=None)
        self.fields["contact"].queryset = reach.contacts_of(member).select_related("client")
        self.fields["site"].queryset = reach.sites_of(member).select_related("client")
        self.fields["equipment"].queryset = reach.equipment_of(member).select_related("model", "site")
        self.fields["files"].widget.attrs["data-files"] = ""
        self.fields["new_model"].widget.attrs["list"] = "models"
        self.fields["tags"].widget.attrs["list"] = "tags"
        for name in ("subject", *self.NEW):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if self.chosen["site"] and not self.chosen["client"]:
            self.initial["client"] = str(self.chosen["site"].client_id)
        self.scale = slots.scale()
        if self.weighs:
            self.weigh()
        self.narrow()
        self.custom = fields.form_fields(self.named("type"), {})
        self.fields.update(self.custom)

    @property
    def weighs(self):
        """Whether impact and urgency make the priority."""
        return self.scale is not None

    def weigh(self):
        """Impact and urgency are asked for in place of the priority."""
        del self.fields["priority"]
        asked = (("impact", _("Impact"), Weight.choices), ("urgency", _("Urgency"), URGENCIES.items()))
        for name, label, rows in asked:
            self.fields[name] = forms.ChoiceField(label=label, choices=list(reversed(rows)), initial=Weight.MEDIUM)

    def narrow(self):
        """Each choice narrows what the next one offers; the check itself stays as wide as the member's reach."""
        site = self.chosen["site"]
        client = self.chosen["client"] or (site and site.client)
        self.offer("client", self.fields["client"].queryset, str)
        self.offer("contact", self.fields["contact"].queryset, str if client else person, client=client)
        self.offer("site", self.fields["site"].queryset, spot if client else place, client=client)
        devices = self.fields["equipment"].queryset if client or site else Equipment.objects.none()
        belonging = {"site": site} if site else {"site__client": client}
        self.offer("equipment", devices, piece if site else device, empty=[], **belonging)

    @cached_property
    def chosen(self):
        """The rows that the form names so far, before it is checked: {client, site, contact}."""
        return {name: self.named(name) for name in ("client", "site", "contact")}

    @cached_property
    def devices(self):
        """The devices that are ticked so far."""
        return list(self.named("equipment") or [])

    def named(self, name):
        """What one field names, whether or not the rest of the form is right."""
        if self.is_bound:
            value = self.fields[name].widget.value_from_datadict(self.data, self.files, name)
        else:
            value = self.initial.get(name)
        try:
            return self.fields[name].clean(value)
        except forms.ValidationError:
            return None

    def offer(self, name, rows, words, empty=NOBODY, **belonging):
        """Show only what belongs to the choices made so far, and always what is chosen already."""
        rows = rows.filter(**{key: value for key, value in belonging.items() if value is not None})
        shown = list(rows[:SHOWN])
        row = self.chosen.get(name)
        shown += [row] if row and row not in shown else []
        self.fields[name].widget.choices = [*empty, *((str(row.pk), words(row)) for row in shown)]

    @property
    def models_known(self):
        """Names of equipment models to choose from; whoever sees by name is told those of his sites."""
        models = EquipmentModel.objects.all()
        if not self.member.may("see_all"):
            models = models.filter(pk__in=reach.equipment_of(self.member).values("model"))
        return list(models.values_list("name", flat=True).distinct().order_by("name")[:SHOWN])

    @property
    def tags_known(self):
        """The account's tags, to choose from while typing."""
        return list(Tag.objects.filter(archived_at=None).values_list("name", flat=True)[:SHOWN])

    @property
    def makes(self):
        """Whether something new is being written down."""
        return any(self[name].value() for name in self.NEW)

    def clean_due_at(self):
        due_at = self.cleaned_data["due_at"]
        if due_at and due_at <= clock.now():
            raise forms.ValidationError(_("This moment has passed already."))
        return due_at

    def clean_tags(self):
        return [name.strip() for name in self.cleaned_data["tags"].split(",") if name.strip()]

    def clean(self):
        cleaned = super().clean()
        self.one_or_the_other(cleaned)
        site, contact = cleaned.get("site"), cleaned.get("contact")
        if not cleaned.get("new_client"):
            client = cleaned.get("client") or (site and site.client) or (contact and contact.client)
            cleaned["client"] = client
        known = cleaned.get("client") or cleaned.get("new_client")
        for name, sentence in (
            ("new_contact", _("Say which client the new contact belongs to.")),
            ("new_site", _("Say which client the new site belongs to.")),
        ):
            if cleaned.get(name) and not known:
                self.add_error("client", sentence)
        if cleaned.get("new_model") and not (cleaned.get("site") or cleaned.get("new_site")):
            self.add_error("site", _("Say at which site the new equipment stands."))
        if self.weighs and cleaned.get("impact") and cleaned.get("urgency"):
            cleaned["priority"] = self.scale(cleaned["impact"], cleaned["urgency"])
        self.refuse_orphans(cleaned)
        self.warn_of_twins(cleaned)
        if not self.errors:
            cleaned["custom"] = fields.kept(cleaned.get("type"), cleaned)
        return cleaned

    def one_or_the_other(self, cleaned):
        """What is named anew is not chosen from the list as well, nor is anything of another client."""
        if cleaned.get("new_client"):
            for name in self.CLOSED:
                if cleaned.get(name):
                    self.add_error(name, _("Choose one from the list or name a new client, not both."))
        for new, old in (("new_contact", "contact"), ("new_site", "site")):
            if cleaned.get(new) and cleaned.get(old):
                self.add_error(old, _("Choose one from the list or name a new one, not both."))

    def refuse_orphans(self, cleaned):
        """A phone, a code or a serial number needs the name of what it belongs to."""
        for part, whole in (
            ("new_phone", "new_contact"),
            ("new_code", "new_site"),
            ("new_address", "new_site"),
            ("new_serial", "new_model"),
        ):
            if cleaned.get(part) and not cleaned.get(whole):
                self.add_error(whole, _("Say whose it is: without a name it can’t be kept."))

    def warn_of_twins(self, cleaned):
        """The same number is in the registry already: it is shown, and made once more only when that is meant."""
        if cleaned.get("anyway"):
            return
        self.twins = opening.twins(self.member, cleaned)
        sentence = _("It is in the registry already: use what is there, or say that you mean another one.")
        for name in {field for field, _kind, _row in self.twins}:
            self.add_error(name, sentence)


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
