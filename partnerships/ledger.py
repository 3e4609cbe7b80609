"""What the ledger remembers of a ticket's hand-overs: the last report, returns, nudges."""

from dataclasses import dataclass, field
from datetime import timedelta

from tenants.models import Activity
from tickets.models import Comment

from . import vocabulary as words

HOUR = timedelta(hours=1)


@dataclass
class Memory:
    """What was said with the moves of one hand-over."""

    returns: list = field(default_factory=list)
    ours: list = field(default_factory=list)  # nudges by us
    theirs: list = field(default_factory=list)  # nudges by the partner
    comment: str = ""  # where the last report stands

    def nudged_lately(self, now):
        """Whether somebody of us asked within the last hour."""
        return bool(self.ours) and self.ours[-1].at > now - HOUR


def memories(ticket, hands):
    """What is remembered of each hand-over, in one query: {its id: Memory}."""
    known = {hand.pk: Memory() for hand in hands}
    wanted = [words.RETURNED.code, words.DONE.code, words.NUDGED.code]
    rows = Activity.objects.filter(ticket_id=ticket.pk, kind__in=wanted).order_by("at", "pk")
    for row in rows if known else ():
        memory = known.get(row.subject_id)
        if memory is None:
            continue
        if row.kind == words.RETURNED.code:
            memory.returns.append(row)
        elif row.kind == words.DONE.code:
            memory.comment = row.details.get("comment", "")
        elif row.kind == words.NUDGED.code:
            (memory.theirs if row.actor_kind == "partner" else memory.ours).append(row)
    return known


def reports(ticket, memory_of):
    """The comments in which the last reports stand, with their files: {origin id as text: comment}."""
    wanted = [memory.comment for memory in memory_of.values() if memory.comment]
    rows = Comment.objects.filter(ticket=ticket, origin_id__in=wanted, removed_at=None) if wanted else []
    if wanted:
        rows = rows.prefetch_related("attachments")
    return {str(row.origin_id): row for row in rows}
