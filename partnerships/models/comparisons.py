"""What came of comparing the two sides of a hand-over."""

from django.db import models

from tenants.scoping import AccountOwned, OwnedKey

from ..compared_vocabulary import Result
from .handovers import Handover


class Comparison(AccountOwned):
    """How what the partner told in a hand-over compares with what is here, and what we could tell him again."""

    handover = OwnedKey(Handover, models.CASCADE, related_name="comparisons")
    compared_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=8, choices=Result.choices, default=Result.NONE, blank=True)
    # How many things were mended by the last comparison that had to mend.
    mended = models.PositiveIntegerField(default=0)
    mended_at = models.DateTimeField(null=True, blank=True)
    # [[fact, how many]], as compared_vocabulary.FACTS has them: what could not be mended here.
    facts = models.JSONField(default=list)
    # The round in which we tell again what he misses: how many so far, and the ids that he or we leave out of it.
    again = models.PositiveIntegerField(default=0)
    untold = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)
    withheld = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=list)
    # What a person was told of already, so that every night does not tell it anew: {"here" | "there": facts, "lost"}.
    told = models.JSONField(default=dict)
    # When the partner asked last for what he misses.
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "handover"], name="comparison_once")]

    def __str__(self):
        return f"{self.result} {self.compared_at}"
