"""What may be done at each station of the chain, as buttons; nothing that would be refused is drawn."""

from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.models import Ticket

from . import ledger, moves, ratings, reporting, visiting
from .access import handable
from .vocabulary import RUNNING, Criterion, LinkState, State


@dataclass(frozen=True)
class Act:
    """One verb as a button: where it posts, which state it leads to, and whether it asks something first."""

    route: str
    state: str
    label: object
    icon: str
    asks: bool = False
    turn: bool = False
    key: str = ""
    ability: str = "hand_over"


ACTS = (
    Act("accept", State.ACCEPTED, gettext_lazy("Accept"), "check", turn=True, key="KeyY"),
    Act("decline", State.DECLINED, gettext_lazy("Decline"), "x-mark", asks=True, key="KeyB"),
    Act("done", State.DONE, gettext_lazy("Deliver the work"), "check", True, turn=True, key="KeyY", ability="done"),
    Act("give_back", State.GIVEN_BACK, gettext_lazy("Give back"), "arrow-uturn-left", asks=True),
    Act("return", State.RETURNED, gettext_lazy("Send back"), "arrow-uturn-left", asks=True, key="KeyB"),
    Act("withdraw", State.WITHDRAWN, gettext_lazy("Withdraw"), "arrow-uturn-left", asks=True),
)
APPROVE = Act("approve", State.APPROVED, gettext_lazy("Accept the work"), "check", turn=True)
HAND_IN = Act("done", "", gettext_lazy("Hand in the report"), "check", True, turn=True, key="KeyY")
REPORT_BACK = Act("report_back", "", gettext_lazy("Back to the engineer"), "arrow-uturn-left", asks=True)
NUDGE = Act("nudge", "", gettext_lazy("Nudge"), "bell", asks=True, key="KeyN")
RATE = Act("rate", "", gettext_lazy("Rate"), "star", asks=True)
CHANGE = Act("recard", "", gettext_lazy("Change"), "pencil", asks=True)
RERATE = Act("rate", "", gettext_lazy("Change the rating"), "star", asks=True)


@dataclass(frozen=True)
class Desk:
    """One member before the chain of one ticket, and what the ledger remembers of its hand-overs."""

    ticket: Ticket
    member: object
    now: datetime
    hands: list
    memory: dict = field(default_factory=dict)
    reports: dict = field(default_factory=dict)
    # The ids of the links over which the terms let this member pass things.
    passes: set = field(default_factory=set)

    def may(self, ability):
        return self.member.may(ability)


def at(stop, desk):
    """What is drawn at a station: our answers stand with us, what we ask of a partner stands with him."""
    hand = stop.handover
    if stop.party == "us":
        return ours(stop, desk)
    if stop.party == "client":
        waits = [one for one in desk.hands if not one.is_given and one.state == State.DONE]
        return {
            "acts": [button(NUDGE, one) for one in waits if may_nudge(one, desk)],
            "news": [line for one in waits for line in nudges(desk.memory[one.pk].ours, ours=True)],
        }
    if stop.party != "partner":
        return {"acts": []}
    acts = [button(NUDGE, hand)] if hand.is_running and hand.state != State.DONE and may_nudge(hand, desk) else []
    acts += verbs(hand, desk, stop.holds) if hand.state != State.DONE else []
    memory = desk.memory[hand.pk]
    return {
        "acts": acts + stars(hand, desk) + changing(hand, desk),
        "visit": visiting.of(hand),
        "news": nudges(memory.ours, ours=True),
        "returns": memory.returns,
    }


def ours(stop, desk):
    """Our own station: delivered work to answer, then the sender's ticket to work on."""
    delivered = [hand for hand in desk.hands if hand.is_given and hand.state == State.DONE]
    acts = []
    for hand in delivered:
        acts += verbs(hand, desk, stop.holds, named=len(delivered) > 1)
    above, handed_in, more = stop.handover, None, []
    if above:
        handed_in = in_hand(above) and reporting.waiting(above)
        # One loud thing: the partner's work is answered before ours is delivered.
        more = verbs(above, desk, stop.holds and not delivered) + engineers(above, desk, handed_in)
    memory = desk.memory.get(above.pk) if above else None
    news = nudges(memory.theirs, ours=False) if memory else []
    news += nudges([line for hand in delivered for line in desk.memory[hand.pk].theirs], ours=False)
    return {
        "acts": acts,
        "more": more,
        "rate": approval(delivered[0]) if len(delivered) == 1 and may_answer(delivered[0], desk) else None,
        "works": [work(hand, desk, named=len(delivered) > 1) for hand in delivered],
        "handed_in": handed_in,
        "back": sent_back(above, desk),
        "returns": memory.returns if memory else [],
        "news": news,
    }


def changing(hand, desk):
    """Pass more or less than before, or move the partner's times."""
    open_still = hand.is_running and hand.state != State.DONE
    passes = hand.partnership_id in desk.passes
    return [button(CHANGE, hand)] if open_still and passes and may_answer(hand, desk) else []


