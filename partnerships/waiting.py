"""What stands still while a link is paused, or goes out while it ends: since when, by whom, how much. Pure reading."""

from dataclasses import dataclass
from datetime import datetime

from tenants.models import Activity
from tenants.scoping import current_account_id
from tickets.access import visible_tickets

from . import lanes
from . import vocabulary as words
from .models import Handover, Partnership
from .vocabulary import RUNNING, LinkState

KINDS = {LinkState.PAUSED: words.PAUSED.code, LinkState.ENDING: words.ENDING.code, LinkState.ENDED: words.ENDED.code}
HELD = (LinkState.PAUSED, LinkState.ENDING)


@dataclass(frozen=True)
class Standstill:
    """A link that is not simply active: who said so and when, how many of our letters wait, how much is open."""

    partner: Partnership
    who: str = ""
    company: str = ""
    at: datetime | None = None
    letters: int = 0
    open: int = 0


def of(partner, member):
    """How a link stands still, for its own page; None when it is active. What is open counts as far as it is seen."""
    if partner.state not in KINDS:
        return None
    said = last_word(partner)
    running = Handover.objects.filter(partnership=partner, state__in=RUNNING)
    running = running if member.may("see_all") else running.filter(ticket__in=visible_tickets(member))
    return Standstill(
        partner=partner,
        who=said.actor_name if said else "",
        company=said.actor_company if said else "",
        at=said.at if said else None,
        letters=lanes.unread(partner.link_id, current_account_id()),
        open=running.count() if partner.state in HELD else 0,
    )


def on_ticket(ticket):
    """The links that stand still under a ticket, one for each of its running hand-overs over them."""
    hands = ticket.handovers.filter(state__in=RUNNING, partnership__state__in=HELD).select_related("partnership")
    return [standstill(hand) for hand in hands]


def standstill(hand):
    said = last_word(hand.partnership)
    return Standstill(
        partner=hand.partnership,
        who=said.actor_name if said else "",
        company=said.actor_company if said else "",
        at=said.at if said else None,
        letters=lanes.unread(hand.partnership.link_id, current_account_id(), hand.key),
    )


def last_word(partner):
    """The line of the ledger that brought the link into the state it is in."""
    lines = Activity.objects.filter(subject_id=partner.pk, kind=KINDS[partner.state])
    return lines.order_by("-at", "-pk").first()
