"""Our terms of a link change: what is only ours at once, what touches the partner when he has said yes.

Each side owns its own terms; of a proposal the row of the side that asks decides, whatever crosses on the way.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.activity import record
from tenants.scoping import new_id
from tenants.vocabulary import refuse_unless

from . import bounds, conditions, outbox
from . import vocabulary as words
from .access import permit_linking
from .conditions import TOUCHING
from .models import Partnership, Proposal, Terms
from .protocol import LinkTerms, LinkTermsAnswered, LinkTermsProposed
from .vocabulary import LinkState, ProposalState

OURS_ALONE = tuple(
    field.name
    for field in Terms._meta.get_fields()
    if field.name not in {"id", "account", "partnership", "version", "created_at", "created_by", *TOUCHING}
)
SETTLED = set(ProposalState.values) - {ProposalState.OPEN}
ANSWERED = _("This proposal waits for no answer any more: it is “%(state)s”.")


@transaction.atomic
def change_terms(partnership, *, by, **changes):
    """What is only ours is in force at once, what touches the partner is proposed to him; returns what is in force."""
    permit_linking(by)
    refuse_unless(changes.keys() <= {*TOUCHING, *OURS_ALONE}, _("There is no such term."))
    partnership = hold(partnership)
    refuse_unless(partnership.state != LinkState.ENDED, _("The link has ended."))
    terms = partnership.terms
    bounds.check(partnership, whole_pair(terms, changes))
    alone = {name: value for name, value in changes.items() if name in OURS_ALONE}
    if any(getattr(terms, name) != value for name, value in alone.items()):
        terms = put_in_force(partnership, by=by, **alone)
        record(partnership, words.TERMS_CHANGED, by=by, name=partnership.name)
        tell(partnership, by=by)
    touching = {name: value for name, value in changes.items() if name in TOUCHING}
    if touching:
        propose(partnership, terms, touching, by=by)
    return terms


def whole_pair(terms, changes):
    """The changes with the other half of what is checked together: the team and the one who gets what comes in."""
    pair = ("default_team", "default_assignee")
    named = any(name in changes for name in pair)
    return {**{name: getattr(terms, name) for name in pair if named}, **changes}


def propose(partnership, terms, changes, *, by):
    """Ask the partner instead of what he was asked before; asking for what is in force takes the question back."""
    waiting = open_proposal(partnership, ours=True)
    now = conditions.kept(terms)
    base = conditions.from_row(waiting.terms) if waiting else now
    wanted = conditions.told_of(conditions.values_of(base) | changes, terms.account.zone)
    if wanted == base:
        return
    if wanted == now:
        settle(waiting, ProposalState.WITHDRAWN)
        tell_settled(partnership, waiting, by=by, kind=words.TERMS_WITHDRAWN)
        return
    if waiting:
        settle(waiting, ProposalState.REPLACED)
    proposal = Proposal.objects.create(
        key=new_id(),
        partnership=partnership,
        ours=True,
        terms=conditions.as_kept(wanted),
        before=conditions.as_kept(now),
        made_at=clock.now(),
        made_by=getattr(by, "actor", by).name,
    )
    outbox.write_link(partnership, LinkTermsProposed(proposal=proposal.key, terms=conditions.named(wanted)), by=by)
    record(partnership, words.TERMS_PROPOSED, by=by, name=partnership.name)


@transaction.atomic
def withdraw(proposal, *, by):
    """We ask no more; an answer that crosses this comes too late."""
    permit_linking(by)
    partnership, proposal = hold_both(proposal)
    refuse_unless(proposal.ours, _("That is for the other company to do."))
    check_open(proposal)
    settle(proposal, ProposalState.WITHDRAWN)
    tell_settled(partnership, proposal, by=by, kind=words.TERMS_WITHDRAWN)
    return proposal


@transaction.atomic
def accept(proposal, *, by):
    """We agree to what the partner asks; it is in force when he has confirmed that he still asks it."""
    return answer(proposal, ProposalState.ACCEPTED, by=by)


@transaction.atomic
def decline(proposal, *, by, reason):
    """We do not agree, and say why; all stays as it was."""
    refuse_unless(reason.strip(), _("Say why, the partner will read it."), "reason")
    return answer(proposal, ProposalState.DECLINED, by=by, reason=reason.strip())


def answer(proposal, state, *, by, reason=""):
    permit_linking(by)
    partnership, proposal = hold_both(proposal)
    refuse_unless(not proposal.ours, _("That is for the other company to do."))
    refuse_unless(partnership.state != LinkState.ENDED, _("The link has ended."))
    check_open(proposal)
    settle(proposal, state, by=getattr(by, "actor", by).name, reason=reason, pending=True)
    accepted = state == ProposalState.ACCEPTED
    outbox.write_link(partnership, LinkTermsAnswered(proposal=proposal.key, accepted=accepted, reason=reason), by=by)
    kind = words.TERMS_ACCEPTED if accepted else words.TERMS_DECLINED
    record(partnership, kind, by=by, name=partnership.name, reason=reason)
    return proposal


def hear_proposal(partnership, body, *, by):
    """The partner asks for new terms of his; what he asked before is replaced."""
    partnership = hold(partnership)
    if partnership.state == LinkState.ENDED or Proposal.objects.filter(key=body.proposal).exists():
        return
    older = open_proposal(partnership, ours=False)
    if older:
        settle(older, ProposalState.REPLACED)
    Proposal.objects.create(
        key=body.proposal,
        partnership=partnership,
        ours=False,
        terms=conditions.as_kept(conditions.heard(body.terms)),
        before=conditions.as_kept(conditions.theirs(partnership)),
        made_at=clock.now(),
        made_by=by.name,
    )
    record(partnership, words.TERMS_PROPOSED, by=by, name=partnership.name)


def hear_answer(partnership, body, *, by):
    """The partner answers what we asked: it counts while we still ask, and he is told either way."""
    partnership = hold(partnership)
    proposal = (
        Proposal.objects.select_for_update().filter(key=body.proposal, partnership=partnership, ours=True).first()
    )
    if proposal and proposal.state == ProposalState.OPEN:
        state = ProposalState.ACCEPTED if body.accepted else ProposalState.DECLINED
        settle(proposal, state, by=by.name, reason=body.reason)
        if body.accepted:
            put_in_force(partnership, by=by, **conditions.values_of(conditions.from_row(proposal.terms)))
        kind = words.TERMS_ACCEPTED if body.accepted else words.TERMS_DECLINED
        record(partnership, kind, by=by, name=partnership.name, reason=body.reason)
    tell(partnership, by=by, proposal=body.proposal, state=proposal.state if proposal else ProposalState.WITHDRAWN)


def hear_terms(partnership, body, *, by):
    """The partner's terms in force, as he tells them; with them the last word on a proposal of his."""
    partnership = hold(partnership)
    if body.version >= partnership.their_version:
        partnership.their_terms = conditions.as_kept(conditions.heard(body.terms))
        partnership.their_version = body.version
        partnership.save(update_fields=["their_terms", "their_version"])
    proposal = Proposal.objects.select_for_update().filter(key=body.proposal, partnership=partnership, ours=False)
    proposal = proposal.first() if body.proposal else None
    if proposal is None or body.state not in SETTLED:
        return
    before = proposal.state
    proposal.state, proposal.pending = ProposalState(body.state), False
    proposal.save(update_fields=["state", "pending"])
    if before == proposal.state:
        return
    if before == ProposalState.OPEN:
        record(partnership, words.TERMS_WITHDRAWN, by=by, name=partnership.name)
    else:
        record(partnership, words.TERMS_MISSED, by=by, name=partnership.name, reason=proposal.state)


