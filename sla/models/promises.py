"""What is promised: working hours, and times by which things are done."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.scoping import AccountOwned, OwnedKey

from ..vocabulary import USUALLY_STOPPING


def usually_stopping():
    return list(USUALLY_STOPPING)


def no_week():
    return [[] for _day in range(7)]


class Calendar(AccountOwned):
    """When somebody works: seven days, each with its intervals, and the days that are otherwise."""

    name = models.CharField(_("name"), max_length=80)
    zone = models.CharField(_("time zone"), max_length=40)
    always = models.BooleanField(_("around the clock"), default=False)
    # Monday to Sunday: [["09:00", "13:00"], ["14:00", "18:00"]]; an end at or before its start is on the next day.
    week = models.JSONField(default=no_week)
    # Whose holidays are put in by themselves, as ISO 3166; empty: nobody's.
    country = models.CharField(_("holidays of"), max_length=2, blank=True)
    # {"2026-01-01": {"name", "own": whether a person wrote it, "hours": [[from, until]] or "like": the day whose
    # weekday's hours it has, "eve": whether the day before it is shorter}}
    days = models.JSONField(default=dict)
    eve_minutes = models.PositiveSmallIntegerField(_("shorter before a holiday by, minutes"), default=0)
    is_default = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="calendar_once"),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(is_default=True), name="calendar_one_default"
            ),
            models.CheckConstraint(
                condition=models.Q(is_default=False) | models.Q(archived_at__isnull=True),
                name="calendar_default_is_used",
            ),
        ]
        ordering = ["name"]

    def __str__(self):
        return self.name


class Policy(AccountOwned):
    """What is promised to whom: the first of the list that fits a ticket is his."""

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    calendar = OwnedKey(Calendar, models.PROTECT, related_name="+", verbose_name=_("calendar"))
    # {"clients" | "agreements" | "sites" | "types" | "models": [ids], "priorities": [codes], "partners": [names]};
    # a name that is missing or empty asks for nothing.
    when = models.JSONField(default=dict)
    # {priority: {"response" | "update" | "arrival" | "resolution": minutes}}; a missing one promises nothing.
    targets = models.JSONField(default=dict)
    # Reasons to wait that stop the clocks.
    stops = models.JSONField(_("what stops the clocks"), default=usually_stopping)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        verbose_name_plural = _("SLA policies")
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="policy_once")]
        ordering = ["position", "name"]

    def __str__(self):
        return self.name


class Matrix(AccountOwned):
    """How impact and urgency make a priority, where an account wants that: one row an account."""

    on = models.BooleanField(default=False)
    # {impact: {urgency: priority}}
    cells = models.JSONField(default=dict)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account"], name="matrix_once")]

    def __str__(self):
        return "on" if self.on else "off"
