"""To whom a ticket goes, and what goes along."""

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from equipment.models import Equipment
from tickets.forms import Moment
from tickets.models import Attachment, Comment
from tickets.vocabulary import Audience

from ..cards import Share
from ..models import Partnership
from ..vocabulary import LinkState, Relay, SeeBelow
from .marks import CHECK, TEXT


class FileChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, file):
        return f"{file.name}, {filesizeformat(file.size)}"


class CommentChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, said):
        text = Truncator(" ".join(said.body.split())).chars(90) or _("(files only)")
        return f"{said.author_name}: {text}"


class DeviceChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, device):
        return f"{device}, № {device.serial_number}" if device.serial_number else str(device)


def boxes(field, rows, label):
    return field(rows, label=label, required=False, widget=forms.CheckboxSelectMultiple(attrs=CHECK))


def tick(label):
    return forms.BooleanField(label=label, required=False, widget=forms.CheckboxInput(attrs=CHECK))


class HandOverForm(forms.Form):
    """To whom, what goes along, by when, and on which conditions. Internal comments are not on offer at all."""

    to = forms.ModelChoiceField(Partnership.objects, label=_("Partner"), widget=forms.RadioSelect(attrs=CHECK))
    shares_of = forms.UUIDField(required=False, widget=forms.HiddenInput)
    description = tick(_("Description"))
    contact_name = tick(_("Contact's name"))
    contact_phone = tick(_("Contact's phone"))
    site = tick(_("Site and its hours"))
    agreement = tick(_("Agreement number"))
    given_equipment = tick(_("Equipment as it was passed to us"))
    equipment = boxes(DeviceChoices, Equipment.objects, _("Equipment"))
    files = boxes(FileChoices, Attachment.objects, _("Files"))
    comments = boxes(CommentChoices, Comment.objects, _("Comments"))
    due_at = Moment(label=_("Deadline for the partner"), required=False)
    accept_by = Moment(label=_("Accept by"), required=False, help_text=_("Left empty: as the terms say."))
    see_below = forms.ChoiceField(label=_("If handed on, we see those below"), choices=SeeBelow.choices)
    client_replies = forms.ChoiceField(
        label=_("Client's replies go to the partner"),
        choices=[(Relay.BY_HAND, Relay.BY_HAND.label), (Relay.AUTO, Relay.AUTO.label)],
    )
    message = forms.CharField(
        label=_("Message to the partner"),
        required=False,
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, ticket, given=None, **kwargs):
        super().__init__(*args, **kwargs)
        said = Comment.objects.filter(ticket=ticket, removed_at=None).exclude(audience=Audience.INTERNAL)
        self.fields["to"].queryset = Partnership.objects.exclude(state=LinkState.ENDED).select_related("link")
        self.fields["equipment"].queryset = ticket.equipment.select_related("model")
        self.fields["files"].queryset = Attachment.objects.filter(ticket=ticket, comment=None, removed_at=None)
        self.fields["comments"].queryset = said
        self.drop_absent(ticket, given)

    def drop_absent(self, ticket, given):
        """What the ticket does not have can't be ticked; `given` is the card it came to us with."""
        contact = ticket.contact or (given and given.contact)
        has = {
            "description": ticket.description,
            "contact_name": contact,
            "contact_phone": contact and contact.phone,
            "site": ticket.site or (given and given.site),
            "agreement": ticket.agreement,
            "given_equipment": given and given.equipment,
        }
        for name, there in has.items():
            if not there:
                del self.fields[name]

    @property
    def facts(self):
        """The whole facts that may be ticked."""
        names = ("description", "contact_name", "contact_phone", "site", "agreement", "given_equipment")
        return [self[name] for name in names if name in self.fields]

    @property
    def lists(self):
        """What may be ticked one by one, as far as there is any."""
        return [field for name in ("equipment", "files", "comments") if len(field := self[name])]

    def share(self):
        """The ticks as a hand-over keeps them."""
        data = self.cleaned_data
        ids = {name: tuple(row.pk for row in data.get(name) or ()) for name in ("files", "comments", "equipment")}
        flags = ("description", "contact_name", "contact_phone", "site", "agreement", "given_equipment")
        return Share(**{name: bool(data.get(name)) for name in flags}, **ids)

    def choices(self):
        """Everything else that a hand-over is made with."""
        data = self.cleaned_data
        names = ("due_at", "accept_by", "see_below", "client_replies")
        return {name: data.get(name) or None for name in names}
