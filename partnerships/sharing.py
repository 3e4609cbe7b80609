"""Hand a ticket over, accept, decline, withdraw, deliver, approve, send back, give back, rate, nudge."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sla import turns
from tenants import clock
from tenants.activity import record
from tenants.scoping import new_id
from tenants.timers import clear_timer, on_timer, set_timer
from tenants.vocabulary import SCHEDULE, Kind, refuse_unless
from tickets import board, conversation
from tickets import files as filing
from tickets.access import permit
from tickets.lifecycle import lock
from tickets.models import Attachment, Comment, CommentReader, Counterpart
from tickets.vocabulary import Audience, Direction

from . import cards, chain, lanes, outbox, translation
from . import vocabulary as words
from .models import Handover, Partnership
from .protocol import Digest
from .vocabulary import RETURN_DAYS, RUNNING, LinkState, State

GIVEN, TAKEN = Direction.GIVEN, Direction.TAKEN
ENDINGS = {State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.APPROVED, State.GIVEN_BACK, State.CUT}


# What a move writes; the chain's own columns are written under the same lock by others.
SETTLED = ("state", "reason", "returns", "done_at", "report", "answered_at", "ended_at", "pending")


@dataclass(frozen=True)
class Move:
    """Who may make it, from which states, and the word it leaves in the ledger."""

    side: str
    sources: frozenset
    kind: Kind
    needs_reason: bool = False


def _move(side, sources, kind, needs_reason=False):
    return Move(side, frozenset(sources), kind, needs_reason)


MOVES = {
    State.ACCEPTED: _move(TAKEN, {State.OFFERED}, words.ACCEPTED),
    State.DECLINED: _move(TAKEN, {State.OFFERED}, words.DECLINED, True),
    State.DONE: _move(TAKEN, {State.ACCEPTED, State.RETURNED}, words.DONE),
    State.GIVEN_BACK: _move(TAKEN, {State.ACCEPTED, State.RETURNED}, words.GIVEN_BACK, True),
    State.EXPIRED: _move(GIVEN, {State.OFFERED}, words.EXPIRED),
    State.WITHDRAWN: _move(GIVEN, {State.OFFERED, State.ACCEPTED, State.RETURNED}, words.WITHDRAWN, True),
    State.APPROVED: _move(GIVEN, {State.DONE}, words.APPROVED),
    State.RETURNED: _move(GIVEN, {State.DONE, State.APPROVED}, words.RETURNED, True),
    State.CUT: _move("", set(RUNNING), words.CUT),
}


@transaction.atomic
def offer(ticket, *, to, by, share, message="", **choices):
    """Ask a partner to work on this ticket, with exactly what was ticked and nothing else.

    `choices`: due_at, accept_by (aware moments), see_below, client_replies.
    """
    permit(by, "hand_over", ticket)
    ticket = lock(ticket)
    to = Partnership.objects.select_related("link").get(pk=to.pk)
    check_offer(ticket, to)
    handover = draft(ticket, to=to, share=share, **choices)
    handover.counterpart = Counterpart.objects.create(
        ticket=ticket, label=to.name, direction=GIVEN, state=State.OFFERED, due_at=handover.due_at
    )
    handover.save()
    lanes.open_lanes(to.link_id, handover.key, ticket.account_id, to.link.peer_of(ticket.account_id))
    let_read(ticket, handover)
    Counterpart.objects.filter(ticket=ticket, open=False).update(answered=True)
    show_on_board(handover)
    tell(handover, words.OFFERED, by=by)
    translation.follow(handover, by=by, state=State.OFFERED)
    if message.strip():
        conversation.comment(ticket, message, by=by, audience=Audience.PARTNER, readers=[handover.counterpart])
    if handover.accept_by:
        set_timer("accept_by", handover, handover.accept_by)
    return handover


def check_offer(ticket, to):
    """Whether this ticket may go to this partner at all."""
    refuse_unless(to.is_active, _("The link with %(partner)s is not active.") % {"partner": to.name})
    refuse_unless(not ticket.is_finished, _("A finished ticket can't be handed over. Reopen it first."))
    above = chain.taken(ticket)
    refuse_unless(above is None or above.state != State.OFFERED, _("Accept the ticket before you hand it on."))
    check_single(ticket, to)


def check_single(ticket, to):
    """A partner works on a ticket once at a time."""
    known = Handover.objects.filter(ticket=ticket, partnership=to, direction=GIVEN, state__in=RUNNING)
    refuse_unless(not known.exists(), _("%(partner)s has this ticket already.") % {"partner": to.name})


def draft(ticket, *, to, share, due_at=None, accept_by=None, see_below=None, client_replies=None):
    """The hand-over as it would be, unsaved: the dialog shows the partner's page from this."""
    now, terms = clock.now(), to.terms
    chain_id, depth, marks = chain.next_link(ticket, chain.taken(ticket), to, new_id())
    refuse_unless(due_at is None or due_at > now, _("The partner's deadline has passed already."), "due_at")
    refuse_unless(accept_by is None or accept_by > now, _("The time to accept has passed already."), "accept_by")
    return Handover(
        key=new_id(),
        partnership=to,
        ticket=ticket,
        direction=GIVEN,
        terms_version=terms.version,
        share=share.as_json(),
        see_below=see_below or terms.see_below,
        client_replies=client_replies or words.Relay.BY_HAND,
        due_at=due_at,
        accept_by=accept_by or now + timedelta(minutes=terms.accept_minutes),
        chain=chain_id,
        depth=depth,
        marks=marks,
        offered_at=now,
    )


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
        late = handover.ended_at and handover.ended_at < clock.now() - timedelta(days=RETURN_DAYS)
        refuse_unless(not late, _("Too late to send it back; hand the ticket over anew."))
        check_single(handover.ticket, handover.partnership)
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


