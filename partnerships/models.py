"""Two companies, what they agreed, what they handed to each other, and the letters between them.

Each side keeps its own rows; the global tables below only say which accounts are linked and how far letters got.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import Account, Client
from tenants.scoping import AccountOwned, OwnedKey, new_id
from tickets.models import Counterpart, Status, Ticket
from tickets.vocabulary import Direction

from .vocabulary import RUNNING, LinkState, MapAction, Relay, SeeBelow, Side, Stage, State


class Link(models.Model):
    """That two accounts are linked; says nothing of what they do together."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account_a = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))
    account_b = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("linked with"))
    state = models.CharField(_("state"), max_length=8, choices=LinkState.choices, default=LinkState.ACTIVE)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [
            models.CheckConstraint(condition=~models.Q(account_a=models.F("account_b")), name="link_of_two"),
            models.UniqueConstraint(
                models.functions.Least("account_a", "account_b"),
                models.functions.Greatest("account_a", "account_b"),
                condition=~models.Q(state=LinkState.ENDED),
                name="link_once",
            ),
        ]

    def __str__(self):
        return f"{self.account_a} ↔ {self.account_b}"

    def peer_of(self, account_id):
        """The id of the account on the other side."""
        return self.account_b_id if self.account_a_id == account_id else self.account_a_id


class InvitationKey(models.Model):
    """The hash of a one-time link, and whose invitation it opens."""

    hash = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    invitation_id = models.UUIDField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return self.hash[:8]


class Lane(models.Model):
    """One direction of one hand-over (or of the link itself): how far its letters were written, carried, applied.

    A claim is a lease; `attempts` counts the tries since the last progress, before each try.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    link = models.ForeignKey(Link, models.CASCADE, related_name="+")
    handover = models.UUIDField(null=True)
    sender = models.ForeignKey(Account, models.CASCADE, related_name="+")
    receiver = models.ForeignKey(Account, models.CASCADE, related_name="+")
    written = models.PositiveBigIntegerField(default=0)
    delivered = models.PositiveBigIntegerField(default=0)
    applied = models.PositiveBigIntegerField(default=0)
    stuck = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    served_at = models.DateTimeField(null=True)
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
                fields=["next_attempt_at"],
                condition=models.Q(delivered__lt=models.F("written"))
                | models.Q(applied__lt=models.F("delivered"), stuck=False),
                name="lane_has_work",
            )
        ]

    def __str__(self):
        return f"{self.sender_id} → {self.receiver_id}: {self.applied}/{self.delivered}/{self.written}"


class Courier(models.Model):
    """When an account's letters were last carried, so that no flood starves the others."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="+")
    served_at = models.DateTimeField()

    def __str__(self):
        return f"{self.account_id} {self.served_at:%T}"


class Invitation(AccountOwned):
    """We asked a company to link with us."""

    name = models.CharField(_("company"), max_length=160)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=160)
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        ordering = ["-created_at"]

    def __str__(self):
        return self.name


class Partnership(AccountOwned):
    """Our side of a link. The partner is known here by the name he gave himself."""

    link = models.ForeignKey(Link, models.PROTECT, related_name="+")
    name = models.CharField(_("partner"), max_length=160)
    state = models.CharField(max_length=8, choices=LinkState.choices, default=LinkState.ACTIVE)
    client = OwnedKey(Client, models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "link"], name="partnership_once")]
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def is_active(self):
        return self.state == LinkState.ACTIVE

    @property
    def terms(self):
        """The version in force."""
        return Terms.objects.filter(partnership=self).order_by("-version").first()


class Terms(AccountOwned):
    """One version of what our side passes, accepts and shows over a link."""

    partnership = OwnedKey(Partnership, models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(default=1)
    pass_files = models.BooleanField(_("files"), default=True)
    pass_comments = models.BooleanField(_("comments"), default=False)
    pass_contact_name = models.BooleanField(_("contact's name"), default=True)
    pass_contact_phone = models.BooleanField(_("contact's phone"), default=True)
    pass_site = models.BooleanField(_("site"), default=True)
    pass_equipment = models.BooleanField(_("equipment"), default=True)
    pass_agreement = models.BooleanField(_("agreement number"), default=False)
    auto_accept = models.BooleanField(_("accept automatically"), default=False)
    accept_minutes = models.PositiveIntegerField(_("accept within, minutes"), default=60)
    see_below = models.CharField(
        _("what the giver sees below the partner"),
        max_length=8,
        choices=SeeBelow.choices,
        default=SeeBelow.ROLE,
    )
    relay_up = models.CharField(
        _("partner's comments to my client or sender"),
        max_length=8,
        choices=Relay.choices,
        default=Relay.BY_HAND,
    )
    masked = models.BooleanField(_("relay in my name"), default=False)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=160)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "partnership", "version"], name="terms_once")]

    def __str__(self):
        return f"{self.partnership_id} v{self.version}"


