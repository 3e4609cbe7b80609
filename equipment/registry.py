"""Sites and equipment come into the registry."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants.activity import record
from tenants.vocabulary import refuse_unless

from .models import Equipment, EquipmentModel, Site
from .vocabulary import EQUIPMENT_ADDED, SITE_ADDED


@transaction.atomic
def add_site(client, *, name, by, code="", address="", hours=""):
    """A place of the client where work can be done."""
    refuse_unless(name.strip(), _("Give the site a name."), "name")
    site = Site.objects.create(client=client, name=name.strip(), code=code, address=address, hours=hours)
    record(site, SITE_ADDED, by=by, name=site.name)
    return site


@transaction.atomic
def add_equipment(site, *, model, by, manufacturer="", name="", serial_number="", **facts):
    """A device that tickets can be about; its model is made when it is new here."""
    refuse_unless(model.strip(), _("Name the model."), "model")
    known, _made = EquipmentModel.objects.get_or_create(manufacturer=manufacturer, name=model.strip())
    device = Equipment.objects.create(site=site, model=known, name=name, serial_number=serial_number, **facts)
    record(device, EQUIPMENT_ADDED, by=by, name=str(device))
    return device
