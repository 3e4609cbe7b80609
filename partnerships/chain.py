"""Who stands where in the chain, told one hop at a time and redacted by the hand-over's own word on it."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from sla import turns
from tenants import afterwards
from tenants.vocabulary import KINDS, SCHEDULE, refuse_unless
from tickets.models import Ticket
from tickets.vocabulary import Direction, Turn

from . import outbox
from .models import Handover
from .protocol import ChainChanged, Station, read, render
from .vocabulary import DEPTH_LIMIT, RUNNING, SeeBelow, State

SHOWN = (*RUNNING, State.APPROVED)


def mark(chain_id, account_id):
    """An account's mark in a chain: it recognises its own and can't read the others'."""
    return hmac.new(chain_id.bytes, account_id.bytes, hashlib.sha256).hexdigest()[:32]


def taken(ticket):
    """The hand-over through which this ticket came to us, if it did."""
    return (
        Handover.objects.filter(ticket=ticket.pk, direction=Direction.TAKEN)
        .select_related("partnership", "counterpart")
        .first()
    )


def next_link(ticket, above, to, chain_id):
    """Chain id, depth and marks for handing this ticket to that partner; refuses a circle in plain words."""
    account_id = ticket.account_id
    running = above and above.is_running
    chain = above.chain if running else chain_id
    depth = above.depth + 1 if running else 1
    marks = [*(above.marks if running else []), mark(chain, account_id)]
    refuse_unless(
        mark(chain, to.link.peer_of(account_id)) not in marks,
        _("This ticket already came from %(partner)s; give it back instead.") % {"partner": to.name},
    )
    refuse_unless(depth <= DEPTH_LIMIT, _("A chain may hold %(n)s hand-overs at most.") % {"n": DEPTH_LIMIT})
    return chain, depth, marks


def below(ticket_id):
    """Our direct partners on a ticket and those behind them, depth first, as the partners told."""
    stations = []
    given = Handover.objects.filter(ticket=ticket_id, direction=Direction.GIVEN, state__in=SHOWN)
    for place, handover in enumerate(given.select_related("partnership"), start=1):
        stations.append(direct(handover, str(place)))
        for told in handover.below:
            station = read(Station, told)
            parent = f"{place}.{station.parent}" if station.parent else str(place)
            stations.append(replace(station, position=f"{place}.{station.position}", parent=parent))
    return stations


def direct(handover, position):
    """A direct partner as a station."""
    return Station(
        position=position,
        parent="",
        name=handover.partnership.name,
        role="partner",
        ref=handover.peer_ref,
        status=handover.peer_status,
        category=handover.peer_category,
        state=handover.state,
        since=handover.peer_since,
        due_at=handover.due_at,
        holds=handover.peer_holds,
    )


# No longer than the rows hold from which an honest partner tells it; lists draw all of them.
LONGEST = {"position": 60, "parent": 60, "name": 160, "role": 40, "ref": 40, "status": 60, "category": 10, "state": 12}


def clipped(station):
    """A told station, as long as one may be."""
    return replace(station, **{name: getattr(station, name)[:most] for name, most in LONGEST.items()})


def redact(stations, see_below):
    """What the giver may see of those below his direct partner."""
    if see_below == SeeBelow.HIDDEN:
        return []
    if see_below == SeeBelow.ROLE:
        return [replace(s, name="", role="subcontractor", ref="", status="") for s in stations]
    return [replace(s, role="subcontractor") for s in stations]


def tell_above(ticket_id):
    """Tell the giver where his ticket stands with us and below, when that has changed since we last told."""
    afterwards.put_off(("chain", ticket_id), lambda _times: tell_where(ticket_id))


