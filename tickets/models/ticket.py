"""A ticket, what it is about, and the companies on it."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from equipment.models import Equipment, Site
from tenants.models import Client, Contact, Membership, Team
from tenants.scoping import AccountManager, AccountOwned, OwnedKey
from tickets.querysets import TicketQuerySet
from tickets.vocabulary import FINISHED, Direction, LinkKind, Priority, Turn, Weight

from .words import Status, Tag, TicketType

OPEN = models.Q(finished_at=None)


class TicketManager(AccountManager.from_queryset(TicketQuerySet)):
    pass


class Ticket(AccountOwned):
    """One company's own ticket, in its own words."""

    number = models.PositiveIntegerField(_("number"), editable=False)
    subject = models.CharField(_("subject"), max_length=200)
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    status = OwnedKey(Status, models.PROTECT, related_name="+", verbose_name=_("status"))
    type = OwnedKey(TicketType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("type"))
    custom = models.JSONField(default=dict, blank=True)
    tags = models.ManyToManyField(Tag, through="TicketTag", related_name="+")
    priority = models.CharField(_("priority"), max_length=10, choices=Priority.choices, default=Priority.NORMAL)
    # Where the account weighs tickets, these two make the priority.
    impact = models.CharField(_("impact"), max_length=6, choices=Weight.choices, blank=True)
    urgency = models.CharField(_("urgency"), max_length=6, choices=Weight.choices, blank=True)
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
    # The clock to the deadline stands still with so many seconds left; then there is no moment.
    due_left = models.IntegerField(null=True, blank=True)
    # From when the time to the deadline runs.
    due_from = models.DateTimeField(null=True, blank=True)
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
    def clock_from(self):
        """From when the ring of the deadline drains."""
        return self.due_from or self.created_at

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


class TicketTag(AccountOwned):
    ticket = OwnedKey(Ticket, models.CASCADE, related_name="+")
    tag = OwnedKey(Tag, models.CASCADE, related_name="+")

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "ticket", "tag"], name="ticket_tag_once")]
        indexes = [models.Index(fields=["account", "tag"], name="ticket_tag_tag")]

    def __str__(self):
        return f"{self.tag_id} on {self.ticket_id}"


class TicketLink(AccountOwned):
    """Two tickets of the account have to do with one another: `source` is a duplicate of, is related to, or is the
    parent of `target`."""

    source = OwnedKey(Ticket, models.CASCADE, related_name="links_out")
    target = OwnedKey(Ticket, models.CASCADE, related_name="links_in")
    kind = models.CharField(max_length=10, choices=LinkKind.choices)
    created_by = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField()

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account", "source", "target", "kind"], name="ticket_link_once"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="ticket_link_two"),
        ]
        indexes = [models.Index(fields=["account", "target"], name="ticket_link_target")]

    def __str__(self):
        return f"{self.source_id} {self.kind} {self.target_id}"


class Counterpart(AccountOwned):
    """The other company on a ticket, as far as comments, files and the turn need to know: one per hand-over."""

    ticket = OwnedKey(Ticket, models.CASCADE, related_name="counterparts")
    label = models.CharField(max_length=160)
    direction = models.CharField(max_length=6, choices=Direction.choices)
    state = models.CharField(max_length=12)
    open = models.BooleanField(default=True)
    answered = models.BooleanField(default=False)
    holder = models.CharField(max_length=160, blank=True)
    # Where in the chain that he told the ticket lies behind him, if it does; he may not name who that is.
    station = models.CharField(max_length=60, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        ordering = ["id"]

    def __str__(self):
        return f"{self.label} ({self.state})"
