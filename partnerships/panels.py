"""What links and hand-overs show on tickets' pages and in the side bar."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sla import turns
from tenants import clock
from tenants.vocabulary import refuse_unless
from tickets.models import Ticket
from tickets.vocabulary import Category, Direction, Turn

from . import chain, correspondence, differences, given, standing, stations, waiting
from .card_vocabulary import CARD_CHANGED, CARD_LATE
from .map_vocabulary import WORD_MET
from .models import Handover, InboxLetter, Partnership
from .vocabulary import RUNNING, ClientSees, LinkState, SeeBelow, Stage, State, why


def register(slots):
    """Fill the slots that tickets leave open."""
    slots.BEFORE_MOVE.append(resolve_means_deliver)
    slots.row_loader("chain")(load_chains)
    for panel in (standstill_card, chain_card, set_aside_letters, given_card):
        slots.panel(panel)
    slots.line(CARD_CHANGED.code)(differences.of_line)
    slots.line(CARD_LATE.code)(differences.of_line)
    slots.relay(who_reads_on)
    slots.client_sight(what_client_sees)
    slots.sender_sight(what_sender_sees)
    slots.way_from(WORD_MET)(map_that_met)
    slots.deed(eyes)
    slots.after_opening(hand_over_at_once)
    slots.on_selection(heap_deeds)
    slots.partners(partner_names)


def partner_names():
    """Whose tickets may come to us, now or once the link is resumed."""
    return Partnership.objects.exclude(state=LinkState.ENDED).values_list("name", flat=True)


def heap_deeds(member):
    """Selected tickets go to a partner at once, and their partners are asked to hurry."""
    if not member.may("hand_over"):
        return []
    return [
        {
            "label": _("Hand over to a partner"),
            "url": reverse("partnerships:heap"),
            "icon": "arrow-right",
            "key": "H",
            "dialog": True,
        },
        {"label": _("Nudge"), "url": reverse("partnerships:heap_nudge"), "icon": "bell"},
    ]


def hand_over_at_once(member):
    """A call that is a partner's work goes on to him as soon as it is written down."""
    if not member.may("hand_over") or not Partnership.objects.filter(link__state=LinkState.ACTIVE).exists():
        return None
    return {
        "value": "hand_over",
        "icon": "arrow-right",
        "label": _("Open and hand over"),
        "url": lambda ticket: reverse("partnerships:hand_over", args=[ticket.number]),
    }


def resolve_means_deliver(ticket: Ticket, to):
    """Resolving a co-ticket is delivering the work: one verb."""
    if to.category not in (Category.RESOLVED, Category.CLOSED):
        return
    above = chain.taken(ticket)
    owed = above and above.state in (State.OFFERED, State.ACCEPTED, State.RETURNED)
    refuse_unless(
        not owed,
        gettext_lazy("This ticket came from %(partner)s: deliver the work, or give it back.")
        % {"partner": above.partnership.name if above else ""},
    )


def map_that_met(activity):
    """The map in which a partner's unknown status waits for a person."""
    return reverse("partnerships:partner", args=[activity.details["partnership"]]) + "#map", _("The status map")


def chain_card(ticket, member):
    """The chain with its actions."""
    return "partnerships/_chain_card.html", stations.card(ticket, member)


def standstill_card(ticket, member):
    """The links under this ticket that are paused or ending, with the way to let them go on."""
    standstills = waiting.on_ticket(ticket)
    context = {"standstills": standstills, "may_link": member.may("link"), "now": clock.now()}
    return ("partnerships/_standstill_card.html", context) if standstills else None


def set_aside_letters(ticket, member):
    """Letters of this ticket's hand-overs that could not be applied."""
    hands = {hand.key: hand.partnership.name for hand in ticket.handovers.select_related("partnership")}
    held = InboxLetter.objects.filter(stage=Stage.SET_ASIDE, handover_key__in=hands) if hands else []
    letters = [
        {
            "partner": hands[row.handover_key],
            "words": correspondence.WORDS.get(row.kind, row.kind),
            "reason": why(row.reason),
            "retry_url": reverse("partnerships:letter_retry", args=[row.pk]),
            "skip_url": reverse("partnerships:letter_skip", args=[row.pk]),
        }
        for row in held
    ]
    may = member.may("hand_over")
    return ("partnerships/_letters_card.html", {"letters": letters, "may": may}) if letters else None


def given_card(ticket, member):
    """The contact, the site and the equipment as the sender passed them, and what of them is ours."""
    above = chain.taken(ticket)
    drawn = given.card(above, ticket, member) if above else None
    return ("partnerships/_given_card.html", drawn) if drawn else None


