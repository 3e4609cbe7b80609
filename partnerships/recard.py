"""What was handed over changes: each partner is told anew, whole, and only when it is something he was told of."""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sla import turns
from tenants import afterwards, clock
from tenants.activity import record
from tenants.vocabulary import SCHEDULE, refuse_nulls, refuse_unless
from tickets.access import permit
from tickets.models import Counterpart, Ticket
from tickets.settings_vocabulary import TYPE_CHANGED
from tickets.vocabulary import (
    AGREEMENT_CHANGED,
    CLIENT_CHANGED,
    CONTACT_CHANGED,
    DESCRIPTION_CHANGED,
    EQUIPMENT_CHANGED,
    PRIORITY_CHANGED,
    SITE_CHANGED,
    SUBJECT_CHANGED,
    Direction,
)

from . import cards, differences, moves, outbox
from .access import NOT_YOURS_TO_HAND, may_hand_to
from .card_vocabulary import CARD_CHANGED
from .models import Handover
from .protocol import CardChanged, Unreadable, read, render
from .vocabulary import RUNNING, LinkState, State

TALKING = (*RUNNING, State.APPROVED)
HEARD = {
    kind.code
    for kind in (
        SUBJECT_CHANGED,
        DESCRIPTION_CHANGED,
        PRIORITY_CHANGED,
        TYPE_CHANGED,
        CLIENT_CHANGED,
        CONTACT_CHANGED,
        SITE_CHANGED,
        EQUIPMENT_CHANGED,
        AGREEMENT_CHANGED,
        CARD_CHANGED,
    )
}


def on_activity(sender, activity, subject, by, **kwargs):
    """A fact of a ticket changed; what a partner changed is told on once, when all of it is written."""
    if activity.kind in HEARD and (activity.actor_kind != "partner" or activity.kind == CARD_CHANGED.code):
        tell_anew(activity.ticket_id, getattr(by, "actor", by))


def tell_anew(ticket_id, by):
    """One letter to each partner who works on the ticket and knows it otherwise than it is now."""
    rows = Handover.objects.select_for_update(of=("self",)).select_related("partnership").order_by("id")
    rows = rows.filter(ticket=ticket_id, direction=Direction.GIVEN, state__in=TALKING)
    rows = list(rows.exclude(partnership__state=LinkState.ENDED))
    if not rows:
        return
    ticket = whole(ticket_id)
    for handover in rows:
        body = cards.retold(ticket, handover)
        # What was told in the days of fewer facts says the same without them.
        if body != last_told(handover, None):
            Handover.objects.filter(pk=handover.pk).update(told=render(body))
            outbox.write(handover, body, by=by)


def on_due(sender, ticket, **kwargs):
    """Our own deadline moved: whoever may know it hears of it, once for all that one letter or verb moved."""
    afterwards.put_off(("client_due", ticket.pk), lambda _times: tell_due(ticket.pk))


def tell_due(ticket_id):
    """The deadline goes by itself, whoever moved it: what else changed is told by its own line of the ledger."""
    rows = Handover.objects.filter(ticket=ticket_id, direction=Direction.GIVEN, show_client_due=True)
    if rows.filter(state__in=TALKING).exists():
        tell_anew(ticket_id, SCHEDULE)


def whole(ticket_id):
    """The ticket with everything that a card is made of."""
    return Ticket.objects.select_related("account", "type", "contact", "site__client").get(pk=ticket_id)


@transaction.atomic
def change(handover, *, share, by, due_at=None, wish_from=None, wish_until=None):
    """Pass more or less of the ticket than before, or move the partner's deadline and the wished time of the visit.

    Files and comments stay as they were passed: each of them goes by itself.
    """
    permit(by, "hand_over", handover.ticket)
    partner = handover.partnership
    refuse_unless(may_hand_to(by, partner), NOT_YOURS_TO_HAND % {"partner": partner.name})
    handover = moves.lock_both(handover)
    check(handover, due_at, wish_from, wish_until)
    refuse_nulls(share.wording, "wording")
    ticket, kept = whole(handover.ticket_id), cards.Share.from_json(handover.share)
    before = last_told(handover, cards.retold(ticket, handover))
    handover.share = replace(share, files=kept.files, comments=kept.comments).as_json()
    handover.due_at, handover.wish_from, handover.wish_until = due_at, wish_from, wish_until
    handover.save(update_fields=["share", "due_at", "wish_from", "wish_until"])
    Counterpart.objects.filter(pk=handover.counterpart_id).update(due_at=due_at)
    changes = differences.between(before, cards.retold(ticket, handover))
    if changes:
        names = {"giver": ticket.account.name, "taker": handover.partnership.name}
        record(handover, CARD_CHANGED, by=by, ticket=ticket, changes=changes, **names)
        turns.settle(ticket.pk, by=by)
    return handover


def check(handover, due_at, wish_from, wish_until):
    """Whether it may be changed now, and to these times."""
    refuse_unless(handover.is_given, _("That is for the other company to do."))
    refuse_unless(handover.is_running, moves.too_late(handover))
    refuse_unless(handover.partnership.state != LinkState.ENDED, _("The link has ended."))
    now = clock.now()
    moved = due_at != handover.due_at
    refuse_unless(
        not moved or due_at is None or due_at > now, _("The partner's deadline has passed already."), "due_at"
    )
    check_window(wish_from, wish_until, now, "wish", known=(handover.wish_from, handover.wish_until))


def check_window(starts, until, now, name, *, known=(None, None)):
    """A time to come: it begins before it ends, and is not over; one that stays as it was is not asked again."""
    if (starts, until) == known:
        return
    refuse_unless(starts or not until, _("Say from when."), f"{name}_from")
    refuse_unless(not (starts and until) or starts < until, _("It ends before it begins."), f"{name}_until")
    refuse_unless(until is None or until > now, _("This time has passed already."), f"{name}_until")
    refuse_unless(until or starts is None or starts > now, _("This time has passed already."), f"{name}_from")


def last_told(handover, otherwise) -> CardChanged:
    """What the other side told, or was told, of the ticket last; `otherwise` where nobody wrote it down."""
    try:
        return read(CardChanged, handover.told)
    except Unreadable:
        return otherwise
