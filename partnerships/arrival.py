"""A ticket, a file or a comment arrives from a partner: it becomes ours, in our words, by=the partner."""

from tenants import clock
from tenants.scoping import current_account_id
from tenants.timers import on_timer, set_timer
from tenants.vocabulary import SCHEDULE, Actor
from tickets import conversation, lifecycle
from tickets import files as filing
from tickets.models import Attachment, Comment, Counterpart, Ticket
from tickets.vocabulary import Direction, Priority

from . import accepting, adopting, cards, chain, in_hand, moves, narrowing, outbox, sharing, translation, whole
from .models import Handover, InboxLetter
from .protocol import parse, render
from .vocabulary import (
    DAYS_LIMIT,
    DEPTH_LIMIT,
    HOURS_LIMIT,
    OFFERED,
    HandOn,
    LinkState,
    Relay,
    SeeBelow,
    Stage,
    State,
)

# The letters that files come with.
WITH_FILES = ("handover.offered", "comment.added", "comment.restated", "file.added")


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
        client_due_at=body.client_due_at,
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
    """A file of the partner's shows once its bytes are here and are those of its digest; until then it is awaited."""
    if file.sha256:
        filing.hold(file.sha256)
        # A letter that names the same bytes a thousand times has them read once.
        if not in_hand.for_good(("whole", file.sha256, file.size), lambda: whole.is_whole(file)):
            whole.expect(ticket, counterpart)
            return None
        file = whole.as_found(file)
    return filing.receive(ticket, file, by=by, through=counterpart, comment=comment)


@on_timer(whole.AWAITED)
def look_again(counterpart_id):
    """What was not whole is looked for once more, after as long again as it has waited; after a week no more."""
    known = Handover.objects.select_related("partnership").filter(counterpart=counterpart_id).first()
    handover = known and moves.lock_both(known)
    if handover is None or LinkState.ENDED in (handover.partnership.state, handover.partnership.link.state):
        return
    now, since = clock.now(), None
    # What is here stays here: of a thousand files only those that are missing are read.
    here = set(Attachment.objects.filter(ticket=handover.ticket_id).values_list("origin_id", flat=True))
    with in_hand.nothing():
        for at, file, by, comment in told_files(handover, now - whole.PATIENCE):
            if file.id not in here and bring_file(handover.ticket, file, by, handover.counterpart, comment) is None:
                since = since or at
    if since:
        set_timer(whole.AWAITED, handover.counterpart, now + max(whole.SOON, now - since))


def told_files(handover, since):
    """The files that were told since then and not taken back: when, what, by whom, and on which words."""
    letters = InboxLetter.objects.filter(handover_key=handover.key, stage=Stage.APPLIED, received_at__gt=since)
    gone = set(letters.filter(kind="file.removed").values_list("body__id", flat=True))
    name = handover.partnership.name
    for row in letters.filter(kind__in=WITH_FILES).order_by("seq"):
        body = parse(row.kind, row.version, row.body)
        by = Actor(kind="partner", id=handover.partnership_id, name="", company=name, origin="partner")
        said = [body.comment] if row.kind.startswith("comment.") else getattr(body, "comments", [])
        lone = [body.file] if row.kind == "file.added" else getattr(body, "files", [])
        who = narrowing.author(handover, body.author, body.company, by) if row.kind == "file.added" else by
        found = [(file, who, None) for file in lone]
        for one in said:
            comment = Comment.objects.filter(ticket=handover.ticket_id, origin_id=one.id, removed_at=None).first()
            who = narrowing.author(handover, one.author, one.company, by)
            found += [(file, who, comment) for file in one.files if comment]
        yield from ((row.received_at, *what) for what in found if str(what[0].id) not in gone)


def bring_comment(handover, said, by):
    """A comment with its first author and its files; the same one by another way is not shown twice."""
    said = narrowing.words(handover, said)
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
        revision=said.revision,
    )
