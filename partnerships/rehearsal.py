"""The dry run: the last tickets of a link are told again under another map. It only reads, in a few queries."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Max

from tenants.models import Activity
from tickets import statuses
from tickets.models import Ticket
from tickets.vocabulary import REOPENED, Category

from . import maps
from .maps import Happening, Outcome
from .models import Handover
from .translation import OWN
from .vocabulary import PEER_STATUS, MapEvent, Side, State

LAST = 50
# The longest story that is told again, all tickets together: who changes his status all day is cut short.
LINES = 5000
VERBS = {f"handover_{state}": state for state in State}
OWED = (State.OFFERED, State.ACCEPTED, State.RETURNED)
DELIVERED = (State.DONE, State.APPROVED)
AT_ONCE = timedelta(seconds=1)


@dataclass(frozen=True)
class Difference:
    """A ticket that the other map would have treated otherwise."""

    ticket: Ticket
    before: Outcome
    after: Outcome


@dataclass(frozen=True)
class Rehearsal:
    """How many tickets were told again, and those that came out otherwise."""

    told: int
    differences: list


def rehearse(partnership, before, after):
    """The last tickets of a link, in both directions, under the map as it is and as it would be."""
    tickets = last_tickets(partnership)
    ours = list(statuses.current())
    start = pick(ours, Category.NEW)
    found = []
    for ticket, happenings in stories(partnership, tickets, ours):
        then, now = (maps.replay(known, happenings, start) for known in (before, after))
        if then != now:
            found.append(Difference(ticket, then, now))
    return Rehearsal(len(tickets), found)


def last_tickets(partnership):
    """The tickets that crossed this link last, the newest first."""
    crossed = Handover.objects.filter(partnership=partnership).values("ticket").annotate(at=Max("offered_at"))
    latest = list(crossed.order_by("-at").values_list("ticket", flat=True)[:LAST])
    rows = Ticket.objects.filter(pk__in=latest).select_related("account", "status")
    return sorted(rows, key=lambda ticket: latest.index(ticket.pk))


def stories(partnership, tickets, ours):
    """Each ticket with what happened to it that a map may answer, in order."""
    hands = {hand.pk: hand for hand in Handover.objects.filter(ticket__in=tickets)}
    lines = Activity.objects.filter(
        ticket_id__in=[ticket.pk for ticket in tickets], kind__in=[*VERBS, PEER_STATUS.code, REOPENED.code]
    )
    own = {state: pick(ours, *where) for state, where in OWN.items()}
    told = {ticket.pk: Story(partnership, hands, own) for ticket in tickets}
    for line in reversed(lines.order_by("-at", "-pk")[:LINES]):
        told[line.ticket_id].hear(line)
    return [(ticket, told[ticket.pk].happenings) for ticket in tickets]


def pick(ours, category, glyph=None):
    """The account's first status of a category, with this sign when there is one; as statuses.first, without asking."""
    fitting = [status for status in ours if status.category == category]
    return next((status for status in fitting if status.glyph == glyph), fitting[0] if fitting else None)


class Story:
    """One ticket's lines of the ledger, turned into what a map may answer."""

    def __init__(self, partnership, hands, own):
        self.partnership, self.hands, self.own = partnership, hands, own
        self.happenings, self.states, self.ended, self.last = [], {}, {}, None

    def hear(self, line):
        """One more line; those of other links only say where their hand-overs stand."""
        hand = self.hands.get(line.subject_id)
        if line.kind == REOPENED.code:
            self.reopened(line)
        elif hand and line.kind in VERBS:
            self.moved(line, hand, VERBS[line.kind])
        elif hand and hand.partnership_id == self.partnership.pk and not line.details.get("caused"):
            said = {"word": line.details["status"], "category": line.details.get("category", "")}
            self.add(hand.side, **said)
        self.last = line

    def moved(self, line, hand, state):
        """A verb of a hand-over: ours moves a taken ticket by itself, theirs is the map's to answer."""
        self.states[hand.pk], self.ended[hand.pk] = state, line.at
        if hand.partnership_id != self.partnership.pk:
            return
        if not hand.is_given and state in self.own and line.actor_kind != "partner":
            self.happenings.append(Happening(hand.side, own=self.own[state]))
        elif not (hand.is_given and state == State.RETURNED and line.actor_kind == "schedule"):
            self.add(hand.side, event=state)

    def reopened(self, line):
        """The ticket was opened again while a partner's work could still go back; the map itself may have done it."""
        taken = [hand for hand in self.hands.values() if hand.ticket_id == line.ticket_id and not hand.is_given]
        if line.actor_kind == "partner" and line.actor_id not in {hand.partnership_id for hand in taken}:
            return
        last = self.last
        by_map = last is not None and last.kind in VERBS and last.actor_id == line.actor_id
        if by_map and line.at - last.at < AT_ONCE and self.hands[last.subject_id].is_given:
            return
        given = [self.hands[pk] for pk, state in self.states.items() if state in DELIVERED and self.hands[pk].is_given]
        ours = [hand for hand in given if hand.partnership_id == self.partnership.pk]
        if len(given) == 1 and ours and self.in_time(ours[0], line):
            self.add(Side.GIVER, event=MapEvent.REOPENED)

    def in_time(self, hand, line):
        late = timedelta(days=hand.return_days)
        return self.states[hand.pk] == State.DONE or line.at - self.ended[hand.pk] <= late

    @property
    def owed(self):
        """Whether the ticket came from somebody who still waits for our work."""
        return any(state in OWED for pk, state in self.states.items() if not self.hands[pk].is_given)

    def add(self, side, **what):
        self.happenings.append(Happening(side, owed=self.owed, **what))
