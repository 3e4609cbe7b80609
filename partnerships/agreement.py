"""Two companies agree to work together: accept an invitation, begin, name the client that stands for the partner."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.activity import record
from tenants.models import Account
from tenants.scoping import account_scope, current_account_id
from tenants.vocabulary import Refused, refuse_unless

from . import conditions, lanes, outbox, presenting, translation
from . import vocabulary as words
from .access import permit_linking
from .inviting import DEAD, invite, take_key
from .models import Link, Partnership, Terms
from .protocol import LinkAccepted

LINKED_ALREADY = _("You are linked with this company already.")


@transaction.atomic
def accept(code, *, by):
    """Say yes to an invitation inside our own account; the inviter hears it by letter."""
    permit_linking(by)
    key = take_key(code)
    here, there = current_account_id(), Account.objects.get(pk=key.account_id)
    refuse_unless(there.suspended_at is None, DEAD, "code")
    refuse_unless(not lanes.link_between(here, there.pk), LINKED_ALREADY)
    link = create_link(there.pk, here, key.used_at)
    lanes.open_lanes(link.pk, None, here, there.pk)
    partnership = begin(link, name=there.name, by=by)
    letter = LinkAccepted(
        name=Account.objects.get(pk=here).name,
        invitation=key.invitation_id,
        terms=conditions.told(partnership.terms),
        card=presenting.company(),
    )
    outbox.write_link(partnership, letter, by=by)
    return partnership


def create_link(inviter, joiner, now):
    """The one link of two accounts; two invitations accepted at the same moment still make one."""
    try:
        with transaction.atomic():
            return Link.objects.create(account_a_id=inviter, account_b_id=joiner, since=now)
    except IntegrityError as twice:
        raise Refused(LINKED_ALREADY) from twice


def begin(link, *, name, by, first=None, **told):
    """Our side of a new link: the partner's name, what he told, our first terms where they aren't as usual, our map."""
    now = clock.now()
    partnership = Partnership.objects.create(link=link, name=name[:160], since=now, **told)
    author = getattr(by, "actor", by).name
    Terms.objects.create(partnership=partnership, created_at=now, created_by=author, **(first or {}))
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
def name_client(partnership, client, *, by):
    """Tickets this partner hands us are this client's, for lists and reports; it invites nobody to the portal."""
    permit_linking(by)
    partnership = Partnership.objects.select_for_update(of=("self",)).get(pk=partnership.pk)
    if partnership.client_id != getattr(client, "pk", None):
        partnership.client = client
        partnership.save(update_fields=["client"])
        record(partnership, words.TERMS_CHANGED, by=by, name=partnership.name)
    return partnership
