"""What is said over the link itself: accepted, renamed, paused, resumed, ended."""

from tenants import clock
from tenants.vocabulary import Actor

from . import agreement
from . import vocabulary as words
from .models import Invitation, Link, Partnership
from .protocol import LinkAccepted, LinkCard, LinkEnded, LinkPaused, LinkResumed
from .vocabulary import LinkState


def hear(row, body, lane):
    """Do what a link letter says, inside the receiver's account."""
    HANDLERS[type(body)](row, body, lane)


def on_accepted(row, body, lane):
    """The company we invited said yes."""
    link = Link.objects.get(pk=lane.link_id)
    invitation = Invitation.objects.select_for_update().filter(pk=body.invitation).first()
    if invitation is None or Partnership.objects.filter(link=link).exists():
        return
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    agreement.begin(link, name=body.name, by=partner(row, body.name))


def on_card(row, body, lane):
    Partnership.objects.filter(link_id=lane.link_id).update(name=body.name[:160])


def on_state(row, body, lane):
    """The link was paused, resumed or ended; where two such words crossed, the link's own row says which was last."""
    ours = Partnership.objects.select_for_update().filter(link_id=lane.link_id).first()
    state = Link.objects.get(pk=lane.link_id).state
    if ours is None or ours.state in (state, LinkState.ENDED):
        return
    agreement.enter(ours, state, kind=STATES[state], by=partner(row, ours.name))


def partner(row, company):
    return Actor(kind="partner", name=str(row.by.get("name", ""))[:160], company=company, origin="partner")


STATES = {LinkState.PAUSED: words.PAUSED, LinkState.ACTIVE: words.RESUMED, LinkState.ENDED: words.ENDED}
HANDLERS = {
    LinkAccepted: on_accepted,
    LinkCard: on_card,
    LinkPaused: on_state,
    LinkResumed: on_state,
    LinkEnded: on_state,
}
