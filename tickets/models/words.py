"""The account's own words for its tickets: statuses, types and their fields, tags, canned texts, views."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import Membership
from tenants.scoping import AccountOwned, OwnedKey
from tickets.vocabulary import Audience, Category, FieldKind, Glyph, Tone, WaitReason


class Status(AccountOwned):
    """The account's own word for where a ticket stands."""

    name = models.CharField(_("name"), max_length=60)
    category = models.CharField(_("category"), max_length=10, choices=Category.choices)
    glyph = models.CharField(max_length=10, choices=Glyph.choices)
    hue = models.CharField(_("colour"), max_length=8, choices=Tone.choices, blank=True)
    waits_for = models.CharField(_("waits for"), max_length=8, choices=WaitReason.choices, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="status_once")]
        ordering = ["position"]

    def __str__(self):
        return self.name


class TicketType(AccountOwned):
    """A kind of work, with its own fields."""

    name = models.CharField(_("name"), max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="type_once")]
        ordering = ["position", "name"]

    def __str__(self):
        return self.name


class CustomField(AccountOwned):
    """A fact that the account wants to know of tickets of a type, or of all of them when the type is empty.

    A ticket keeps the value in `custom` under this row's id, as JSON has it: text, number, ISO date, true.
    """

    type = OwnedKey(TicketType, models.CASCADE, null=True, blank=True, related_name="fields", verbose_name=_("type"))
    label = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind of value"), max_length=8, choices=FieldKind.choices)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    required = models.BooleanField(_("must be filled in"), default=False)
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        ordering = ["position", "id"]

    def __str__(self):
        return self.label


class Tag(AccountOwned):
    """A word by which people find tickets again."""

    name = models.CharField(_("name"), max_length=40)
    hue = models.PositiveSmallIntegerField(_("colour"), null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="tag_once")]
        ordering = ["name"]

    def __str__(self):
        return self.name


class CannedText(AccountOwned):
    """A text that is said often, with places for what differs."""

    name = models.CharField(_("name"), max_length=80)
    body = models.TextField(_("text"), max_length=20_000)
    audience = models.CharField(_("who will see it"), max_length=20, choices=Audience.choices, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="canned_once")]
        ordering = ["name"]

    def __str__(self):
        return self.name


class View(AccountOwned):
    """A list that somebody comes back to: its name and what it asks for. Without a member it is everybody's."""

    name = models.CharField(_("name"), max_length=60)
    member = OwnedKey(Membership, models.CASCADE, null=True, blank=True, related_name="+")
    query = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "member", "name"], name="view_once")]
        ordering = ["position", "name"]

    def __str__(self):
        return self.name