def in_hand(hand):
    """Whether we may deliver this ticket now."""
    return hand.state in moves.MOVES[State.DONE].sources and not hand.waits_for_confirmation


def engineers(hand, desk, handed_in):
    """What an engineer does instead of delivering, and what the desk does with his report."""
    if not in_hand(hand) or hand.partnership.state == LinkState.ENDED:
        return []
    if desk.may("done"):
        return [button(REPORT_BACK, hand)] if handed_in else []
    return [button(HAND_IN, hand, turn=True)] if desk.may("work") else []


def sent_back(hand, desk):
    """The last report that the dispatcher did not deliver, for whoever has to write it anew."""
    if hand is None or not in_hand(hand) or desk.may("done") or not desk.may("work"):
        return None
    last = hand.reports.order_by("-made_at").first()
    return last if last and last.reason else None


def may_answer(hand, desk):
    """Whether this member may make moves of a hand-over now, whatever its state allows."""
    ended = hand.partnership.state == LinkState.ENDED
    return desk.may("hand_over") and not ended and not hand.waits_for_confirmation


def may_nudge(hand, desk):
    return may_answer(hand, desk) and not desk.memory[hand.pk].nudged_lately(desk.now)


def verbs(hand, desk, holds, named=False):
    """The moves that the hand-over's state allows to our side, as buttons."""
    if not may_answer(hand, desk) or moves.long_approved(hand) or replaced(hand, desk):
        return []
    allowed = [act for act in ACTS if may_make(act, hand) and desk.may(act.ability)]
    drawn = [button(act, hand, act.turn and holds, named) for act in allowed]
    if named:
        drawn.insert(0, button(APPROVE, hand, holds, named))
    return drawn


def may_make(act, hand):
    move = moves.MOVES[act.state]
    return move.side == hand.direction and hand.state in move.sources


def replaced(hand, desk):
    """Accepted once, and the same partner has the ticket again by a newer hand-over."""
    return hand.state == State.APPROVED and any(
        one.is_given and one.pk != hand.pk and one.partnership_id == hand.partnership_id and one.state in RUNNING
        for one in desk.hands
    )


def button(act, hand, turn=False, named=False):
    """A verb with its address."""
    return {
        "label": f"{act.label}: {hand.partnership.name}" if named else act.label,
        "url": reverse(f"partnerships:{act.route}", args=[hand.pk]),
        "icon": act.icon,
        "asks": act.asks,
        "tone": "btn--turn" if turn else "",
        "key": "" if named else act.key,
    }


def approval(hand):
    """Accept the work, with the stars beside it; a word and criteria are asked for in a dialog."""
    return {
        "url": reverse("partnerships:approve", args=[hand.pk]),
        "label": APPROVE.label,
        "words": _("Rate %(name)s") % {"name": hand.partnership.name},
        "prefix": f"rate-{hand.pk.hex}",
    }


def stars(hand, desk):
    """An accepted work that nobody rated yet, or whose rating may still be changed."""
    if hand.state != State.APPROVED or not desk.may("hand_over") or hand.partnership.state == LinkState.ENDED:
        return []
    if not hand.score:
        return [button(RATE, hand)]
    return [] if ratings.is_settled(hand) else [button(RERATE, hand)]


def work(hand, desk, named=False):
    """The delivered work as one block: the report, its files, the checklist, when it is accepted by itself."""
    said = desk.reports.get(desk.memory[hand.pk].comment)
    return {
        "name": hand.partnership.name if named else "",
        "text": hand.report,
        "at": hand.done_at,
        "comment": said.pk if said else "",
        "files": files_of(said, desk.ticket) if said else [],
        "checklist": hand.checklist,
        "approve_at": hand.approve_at,
        "returns": desk.memory[hand.pk].returns,
    }


def files_of(said, ticket):
    """The files of a report, each with its address."""
    return [
        {
            "name": file.name,
            "size": file.size,
            "url": reverse("tickets:file", args=[ticket.number, file.pk, file.name]),
            "thumb_url": reverse("tickets:file_preview", args=[ticket.number, file.pk]) if file.is_picture else "",
        }
        for file in said.attachments.all()
        if file.removed_at is None
    ]


def nudges(asked, *, ours):
    """How often one side asked the other to hurry, and when last."""
    if not asked:
        return []
    return [{"ours": ours, "n": len(asked), "at": asked[-1].at, "text": asked[-1].details.get("text", "")}]


def criteria(hand):
    """The criteria of a rating in words: [(label, score)]."""
    return [(Criterion(name).label, hand.criteria[name]) for name in Criterion.values if name in hand.criteria]


def desk_of(ticket, member, hands, now):
    """Everything the buttons need, in a constant number of queries."""
    memory = ledger.memories(ticket, hands)
    given = [hand.partnership for hand in hands if hand.is_given and hand.is_running]
    passes = handable(member, given) if given else set()
    return Desk(ticket, member, now, hands, memory, ledger.reports(ticket, memory), passes)
