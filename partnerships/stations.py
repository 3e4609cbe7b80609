"""The chain as the ticket's card draws it: who stands where, since when, and what may be done at each station."""

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants import clock
from tickets.vocabulary import Category, Glyph

from . import chain, moves
from .vocabulary import State, said_why

# Another company's status is known by its words and its category; the sign follows the category.
GLYPHS = {
    Category.NEW: Glyph.NEW,
    Category.OPEN: Glyph.OPEN,
    Category.WAITING: Glyph.CLIENT,
    Category.RESOLVED: Glyph.SOLVED,
    Category.CLOSED: Glyph.CLOSED,
}


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


def card(ticket, member):
    """Stations, earlier hand-overs, ratings, and the way to a new hand-over."""
    stops, now = chain.stops(ticket), clock.now()
    hands = [stop.handover for stop in stops if stop.handover]
    standing = [stop for stop in stops if stop.party != "partner" or stop.state in chain.SHOWN]
    may = member.may("hand_over")
    above = next((hand for hand in hands if not hand.is_given), None)
    open_to_more = not ticket.is_finished and not (above and above.state == State.OFFERED)
    return {
        "now": now,
        "stations": [station(stop, ticket, member, hands, now) for stop in standing],
        "past": [past(hand) for hand in hands if hand.is_given and hand.state not in chain.SHOWN],
        "remarks": [remark(hand, may) for hand in hands if said_of(hand)],
        "hand_over_url": reverse("partnerships:hand_over", args=[ticket.number]) if may and open_to_more else "",
    }


def station(stop, ticket, member, hands, now):
    """One company of the chain."""
    drawn = {
        "name": _("%(name)s, us") % {"name": stop.name} if stop.party == "us" else stop.name,
        "party": stop.party,
        "number": stop.ref,
        "status": status_of(stop, ticket),
        "note": note(stop),
        "due_at": stop.due_at,
        "turn": stop.holds,
        "pending": stop.party == "partner" and stop.state == State.OFFERED,
        "held": max(now - ticket.turn_since, timedelta(0)) if stop.holds else None,
        "rating": stop.handover.score if stop.party == "partner" else None,
    }
    context = actions(stop, member, hands)
    if context["acts"] or context.get("rate"):
        drawn |= {"actions": "partnerships/_acts.html", "context": context}
    return drawn


def status_of(stop, ticket):
    if stop.party == "us":
        return {"name": stop.status, "glyph": ticket.status.glyph, "hue": ticket.status.hue}
    return {"name": stop.status, "glyph": GLYPHS.get(stop.category, Glyph.OPEN)} if stop.status else None


def note(stop):
    """How the hand-over stands, in words."""
    hand = stop.handover
    if hand is None:
        return State(stop.state).label if stop.state in State.values else ""
    if stop.party == "us" and hand.state == State.ACCEPTED and not hand.waits_for_confirmation:
        return ""  # our own status says it already
    if hand.waits_for_confirmation:
        return _("%(state)s, waiting for confirmation") % {"state": State(hand.state).label}
    return words(hand)


def words(hand):
    """The state of a hand-over with its moment."""
    if hand.state == State.OFFERED:
        return _("offered, not accepted yet") if hand.is_given else _("offered to us")
    if hand.state == State.DONE and hand.done_at:
        return _("delivered %(time)s") % {"time": time_format(localtime(hand.done_at), "H:i")}
    return State(hand.state).label


def actions(stop, member, hands):
    """What this member may do at this station: our answers stand with us, what we ask of a partner stands with him."""
    if not member.may("hand_over"):
        return {"acts": []}
    if stop.party == "us":
        delivered = [hand for hand in hands if hand.is_given and hand.state == State.DONE]
        mine = []
        for hand in delivered:
            mine += verbs(hand, member, stop.holds, named=len(delivered) > 1)
        if stop.handover:
            # One loud thing: the partner's work is answered before ours is delivered.
            mine += verbs(stop.handover, member, stop.holds and not delivered)
        return {"acts": mine, "rate": approval(delivered[0]) if len(delivered) == 1 else None}
    if stop.party == "client":
        waiting = [hand for hand in hands if not hand.is_given and hand.state == State.DONE]
        return {"acts": [nudging(hand) for hand in waiting if not hand.waits_for_confirmation]}
    if stop.party == "partner" and stop.state != State.DONE:
        asked = [nudging(stop.handover)] if stop.handover.is_running else []
        return {"acts": asked + verbs(stop.handover, member, stop.holds) + stars(stop.handover)}
    return {"acts": []}


def verbs(hand, member, holds, named=False):
    """The moves that the hand-over's state allows to our side, as buttons."""
    if hand.waits_for_confirmation or too_late(hand):
        return []
    allowed = [act for act in ACTS if may_make(act, hand) and member.may(act.ability)]
    drawn = [button(act, hand, act.turn and holds, named) for act in allowed]
    if named:
        drawn.insert(0, button(APPROVE, hand, holds, named))
    return drawn


APPROVE = Act("approve", State.APPROVED, gettext_lazy("Accept the work"), "check", turn=True)


def may_make(act, hand):
    move = moves.MOVES[act.state]
    return move.side == hand.direction and hand.state in move.sources


def too_late(hand):
    """Approved long ago: a new hand-over is the way then."""
    ended = hand.state == State.APPROVED and hand.ended_at
    return bool(ended and ended < clock.now() - timedelta(days=hand.return_days))


def button(act, hand, turn, named=False):
    label = f"{act.label}: {hand.partnership.name}" if named else act.label
    return {
        "label": label,
        "url": reverse(f"partnerships:{act.route}", args=[hand.pk]),
        "icon": act.icon,
        "asks": act.asks,
        "tone": "btn--turn" if turn else "",
        "key": "" if named else act.key,
    }


def approval(hand):
    """Accept the work, with the stars beside it."""
    return {
        "url": reverse("partnerships:approve", args=[hand.pk]),
        "label": _("Accept the work"),
        "words": _("Rate %(name)s") % {"name": hand.partnership.name},
        "prefix": f"rate-{hand.pk.hex}",
    }


def nudging(hand):
    nudge = Act("nudge", "", gettext_lazy("Nudge"), "bell", key="KeyN")
    return button(nudge, hand, False)


def stars(hand):
    """An accepted work that nobody rated yet."""
    if hand.state != State.APPROVED or hand.score:
        return []
    return [button(Act("rate", "", gettext_lazy("Rate"), "star", asks=True), hand, False)]


def past(hand):
    """A hand-over that is over, with its reason."""
    return {
        "name": hand.partnership.name,
        "words": State(hand.state).label,
        "reason": said_why(hand.reason),
        "at": hand.ended_at,
    }


def said_of(hand):
    """Whether the rating says more than the stars at the partner's station."""
    return hand.score and (not hand.is_given or hand.rating_text or hand.rating_answer)


def remark(hand, may):
    """A rating and the last word on it."""
    answerable = may and not hand.is_given and not hand.rating_answer
    title = hand.partnership.name if hand.is_given else _("%(name)s rated us") % {"name": hand.partnership.name}
    return {
        "score": hand.score,
        "title": title,
        "text": hand.rating_text,
        "answer": hand.rating_answer,
        "url": reverse("partnerships:rating_answer", args=[hand.pk]) if answerable else "",
    }
