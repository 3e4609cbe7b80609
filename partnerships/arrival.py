"""A ticket, a file or a comment arrives from a partner: it becomes ours, in our words, by=the partner."""

from tenants.scoping import current_account_id
from tenants.vocabulary import SCHEDULE, Actor
from tickets import conversation, lifecycle
from tickets import files as filing
from tickets.models import Blob, Counterpart, Ticket
from tickets.vocabulary import Direction, Priority

from . import accepting, adopting, cards, chain, moves, outbox, sharing, translation
from .models import Handover
from .protocol import render
from .vocabulary import DAYS_LIMIT, DEPTH_LIMIT, HOURS_LIMIT, OFFERED, HandOn, Relay, SeeBelow, State


class CannotApply(Exception):
    """A letter that makes no sense here; the word (of vocabulary.REASONS) says why and a person decides."""


def take(row, body, lane, partnership, by):
    """A ticket is offered to us: it becomes a ticket of ours, in our words, on our turn."""
    if Handover.objects.filter(key=lane.handover).exists():
        return
    account_id = current_account_id()
    if chain.mark(body.chain.id, account_id) in body.chain.marks:
        raise CannotApply("came_from_here")
    if max(body.chain.depth, len(body.chain.marks)) > DEPTH_LIMIT:
        raise CannotApply("too_deep")
    terms = partnership.terms
    ticket = open_as_told(body, partnership, terms, by)
    counterpart = Counterpart.objects.create(
        ticket=ticket,
        label=partnership.name,
        direction=Direction.TAKEN,
        state=State.OFFERED,
        due_at=body.due_at,
    )
    handover = keep(row, body, lane, partnership, counterpart, terms)
    for file in body.files:
        bring_file(ticket, file, by, counterpart)
    for said in body.comments:
        bring_comment(handover, said, by)
    moves.show_on_board(handover)
    handover.ticket = Ticket.objects.select_related("account", "status").get(pk=ticket.pk)
    moves.tell(handover, OFFERED, by=by)
    translation.follow(handover, by=by, state=State.OFFERED)
    adopting.recognise(handover)
    outbox.write(handover, outbox.status_of(ticket, caused=True), by=SCHEDULE)
    accepting.tell_of_receiver(handover.ticket, terms)
    if accepting.takes(handover, terms, body):
        sharing.accept(handover, by=SCHEDULE)


def open_as_told(body, partnership, terms, by):
    """Our ticket, with the facts that were told; our terms say who gets it."""
    return lifecycle.open_ticket(
        body.subject,
        by=by,
        description=body.description,
        status=translation.opening_status(partnership),
        client=partnership.client,
        priority=body.priority if body.priority in Priority.values else Priority.NORMAL,
        agreement=body.card.agreement[:80],
        due_at=body.due_at,
        **accepting.receivers(terms),
    )


def keep(row, body, lane, partnership, counterpart, terms):
    """Our row of the hand-over, as the giver told it."""
    return Handover.objects.create(
        key=lane.handover,
        partnership=partnership,
        ticket=counterpart.ticket,
        counterpart=counterpart,
        direction=Direction.TAKEN,
        card=render(body.card),
        told=render(cards.told_by(body)),
        see_below=body.see_below if body.see_below in SeeBelow.values else SeeBelow.HIDDEN,
        client_replies=body.client_replies if body.client_replies in Relay.values else Relay.NEVER,
        due_at=body.due_at,
        accept_by=body.accept_by,
        chain=body.chain.id,
        depth=body.chain.depth,
        marks=body.chain.marks,
        peer_ref=body.ref[:40],
        terms_version=terms.version,
        offered_at=row.sent_at,
        hand_on=body.hand_on if body.hand_on in HandOn.values else HandOn.NOBODY,
        hand_on_to=render(body.hand_on_to),
        checklist=[{"text": text[:300], "done": False, "note": ""} for text in body.checklist[:50]],
        auto_approve_hours=min(max(body.auto_approve_hours, 0), HOURS_LIMIT),
        return_days=min(max(body.return_days, 0), DAYS_LIMIT),
        wish_from=body.wish_from,
        wish_until=body.wish_until,
    )


def bring_file(ticket, file, by, counterpart, comment=None):
    """A file of the partner's, by its digest; one whose bytes are not here is not shown."""
    if file.sha256:
        filing.hold(file.sha256)
    if file.sha256 and not Blob.objects.filter(sha256=file.sha256, size=file.size).exists():
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
        removed=said.removed,
    )
