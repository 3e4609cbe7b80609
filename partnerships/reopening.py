"""Our ticket is open again: what that does to work that partners delivered, as the map of each link says."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from tenants.vocabulary import SCHEDULE, Refused
from tickets import lifecycle
from tickets.vocabulary import REOPENED, Direction

from . import chain, lanes, sharing, translation
from .models import Handover, MapRow
from .vocabulary import LinkState, MapAction, MapEvent, Side, State

DELIVERED = (State.DONE, State.APPROVED)


def on_activity(sender, activity, subject, by, **kwargs):
    """A finished ticket was opened again, by our client, by one of us, or by the partner above."""
    if activity.kind == REOPENED.code and not translation.ANSWERING_BELOW.get():
        go_down(subject, words=activity.details["note"])


def go_down(ticket, *, words=""):
    """Delivered work goes back, is asked about or stays; where several could get it back, a person chooses."""
    hands = delivered(ticket)
    known = actions([hand.partnership_id for hand in hands])
    wanted = {hand: known.get(hand.partnership_id, MapAction.RETURN) for hand in hands}
    back = [hand for hand, action in wanted.items() if action == MapAction.RETURN]
    with override(ticket.account.language):
        for hand, action in wanted.items():
            if action == MapAction.ASK or (len(back) > 1 and hand in back):
                ask(hand)
        if len(back) == 1:
            give_back_to(back[0], words or words_of(ticket) or _("The ticket was reopened."))


def delivered(ticket):
    """The last work of each partner, where he delivered it and nobody sent it back yet."""
    given = Handover.objects.filter(ticket=ticket.pk, direction=Direction.GIVEN).exclude(
        partnership__state=LinkState.ENDED
    )
    last = {hand.partnership_id: hand for hand in given.select_related("ticket__account", "partnership")}
    return [hand for hand in last.values() if hand.state in DELIVERED]


def actions(partnerships):
    """What the maps of these links say about a reopening; a link without such a row does as usual."""
    rows = MapRow.objects.filter(
        partnership__in=partnerships, side=Side.GIVER, handover_state=MapEvent.REOPENED
    ).values_list("partnership", "action")
    return dict(rows)


def words_of(ticket):
    """What whoever gave us the ticket said when he sent our own work back."""
    above = chain.taken(ticket)
    return above.reason if above and above.state == State.RETURNED else ""


def give_back_to(hand, reason):
    """The partner gets his work back with the reopener's words; where that can't be done, the ticket says why.

    The ticket is held here, and nobody waits for a link who holds a ticket: of one that is just being paused or
    ended a person decides.
    """
    if not lanes.hold_at_once(hand.partnership.link_id):
        ask(hand)
        return
    try:
        sharing.send_back(hand, by=SCHEDULE, reason=reason)
    except Refused as no:
        text = _("The work does not go back to %(partner)s: %(why)s")
        lifecycle.note(hand.ticket, text=text % {"partner": hand.partnership.name, "why": no.sentence}, by=SCHEDULE)


def ask(hand):
    """A person decides whether the partner has to do it again."""
    text = _("The ticket is open again. Decide whether %(partner)s gets the work back.")
    lifecycle.note(hand.ticket, text=text % {"partner": hand.partnership.name}, by=SCHEDULE)
