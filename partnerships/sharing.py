"""Hand a ticket over, accept, decline, withdraw, deliver, approve, send back, give back, rate, nudge."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from tenants import clock
from tenants.timers import on_timer, set_timer
from tenants.vocabulary import SCHEDULE, refuse_unless
from tickets import conversation
from tickets.access import permit
from tickets.lifecycle import lock
from tickets.models import Counterpart, Ticket
from tickets.vocabulary import Audience

from . import lanes, moves, offering, outbox, reporting, translation
from . import vocabulary as words
from .access import NOT_YOURS_TO_HAND, may_hand_to
from .models import Handover, Partnership
from .moves import GIVEN, MOVES, answer, check_move, lock_both, long_approved, settle, show_on_board, tell
from .vocabulary import RUNNING, State

LOOK_AGAIN = timedelta(minutes=1)


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
    if Ticket.objects.filter(pk=ticket.pk, status=ticket.status).exists():
        # It stood there before, for another partner: this one was not told of it yet.
        outbox.write(handover, outbox.status_of(ticket, caused=True), by=SCHEDULE)
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
def deliver(handover, *, by, report="", uploads=(), files=(), checklist=()):
    """Our work is done: the giver looks at the report and accepts it or sends it back.

    `files` lie on the ticket already; `checklist` answers the giver's lines in their order: [{"done", "note"}].
    """
    permit(by, "done", handover.ticket)
    handover = lock_both(handover)
    check_move(handover, MOVES[State.DONE])
    lines = reporting.answers(handover, checklist)
    uploads = [*uploads, *reporting.chosen(handover, files)]
    comment = reporting.say(handover, report, by=by, uploads=uploads) if report.strip() or uploads else ""
    reporting.close(handover)
    return answer(handover, State.DONE, by=by, text=report, checklist=lines, comment=comment)


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
def send_back(handover, *, by, reason, uploads=(), due_at=None):
    """The partner's work is not finished yet, and we say and show what is missing; without a new deadline his stays."""
    permit(by, "hand_over", handover.ticket)
    handover = lock_both(handover)
    if handover.state == State.APPROVED:
        refuse_unless(not long_approved(handover), _("Too late to send it back; hand the ticket over anew."))
        offering.check_single(handover.ticket, handover.partnership)
    offering.check_due(due_at)
    handover = answer(handover, State.RETURNED, by=by, reason=reason)
    if due_at and due_at != handover.due_at:
        moves.set_deadline(handover, due_at, by=by)
    if uploads:
        # The partner reads again since he has the ticket again.
        reporting.say(handover, "", by=by, uploads=uploads)
    return handover


@transaction.atomic
def expire(handover, *, by=SCHEDULE):
    """Nobody accepted in time; the ticket comes back to our queue."""
    return answer(handover, State.EXPIRED, by=by)


@on_timer("accept_by")
def accept_by_passed(handover_id):
    handover = Handover.objects.select_related("ticket", "partnership").filter(pk=handover_id).first()
    if handover is None or not handover.is_given or lock_both(handover).state != State.OFFERED:
        return
    if lanes.waits(handover.partnership.link_id, handover.account_id):
        # No answer can come in: nobody is late yet, and the resume moves the time to accept.
        set_timer("accept_by", handover, clock.now() + LOOK_AGAIN)
    else:
        expire(handover)


@on_timer("auto_approve")
def approve_in_time(handover_id):
    """Nobody answered the delivered work in the time of the hand-over: it is accepted."""
    rows = Handover.objects.select_related("ticket__account", "partnership")
    handover = rows.filter(pk=handover_id, state=State.DONE).first()
    if handover is None:
        return
    handover = lock_both(handover)
    if handover.state != State.DONE or handover.approve_at is None or handover.approve_at > clock.now():
        return
    with override(handover.ticket.account.language):
        text = _("Nobody answered within %(n)s h: accepted by itself.") % {"n": handover.auto_approve_hours}
    answer(handover, State.APPROVED, by=SCHEDULE, text=text)


def cut(handover, *, by):
    """The link ended before both sides knew how this one ended: both keep what they have, each decides for itself."""
    handover = lock_both(handover)
    was_open = handover.state in RUNNING
    handover.pending = None
    settle(handover, State.CUT, by=by)
    if was_open:
        translation.follow(handover, by=by, state=State.CUT)
