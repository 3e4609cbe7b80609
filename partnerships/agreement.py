"""Two companies agree to work together: invite, accept, change terms, pause, resume, end."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.activity import record
from tenants.codes import digest, is_live, new_code
from tenants.models import Account, Membership
from tenants.scoping import account_scope, current_account_id
from tenants.vocabulary import Refused, refuse_unless

from . import lanes, outbox, sharing, translation
from . import vocabulary as words
from .models import Handover, Invitation, InvitationKey, Link, Partnership, Terms
from .protocol import LinkAccepted, LinkEnded, LinkPaused, LinkResumed
from .vocabulary import RUNNING, LinkState

VALID = timedelta(days=7)
TERMS = {
    field.name
    for field in Terms._meta.get_fields()
    if field.name not in {"id", "account", "partnership", "version", "created_at", "created_by"}
}
DEAD = _("This invitation is not valid: it was used, revoked, or is older than 7 days. Ask for a new one.")

LINKED_ALREADY = _("You are linked with this company already.")


def permit_linking(by):
    """Only owners and administrators link; the operator does it for them."""
    if isinstance(by, Membership):
        refuse_unless(by.may("link"), _("Only owners and administrators may do this."))


@transaction.atomic
def invite(name, *, by):
    """Ask a company to link; returns (Invitation, code). The code is shown now and never again."""
    permit_linking(by)
    refuse_unless(name.strip(), _("Name the company you invite."), "name")
    now = clock.now()
    code = new_code()
    invitation = Invitation.objects.create(
        name=name.strip()[:160],
        created_at=now,
        created_by=getattr(by, "actor", by).name,
        expires_at=now + VALID,
    )
    InvitationKey.objects.create(
        hash=digest(code),
        account_id=invitation.account_id,
        invitation_id=invitation.pk,
        expires_at=invitation.expires_at,
    )
    record(invitation, words.INVITED, by=by, name=invitation.name)
    return invitation, code


@transaction.atomic
def revoke(invitation, *, by):
    """The invitation no longer opens anything."""
    permit_linking(by)
    now = clock.now()
    live = InvitationKey.objects.filter(
        account_id=current_account_id(), invitation_id=invitation.pk, used_at=None, revoked_at=None
    )
    refuse_unless(live.update(revoked_at=now), _("This invitation is not open any more."))
    Invitation.objects.filter(pk=invitation.pk).update(revoked_at=now)
    record(invitation, words.INVITATION_REVOKED, by=by, name=invitation.name)


def find(code):
    """The live invitation behind a code, for anybody who has it; Refused in one sentence for any other."""
    key = InvitationKey.objects.select_related("account").filter(hash=digest(code)).first()
    if not (code.strip() and key and is_live(key)):
        raise Refused(DEAD, "code")
    return key


@transaction.atomic
def accept(code, *, by):
    """Say yes to an invitation inside our own account; the inviter hears it by letter."""
    permit_linking(by)
    key = InvitationKey.objects.select_for_update().filter(hash=digest(code)).first()
    if not (code.strip() and key and is_live(key)):
        raise Refused(DEAD, "code")
    here, now = current_account_id(), clock.now()
    refuse_unless(key.account_id != here, _("This is your own invitation: send it to the other company."), "code")
    refuse_unless(not lanes.link_between(here, key.account_id), LINKED_ALREADY)
    key.used_at = now
    key.save(update_fields=["used_at"])
    link = create_link(key.account_id, here, now)
    lanes.open_lanes(link.pk, None, here, key.account_id)
    partnership = begin(link, name=Account.objects.get(pk=key.account_id).name, by=by)
    ours = Account.objects.get(pk=here).name
    outbox.write_link(partnership, LinkAccepted(name=ours, invitation=key.invitation_id), by=by)
    return partnership


def create_link(inviter, joiner, now):
    """The one link of two accounts; two invitations accepted at the same moment still make one."""
    try:
        with transaction.atomic():
            return Link.objects.create(account_a_id=inviter, account_b_id=joiner, since=now)
    except IntegrityError as twice:
        raise Refused(LINKED_ALREADY) from twice


def begin(link, *, name, by):
    """Our side of a new link: the partner's name, first terms, first map."""
    now = clock.now()
    partnership = Partnership.objects.create(link=link, name=name[:160], since=now)
    Terms.objects.create(partnership=partnership, created_at=now, created_by=getattr(by, "actor", by).name)
    translation.lay_default_map(partnership)
    record(partnership, words.LINKED, by=by, name=partnership.name)
    return partnership


