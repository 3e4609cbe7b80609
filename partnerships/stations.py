"""The chain as the ticket's card draws it: who stands where, since when, and what may be done at each station."""

from collections import defaultdict
from datetime import timedelta

from django.urls import reverse
from django.utils.formats import date_format, time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from sla import spans
from sla.vocabulary import Party
from tenants import clock
from tickets.vocabulary import Category, Glyph

from . import acts, chain
from .models import Round
from .vocabulary import LinkState, State

# Another company's status is known by its words and its category; the sign follows the category.
GLYPHS = {
    Category.NEW: Glyph.NEW,
    Category.OPEN: Glyph.OPEN,
    Category.WAITING: Glyph.CLIENT,
    Category.RESOLVED: Glyph.SOLVED,
    Category.CLOSED: Glyph.CLOSED,
}


def card(ticket, member):
    """Stations, earlier hand-overs, ratings, and the way to a new hand-over."""
    stops, now = chain.stops(ticket), clock.now()
    hands = [stop.handover for stop in stops if stop.handover]
    standing = [stop for stop in stops if stop.party != "partner" or stop.state in chain.SHOWN]
    desk = acts.desk_of(ticket, member, hands, now)
    spent = spent_by(ticket, now)
    may = member.may("hand_over")
    above = next((hand for hand in hands if not hand.is_given), None)
    open_to_more = not ticket.is_finished and not (above and above.state == State.OFFERED)
    return {
        "now": now,
        "total": sum(spent.values(), timedelta(0)),
        "stations": [station(stop, desk, held) for stop, held in shares(standing, spent)],
        "next": still_asked(ticket, may),
        "past": [past(hand) for hand in hands if hand.is_given and hand.state not in chain.SHOWN],
        "remarks": [remark(hand, may) for hand in hands if said_of(hand)],
        "turns_url": reverse("turns:page", args=[ticket.number]),
        "hand_over_url": reverse("partnerships:hand_over", args=[ticket.number]) if may and open_to_more else "",
    }


def spent_by(ticket, now):
    """How long each held the ticket until now: {(party, hand-over's counterpart, place behind it): time}."""
    spent = defaultdict(timedelta)
    for span, until in spans.held(ticket, now):
        if span.party != Party.NOBODY:
            direct = span.party in (Party.US, Party.CLIENT)
            spent[(span.party, None if direct else span.counterpart_id, span.station)] += until - span.from_at
    return spent


def shares(stops, spent):
    """Each station with the time it held the ticket."""
    above, place = None, 0
    for stop in stops:
        if stop.party == Party.FAR:
            key, place = (Party.FAR, above.counterpart_id, above.below[place]["position"]), place + 1
        else:
            above, place = stop.handover, 0
            key = (stop.party, above.counterpart_id if stop.party == Party.PARTNER else None, "")
        yield stop, spent.get(key)


def station(stop, desk, held):
    """One company of the chain."""
    ticket, now = desk.ticket, desk.now
    drawn = {
        "name": _("%(name)s, us") % {"name": stop.name} if stop.party == "us" else stop.name,
        "party": stop.party,
        "number": stop.ref,
        "status": status_of(stop, ticket),
        "note": note(stop),
        "due_text": due_text(stop),
        "turn": stop.holds,
        "pending": stop.party == "partner" and stop.state == State.OFFERED,
        "held": held,
        "turn_for": max(now - ticket.turn_since, timedelta(0)) if stop.holds and stop.party == "us" else None,
        "rating": stop.handover.score if stop.party == "partner" else None,
        "approve_at": approves_at(stop, desk),
    }
    context = acts.at(stop, desk)
    if any(context.values()):
        drawn |= {"actions": "partnerships/_acts.html", "context": context | {"now": now}}
    return drawn


def due_text(stop):
    """By when, in short; of the sender it is his own deadline, as far as he lets us know it."""
    if not stop.due_at:
        return ""
    words = _("client’s deadline: %(time)s") if stop.party == "client" else _("by %(time)s")
    return words % {"time": shortly(stop.due_at)}


def approves_at(stop, desk):
    """When the sender accepts our work by itself."""
    waits = (hand for hand in desk.hands if not hand.is_given and hand.state == State.DONE)
    return next((hand.approve_at for hand in waits if hand.approve_at), None) if stop.party == "client" else None


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
        return _("delivered %(time)s") % {"time": shortly(hand.done_at)}
    return State(hand.state).label


def shortly(at):
    """A moment of today by its hour, an older one with its day."""
    there = localtime(at)
    return time_format(there, "H:i") if there.date() == localtime().date() else date_format(there, "j E, H:i")


def still_asked(ticket, may):
    """Who is asked when the one who has the offer does not take it, and the way to ask nobody else."""
    made = Round.objects.filter(ticket=ticket.pk, settled_at=None).exclude(queue=[]).first()
    if made is None:
        return None
    return {
        "names": ", ".join(one.name for one in made.waiting),
        "stop_url": reverse("partnerships:round_stop", args=[made.pk]) if may else "",
    }


def past(hand):
    """A hand-over that is over, with its reason."""
    return {
        "name": hand.partnership.name,
        "words": State(hand.state).label,
        "reason": hand.why,
        "at": hand.ended_at,
    }


def said_of(hand):
    """Whether the rating says more than the stars at the partner's station."""
    return hand.score and (not hand.is_given or hand.rating_text or hand.rating_answer or hand.criteria)


def remark(hand, may):
    """A rating and the last word on it."""
    ended = hand.partnership.state == LinkState.ENDED
    answerable = may and not hand.is_given and not hand.rating_answer and not ended
    title = hand.partnership.name if hand.is_given else _("%(name)s rated us") % {"name": hand.partnership.name}
    return {
        "score": hand.score,
        "title": title,
        "text": hand.rating_text,
        "criteria": acts.criteria(hand),
        "answer": hand.rating_answer,
        "url": reverse("partnerships:rating_answer", args=[hand.pk]) if answerable else "",
    }