class MapRow(AccountOwned):
    """When the partner's side shows this, my ticket does that. A state outranks a status, a status a category."""

    partnership = OwnedKey(Partnership, models.CASCADE, related_name="map_rows")
    side = models.CharField(max_length=6, choices=Side.choices)
    handover_state = models.CharField(max_length=12, choices=State.choices, blank=True)
    their_status = models.CharField(max_length=60, blank=True)
    their_category = models.CharField(max_length=10, blank=True)
    action = models.CharField(max_length=6, choices=MapAction.choices)
    status = OwnedKey(Status, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account", "partnership", "side", "handover_state", "their_status", "their_category"],
                name="map_row_once",
            ),
            models.CheckConstraint(
                condition=models.Q(action=MapAction.SET, status__isnull=False)
                | (~models.Q(action=MapAction.SET) & models.Q(status__isnull=True)),
                name="map_row_sets_a_status",
            ),
        ]

    def __str__(self):
        return f"{self.side}: {self.handover_state or self.their_status or self.their_category} → {self.action}"


class Handover(AccountOwned):
    """One side's view of a ticket given to a partner. `key` is the same on both sides; the giver's row decides."""

    key = models.UUIDField()
    partnership = OwnedKey(Partnership, models.PROTECT, related_name="handovers")
    ticket = OwnedKey(Ticket, models.PROTECT, related_name="handovers")
    counterpart = OwnedKey(Counterpart, models.PROTECT, related_name="handovers")
    direction = models.CharField(max_length=6, choices=Direction.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OFFERED)
    terms_version = models.PositiveIntegerField(default=1)
    share = models.JSONField(default=dict)
    card = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    see_below = models.CharField(max_length=8, choices=SeeBelow.choices, default=SeeBelow.ROLE)
    client_replies = models.CharField(max_length=8, choices=Relay.choices, default=Relay.BY_HAND)
    due_at = models.DateTimeField(null=True, blank=True)
    accept_by = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    report = models.TextField(blank=True)
    returns = models.PositiveSmallIntegerField(default=0)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    rating_text = models.TextField(blank=True)
    rating_answer = models.TextField(blank=True)
    pending = models.UUIDField(null=True, blank=True)
    chain = models.UUIDField()
    depth = models.PositiveSmallIntegerField(default=1)
    marks = models.JSONField(default=list)
    peer_ref = models.CharField(max_length=40, blank=True)
    peer_status = models.CharField(max_length=60, blank=True)
    peer_category = models.CharField(max_length=10, blank=True)
    peer_holds = models.BooleanField(default=False)
    peer_handed_on = models.BooleanField(default=False)
    peer_since = models.DateTimeField(null=True, blank=True)
    below = models.JSONField(default=list)
    told_above = models.JSONField(default=dict)
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="handover_once"),
            models.UniqueConstraint(fields=["account", "counterpart"], name="handover_counterpart_once"),
            models.UniqueConstraint(
                fields=["account", "ticket"],
                condition=models.Q(direction=Direction.TAKEN),
                name="handover_taken_once",
            ),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="handover_state_known"),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__range=(1, 5)), name="handover_score"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "ticket"], name="handover_ticket"),
            models.Index(fields=["account", "partnership", "state"], name="handover_partner"),
        ]
        ordering = ["offered_at", "id"]

    def __str__(self):
        return f"{self.direction} {self.state}"

    @property
    def is_given(self):
        return self.direction == Direction.GIVEN

    @property
    def is_running(self):
        return self.state in RUNNING

    @property
    def side(self):
        return Side.GIVER if self.is_given else Side.TAKER

    @property
    def waits_for_confirmation(self):
        return self.pending is not None


class Letter(AccountOwned):
    """What we told a partner, in order; never changed once written, only marked as delivered."""

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

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "lane", "seq"], name="letter_once")]
        ordering = ["sent_at", "seq"]

    def __str__(self):
        return f"{self.kind} {self.seq}"


class InboxLetter(AccountOwned):
    """A letter as it came, and what became of it."""

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
