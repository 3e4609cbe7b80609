"""The other side acts: the giver's row decides, and whoever came too late takes it over."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from sla import turns
from tenants.activity import record
from tenants.vocabulary import SCHEDULE
from tickets import conversation
from tickets.models import Counterpart

from . import chain, narrowing, outbox, translation
from . import vocabulary as words
from .models import Handover
from .moves import GIVEN, MOVES, TAKEN, settle, show_on_board, tell
from .protocol import Digest
from .vocabulary import RUNNING, TAKEN_BY_OTHER, State


def hear_taker(handover, word, *, by, reason, text, letter, checklist=(), comment=None):
    """The taker acts. Our row decides: what it does not allow is kept as a note, and he is told our state."""
    move = MOVES[word]
    counts = move.side == TAKEN and handover.state in move.sources
    if counts:
        report = {"checklist": answered(handover, checklist), "comment": str(comment or "")} if word == "done" else {}
        settle(handover, State(word), by=by, reason=reason, text=text, **report)
        translation.follow(handover, by=by, state=word)
    else:
        said = {"reason": handover.state, "text": reason or text, "comment": str(comment or "")}
        tell(handover, words.MISSED, by=by, **said)
    outbox.write(handover, Digest(state=handover.state, answers=letter, accepted=counts), by=SCHEDULE)


def answered(handover, checklist):
    """The lines we asked for, each with the partner's word on it; what we did not ask for is not taken in."""
    told = {line.text: line for line in checklist}
    return [
        {
            "text": line["text"],
            "done": line["text"] in told and told[line["text"]].done,
            "note": told[line["text"]].note[:300] if line["text"] in told else "",
        }
        for line in handover.checklist
    ]


def confirm(handover, *, accepted, at):
    """The giver has our answer; `at` is his moment, from which he counts the time to accept the work."""
    handover.pending = None
    if accepted and handover.state == State.DONE and handover.auto_approve_hours:
        handover.approve_at = at + timedelta(hours=handover.auto_approve_hours)
    handover.save(update_fields=["pending", "approve_at"])


def hear_giver(handover, word, *, by, reason, text):
    """The giver acts, and his row decides: ours takes it over and keeps the work done so far."""
    if handover.state == word:
        return
    handover.pending = None
    settle(handover, State(word), by=by, reason=reason, text=text)
    # Somebody else was first: nothing is left to do here, as when nobody accepted in time.
    lost = reason == TAKEN_BY_OTHER and not handover.ticket.handovers.filter(direction=GIVEN, state__in=RUNNING)
    translation.follow(handover, by=by, state=State.EXPIRED if lost else word)


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
        turns.settle(handover.ticket_id, by=by)
        return
    settle(handover, state, by=by)
    translation.follow(handover, by=by, state=state)


def hear_status(handover, told, *, by):
    """Their status is theirs; ours follows only if our map says so, and never in answer to ourselves."""
    status = told.status[:60]
    changed = handover.peer_status != status
    Handover.objects.filter(pk=handover.pk).update(
        peer_ref=told.ref[:40], peer_status=status, peer_category=told.category[:10]
    )
    conversation.touch(handover.ticket)
    if changed:
        tell_of_status(handover, told, by=by)
    if changed and not told.caused and narrowing.takes_part(handover):
        translation.follow(handover, by=by, status=status, category=told.category)
    chain.tell_above(handover.ticket_id)


def tell_of_status(handover, told, *, by):
    """The partner's own status of this ticket, by his own number; a line of the history and nothing more."""
    said = {"ref": told.ref, "status": told.status, "category": told.category, "caused": told.caused}
    record(handover, words.PEER_STATUS, by=by, ticket=handover.ticket, **said)


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
