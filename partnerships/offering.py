"""A hand-over before it is made: whether it may be, what it would be, and who reads what from then on."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.scoping import new_id
from tenants.vocabulary import refuse_unless
from tickets import files as filing
from tickets.models import Attachment, Comment, CommentReader
from tickets.vocabulary import Audience

from . import cards, chain, conditions, hours
from .models import Handover, Partnership
from .moves import GIVEN
from .vocabulary import RUNNING, HandOn, Relay, State

HAS_IT = _("%(partner)s has this ticket already.")


def check_offer(ticket, to):
    """Whether this ticket may go to this partner at all."""
    check_active(to)
    above = chain.taken(ticket)
    check_ticket(ticket, above)
    check_hand_on(above, to)
    check_single(ticket, to)


def check_ticket(ticket, above):
    """Whether this ticket is ours to hand over, to whomever."""
    refuse_unless(not ticket.is_finished, _("A finished ticket can't be handed over. Reopen it first."))
    refuse_unless(above is None or above.state != State.OFFERED, _("Accept the ticket before you hand it on."))


def check_way(ticket, above, to):
    """Whether a way leads to this partner: an open link, the word of whoever gave us the ticket, no circle."""
    check_active(to)
    check_hand_on(above, to)
    chain.next_link(ticket, above, to, new_id())


def check_active(to):
    """Whether tickets can go over this link now."""
    refuse_unless(to.is_active, _("The link with %(partner)s is not active.") % {"partner": to.name})


def check_hand_on(above, to):
    """Whether whoever gave us this ticket lets it go on to that partner."""
    if above is None or not above.is_running:
        return
    giver = {"giver": above.partnership.name, "partner": to.name}
    refuse_unless(above.hand_on != HandOn.NOBODY, _("%(giver)s does not want this ticket handed on.") % giver)
    known = {one["mark"] for one in above.hand_on_to}
    allowed = above.hand_on == HandOn.ANYONE or chain.mark(above.chain, to.link.peer_of(to.account_id)) in known
    refuse_unless(allowed, _("%(giver)s does not want this ticket handed on to %(partner)s.") % giver)


def check_single(ticket, to):
    """A partner works on a ticket once at a time."""
    known = Handover.objects.filter(ticket=ticket, partnership=to, direction=GIVEN, state__in=RUNNING)
    refuse_unless(not known.exists(), HAS_IT % {"partner": to.name})


def check_due(due_at):
    """Whether a partner can still be done by then."""
    refuse_unless(due_at is None or due_at > clock.now(), _("The partner's deadline has passed already."), "due_at")


def draft(ticket, *, to, share, due_at=None, accept_by=None, hand_on=None, hand_on_to=None, checklist=(), **choices):
    """The hand-over as it would be, unsaved: the dialog shows the partner's page from this.

    `choices`: see_below, client_replies, wish_from, wish_until, round.
    """
    now, terms, their = clock.now(), to.terms, conditions.theirs(to)
    above = chain.taken(ticket)
    chain_id, depth, marks = chain.next_link(ticket, above, to, new_id())
    check_due(due_at)
    refuse_unless(accept_by is None or accept_by > now, _("The time to accept has passed already."), "accept_by")
    listed = hand_on_to if hand_on_to is not None else Partnership.objects.filter(pk__in=terms.hand_on_to)
    how, whom = hand_on_rule(above, chain_id, hand_on or terms.hand_on, listed)
    return Handover(
        key=new_id(),
        partnership=to,
        ticket=ticket,
        round=choices.get("round"),
        direction=GIVEN,
        terms_version=terms.version,
        share=share.as_json(),
        see_below=choices.get("see_below") or their.see_below,
        client_replies=choices.get("client_replies") or terms.relay_down or Relay.BY_HAND,
        hand_on=how,
        hand_on_to=whom,
        checklist=[{"text": line, "done": False, "note": ""} for line in checklist],
        auto_approve_hours=terms.auto_approve_hours,
        return_days=terms.return_days,
        show_client_due=terms.show_client_due,
        wish_from=choices.get("wish_from"),
        wish_until=choices.get("wish_until"),
        due_at=due_at,
        accept_by=accept_by or hours.accept_by(their, now, ticket.priority),
        chain=chain_id,
        depth=depth,
        marks=marks,
        offered_at=now,
    )


def hand_on_rule(above, chain_id, hand_on, partners):
    """May the taker hand on, and to whom by name and mark; never wider than we may ourselves."""
    links = partners.select_related("link") if hasattr(partners, "select_related") else partners
    listed = [
        {"name": one.name, "mark": chain.mark(chain_id, one.link.peer_of(one.account_id))}
        for one in (links if hand_on == HandOn.LISTED else ())
    ]
    if above is None or not above.is_running or above.hand_on == HandOn.ANYONE:
        return hand_on, listed
    if hand_on == HandOn.ANYONE:
        return above.hand_on, above.hand_on_to
    known = {one["mark"] for one in above.hand_on_to}
    return hand_on, [one for one in listed if one["mark"] in known]


def let_read(ticket, handover):
    """The ticked files and comments have one more reader from now on, and say so."""
    share = cards.Share.from_json(handover.share)
    files, said = list(cards.shared_files(ticket, share)), list(cards.shared_comments(ticket, share))
    for file in files:
        filing.share(file, counterpart=handover.counterpart)
    CommentReader.objects.bulk_create(CommentReader(comment=one, counterpart=handover.counterpart) for one in said)
    for rows in (Comment.objects.filter(pk__in=[one.pk for one in said]), widest_files(files, said)):
        rows.filter(audience=Audience.CLIENT).update(audience=Audience.CLIENT_AND_PARTNER)
        rows.filter(audience=Audience.INTERNAL).update(audience=Audience.PARTNER)


def widest_files(files, said):
    """The ticked files and those that hang on the ticked comments."""
    return Attachment.objects.filter(Q(pk__in=[file.pk for file in files]) | Q(comment__in=[one.pk for one in said]))
