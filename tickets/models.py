"""A ticket, what is said on it, and what hangs on it."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from equipment.models import Equipment, Site
from tenants.models import Client, Contact, Membership, Team
from tenants.scoping import AccountManager, AccountOwned, OwnedKey

from .querysets import TicketQuerySet
from .vocabulary import (
    FINISHED,
    FOR_CLIENT,
    FOR_PARTNERS,
    Audience,
    Category,
    Direction,
    Glyph,
    Priority,
    Turn,
)


class Status(AccountOwned):
    """The account's own word for where a ticket stands."""

    name = models.CharField(_("name"), max_length=60)
    category = models.CharField(_("category"), max_length=10, choices=Category.choices)
    glyph = models.CharField(max_length=10, choices=Glyph.choices)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="status_once")]
        ordering = ["position"]

    def __str__(self):
        return self.name


OPEN = models.Q(finished_at=None)


class TicketManager(AccountManager.from_queryset(TicketQuerySet)):
    pass


class Ticket(AccountOwned):
    """One company's own ticket, in its own words."""

    number = models.PositiveIntegerField(_("number"), editable=False)
    subject = models.CharField(_("subject"), max_length=200)
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    status = OwnedKey(Status, models.PROTECT, related_name="+", verbose_name=_("status"))
    priority = models.CharField(_("priority"), max_length=10, choices=Priority.choices, default=Priority.NORMAL)
    client = OwnedKey(Client, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("client"))
    contact = OwnedKey(Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact"))
    site = OwnedKey(Site, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("site"))
    equipment = models.ManyToManyField(Equipment, through="TicketEquipment", related_name="tickets")
    team = OwnedKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"))
    assignee = OwnedKey(Membership, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("assignee"))
    agreement = models.CharField(_("agreement no."), max_length=80, blank=True)
    opened_by = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    # Board columns: written through board.py only, read by lists, filters, groups and counts.
    due_at = models.DateTimeField(_("deadline"), null=True, blank=True)
    turn = models.CharField(max_length=10, choices=Turn.choices, default=Turn.US)
    turn_since = models.DateTimeField()
    turn_holder = models.CharField(max_length=160, blank=True)
    turn_tentative = models.BooleanField(default=False)
    partner_label = models.CharField(max_length=160, blank=True)
    handover_state = models.CharField(max_length=12, blank=True)
    handover_direction = models.CharField(max_length=6, blank=True, choices=Direction.choices)

    objects = TicketManager()

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "number"], name="ticket_number_once")]
        indexes = [
            # Open tickets are few beside the finished ones: every queue has an index of the open alone.
            models.Index(fields=["account", "turn", "due_at"], condition=OPEN, name="ticket_open_turn"),
            models.Index(fields=["account", "assignee", "turn"], condition=OPEN, name="ticket_open_assignee"),
            models.Index(fields=["account", "due_at"], condition=OPEN, name="ticket_open_due"),
            models.Index(fields=["account", "-updated_at"], condition=OPEN, name="ticket_open_updated"),
            models.Index(fields=["account", "partner_label"], condition=OPEN, name="ticket_open_partner"),
            models.Index(fields=["account", "-finished_at"], condition=~OPEN, name="ticket_finished"),
            models.Index(fields=["account", "-updated_at", "id"], name="ticket_updated"),
            models.Index(fields=["account", "status", "-updated_at"], name="ticket_status"),
            models.Index(fields=["account", "client", "-updated_at"], name="ticket_client"),
            models.Index(fields=["account", "site"], condition=OPEN, name="ticket_open_site"),
            GinIndex(fields=["subject"], opclasses=["gin_trgm_ops"], name="ticket_subject_trgm"),
        ]

    def __str__(self):
        return self.subject

    @property
    def is_finished(self):
        return self.status.category in FINISHED

    @property
    def ref(self):
        """The number as people say it: prefix and number, the same in every language."""
        return f"{self.account.prefix}-{self.number}"


class TicketEquipment(AccountOwned):
    ticket = OwnedKey(Ticket, models.CASCADE, related_name="+")
    equipment = OwnedKey(Equipment, models.PROTECT, related_name="+")

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "ticket", "equipment"], name="ticket_equipment_once")]

    def __str__(self):
        return f"{self.equipment_id} on {self.ticket_id}"


class Counterpart(AccountOwned):
    """The other company on a ticket, as far as comments, files and the turn need to know: one per hand-over."""

    ticket = OwnedKey(Ticket, models.CASCADE, related_name="counterparts")
    label = models.CharField(max_length=160)
    direction = models.CharField(max_length=6, choices=Direction.choices)
    state = models.CharField(max_length=12)
    open = models.BooleanField(default=True)
    answered = models.BooleanField(default=False)
    holder = models.CharField(max_length=160, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        ordering = ["id"]

    def __str__(self):
        return f"{self.label} ({self.state})"


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


class Blob(models.Model):
    """A stored file by its digest: global and content-free, so that a hand-over copies no bytes."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.sha256


class Attachment(Authored):
    """A file on a ticket. With a comment it has the comment's readers, alone it has its own."""

    ticket = OwnedKey(Ticket, models.CASCADE, related_name="attachments")
    comment = OwnedKey(Comment, models.CASCADE, null=True, blank=True, related_name="attachments")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    audience = models.CharField(max_length=20, choices=Audience.choices)
    readers = models.ManyToManyField(Counterpart, through="AttachmentReader", related_name="+")
    came_through = OwnedKey(Counterpart, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account", "ticket", "origin_id"], name="file_origin_once"),
        ]
        indexes = [models.Index(fields=["account", "ticket", "created_at"], name="file_ticket")]
        ordering = ["created_at", "id"]

    def __str__(self):
        return self.name

    @property
    def is_picture(self):
        return self.content_type in ("image/jpeg", "image/png", "image/gif", "image/webp")


class AttachmentReader(AccountOwned):
    attachment = OwnedKey(Attachment, models.CASCADE, related_name="reader_rows")
    counterpart = OwnedKey(Counterpart, models.PROTECT, related_name="+")

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account", "attachment", "counterpart"], name="file_reader_once")
        ]

    def __str__(self):
        return f"{self.counterpart_id} reads {self.attachment_id}"
