"""What terms pass on by themselves: a partner's public comment upwards, the client's reply downwards."""

from tenants.vocabulary import SCHEDULE
from tickets import conversation
from tickets.vocabulary import COMMENTED, Direction

from . import chain, in_hand, narrowing
from .models import Handover
from .vocabulary import RUNNING, Relay


def on_activity(sender, activity, subject, by, **kwargs):
    """A comment came through a partner: see whether the terms pass it on without asking."""
    if activity.kind != COMMENTED.code or not activity.details["via"]:
        return
    via = activity.details["via"]
    source = in_hand.remember(
        ("counterpart", via), lambda: Handover.objects.select_related("partnership").get(counterpart=via)
    )
    # What comes after the end is a note for us: nothing carries it on but a person.
    if not narrowing.takes_part(source):
        return
    if source.is_given:
        relay_up(subject, source)
    else:
        relay_down(subject)


def relay_up(said, handover):
    """From a partner to my sender or my client, when the terms with that partner say: automatically."""
    terms = handover.terms
    if terms.relay_up != Relay.AUTO:
        return
    above = in_hand.remember("above", lambda: chain.taken(said.ticket))
    readers = [above.counterpart] if above and above.is_running else []
    to_client = bool(said.ticket.client_id and said.ticket.contact_id)
    if readers or to_client:
        conversation.pass_on(said, by=SCHEDULE, to_client=to_client, readers=readers, masked=terms.masked)


def relay_down(said):
    """From my sender to the partners below, where the hand-over says: client's replies automatically."""
    readers = in_hand.remember("hearers", lambda: hearers(said.ticket_id))
    if readers:
        conversation.pass_on(said, by=SCHEDULE, readers=readers)


def hearers(ticket_id):
    """The counterparts below who hear by themselves what comes from above."""
    given = Handover.objects.filter(
        ticket=ticket_id,
        direction=Direction.GIVEN,
        state__in=RUNNING,
        client_replies=Relay.AUTO,
    ).select_related("counterpart")
    return [handover.counterpart for handover in given]
