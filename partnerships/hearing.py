"""What is said over the link itself: accepted, renamed, terms, paused, resumed, ending, ended."""

from tenants import clock
from tenants.models import Account
from tenants.vocabulary import Actor

from . import agreement, conditions, lanes, outbox, parting, presenting, proposing
from .models import Invitation, Link, Partnership
from .protocol import (
    LinkAccepted,
    LinkCard,
    LinkEnded,
    LinkEnding,
    LinkPaused,
    LinkResumed,
    LinkTerms,
    LinkTermsAnswered,
    LinkTermsProposed,
)
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
    by = partner(row, body.name)
    told = {"card": presenting.as_kept(body.card)}
    if body.terms:
        told |= {"their_terms": conditions.as_kept(conditions.heard(body.terms)), "their_version": 1}
    ours = agreement.begin(link, name=body.name, by=by, first=invitation.terms, **told)
    name = Account.objects.get(pk=ours.account_id).name
    outbox.write_link(ours, LinkCard(name=name, card=presenting.company()), by=by)
    proposing.tell(ours, by=by)


def on_card(row, body, lane):
    """The partner is called otherwise, or says something else of himself."""
    ours = Partnership.objects.filter(link_id=lane.link_id).first()
    if ours:
        presenting.hear(ours, name=body.name, card=body.card, by=partner(row, body.name))


def on_state(row, body, lane):
    """The link was paused, resumed or ended; where two such words crossed, the link's own row says which was last."""
    # The link's row first, as for whoever pauses it; an offer that is just being made does not wait for ours.
    state = lanes.hold(lane.link_id)
    ours = Partnership.objects.select_for_update(of=("self",), no_key=True).filter(link_id=lane.link_id).first()
    if ours is None or ours.state in (state, LinkState.ENDED):
        return
    if isinstance(body, LinkEnded):
        parting.hear_end(ours, body.cut, by=partner(row, ours.name))
    elif state != LinkState.ENDED:  # else the letter that says so, and which tickets it cut, is on its way
        parting.enter(ours, state, by=partner(row, ours.name))


def on_terms(row, body, lane):
    """What is said of terms: in force, asked for, answered."""
    ours = Partnership.objects.filter(link_id=lane.link_id).first()
    if ours:
        TERMS[type(body)](ours, body, by=partner(row, ours.name))


def partner(row, company):
    return Actor(kind="partner", name=str(row.by.get("name", ""))[:160], company=company, origin="partner")


TERMS = {
    LinkTerms: proposing.hear_terms,
    LinkTermsProposed: proposing.hear_proposal,
    LinkTermsAnswered: proposing.hear_answer,
}
HANDLERS = {
    **dict.fromkeys(TERMS, on_terms),
    LinkAccepted: on_accepted,
    LinkCard: on_card,
    LinkPaused: on_state,
    LinkResumed: on_state,
    LinkEnding: on_state,
    LinkEnded: on_state,
}
