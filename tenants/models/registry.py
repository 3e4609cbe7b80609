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


class Agreement(AccountOwned):
    """What a client and this account have agreed on, and whose part of the work is not ours."""

    client = OwnedKey(Client, models.PROTECT, related_name="agreements")
    number = models.CharField(_("number"), max_length=80)
    name = models.CharField(_("name"), max_length=160, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    # Whom the agreement names beside us and for what, in its own words.
    third_parties = models.TextField(_("part of third parties"), max_length=2000, blank=True)
    # Whether a deadline that was missed while a third party had the turn counts against us.
    answers_for_others = models.BooleanField(_("we answer for third parties"), default=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account", "client", "number"], name="agreement_once"),
            models.CheckConstraint(
                condition=models.Q(starts_on=None)
                | models.Q(ends_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="agreement_forward",
            ),
        ]
        ordering = ["client", "number"]

    def __str__(self):
        return self.number


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
