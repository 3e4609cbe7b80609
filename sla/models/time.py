"""What runs: clocks, what stops them, and who held a ticket how long."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import Membership, Team
from tenants.scoping import AccountOwned, OwnedKey
from tickets.models import Counterpart, Ticket

from ..vocabulary import Because, ClockState, Party, Source, Target
from .promises import Calendar, Policy


class Clock(AccountOwned):
    """One promise on one ticket: from when, how long, until when, and what became of it."""

    ticket = OwnedKey(Ticket, models.CASCADE, related_name="clocks")
    target = models.CharField(max_length=10, choices=Target.choices)
    state = models.CharField(max_length=8, choices=ClockState.choices, default=ClockState.RUNNING)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.POLICY)
    policy = OwnedKey(Policy, models.PROTECT, null=True, blank=True, related_name="+")
    calendar = OwnedKey(Calendar, models.PROTECT, null=True, blank=True, related_name="+")
    # Never moves but for the next update, which starts anew with every word to the client.
    started_at = models.DateTimeField()
    # Working seconds that are promised; null where only a moment was given.
    seconds = models.PositiveIntegerField(null=True, blank=True)
    # A moment that somebody gave: it goes before what the policy says, and no pause moves it.
    fixed_at = models.DateTimeField(null=True, blank=True)
    # Null while it stands still; then `left` says how many working seconds there are.
    due_at = models.DateTimeField(null=True, blank=True)
    left = models.IntegerField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)
    # Of WARNINGS the last that was said; a late one is said once.
    warned = models.PositiveSmallIntegerField(default=0)
    # The delay is not ours, and who says so.
    excuse = models.CharField(max_length=300, blank=True)
    excused_by = models.CharField(max_length=160, blank=True)
    excused_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account", "ticket", "target"], name="clock_once"),
            models.CheckConstraint(condition=models.Q(state__in=ClockState.values), name="clock_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=ClockState.RUNNING) | models.Q(due_at__isnull=False),
                name="clock_running_is_due",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "policy"], name="clock_policy"),
            models.Index(fields=["account", "calendar"], name="clock_calendar"),
            models.Index(
                fields=["account", "due_at"],
                condition=models.Q(state=ClockState.RUNNING),
                name="clock_running_due",
            ),
        ]

    def __str__(self):
        return f"{self.target} {self.state}"


class Pause(AccountOwned):
    """A stretch in which clocks may stand still; it belongs to the ticket, so no change of policy loses it."""

    ticket = OwnedKey(Ticket, models.CASCADE, related_name="pauses")
    # A WaitReason, or "delivered", or "resolved".
    reason = models.CharField(max_length=10)
    owner = models.CharField(max_length=160, blank=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account", "ticket"], condition=models.Q(until_at__isnull=True), name="pause_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(until_at__isnull=True) | models.Q(until_at__gte=models.F("from_at")),
                name="pause_forward",
            ),
        ]
        ordering = ["from_at", "id"]

    def __str__(self):
        return f"{self.reason} {self.from_at:%F %T}"


class TurnSpan(AccountOwned):
    """One holder of one ticket for a while. Made of the ledger's "turned" lines, and made anew from them at will."""

    ticket = OwnedKey(Ticket, models.CASCADE, related_name="spans")
    party = models.CharField(max_length=8, choices=Party.choices)
    because = models.CharField(max_length=10, choices=Because.choices)
    holder = models.CharField(max_length=160, blank=True)
    counterpart = OwnedKey(Counterpart, models.CASCADE, null=True, blank=True, related_name="+")
    # Behind a direct partner: where in the chain that he told.
    station = models.CharField(max_length=60, blank=True)
    member = OwnedKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    team = OwnedKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    # Whole seconds, each beginning where the one before ends.
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        verbose_name = _("turn")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "ticket"], condition=models.Q(until_at__isnull=True), name="span_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(until_at__isnull=True) | models.Q(until_at__gte=models.F("from_at")),
                name="span_forward",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "ticket", "from_at"], name="span_ticket"),
            models.Index(fields=["account", "until_at"], name="span_until"),
        ]
        ordering = ["from_at", "id"]

    def __str__(self):
        return f"{self.party} {self.from_at:%F %T}"