def link(inviter, invited, *, by):
    """Link two accounts for them, through the same two verbs; for the operator of the installation."""
    refuse_unless(inviter.pk != invited.pk, _("Choose two different accounts."), "invited")
    with account_scope(inviter.pk):
        refuse_unless(not lanes.link_between(inviter.pk, invited.pk), _("These two accounts are linked already."))
        _invitation, code = invite(invited.name, by=by)
    with account_scope(invited.pk):
        return accept(code, by=by)


@transaction.atomic
def change_terms(partnership, *, by, **changes):
    """A new version of what we pass, accept and show; tickets under way keep theirs."""
    permit_linking(by)
    refuse_unless(changes.keys() <= TERMS, _("There is no such term."))
    refuse_unless(changes.get("accept_minutes", 1) > 0, _("Give at least a minute to accept."), "accept_minutes")
    partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    refuse_unless(partnership.state != LinkState.ENDED, _("The link has ended."))
    terms = partnership.terms
    before = {name: getattr(terms, name) for name in TERMS}
    if before == {**before, **changes}:
        return terms
    fresh = Terms.objects.create(
        partnership=partnership,
        version=terms.version + 1,
        created_at=clock.now(),
        created_by=getattr(by, "actor", by).name,
        **{**before, **changes},
    )
    record(partnership, words.TERMS_CHANGED, by=by, name=partnership.name)
    return fresh


@transaction.atomic
def name_client(partnership, client, *, by):
    """Tickets this partner hands us are this client's, for lists and reports; it invites nobody to the portal."""
    permit_linking(by)
    partnership = Partnership.objects.select_for_update(of=("self",)).get(pk=partnership.pk)
    if partnership.client_id != getattr(client, "pk", None):
        partnership.client = client
        partnership.save(update_fields=["client"])
        record(partnership, words.TERMS_CHANGED, by=by, name=partnership.name)
    return partnership


@transaction.atomic
def pause(partnership, *, by):
    """Letters wait on both sides until the link is resumed."""
    return change_state(partnership, LinkState.PAUSED, {LinkState.ACTIVE}, words.PAUSED, LinkPaused(), by)


@transaction.atomic
def resume(partnership, *, by):
    """Letters go on where they stopped."""
    return change_state(partnership, LinkState.ACTIVE, {LinkState.PAUSED}, words.RESUMED, LinkResumed(), by)


@transaction.atomic
def end(partnership, *, by):
    """The companies part: open co-tickets are cut on both sides, both keep what they have."""
    live = {LinkState.ACTIVE, LinkState.PAUSED}
    return change_state(partnership, LinkState.ENDED, live, words.ENDED, LinkEnded(), by)


def change_state(partnership, to, sources, kind, letter, by):
    permit_linking(by)
    no = _("The link is not in a state for this.")
    # The link's own row comes first: it decides for both sides, and carriers hold it while they work.
    refuse_unless(Link.objects.exclude(state=LinkState.ENDED).filter(pk=partnership.link_id).update(state=to), no)
    partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    refuse_unless(partnership.state in sources, no)
    outbox.write_link(partnership, letter, by=by)
    return enter(partnership, to, kind=kind, by=by)


def enter(partnership, state, *, kind, by):
    """Our side of the link takes this state; an ended link cuts what was still open."""
    partnership.state = state
    partnership.ended_at = clock.now() if state == LinkState.ENDED else None
    partnership.save(update_fields=["state", "ended_at"])
    record(partnership, kind, by=by, name=partnership.name)
    if state == LinkState.ENDED:
        for handover in Handover.objects.filter(partnership=partnership, state__in=RUNNING).order_by("ticket_id"):
            sharing.cut(handover, by=by)
    return partnership