def answer(handover, state, *, by, reason="", text=""):
    """Make one of our own moves: guard by role and state, change, record; the letter follows from the record."""
    move = MOVES[state]
    permit(by, "done" if state == State.DONE else "hand_over", handover.ticket)
    handover = lock_both(handover)
    check_move(handover, move)
    refuse_unless(reason.strip() or not move.needs_reason, _("Say why, the partner will read it."), "reason")
    handover.pending = new_id() if handover.direction == TAKEN and state != State.CUT else None
    settle(handover, state, by=by, reason=reason.strip(), text=text.strip())
    if handover.is_given:
        translation.follow(handover, by=by, state=state)
    else:
        translation.after_own_verb(handover, by=by)
    return handover


def check_move(handover, move):
    """Whether our side may make this move now."""
    refuse_unless(not move.side or handover.direction == move.side, _("That is for the other company to do."))
    refuse_unless(handover.state in move.sources, too_late(handover))
    refuse_unless(handover.partnership.state != LinkState.ENDED, _("The link has ended."))


def too_late(handover):
    """Why a verb can't be done now."""
    return _("This can't be done now: the hand-over is “%(state)s”.") % {"state": State(handover.state).label}


def lock_both(handover):
    """Ticket first, then the hand-over: the lock order of the house."""
    lock(handover.ticket)
    row = Handover.objects.select_for_update(of=("self",))
    return row.select_related("ticket__account", "ticket__status", "partnership", "counterpart").get(pk=handover.pk)


def settle(handover, state, *, by, reason="", text=""):
    """Write the new state everywhere it shows, and the line of the ledger."""
    now = clock.now()
    handover.state, handover.reason = state, reason
    if state == State.RETURNED:
        handover.returns += 1
    if state == State.DONE:
        handover.done_at, handover.report = now, text
    if state in (State.ACCEPTED, State.DECLINED):
        handover.answered_at = now
    handover.ended_at = now if state in ENDINGS else None
    handover.save(update_fields=SETTLED)
    clear_timer("accept_by", handover)
    Counterpart.objects.filter(pk=handover.counterpart_id).update(
        state=state, open=state in RUNNING, answered=state == State.APPROVED
    )
    show_on_board(handover)
    tell(handover, MOVES[state].kind, by=by, reason=reason, text=text)


def show_on_board(handover):
    """What lists show of the partner: of several the one the turn depends on, else the hand-over that moved last."""
    row = turns.shown(handover.ticket.counterparts.all())
    board.show(
        handover.ticket,
        partner_label=row.label if row else handover.partnership.name,
        handover_state=row.state if row else handover.state,
        handover_direction=row.direction if row else handover.direction,
    )


def tell(handover, kind, *, by, **details):
    ours, theirs = handover.ticket.account.name, handover.partnership.name
    giver, taker = (ours, theirs) if handover.is_given else (theirs, ours)
    record(handover, kind, by=by, ticket=handover.ticket, giver=giver, taker=taker, **details)


def cut(handover, *, by):
    """The link ended with this ticket still open: both keep what they have, our side decides what becomes of it."""
    handover = lock_both(handover)
    if handover.state in RUNNING:
        handover.pending = None
        settle(handover, State.CUT, by=by)
        translation.follow(handover, by=by, state=State.CUT)


def hear_taker(handover, word, *, by, reason, text, letter):
    """The taker acts. Our row decides: what it does not allow is kept as a note, and he is told our state."""
    move = MOVES[word]
    counts = move.side == TAKEN and handover.state in move.sources
    if counts:
        settle(handover, State(word), by=by, reason=reason, text=text)
        translation.follow(handover, by=by, state=word)
    else:
        tell(handover, words.MISSED, by=by, reason=handover.state, text=reason or text)
    outbox.write(handover, Digest(state=handover.state, answers=letter, accepted=counts), by=SCHEDULE)


def hear_giver(handover, word, *, by, reason, text):
    """The giver acts, and his row decides: ours takes it over and keeps the work done so far."""
    if handover.state == word:
        return
    handover.pending = None
    settle(handover, State(word), by=by, reason=reason, text=text)
    translation.follow(handover, by=by, state=word)


def overrule(handover, state, *, by):
    """Our answer came too late: the giver's state is what counts, and we are told why."""
    if handover.state == state:
        return
    tell(handover, words.OVERRULED, by=by, reason=state)
    if state == State.OFFERED:
        handover.state = state
        handover.save(update_fields=["state"])
        Counterpart.objects.filter(pk=handover.counterpart_id).update(state=state, open=True)
        show_on_board(handover)
        return
    settle(handover, state, by=by)
    translation.follow(handover, by=by, state=state)


def tell_of_status(handover, told, *, by):
    """The partner's own status of this ticket, by his own number; a line of the history and nothing more."""
    record(handover, words.PEER_STATUS, by=by, ticket=handover.ticket, ref=told.ref, status=told.status)


def tell_of_chain(handover, station, *, by):
    """The partner handed the ticket on; who to, as far as we may know."""
    taker = station["name"] or _("a subcontractor")
    record(
        handover,
        words.HANDED_ON,
        by=by,
        ticket=handover.ticket,
        giver=handover.partnership.name,
        taker=str(taker),
    )
