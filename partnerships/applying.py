"""Read a letter and do it with tickets' own verbs, by=the partner."""

from sla import turns
from tenants.scoping import current_account_id
from tenants.vocabulary import SCHEDULE, Actor
from tickets import conversation, lifecycle
from tickets import files as filing
from tickets.models import Blob, Comment, Counterpart, Ticket
from tickets.vocabulary import Direction, Priority

from . import chain, crossing, hearing, moves, outbox, ratings, sharing, translation
from .models import Handover, Partnership
from .protocol import VERBS, Answer, parse, render
from .vocabulary import DAYS_LIMIT, DEPTH_LIMIT, HOURS_LIMIT, OFFERED, HandOn, LinkState, SeeBelow, State


class CannotApply(Exception):
    """A letter that makes no sense here; the word (of vocabulary.REASONS) says why and a person decides."""


class NotYet(LookupError):
    """A letter that overtook the one it rests on: another try will do."""


def apply(row, lane):
    """Do what one letter says, inside the receiver's account."""
    body = parse(row.kind, row.version, row.body)
    if lane.handover is None:
        hearing.hear(row, body, lane)
        return
    partnership = Partnership.objects.select_related("link").filter(link_id=lane.link_id).first()
    if partnership is None:
        raise NotYet("our side of the link")
    if partnership.state == LinkState.ENDED:
        raise CannotApply("link_ended")
    by = Actor(
        kind="partner",
        name=str(row.by.get("name", ""))[:160],
        id=partnership.pk,
        company=partnership.name,
        origin="partner",
    )
    if row.kind == "handover.offered":
        take(row, body, lane, partnership, by)
        return
    handover = Handover.objects.filter(key=lane.handover, partnership=partnership).first()
    if handover is None:
        raise CannotApply("unknown_handover")
    handover = moves.lock_both(handover)
    HANDLERS[row.kind](row, body, handover, by)


def take(row, body, lane, partnership, by):
    """A ticket is offered to us: it becomes a ticket of ours, in our words, on our turn."""
    if Handover.objects.filter(key=lane.handover).exists():
        return
    account_id = current_account_id()
    if chain.mark(body.chain.id, account_id) in body.chain.marks:
        raise CannotApply("came_from_here")
    if body.chain.depth > DEPTH_LIMIT:
        raise CannotApply("too_deep")
    ticket = lifecycle.open_ticket(
        body.subject,
        by=by,
        description=body.description,
        status=translation.opening_status(partnership),
        client=partnership.client,
        priority=body.priority if body.priority in Priority.values else Priority.NORMAL,
        agreement=body.card.agreement[:80],
        due_at=body.due_at,
    )
    counterpart = Counterpart.objects.create(
        ticket=ticket,
        label=partnership.name,
        direction=Direction.TAKEN,
        state=State.OFFERED,
        due_at=body.due_at,
    )
    handover = keep(row, body, lane, partnership, counterpart)
    for file in body.files:
        bring_file(ticket, file, by, counterpart)
    for said in body.comments:
        bring_comment(handover, said, by)
    moves.show_on_board(handover)
    handover.ticket = Ticket.objects.select_related("account", "status").get(pk=ticket.pk)
    moves.tell(handover, OFFERED, by=by)
    outbox.write(handover, outbox.status_of(ticket, caused=True), by=SCHEDULE)
    if partnership.terms.auto_accept:
        sharing.accept(handover, by=SCHEDULE)


def keep(row, body, lane, partnership, counterpart):
    """Our row of the hand-over, as the giver told it."""
    return Handover.objects.create(
        key=lane.handover,
        partnership=partnership,
        ticket=counterpart.ticket,
        counterpart=counterpart,
        direction=Direction.TAKEN,
        card=render(body.card),
        see_below=body.see_below if body.see_below in SeeBelow.values else SeeBelow.HIDDEN,
        client_replies=body.client_replies,
        due_at=body.due_at,
        accept_by=body.accept_by,
        chain=body.chain.id,
        depth=body.chain.depth,
        marks=body.chain.marks,
        peer_ref=body.ref[:40],
        terms_version=partnership.terms.version,
        offered_at=row.sent_at,
        hand_on=body.hand_on if body.hand_on in HandOn.values else HandOn.NOBODY,
        hand_on_to=render(body.hand_on_to),
        checklist=[{"text": text[:300], "done": False, "note": ""} for text in body.checklist[:50]],
        auto_approve_hours=min(body.auto_approve_hours, HOURS_LIMIT),
        return_days=min(body.return_days, DAYS_LIMIT),
        wish_from=body.wish_from,
        wish_until=body.wish_until,
    )


