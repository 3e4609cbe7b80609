"""What a side passes, accepts and shows over a link, version by version, and its status map."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import Membership, Team
from tenants.scoping import AccountOwned, OwnedKey
from tickets.models import Status

from ..vocabulary import ClientSees, HandOn, MapAction, MapEvent, ProposalState, Relay, SeeBelow, Side
from .links import Partnership


class Terms(AccountOwned):
    """One version of what our side passes, accepts and shows over a link."""

    partnership = OwnedKey(Partnership, models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField(default=1)
    # What we pass when we hand a ticket over.
    pass_description = models.BooleanField(_("description"), default=True)
    pass_files = models.BooleanField(_("files"), default=True)
    pass_comments = models.BooleanField(_("comments"), default=False)
    pass_contact_name = models.BooleanField(_("contact's name"), default=True)
    pass_contact_phone = models.BooleanField(_("contact's phone"), default=True)
    pass_site = models.BooleanField(_("site"), default=True)
    pass_equipment = models.BooleanField(_("equipment"), default=True)
    pass_agreement = models.BooleanField(_("agreement number"), default=False)
    # What we pass back when we work on theirs.
    back_names = models.BooleanField(_("engineers’ names"), default=True)
    back_files = models.BooleanField(_("photos and acts of the visit"), default=True)
    # What we accept: words as we write them; an empty list means everything.
    accept_types = models.JSONField(_("types of tickets"), default=list)
    accept_regions = models.JSONField(_("regions"), default=list)
    accept_days = models.JSONField(_("days of the week"), default=list)
    accept_from = models.TimeField(_("from"), null=True, blank=True)
    accept_until = models.TimeField(_("until"), null=True, blank=True)
    auto_accept = models.BooleanField(_("accept automatically"), default=False)
    accept_minutes = models.PositiveIntegerField(_("accept within, minutes"), default=60)
    # [{"priority", "response", "resolution"}], minutes; 0 promises nothing.
    promises = models.JSONField(_("promised times"), default=list)
    # As the giver: how work of the partner is accepted, and whom he may hand our tickets on to.
    auto_approve_hours = models.PositiveSmallIntegerField(_("accept the work by itself after, hours"), default=0)
    return_days = models.PositiveSmallIntegerField(_("work may be sent back within, days"), default=14)
    hand_on = models.CharField(
        _("the partner may hand on"), max_length=8, choices=HandOn.choices, default=HandOn.ANYONE
    )
    # Ids of our own partnerships; told to the partner by their names.
    hand_on_to = models.JSONField(_("only to"), default=list)
    show_client_due = models.BooleanField(_("client’s deadline"), default=False)
    see_below = models.CharField(
        _("what the sender sees below the one he gave it to"),
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
    relay_down = models.CharField(
        _("client’s replies to the partner"), max_length=8, choices=Relay.choices, default=Relay.BY_HAND
    )
    client_sees = models.CharField(
        _("what my client sees of the partner"), max_length=8, choices=ClientSees.choices, default=ClientSees.NOTHING
    )
    default_team = OwnedKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"))
    default_assignee = OwnedKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("assignee")
    )
    # Roles and ids of teams; both empty: everybody whose role may hand over.
    handers_roles = models.JSONField(_("roles that may hand over"), default=list)
    handers_teams = models.JSONField(_("teams that may hand over"), default=list)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=160)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "partnership", "version"], name="terms_once")]

    def __str__(self):
        return f"{self.partnership_id} v{self.version}"


class Proposal(AccountOwned):
    """New terms of one side that the other is asked about. `key` is the same on both; the asking side's row decides."""

    key = models.UUIDField()
    partnership = OwnedKey(Partnership, models.CASCADE, related_name="proposals")
    ours = models.BooleanField()
    # protocol.SharedTerms: all that would be in force, and what was in force when it was asked.
    terms = models.JSONField()
    before = models.JSONField()
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    # Our answer to theirs was sent and is not confirmed yet.
    pending = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=160)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=160, blank=True)
    reason = models.TextField(blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="proposal_once"),
            models.UniqueConstraint(
                fields=["account", "partnership", "ours"],
                condition=models.Q(state=ProposalState.OPEN),
                name="proposal_one_open",
            ),
        ]
        ordering = ["-made_at"]

    def __str__(self):
        return f"{self.partnership_id} {self.state}"


class MapRow(AccountOwned):
    """When the partner's side shows this, my ticket does that. A state outranks a status, a status a category."""

    partnership = OwnedKey(Partnership, models.CASCADE, related_name="map_rows")
    side = models.CharField(max_length=6, choices=Side.choices)
    handover_state = models.CharField(max_length=12, choices=MapEvent.choices, blank=True)
    their_status = models.CharField(max_length=60, blank=True)
    their_category = models.CharField(max_length=10, blank=True)
    action = models.CharField(max_length=6, choices=MapAction.choices)
    status = OwnedKey(Status, models.PROTECT, null=True, blank=True, related_name="+")
    # A word of theirs that we met and nobody decided about yet; cleared by the one who fills the row in.
    met_at = models.DateTimeField(null=True, blank=True)

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
