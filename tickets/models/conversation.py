"""What is said on a ticket, and the files that hang on it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import Membership
from tenants.scoping import AccountOwned, OwnedKey
from tickets.vocabulary import FOR_CLIENT, FOR_PARTNERS, Audience

from .ticket import Counterpart, Ticket

# What a browser may draw, and of what a small picture can be made.
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")


class Authored(AccountOwned):
    """Who said it. A partner's person is a name and a company, never a row of ours."""

    author_kind = models.CharField(max_length=10)
    author_id = models.UUIDField(null=True, blank=True)
    author_name = models.CharField(max_length=160, blank=True)
    author_company = models.CharField(max_length=160, blank=True)
    via = models.CharField(max_length=160, blank=True)
    origin_id = models.UUIDField()
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        abstract = True


class Comment(Authored):
    """Words on a ticket and the people they are for."""

    ticket = OwnedKey(Ticket, models.CASCADE, related_name="comments")
    body = models.TextField(_("text"), blank=True, max_length=20_000)
    audience = models.CharField(max_length=20, choices=Audience.choices)
    readers = models.ManyToManyField(Counterpart, through="CommentReader", related_name="+")
    came_through = OwnedKey(Counterpart, models.PROTECT, null=True, blank=True, related_name="+")
    passed_on_by = models.CharField(max_length=160, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account", "ticket", "origin_id"], name="comment_origin_once"),
            models.CheckConstraint(condition=models.Q(removed_at=None) | models.Q(body=""), name="comment_removed"),
        ]
        indexes = [models.Index(fields=["account", "ticket", "created_at"], name="comment_ticket")]
        ordering = ["created_at", "id"]

    def __str__(self):
        return self.body[:60]

    @property
    def for_client(self):
        return self.audience in FOR_CLIENT

    @property
    def for_partner(self):
        return self.audience in FOR_PARTNERS


class CommentReader(AccountOwned):
    """One partner who reads a comment; masked when it reaches him as ours."""

    comment = OwnedKey(Comment, models.CASCADE, related_name="reader_rows")
    counterpart = OwnedKey(Counterpart, models.PROTECT, related_name="+")
    masked = models.BooleanField(default=False)

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account", "comment", "counterpart"], name="comment_reader_once")
        ]

    def __str__(self):
        return f"{self.counterpart_id} reads {self.comment_id}"


class CommentRevision(AccountOwned):
    """How a comment read before it was edited; goes with the comment's text when that is removed."""

    comment = OwnedKey(Comment, models.CASCADE, related_name="revisions")
    revision = models.PositiveIntegerField()
    body = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "comment", "revision"], name="comment_revision_once")]
        ordering = ["revision"]

    def __str__(self):
        return f"{self.comment_id} {self.revision}"


class Mention(AccountOwned):
    """Somebody was called by name in what only we read."""

    comment = OwnedKey(Comment, models.CASCADE, related_name="mentions")
    member = OwnedKey(Membership, models.CASCADE, related_name="+")

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "comment", "member"], name="mention_once")]

    def __str__(self):
        return f"{self.member_id} in {self.comment_id}"


class Blob(models.Model):
    """A stored file by its digest: global and content-free, so that a hand-over copies no bytes."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    # Since when it may be that nothing names it any more; the sweeper looks, and empties this where something does.
    released_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["released_at"], condition=models.Q(released_at__isnull=False), name="blob_released")
        ]

    def __str__(self):
        return self.sha256


class Attachment(Authored):
    """A file on a ticket. With a comment it has the comment's readers, alone it has its own.

    Once removed it is a line without a name and without bytes.
    """

    ticket = OwnedKey(Ticket, models.CASCADE, related_name="attachments")
    comment = OwnedKey(Comment, models.CASCADE, null=True, blank=True, related_name="attachments")
    blob = models.ForeignKey(Blob, models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    audience = models.CharField(max_length=20, choices=Audience.choices)
    readers = models.ManyToManyField(Counterpart, through="AttachmentReader", related_name="+")
    came_through = OwnedKey(Counterpart, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account", "ticket", "origin_id"], name="file_origin_once"),
            models.CheckConstraint(
                condition=models.Q(removed_at=None, blob__isnull=False)
                | models.Q(removed_at__isnull=False, blob=None, name=""),
                name="file_removed",
            ),
        ]
        indexes = [models.Index(fields=["account", "ticket", "created_at"], name="file_ticket")]
        ordering = ["created_at", "id"]

    def __str__(self):
        return self.name

    @property
    def is_picture(self):
        return self.content_type in PICTURES


class AttachmentReader(AccountOwned):
    attachment = OwnedKey(Attachment, models.CASCADE, related_name="reader_rows")
    counterpart = OwnedKey(Counterpart, models.PROTECT, related_name="+")

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account", "attachment", "counterpart"], name="file_reader_once")
        ]

    def __str__(self):
        return f"{self.counterpart_id} reads {self.attachment_id}"