def tell(partnership, *, by, proposal=None, state=""):
    """Tell the partner our terms in force, and the last word on a proposal of ours if this is one."""
    terms = partnership.terms
    body = LinkTerms(version=terms.version, terms=conditions.told(terms), proposal=proposal, state=state)
    outbox.write_link(partnership, body, by=by)


def tell_settled(partnership, proposal, *, by, kind):
    tell(partnership, by=by, proposal=proposal.key, state=proposal.state)
    record(partnership, kind, by=by, name=partnership.name)


def drop(partnership):
    """The link has ended: nobody is asked anything any more."""
    asked = Proposal.objects.filter(partnership=partnership)
    asked.filter(state=ProposalState.OPEN).update(state=ProposalState.WITHDRAWN, answered_at=clock.now())
    asked.filter(pending=True).update(state=ProposalState.WITHDRAWN, pending=False)


def put_in_force(partnership, *, by, **changes):
    """A new version of our terms; tickets under way keep the one they were handed over with."""
    terms = partnership.terms
    values = {name: getattr(terms, name) for name in (*TOUCHING, *OURS_ALONE)}
    return Terms.objects.create(
        partnership=partnership,
        version=terms.version + 1,
        created_at=clock.now(),
        created_by=getattr(by, "actor", by).name,
        **values | changes,
    )


def settle(proposal, state, *, by="", reason="", pending=False):
    proposal.state, proposal.pending = state, pending
    proposal.answered_at, proposal.answered_by, proposal.reason = clock.now(), by, reason
    proposal.save(update_fields=["state", "pending", "answered_at", "answered_by", "reason"])


def check_open(proposal):
    refuse_unless(proposal.state == ProposalState.OPEN, ANSWERED % {"state": ProposalState(proposal.state).label})


def open_proposal(partnership, *, ours):
    """What one side asks the other now, if it does."""
    return Proposal.objects.filter(partnership=partnership, ours=ours, state=ProposalState.OPEN).first()


def hold(partnership):
    """The link's own row of ours, locked: whatever changes terms takes its turn here."""
    return Partnership.objects.select_for_update(of=("self",)).select_related("account").get(pk=partnership.pk)


def hold_both(proposal):
    partnership = hold(proposal.partnership)
    return partnership, Proposal.objects.select_for_update().get(pk=proposal.pk)
