"""Finished tickets in figures: what reports add up, so that they need not read every turn of every ticket."""

from django.db import models

from tenants.models import Client, Membership, Team
from tenants.scoping import AccountOwned, OwnedKey
from tickets.models import Ticket, TicketType

from ..vocabulary import Outcome


def outcome():
    return models.CharField(max_length=8, blank=True, choices=Outcome.choices)


def seconds():
    return models.PositiveIntegerField(default=0)


class Tally(AccountOwned):
    """One finished ticket: who held it how long, and which promises were kept. Made anew whenever it is stale."""

    ticket = OwnedKey(Ticket, models.CASCADE, related_name="+")
    stale = models.BooleanField(default=True)
    # When the work was over, and the day and the Monday of that in the account's zone. Of what we did for another
    # company that is when it was last delivered, however long it waited to be approved.
    finished_at = models.DateTimeField()
    day = models.DateField()
    week = models.DateField()
    client = OwnedKey(Client, models.PROTECT, null=True, blank=True, related_name="+")
    team = OwnedKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    assignee = OwnedKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    type = OwnedKey(TicketType, models.PROTECT, null=True, blank=True, related_name="+")
    # The direct partner who held it longest, as he was called then.
    partner = models.CharField(max_length=160, blank=True)
    # By the wall; the parts add up to the total.
    total = seconds()
    client_time = seconds()
    queue_time = seconds()
    person_time = seconds()
    partner_time = seconds()
    far_time = seconds()
    deep_time = seconds()
    idle_time = seconds()
    # Of the total, by the ticket's working hours.
    working = seconds()
    parties = models.PositiveSmallIntegerField(default=0)
    response = outcome()
    update = outcome()
    arrival = outcome()
    resolution = outcome()
    # Whose turn it was when the time to resolve it ran out, and why.
    missed_by = models.CharField(max_length=8, blank=True)
    missed_because = models.CharField(max_length=10, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "ticket"], name="tally_once")]
        indexes = [
            models.Index(fields=["account", "day"], name="tally_day"),
            models.Index(fields=["account", "-finished_at", "-id"], name="tally_finished"),
            models.Index(fields=["account", "id"], condition=models.Q(stale=True), name="tally_stale"),
        ]

    def __str__(self):
        return f"{self.day:%F} {self.total}"


class Stint(AccountOwned):
    """How long one of us, or the queue of a team, held a finished ticket."""

    tally = OwnedKey(Tally, models.CASCADE, related_name="stints")
    day = models.DateField()
    member = OwnedKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    team = OwnedKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    time = seconds()

    class Meta(AccountOwned.Meta):
        indexes = [
            models.Index(fields=["account", "day"], name="stint_day"),
            models.Index(fields=["account", "tally"], name="stint_tally"),
        ]

    def __str__(self):
        return f"{self.day:%F} {self.time}"