def eyes(ticket, member):
    """The ways to look at the ticket as each partner on it does."""
    hands = ticket.handovers.select_related("partnership")
    return [
        {
            "label": _("See as %(name)s") % {"name": hand.partnership.name},
            "url": reverse("partnerships:as_partner", args=[hand.pk]),
            "icon": "eye",
            "note": "" if hand.is_running or hand.state == State.APPROVED else State(hand.state).label,
        }
        for hand in hands
    ]


def load_chains(tickets):
    """Who stands on each ticket of a page and who has the turn: one query for all of them."""
    found = {ticket.pk: [] for ticket in tickets}
    rows = Handover.objects.filter(ticket__in=found, state__in=(*RUNNING, State.APPROVED))
    for hand in rows.select_related("partnership", "counterpart"):
        found[hand.ticket_id].append(hand)
    return {ticket.pk: parties(ticket, found[ticket.pk]) for ticket in tickets if found[ticket.pk]}


def parties(ticket, hands):
    """The pips of one row: who asked, we, our partners and those behind them."""
    above = next((hand for hand in hands if not hand.is_given), None)
    given = [hand for hand in hands if hand.is_given]
    theirs = ticket.turn == Turn.PARTNER
    drawn = []
    if above:
        waits = theirs and above.state == State.DONE
        drawn.append({"name": above.partnership.name, "party": "client", "turn": waits})
    elif ticket.client:
        drawn.append({"name": ticket.client.name, "party": "client", "turn": ticket.turn == Turn.CLIENT})
    drawn.append({"name": ticket.account.name, "party": "us", "turn": ticket.turn == Turn.US})
    holder = turns.nearest([hand.counterpart for hand in given]) if theirs else None
    for hand in given:
        drawn += branch(hand, holds=hand.counterpart == holder)
    return drawn


def branch(hand, *, holds):
    """A direct partner and the companies he told of."""
    far = [
        {
            "name": told["name"] or _("subcontractor of %(partner)s") % {"partner": hand.partnership.name},
            "party": "far",
            "turn": holds and told["holds"],
        }
        for told in hand.below
    ]
    direct = holds and not any(one["turn"] for one in far)
    pending = hand.state == State.OFFERED
    return [{"name": hand.partnership.name, "party": "partner", "turn": direct, "pending": pending}, *far]


def what_client_sees(ticket):
    """Of each partner who works on the ticket as much as the terms he got it with let our client know."""
    hands = Handover.objects.filter(ticket=ticket, direction=Direction.GIVEN, state__in=(*RUNNING, State.APPROVED))
    shown = {}
    for hand in hands.select_related("partnership"):
        grade = hand.terms.client_sees
        if grade != ClientSees.NOTHING:
            name = "" if grade == ClientSees.ROLE else hand.partnership.name
            shown[hand.counterpart_id] = (name, stations.words(hand) if grade == ClientSees.STATUS else "")
    return shown


def what_sender_sees(ticket):
    """Of each partner who works on a co-ticket as much as the hand-over's own word lets its sender see below us."""
    above = chain.taken(ticket)
    if above is None or above.see_below == SeeBelow.HIDDEN:
        return {}
    hands = Handover.objects.filter(ticket=ticket, direction=Direction.GIVEN, state__in=chain.SHOWN)
    named = above.see_below == SeeBelow.NAMED
    return {
        hand.counterpart_id: (hand.partnership.name if named else "", "")
        for hand in hands.select_related("partnership")
    }


def who_reads_on(ticket, counterparts):
    """Texts may go further than their first reader: the partner who handed on, and the sender, decide that."""
    hands = Handover.objects.filter(counterpart__in=[row.pk for row in counterparts]).select_related("partnership")
    told = {}
    for hand in hands:
        partner = hand.partnership.name
        if not hand.is_given:
            told[hand.counterpart_id] = _("%(partner)s decides whether its own client reads it.") % {"partner": partner}
        elif hand.below:
            below = ", ".join(one["name"] or _("a subcontractor") for one in hand.below)
            told[hand.counterpart_id] = _("%(partner)s may pass it on to %(below)s.") % {
                "partner": partner,
                "below": below,
            }
    for hand in hands:
        if hand.is_running and hand.partnership.state == LinkState.PAUSED:
            after = _("%(partner)s reads it when the link is resumed.") % {"partner": hand.partnership.name}
            told[hand.counterpart_id] = " ".join(filter(None, (told.get(hand.counterpart_id), after)))
    return told


def partner_links(request):
    """The links of the side bar with what is open in both directions."""
    here = request.resolver_match
    chosen = str(here.kwargs.get("pk", "")) if here and here.view_name == "partnerships:partner" else ""
    return [
        {
            "name": one.partner.name,
            "url": reverse("partnerships:partner", args=[one.partner.pk]),
            "given": one.given,
            "taken": one.taken,
            "current": str(one.partner.pk) == chosen,
        }
        for one in standing.partners(request.member, ended=False, past=False)
    ]
