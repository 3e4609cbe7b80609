"""Read a letter and do it with tickets' own verbs, by=the partner."""

from sla import turns
from tenants.vocabulary import Actor
from tickets import conversation
from tickets import files as filing
from tickets.models import Attachment, Comment, Counterpart
from tickets.vocabulary import Direction

from . import (
    arrival,
    backfill,
    chain,
    crossing,
    forgetting,
    hearing,
    in_hand,
    moves,
    narrowing,
    ratings,
    reconcile,
    rehearing,
    visiting,
)
from .arrival import CannotApply
from .models import Handover, Partnership
from .protocol import VERBS, Answer, parse
from .vocabulary import LinkState, State


class NotYet(LookupError):
    """A letter that overtook the one it rests on: another try will do."""


def apply(row, lane):
    """Do what one letter says, inside the receiver's account."""
    body = parse(row.kind, row.version, row.body)
    if row.kind == "link.digest":
        reconcile.hear_sums(body, lane)
        return
    if lane.handover is None:
        hearing.hear(row, body, lane)
        return
    in_hand.begin(row.kind)
    partnership = in_hand.remember("partnership", lambda: partnership_of(lane))
    by = Actor(
        kind="partner",
        name=str(row.by.get("name", ""))[:160],
        id=partnership.pk,
        company=partnership.name,
        origin="partner",
    )
    if row.kind == "handover.offered":
        arrival.take(row, body, lane, partnership, by)
        return
    handover = in_hand.remember("handover", lambda: in_hand.keep(locked(lane, partnership)))
    HANDLERS[row.kind](row, body, handover, by)


def partnership_of(lane):
    """Our side of the lane's link, as long as it stands."""
    partnership = Partnership.objects.filter(link_id=lane.link_id).first()
    if partnership is None:
        raise NotYet("our side of the link")
    if partnership.state == LinkState.ENDED:
        raise CannotApply("link_ended")
    return partnership


def locked(lane, partnership):
    """Our row of the lane's hand-over, held with its ticket until the transaction ends."""
    rows = Handover.objects.filter(key=lane.handover, partnership=partnership)
    handover = rows.only("ticket_id", "partnership_id").first()
    if handover is None:
        raise CannotApply("unknown_handover")
    handover.partnership = partnership
    return moves.lock_both(handover)


def on_verb(row, body: Answer, handover, by):
    word = row.kind.removeprefix("handover.")
    if word in State.values:
        if handover.is_given:
            said = {"reason": body.reason, "text": body.text, "checklist": body.checklist, "comment": body.comment}
            crossing.hear_taker(handover, word, by=by, letter=row.letter, **said)
        elif moves.MOVES[word].side == Direction.TAKEN:
            raise CannotApply("not_theirs")
        elif word in moves.AFTER_WORK and handover.state not in moves.AFTER_WORK[word]:
            raise CannotApply("out_of_place")
        else:
            crossing.hear_giver(handover, word, by=by, reason=body.reason, text=body.text)
        return
    if handover.direction != ratings.HEARERS.get(word, handover.direction):
        raise CannotApply("not_theirs")
    ratings.hear_word(handover, word, by=by, text=body.text, score=body.score, criteria=body.criteria)


def on_digest(row, body, handover, by):
    """The giver answers ours: confirmed, or his state is what counts."""
    if handover.is_given or handover.pending != body.answers:
        return
    refused = handover.state in (State.DECLINED, State.GIVEN_BACK)
    if refused and not body.accepted and body.state in (State.ACCEPTED, State.DONE, State.RETURNED):
        raise CannotApply("out_of_place")
    crossing.confirm(handover, accepted=body.accepted, at=row.sent_at)
    conversation.touch(handover.ticket)
    if not body.accepted and body.state in State.values:
        crossing.overrule(handover, State(body.state), by=by)


def on_prolonged(row, body, handover, by):
    """The giver leaves us more time to accept."""
    if not handover.is_given and handover.state == State.OFFERED:
        Handover.objects.filter(pk=handover.pk).update(accept_by=body.accept_by)
        conversation.touch(handover.ticket)


def on_comment(row, body, handover, by):
    said = arrival.bring_comment(handover, body.comment, by)
    if said.removed_at:
        forgetting.forget_late(row, said.origin_id)


def on_comment_edited(row, body, handover, by):
    said = theirs(handover, body.id)
    if said and said.removed_at:
        forgetting.forget_late(row, said.origin_id)
    # An edit without words was taken back itself before it got here; the removal comes behind it.
    elif said and body.text:
        conversation.revise(said, body.text, by=by, revision=body.revision)


def on_comment_removed(row, body, handover, by):
    said = theirs(handover, body.id)
    if said:
        conversation.erase(said, by=by)


def theirs(handover, origin_id, model=Comment):
    """The comment or the file as it came through this hand-over; nobody else may change it."""
    return model.objects.filter(
        ticket=handover.ticket_id, origin_id=origin_id, came_through=handover.counterpart_id
    ).first()


def on_file(row, body, handover, by):
    author = narrowing.author(handover, body.author, body.company, by)
    arrival.bring_file(handover.ticket, body.file, author, handover.counterpart)


def on_file_removed(row, body, handover, by):
    file = theirs(handover, body.id, Attachment)
    if file:
        filing.erase(file, by=by)


def on_status(row, body, handover, by):
    crossing.hear_status(handover, body, by=by)


def on_chain(row, body, handover, by):
    """The partner tells where the ticket stands with him and below."""
    if not handover.is_given:
        raise CannotApply("not_theirs")
    if not narrowing.takes_part(handover):
        return
    before = {(s["position"], s["name"], s["state"]) for s in handover.below}
    stations = narrowing.stations(handover, body.stations)
    far = next((s for s in stations if s["holds"]), None) if not body.holds else None
    name, place = (far["name"], far["position"]) if far else ("", "")
    Handover.objects.filter(pk=handover.pk).update(
        below=stations, peer_holds=body.holds, peer_since=body.since, peer_handed_on=body.handed_on
    )
    Counterpart.objects.filter(pk=handover.counterpart_id).update(holder=name, station=place)
    handover.below = stations
    for station in stations:
        if (station["position"], station["name"], station["state"]) not in before and station["state"] == "offered":
            crossing.tell_of_chain(handover, station, by=by)
    conversation.touch(handover.ticket)
    turns.settle(handover.ticket_id, by=by)
    chain.tell_above(handover.ticket_id)


def on_card(row, body, handover, by):
    """The giver tells the ticket anew."""
    if handover.is_given:
        raise CannotApply("not_theirs")
    rehearing.hear_card(handover, body, by=by)


def on_visit(row, body, handover, by):
    """The taker says when his people come."""
    if not handover.is_given:
        raise CannotApply("not_theirs")
    visiting.hear(handover, body, by=by)


HANDLERS = {
    **{f"handover.{verb}": on_verb for verb in VERBS},
    "handover.digest": on_digest,
    "handover.prolonged": on_prolonged,
    "comment.added": on_comment,
    "comment.edited": on_comment_edited,
    "comment.removed": on_comment_removed,
    "file.added": on_file,
    "file.removed": on_file_removed,
    "status.changed": on_status,
    "chain.changed": on_chain,
    "card.changed": on_card,
    "visit.changed": on_visit,
    "handover.recount": reconcile.hear_recount,
    "handover.counted": reconcile.hear_count,
    "handover.holdings": backfill.hear_holdings,
    "comment.restated": backfill.hear_restated,
}