def bring_file(ticket, file, by, counterpart, comment=None):
    """A file of the partner's, by its digest; one whose bytes are not here is not shown."""
    if not Blob.objects.filter(sha256=file.sha256, size=file.size).exists():
        raise CannotApply("bytes_missing")
    filing.receive(ticket, file, by=by, through=counterpart, comment=comment)


def bring_comment(handover, said, by):
    """A comment with its first author and its files; the same one by another way is not shown twice."""
    author = Actor(kind="partner", name=said.author, company=said.company, id=by.id, origin="partner")
    foreign = said.company != handover.partnership.name
    via = " · ".join([*said.via, handover.partnership.name] if foreign else said.via)

    def bring(comment):
        for file in said.files:
            bring_file(handover.ticket, file, author, handover.counterpart, comment)

    return conversation.receive(
        handover.ticket,
        said.text,
        by=author,
        through=handover.counterpart,
        origin_id=said.id,
        via=via[:160],
        bring=bring,
    )


def on_verb(row, body: Answer, handover, by):
    word = row.kind.removeprefix("handover.")
    if word in State.values:
        if handover.is_given:
            crossing.hear_taker(handover, word, by=by, reason=body.reason, text=body.text, letter=row.letter)
        elif moves.MOVES[word].side == Direction.TAKEN:
            raise CannotApply("not_theirs")
        else:
            crossing.hear_giver(handover, word, by=by, reason=body.reason, text=body.text)
        return
    ratings.hear_word(handover, word, by=by, text=body.text, score=body.score)


def on_digest(row, body, handover, by):
    """The giver answers ours: confirmed, or his state is what counts."""
    if handover.is_given or handover.pending != body.answers:
        return
    Handover.objects.filter(pk=handover.pk).update(pending=None)
    handover.pending = None
    conversation.touch(handover.ticket)
    if not body.accepted and body.state in State.values:
        crossing.overrule(handover, State(body.state), by=by)


def on_comment(row, body, handover, by):
    bring_comment(handover, body.comment, by)


def on_comment_edited(row, body, handover, by):
    said = theirs(handover, body.id)
    if said:
        conversation.revise(said, body.text, by=by, revision=body.revision)


def on_comment_removed(row, body, handover, by):
    said = theirs(handover, body.id)
    if said:
        conversation.erase(said, by=by)


def theirs(handover, origin_id):
    """The comment as it came through this hand-over; nobody else may change it."""
    return Comment.objects.filter(
        ticket=handover.ticket_id, origin_id=origin_id, came_through=handover.counterpart_id
    ).first()


def on_file(row, body, handover, by):
    author = Actor(kind="partner", name=body.author, company=body.company, id=by.id, origin="partner")
    bring_file(handover.ticket, body.file, author, handover.counterpart)


def on_status(row, body, handover, by):
    """Their status is theirs; ours follows only if our map says so, and never in answer to ourselves."""
    changed = handover.peer_status != body.status
    Handover.objects.filter(pk=handover.pk).update(
        peer_ref=body.ref[:40], peer_status=body.status[:60], peer_category=body.category[:10]
    )
    conversation.touch(handover.ticket)
    if changed:
        crossing.tell_of_status(handover, body, by=by)
    if changed and not body.caused:
        translation.follow(handover, by=by, status=body.status, category=body.category)
    chain.tell_above(handover.ticket_id)


def on_chain(row, body, handover, by):
    """The partner tells where the ticket stands with him and below."""
    if not handover.is_given:
        raise CannotApply("not_theirs")
    before = {(s["position"], s["name"], s["state"]) for s in handover.below}
    stations = [render(station) for station in body.stations[:50]]
    holder = next((s["name"] for s in stations if s["holds"]), "") if not body.holds else ""
    Handover.objects.filter(pk=handover.pk).update(
        below=stations, peer_holds=body.holds, peer_since=body.since, peer_handed_on=body.handed_on
    )
    Counterpart.objects.filter(pk=handover.counterpart_id).update(holder=holder)
    handover.below = stations
    for station in stations:
        if (station["position"], station["name"], station["state"]) not in before and station["state"] == "offered":
            crossing.tell_of_chain(handover, station, by=by)
    conversation.touch(handover.ticket)
    turns.settle(handover.ticket_id)
    chain.tell_above(handover.ticket_id)


HANDLERS = {
    **{f"handover.{verb}": on_verb for verb in VERBS},
    "handover.digest": on_digest,
    "comment.added": on_comment,
    "comment.edited": on_comment_edited,
    "comment.removed": on_comment_removed,
    "file.added": on_file,
    "status.changed": on_status,
    "chain.changed": on_chain,
}
