"""Mail that waits to be sent: what it tells is kept, and drawn in the reader's language when it goes."""

from django.db import models

from tenants.scoping import AccountOwned, OwnedKey

from .people import LANGUAGES, Membership


class Mail(AccountOwned):
    """One message to one person. `key` makes it go out once however often its cause is told."""

    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    member = OwnedKey(Membership, models.CASCADE, null=True, blank=True, related_name="+")
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    ticket_id = models.UUIDField(null=True, blank=True)
    thread = models.CharField(max_length=120, blank=True)
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="mail_once")]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="mail_newest"),
            models.Index(
                fields=["account", "member"],
                condition=models.Q(sent_at=None, dropped_at=None),
                name="mail_waiting",
            ),
        ]
        ordering = ["-created_at"]

    def __str__(self):
        return f"{self.kind} {self.key}"
