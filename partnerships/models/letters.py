"""What crosses between two accounts, and how far it got."""

from django.db import models

from tenants.models import Account
from tenants.scoping import AccountOwned, OwnedKey, new_id

from ..vocabulary import Stage
from .handovers import Handover
from .links import Link


class Lane(models.Model):
    """One direction of one hand-over (or of the link itself): how far its letters were written, carried, applied.

    A claim is a lease; `attempts` counts the tries since the last progress, before each try. `heard` is how far it was
    applied before it began anew from the first letter.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    link = models.ForeignKey(Link, models.CASCADE, related_name="+")
    handover = models.UUIDField(null=True)
    sender = models.ForeignKey(Account, models.CASCADE, related_name="+")
    receiver = models.ForeignKey(Account, models.CASCADE, related_name="+")
    written = models.PositiveBigIntegerField(default=0)
    delivered = models.PositiveBigIntegerField(default=0)
    applied = models.PositiveBigIntegerField(default=0)
    heard = models.PositiveBigIntegerField(default=0)
    stuck = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    # For the eyes of the operator: since when something waits, and when the lane last got on.
    waits_since = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "handover", "sender"], nulls_distinct=False, name="lane_once"),
            models.CheckConstraint(
                condition=models.Q(applied__lte=models.F("delivered")) & models.Q(delivered__lte=models.F("written")),
                name="lane_in_order",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sender", "next_attempt_at"],
                condition=models.Q(delivered__lt=models.F("written"))
                | models.Q(applied__lt=models.F("delivered"), stuck=False),
                name="lane_waits",
            ),
            models.Index(
                fields=["link", "waits_since"], condition=models.Q(applied__lt=models.F("written")), name="lane_unread"
            ),
            models.Index(fields=["link", "sender", "moved_at"], name="lane_moved"),
        ]

    def __str__(self):
        return f"{self.sender_id} → {self.receiver_id}: {self.applied}/{self.delivered}/{self.written}"


class Halt(models.Model):
    """Letters of a link have stood still for too long: since when that is known, and whether both sides were told."""

    link = models.OneToOneField(Link, models.CASCADE, primary_key=True, related_name="+")
    since = models.DateTimeField()
    told = models.BooleanField(default=False)

    def __str__(self):
        return f"{self.link_id} {self.since:%F %T}"


class Letter(AccountOwned):
    """What we told a partner, in order; once written it is only marked as delivered, and may lose words."""

    lane = models.ForeignKey(Lane, models.PROTECT, related_name="+")
    handover = OwnedKey(Handover, models.PROTECT, null=True, related_name="letters")
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=40)
    by = models.JSONField(default=dict)
    body = models.JSONField(default=dict)
    sent_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Fence:
        append_only = True
        movable = ("delivered_at",)
        forgetful = ("body",)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "lane", "seq"], name="letter_once")]
        ordering = ["sent_at", "seq"]

    def __str__(self):
        return f"{self.kind} {self.seq}"


class InboxLetter(AccountOwned):
    """A letter as it came, and what became of it; what its sender removed since is missing in it."""

    letter = models.UUIDField()
    lane = models.ForeignKey(Lane, models.PROTECT, related_name="+")
    handover_key = models.UUIDField(null=True)
    seq = models.PositiveBigIntegerField()
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40)
    by = models.JSONField(default=dict)
    body = models.JSONField(default=dict)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    applied_at = models.DateTimeField(null=True)

    class Fence:
        append_only = True
        movable = ("stage", "reason", "attempts", "applied_at")
        forgetful = ("body",)

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account", "lane", "seq"], name="inbox_seq_once"),
            models.UniqueConstraint(fields=["account", "letter"], name="inbox_letter_once"),
        ]
        indexes = [
            models.Index(fields=["account", "stage"], condition=~models.Q(stage=Stage.APPLIED), name="inbox_open")
        ]
        ordering = ["lane", "seq"]

    def __str__(self):
        return f"{self.kind} {self.seq} {self.stage}"
