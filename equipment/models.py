"""Where work is done, and on what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import Client
from tenants.scoping import AccountOwned, OwnedKey

from .grants import SiteGrant

__all__ = ["Equipment", "EquipmentModel", "Site", "SiteGrant"]


class Site(AccountOwned):
    """A place that is served: a shop, an office, a vehicle."""

    client = OwnedKey(Client, models.PROTECT, related_name="sites")
    code = models.CharField(_("site code"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=160)
    address = models.CharField(_("address"), max_length=300, blank=True)
    hours = models.CharField(_("hours"), max_length=80, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account", "client", "code"], condition=~models.Q(code=""), name="site_code_once"
            )
        ]
        ordering = ["name"]

    def __str__(self):
        return self.name


class EquipmentModel(AccountOwned):
    manufacturer = models.CharField(_("manufacturer"), max_length=80, blank=True)
    name = models.CharField(_("model"), max_length=120)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "manufacturer", "name"], name="model_once")]
        ordering = ["manufacturer", "name"]

    def __str__(self):
        return f"{self.manufacturer} {self.name}".strip()


class Equipment(AccountOwned):
    """A device that stands at a site."""

    site = OwnedKey(Site, models.PROTECT, related_name="equipment")
    model = OwnedKey(EquipmentModel, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120, blank=True)
    serial_number = models.CharField(_("serial no."), max_length=80, blank=True)
    inventory_number = models.CharField(_("inventory no."), max_length=80, blank=True)
    warranty_until = models.DateField(_("warranty until"), null=True, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account", "model", "serial_number"],
                condition=~models.Q(serial_number=""),
                name="serial_once",
            )
        ]
        ordering = ["name", "serial_number"]
        verbose_name_plural = _("equipment")

    def __str__(self):
        return ", ".join(part for part in [str(self.model), self.name] if part)
