"""What a person is about to say: drafts, files already sent up, and comments held for a moment."""

from django.db import models

from tenants.models import Membership
from tenants.scoping import AccountOwned, OwnedKey
from tickets.vocabulary import Audience

from .conversation import PICTURES, Blob
from .ticket import Ticket
from .words import Status


class Draft(AccountOwned):
    """A half-written comment: one per person, ticket and choice of readers (`segment` as the composer sends it)."""

    member = OwnedKey(Membership, models.CASCADE, related_name="+")
    ticket = OwnedKey(Ticket, models.CASCADE, related_name="+")
    segment = models.CharField(max_length=60)
    body = models.TextField(max_length=20_000)
    updated_at = models.DateTimeField()

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "member", "ticket", "segment"], name="draft_once")]

    def __str__(self):
        return self.body[:60]


class HeldComment(AccountOwned):
    """A sent comment that its author may still take back; nobody else sees it before `release_at`."""

    member = OwnedKey(Membership, models.CASCADE, related_name="+")
    ticket = OwnedKey(Ticket, models.CASCADE, related_name="+")
    body = models.TextField(blank=True, max_length=20_000)
    segment = models.CharField(max_length=60)
    audience = models.CharField(max_length=20, choices=Audience.choices)
    readers = models.JSONField(default=list)
    status = OwnedKey(Status, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    release_at = models.DateTimeField()
    trouble = models.CharField(max_length=300, blank=True)

    class Meta(AccountOwned.Meta):
        indexes = [models.Index(fields=["account", "ticket", "member"], name="held_comment_ticket")]
        ordering = ["created_at"]

    def __str__(self):
        return self.body[:60]


class Upload(AccountOwned):
    """A file that was sent up and that one comment may name within a day."""

    member = OwnedKey(Membership, models.CASCADE, related_name="+")
    ticket = OwnedKey(Ticket, models.CASCADE, null=True, blank=True, related_name="+")
    held = OwnedKey(HeldComment, models.CASCADE, null=True, blank=True, related_name="uploads")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField()

    class Meta(AccountOwned.Meta):
        indexes = [models.Index(fields=["account", "member", "ticket"], name="upload_member")]
        ordering = ["created_at"]

    def __str__(self):
        return self.name

    @property
    def is_picture(self):
        return self.content_type in PICTURES
