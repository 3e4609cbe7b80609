"""Hand a ticket over, accept, decline, withdraw, deliver, approve, send back, give back, rate, nudge."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.timers import on_timer, set_timer
from tenants.vocabulary import SCHEDULE, refuse_unless
from tickets import conversation
from tickets.access import permit
from tickets.lifecycle import lock
from tickets.models import Counterpart
from tickets.vocabulary import Audience

from . import lanes, offering, translation
from . import vocabulary as words
from .access import NOT_YOURS_TO_HAND, may_hand_to
from .models import Handover, Partnership
from .moves import GIVEN, MOVES, answer, check_move, lock_both, settle, show_on_board, tell
from .vocabulary import RUNNING, State


@transaction.atomic
def offer(ticket, *, to, by, share, message="", **choices):
    """Ask a partner to work on this ticket, with exactly what was ticked and nothing else.

    `choices`: due_at, accept_by, wish_from, wish_until (aware moments), see_below, client_replies, hand_on,
    hand_on_to (partnerships), checklist (lines of text), round.
    """
    permit(by, "hand_over", ticket)
    to = Partnership.objects.select_related("link").get(pk=to.pk)
    refuse_unless(may_hand_to(by, to), NOT_YOURS_TO_HAND % {"partner": to.name})
    # The link's row comes before the ticket's, as for whoever ends it: no offer is made over a link that just ended.
    refuse_unless(lanes.stays_active(to.link_id), _("The link with %(partner)s is not active.") % {"partner": to.name})
    ticket = lock(ticket)
    offering.check_offer(ticket, to)
    handover = offering.draft(ticket, to=to, share=share, **choices)
    handover.counterpart = Counterpart.objects.create(
        ticket=ticket, label=to.name, direction=GIVEN, state=State.OFFERED, due_at=handover.due_at
    )
    handover.save()
    lanes.open_lanes(to.link_id, handover.key, ticket.account_id, to.link.peer_of(ticket.account_id))
    offering.let_read(ticket, handover)
    Counterpart.objects.filter(ticket=ticket, open=False).update(answered=True)
    show_on_board(handover)
    tell(handover, words.OFFERED, by=by)
    translation.follow(handover, by=by, state=State.OFFERED)
    if message.strip():
        conversation.comment(ticket, message, by=by, audience=Audience.PARTNER, readers=[handover.counterpart])
    if handover.accept_by:
        set_timer("accept_by", handover, handover.accept_by)
    return handover


@transaction.atomic
def accept(handover, *, by):
    """We take the ticket; it is ours for good when the giver confirms."""
    return answer(handover, State.ACCEPTED, by=by)


@transaction.atomic
def decline(handover, *, by, reason):
    """We can't take it, and say why."""
    return answer(handover, State.DECLINED, by=by, reason=reason)


@transaction.atomic
def deliver(handover, *, by, report="", uploads=()):
    """Our work is done: the giver looks at the report and accepts it or sends it back."""
    permit(by, "done", handover.ticket)
    check_move(lock_both(handover), MOVES[State.DONE])
    if report.strip() or uploads:
        conversation.comment(
            handover.ticket,
            report,
            by=by,
            audience=Audience.PARTNER,
            readers=[handover.counterpart],
            uploads=uploads,
        )
    return answer(handover, State.DONE, by=by, text=report)


@transaction.atomic
def give_back(handover, *, by, reason):
    """We accepted it but can't finish it; the giver has it again."""
    return answer(handover, State.GIVEN_BACK, by=by, reason=reason)


@transaction.atomic
def withdraw(handover, *, by, reason):
    """We take the ticket away from the partner; what he did so far stays."""
    return answer(handover, State.WITHDRAWN, by=by, reason=reason)


@transaction.atomic
def approve(handover, *, by):
    """The partner's work is good."""
    return answer(handover, State.APPROVED, by=by)


@transaction.atomic
def send_back(handover, *, by, reason):
    """The partner's work is not finished yet, and we say what is missing."""
    if handover.state == State.APPROVED:
        late = handover.ended_at and handover.ended_at < clock.now() - timedelta(days=handover.return_days)
        refuse_unless(not late, _("Too late to send it back; hand the ticket over anew."))
        offering.check_single(handover.ticket, handover.partnership)
    return answer(handover, State.RETURNED, by=by, reason=reason)


@transaction.atomic
def expire(handover, *, by=SCHEDULE):
    """Nobody accepted in time; the ticket comes back to our queue."""
    return answer(handover, State.EXPIRED, by=by)


@on_timer("accept_by")
def accept_by_passed(handover_id):
    handover = Handover.objects.select_related("ticket").filter(pk=handover_id, state=State.OFFERED).first()
    if handover and handover.is_given and lock_both(handover).state == State.OFFERED:
        expire(handover)


def cut(handover, *, by):
    """The link ended with this ticket still open: both keep what they have, our side decides what becomes of it."""
    handover = lock_both(handover)
    if handover.state in RUNNING:
        handover.pending = None
        settle(handover, State.CUT, by=by)
        translation.follow(handover, by=by, state=State.CUT)