def tell_where(ticket_id):
    """One letter upwards, unless it says what was told last."""
    handover = (
        Handover.objects.filter(ticket=ticket_id, direction=Direction.TAKEN, state__in=SHOWN)
        .select_related("partnership")
        .first()
    )
    if handover is None:
        return
    ticket = Ticket.objects.get(pk=ticket_id)
    stations = below(ticket_id)
    ours = ticket.turn in (Turn.US, Turn.CLIENT) or (
        handover.see_below == SeeBelow.HIDDEN and ticket.turn == Turn.PARTNER and handover.state != State.DONE
    )
    body = ChainChanged(
        holds=ours,
        since=ticket.turn_since,
        handed_on=any(station.state in RUNNING for station in stations),
        stations=redact(stations, handover.see_below),
    )
    told = render(body)
    if told != handover.told_above:
        Handover.objects.filter(pk=handover.pk).update(told_above=told)
        outbox.write(handover, body, by=SCHEDULE)


@dataclass(frozen=True)
class Stop:
    """One company as the chain card draws it."""

    party: str  # client, us, partner, far
    name: str
    ref: str = ""
    status: str = ""
    category: str = ""
    state: str = ""
    since: datetime | None = None
    due_at: datetime | None = None
    holds: bool = False
    tentative: bool = False
    depth: int = 0
    handover: Handover | None = None


def stops(ticket):
    """The chain as this account sees it: who asked, we, our partners, those behind them. Depth first."""
    above = taken(ticket)
    first = sender_stop(above, ticket) if above else client_stop(ticket)
    us = Stop(
        party="us",
        name=ticket.account.name,
        ref=ticket.ref,
        status=ticket.status.name,
        category=ticket.status.category,
        since=ticket.turn_since,
        due_at=ticket.due_at,
        holds=ticket.turn == Turn.US,
        handover=above,
    )
    return [*([first] if first else []), us, *partners(ticket)]


def sender_stop(above, ticket):
    return Stop(
        party="client",
        name=above.partnership.name,
        ref=above.peer_ref,
        status=above.peer_status,
        category=above.peer_category,
        due_at=above.client_due_at,
        # Our status waits for the client: on a co-ticket that is whoever sent it.
        holds=ticket.turn == Turn.CLIENT
        or (ticket.turn == Turn.PARTNER and ticket.turn_holder == above.partnership.name),
    )


def client_stop(ticket):
    if ticket.client is None:
        return None
    return Stop(party="client", name=ticket.client.name, holds=ticket.turn == Turn.CLIENT)


def partners(ticket):
    """Direct partners with their hand-overs, and the far ones each has told of."""
    given = list(
        Handover.objects.filter(ticket=ticket.pk, direction=Direction.GIVEN).select_related(
            "partnership", "counterpart"
        )
    )
    first = turns.nearest([handover.counterpart for handover in given])
    found = []
    for handover in given:
        holds = ticket.turn == Turn.PARTNER and handover.counterpart == first
        far = [read(Station, told) for told in handover.below]
        found.append(
            stop_at(
                direct(handover, "1"),
                party="partner",
                name=handover.partnership.name,
                holds=holds and not any(station.holds for station in far),
                tentative=ticket.turn_tentative,
                handover=handover,
            )
        )
        if handover.state in SHOWN:
            found.extend(far_stop(station, handover, holds) for station in far)
    return found


def far_stop(station, handover, branch_holds):
    name = station.name or _("subcontractor of %(partner)s") % {"partner": handover.partnership.name}
    holds, depth = branch_holds and station.holds, station.position.count(".") + 1
    return stop_at(station, party="far", name=str(name), holds=holds, depth=depth)


def stop_at(station, **drawn):
    """What was told of a station, with what only the drawing knows."""
    return Stop(
        ref=station.ref,
        status=station.status,
        category=station.category,
        state=station.state,
        since=station.since,
        due_at=station.due_at,
        **drawn,
    )


def on_activity(sender, activity, subject, by, **kwargs):
    """A ticket moved: those above may have to hear of it."""
    if activity.ticket_id and KINDS[activity.kind].moves_turn:
        tell_above(activity.ticket_id)
