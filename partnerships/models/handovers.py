"""A ticket given to a partner: one row on each side, and what belongs to it."""

from datetime import timedelta

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from equipment.models import Equipment, Site
from tenants.models import Membership
from tenants.scoping import AccountOwned, OwnedKey
from tickets.models import Counterpart, Ticket
from tickets.vocabulary import Direction

from ..vocabulary import RUNNING, SLIPS, HandOn, Mode, Relay, SeeBelow, Side, State, said_why
from .links import Partnership


class Round(AccountOwned):
    """One decision to ask several partners about a ticket: all at once, one after another, or the first who accepts."""

    ticket = OwnedKey(Ticket, models.PROTECT, related_name="rounds")
    mode = models.CharField(max_length=10, choices=Mode.choices)
    # Ids of the partnerships still to be asked, in order; only one after another leaves any here.
    queue = models.JSONField(default=list)
    # What each of them gets: cards.Share, the choices of the hand-over, the message.
    share = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = OwnedKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"{self.mode} {self.made_at:%F}"

    @property
    def goes_on(self):
        """Whether somebody of it has the ticket, or will be asked for it."""
        if self.settled_at:
            return False
        return bool(self.queue) or self.handovers.filter(state__in=RUNNING).exists()

    @property
    def waiting(self):
        """The partners who will still be asked, in order."""
        known = {str(row.pk): row for row in Partnership.objects.filter(pk__in=self.queue)}
        return [known[pk] for pk in self.queue if pk in known]


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
    # What was last told of the ticket itself (protocol.CardChanged): the giver compares with it before he tells anew,
    # the taker before he lets a change into his own ticket.
    told = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    round = OwnedKey(Round, models.PROTECT, null=True, blank=True, related_name="handovers")
    see_below = models.CharField(max_length=8, choices=SeeBelow.choices, default=SeeBelow.ROLE)
    # May the taker hand on; [{"name", "mark"}] when only to those.
    hand_on = models.CharField(max_length=8, choices=HandOn.choices, default=HandOn.ANYONE)
    hand_on_to = models.JSONField(default=list)
    auto_approve_hours = models.PositiveSmallIntegerField(default=0)
    return_days = models.PositiveSmallIntegerField(default=14)
    # Lines the giver asks for; [{"text", "done", "note"}] once the work is delivered.
    checklist = models.JSONField(default=list)
    # The giver's wish belongs to the card, the visit to the taker: each has one owner.
    wish_from = models.DateTimeField(null=True, blank=True)
    wish_until = models.DateTimeField(null=True, blank=True)
    visit_from = models.DateTimeField(null=True, blank=True)
    visit_until = models.DateTimeField(null=True, blank=True)
    visit_who = models.CharField(max_length=160, blank=True)
    visit_note = models.CharField(max_length=300, blank=True)
    client_replies = models.CharField(max_length=8, choices=Relay.choices, default=Relay.BY_HAND)
    due_at = models.DateTimeField(null=True, blank=True)
    # By the giver's terms of then; and with the taker the deadline itself, as it was told last.
    show_client_due = models.BooleanField(default=False)
    client_due_at = models.DateTimeField(null=True, blank=True)
    accept_by = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    report = models.TextField(blank=True)
    returns = models.PositiveSmallIntegerField(default=0)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    rating_text = models.TextField(blank=True)
    # {"quality" | "time" | "talk": 1-5}, as far as they were given.
    criteria = models.JSONField(default=dict)
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
    approve_at = models.DateTimeField(null=True, blank=True)
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
            models.Index(
                fields=["account", "partnership", "ended_at"],
                condition=models.Q(ended_at__isnull=False),
                name="handover_ended",
            ),
            # What was delivered lately: of all that was ever handed over a small part.
            models.Index(
                fields=["account", "done_at"],
                include=["partnership", "offered_at", "due_at", "score"],
                condition=models.Q(direction=Direction.GIVEN, done_at__isnull=False),
                name="handover_done",
            ),
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
    def goes_on(self):
        """Whether its round goes on without it: this ending is answered already, and moves nothing of ours."""
        slipped = self.is_given and self.round_id and self.state in SLIPS
        return bool(slipped and self.round.goes_on)

    @property
    def why(self):
        """Why it came to where it stands, in the reader's language."""
        return said_why(self.reason)

    @property
    def waits_for_confirmation(self):
        return self.pending is not None

    @cached_property
    def terms(self):
        """Our terms as they were when this ticket was handed over: tickets under way keep their version."""
        return self.partnership.versions.get(version=self.terms_version)


class WorkReport(AccountOwned):
    """What an engineer would tell the giver of his work: the dispatcher delivers it, or sends it back to him."""

    handover = OwnedKey(Handover, models.CASCADE, related_name="reports")
    text = models.TextField(blank=True)
    # As in the hand-over: [{"text", "done", "note"}].
    checklist = models.JSONField(default=list)
    made_by = OwnedKey(Membership, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    # Why the dispatcher sent it back; empty when it was delivered.
    reason = models.TextField(blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account", "handover"],
                condition=models.Q(answered_at__isnull=True),
                name="work_report_one_open",
            )
        ]
        ordering = ["made_at"]

    def __str__(self):
        return self.text[:60]


class HandoverTemplate(AccountOwned):
    """A hand-over to one partner as we make it often: what is ticked, what is said, what is asked for."""

    partnership = OwnedKey(Partnership, models.CASCADE, related_name="templates")
    name = models.CharField(_("name"), max_length=80)
    # The whole facts of cards.Share that are ticked, by name; files and comments are chosen ticket by ticket.
    share = models.JSONField(default=dict)
    message = models.TextField(_("message"), blank=True, max_length=20_000)
    due_minutes = models.PositiveIntegerField(_("deadline after, minutes"), null=True, blank=True)
    see_below = models.CharField(max_length=8, choices=SeeBelow.choices, blank=True)
    hand_on = models.CharField(max_length=8, choices=HandOn.choices, blank=True)
    client_replies = models.CharField(max_length=8, choices=Relay.choices, blank=True)
    checklist = models.JSONField(default=list)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "partnership", "name"], name="template_once")]
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def due_within(self):
        """How long the partner gets, if the template says so."""
        return timedelta(minutes=self.due_minutes) if self.due_minutes else None


class Alias(AccountOwned):
    """What a partner calls a site or a device of our registry, learnt from a person's choice."""

    partnership = OwnedKey(Partnership, models.CASCADE, related_name="aliases")
    # The partner's words, folded as matching.py folds them: his code and address, or his name and serial number.
    word = models.CharField(max_length=300)
    site = OwnedKey(Site, models.CASCADE, null=True, blank=True, related_name="+")
    equipment = OwnedKey(Equipment, models.CASCADE, null=True, blank=True, related_name="+")
    learnt_at = models.DateTimeField()
    learnt_by = models.CharField(max_length=160)

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account", "partnership", "word"],
                condition=models.Q(site__isnull=False),
                name="alias_site_once",
            ),
            models.UniqueConstraint(
                fields=["account", "partnership", "word"],
                condition=models.Q(equipment__isnull=False),
                name="alias_equipment_once",
            ),
            models.CheckConstraint(
                condition=models.Q(site__isnull=True, equipment__isnull=False)
                | models.Q(site__isnull=False, equipment__isnull=True),
                name="alias_of_one",
            ),
        ]

    def __str__(self):
        return self.word
