"""Whom an account serves, and the people there."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.scoping import AccountOwned, OwnedKey
from tenants.vocabulary import Actor


class Client(AccountOwned):
    """A company that this account serves."""

    name = models.CharField(_("name"), max_length=160)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="client_once")]
        ordering = ["name"]

    def __str__(self):
        return self.name


class Contact(AccountOwned):
    """A person at a client who asks for help."""

    client = OwnedKey(Client, models.PROTECT, related_name="contacts")
    name = models.CharField(_("name"), max_length=120)
    title = models.CharField(_("position"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    class Meta(AccountOwned.Meta):
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def actor(self):
        return Actor(kind="contact", name=self.name, id=self.id, company=self.client.name)
