"""Who wants to hear of a ticket, by which channel, and what he has not read yet."""

from django.db import models

from tenants.models import Membership
from tenants.scoping import AccountOwned, OwnedKey
from tickets.vocabulary import Event, Reason

from .ticket import Ticket


class Watcher(AccountOwned):
    """A member who follows a ticket."""

    ticket = OwnedKey(Ticket, models.CASCADE, related_name="watchers")
    member = OwnedKey(Membership, models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "ticket", "member"], name="watcher_once")]
        indexes = [models.Index(fields=["account", "member"], name="watcher_member")]

    def __str__(self):
        return f"{self.member_id} watches {self.ticket_id}"


class Notification(AccountOwned):
    """What a member should look at and why. Until he reads it, all that happens on one ticket is one row."""

    member = OwnedKey(Membership, models.CASCADE, related_name="+")
    ticket = OwnedKey(Ticket, models.CASCADE, null=True, blank=True, related_name="+")
    event = models.CharField(max_length=12, choices=Event.choices)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    activity_id = models.UUIDField()
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account", "member", "ticket"],
                condition=models.Q(read_at=None),
                nulls_distinct=False,
                name="notification_unread_once",
            )
        ]
        indexes = [models.Index(fields=["account", "member", "-last_at"], name="notification_newest")]
        ordering = ["-last_at"]

    def __str__(self):
        return f"{self.event} for {self.member_id}"


class NotificationChoice(AccountOwned):
    """By which channels a member wants to hear of an event, where that differs from the default."""

    member = OwnedKey(Membership, models.CASCADE, related_name="+")
    event = models.CharField(max_length=12, choices=Event.choices)
    inbox = models.BooleanField()
    mail = models.BooleanField()

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "member", "event"], name="notification_choice_once")]

    def __str__(self):
        return f"{self.event} of {self.member_id}"
