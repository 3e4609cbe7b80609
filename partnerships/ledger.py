"""What the ledger remembers of a ticket's hand-overs: the last report, returns, nudges, who held it how long."""

from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta

from sla import turns
from tenants.models import Activity
from tenants.vocabulary import KINDS
from tickets.models import Comment, Status
from tickets.vocabulary import Category, Direction, Turn

from . import vocabulary as words
from .models import InboxLetter
from .vocabulary import RUNNING, Stage, State

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


def lines(ticket):
    """Every line that moved the turn or asked to hurry, in one query."""
    wanted = [code for code, kind in KINDS.items() if kind.moves_turn] + [words.NUDGED.code]
    return list(Activity.objects.filter(ticket_id=ticket.pk, kind__in=wanted).order_by("at", "pk"))


def memories(rows, hands):
    """What is remembered of each hand-over: {its id: Memory}."""
    known = {hand.pk: Memory() for hand in hands}
    for row in rows:
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


def held(ticket, rows, hands, now):
    """How long each held the ticket until now: {"us" | "client" | a hand-over's id: time}."""
    shelf = Shelf(ticket, hands)
    spent, since = {}, ticket.created_at
    for row in rows:
        holder = shelf.holder()
        spent[holder] = spent.get(holder, timedelta(0)) + max(row.at - since, timedelta(0))
        since = row.at
        shelf.turn(row)
    holder = shelf.holder()
    spent[holder] = spent.get(holder, timedelta(0)) + max(now - since, timedelta(0))
    spent.pop("", None)
    return spent


def held_below(given, now):
    """How long those behind our partners held the ticket, as the partners told: {(hand-over, position): time}."""
    keys = {hand.key: hand for hand in given if hand.below}
    spent, last = {}, {}
    if not keys:
        return spent
    rows = InboxLetter.objects.filter(handover_key__in=keys, kind="chain.changed", stage=Stage.APPLIED)
    for row in rows.order_by("seq"):
        add_below(spent, last.get(row.handover_key), row.sent_at, keys)
        last[row.handover_key] = row
    for row in last.values():
        hand = keys[row.handover_key]
        ends = hand.done_at if hand.state == State.DONE else hand.ended_at
        add_below(spent, row, ends or now, keys)
    return spent


def add_below(spent, row, until, keys):
    """What one letter told of who holds the ticket was so until the next."""
    for station in row.body.get("stations", ()) if row else ():
        if station.get("holds"):
            place = (keys[row.handover_key].pk, station["position"])
            spent[place] = spent.get(place, timedelta(0)) + max(until - row.sent_at, timedelta(0))


class Shelf:
    """The ticket as it stood after each line: the rule of the turn is asked again at every one."""

    def __init__(self, ticket, hands):
        self.hands = {hand.pk: hand for hand in hands}
        self.rows = {}
        self.category, self.waits_for = Category.NEW, ""
        self.waits = dict(Status.objects.filter(category=Category.WAITING).values_list("name", "waits_for"))

    def turn(self, line):
        """One line of the ledger happens."""
        if line.subject_id in self.hands:
            self.move(self.hands[line.subject_id], line.kind.removeprefix("handover_"))
        elif "category" in line.details:
            self.category = line.details["category"]
            self.waits_for = self.waits.get(line.details.get("after"), "")
            if line.actor_kind == "member":
                for row in self.rows.values():
                    row.answered = row.answered or not row.open

    def move(self, hand, state):
        if state not in State.values:
            return
        if hand.pk not in self.rows:
            self.rows[hand.pk] = copy(hand.counterpart)
            for row in self.rows.values():
                row.answered = row.answered or not row.open
        row = self.rows[hand.pk]
        row.state, row.open, row.answered, row.holder = state, state in RUNNING, state == State.APPROVED, ""

    def holder(self):
        """Who must act now, as a key."""
        rows = list(self.rows.values())
        turn = turns.whose(self.category, self.waits_for, rows).turn
        if turn == Turn.PARTNER:
            given = turns.nearest([row for row in rows if row.direction == Direction.GIVEN])
            above = any(row.direction == Direction.TAKEN and row.state == State.DONE and row.open for row in rows)
            return "client" if above or given is None else next(pk for pk, row in self.rows.items() if row == given)
        return "" if turn == Turn.NOBODY else str(turn)
