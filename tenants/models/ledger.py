"""What was numbered, what falls due, and the one ledger."""

from django.db import models

from tenants.scoping import AccountOwned
from tenants.vocabulary import KINDS

from .people import Account


class Counter(AccountOwned):
    """The last number given out, per thing that is numbered."""

    name = models.CharField(max_length=20)
    value = models.PositiveIntegerField(default=0)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="counter_once")]

    def __str__(self):
        return f"{self.name} {self.value}"


class Timer(models.Model):
    """When something in an account falls due; says nothing of what it is about."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind", "subject_id"], name="timer_once")]
        indexes = [models.Index(fields=["due_at"], name="timer_due")]

    def __str__(self):
        return f"{self.kind} {self.due_at:%F %T}"


class Activity(AccountOwned):
    """One line of the ledger: append-only, and the only thing that mail, letters, clocks and live pages listen to."""

    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    ticket_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=40)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=160, blank=True)
    actor_company = models.CharField(max_length=160, blank=True)
    origin = models.CharField(max_length=10)
    details = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Fence:
        append_only = True
        forgetful = ("details",)

    class Meta(AccountOwned.Meta):
        indexes = [
            models.Index(fields=["account", "ticket_id", "at"], name="activity_ticket"),
            models.Index(fields=["account", "subject_id", "at"], name="activity_subject"),
            # What happened to no ticket is little beside what happened to them: the settings' history reads it alone.
            models.Index(fields=["account", "-id"], condition=models.Q(ticket_id=None), name="activity_settings"),
        ]
        ordering = ["at", "id"]

    def __str__(self):
        return f"{self.kind} {self.at:%F %T}"

    @property
    def word(self):
        return KINDS[self.kind]

    @property
    def sentence(self):
        """What happened, in the reader's language, without the actor's name."""
        return self.word.say(self.details)
