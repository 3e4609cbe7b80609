"""The facts of a ticket that may be ticked, when it is handed over and later."""

from django import forms
from django.utils.translation import gettext_lazy as _

from equipment.models import Equipment

from ..usual import WHOLE
from .marks import CHECK


class DeviceChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, device):
        return f"{device}, № {device.serial_number}" if device.serial_number else str(device)


def boxes(field, rows, label):
    return field(rows, label=label, required=False, widget=forms.CheckboxSelectMultiple(attrs=CHECK))


def tick(label):
    return forms.BooleanField(label=label, required=False, widget=forms.CheckboxInput(attrs=CHECK))


class FactsForm(forms.Form):
    """What of a ticket a partner may be told, as far as there is any of it."""

    description = tick(_("Description"))
    contact_name = tick(_("Contact's name"))
    contact_phone = tick(_("Contact's phone"))
    site = tick(_("Site and its hours"))
    agreement = tick(_("Agreement number"))
    given_equipment = tick(_("Equipment as it was passed to us"))
    equipment = boxes(DeviceChoices, Equipment.objects, _("Equipment"))

    def drop_absent(self, ticket, given):
        """What the ticket does not have can't be ticked; `given` is the card it came to us with."""
        contact = ticket.contact or (given and given.contact)
        site = ticket.site or (given and given.site)
        has = {
            "description": ticket.description,
            "wording": ticket.description,
            "contact_name": contact and ", ".join(part for part in (contact.name, contact.title) if part),
            "contact_phone": contact and contact.phone,
            "site": site and site.name,
            "agreement": ticket.agreement,
            "given_equipment": given and given.equipment and ", ".join(device.name for device in given.equipment),
        }
        for name, there in has.items():
            if not there:
                del self.fields[name]
        self.notes = {name: there for name, there in has.items() if name in WHOLE}
