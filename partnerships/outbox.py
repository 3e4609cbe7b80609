"""Something happened: write down what the partner must hear, in the same transaction, one letter per partner."""

from dataclasses import replace
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import override

from tenants import clock
from tenants.scoping import current_account_id, new_id
from tenants.vocabulary import SCHEDULE
from tickets import lifecycle
from tickets.models import Attachment, CommentReader, Ticket
from tickets.vocabulary import (
    CLOSED,
    COMMENT_EDITED,
    COMMENT_REMOVED,
    COMMENTED,
    FILE_ADDED,
    FILE_REMOVED,
    PASSED_ON,
    REOPENED,
    RESOLVED,
    STATUS_CHANGED,
)

from . import cards, failpoints, in_hand, lanes
from .card_vocabulary import VISIT_CANCELLED, VISIT_MOVED, VISIT_PLANNED
from .models import Handover, Letter
from .protocol import (
    Answer,
    Checked,
    CommentAdded,
    CommentEdited,
    CommentRemoved,
    FileAdded,
    FileRemoved,
    Mark,
    StatusChanged,
    VisitChanged,
    render,
)
from .vocabulary import (
    ACCEPTED,
    APPROVED,
    DECLINED,
    DONE,
    EXPIRED,
    GIVEN_BACK,
    NUDGED,
    OFFERED,
    RATED,
    RATING_ANSWERED,
    RETURNED,
    RUNNING,
    WITHDRAWN,
    LinkState,
    SeeBelow,
    State,
)

MOVED = {kind.code for kind in (STATUS_CHANGED, RESOLVED, REOPENED, CLOSED)}
VERBS = {
    kind.code
    for kind in (
        ACCEPTED,
        APPROVED,
        DECLINED,
        DONE,
        EXPIRED,
        GIVEN_BACK,
        NUDGED,
        RATED,
        RATING_ANSWERED,
        RETURNED,
        WITHDRAWN,
    )
}
# Moves of the taker that the giver confirms: he names the letter by this id.
ANSWERS = {kind.code for kind in (ACCEPTED, DECLINED, DONE, GIVEN_BACK)}


def on_activity(sender, activity, subject, by, **kwargs):
    """The ledger moved: see which partners must hear of it."""
    if activity.kind in WRITERS:
        WRITERS[activity.kind](activity, subject, getattr(by, "actor", by))


def write(handover, body, *, by, kind=None, letter_id=None):
    """One letter into the hand-over's own lane."""
    partnership = handover.partnership
    return post(partnership.link_id, handover, body, by=by, kind=kind, letter_id=letter_id)


def write_link(partnership, body, *, by):
    """One letter into the link's lane."""
    return post(partnership.link_id, None, body, by=by)


def post(link_id, handover, body, *, by, kind=None, letter_id=None):
    actor = getattr(by, "actor", by)
    lane = lanes.next_place(link_id, handover.key if handover else None, current_account_id())
    letter = Letter.objects.create(
        id=letter_id or new_id(),
        lane=lane,
        handover=handover,
        seq=lane.written,
        kind=kind or body.kind,
        # Our own people sign where the terms give names; whoever moved us from outside is not ours to name to a third.
        by={"name": actor.name if actor.kind == "member" and gives(handover, "back_names") else "", "role": ""},
        body=render(body),
        sent_at=clock.now(),
    )
    lanes.ring_on_commit()
    failpoints.around_commit(failpoints.WRITING, failpoints.WRITTEN)
    return letter


def gives(handover, term):
    """Whether this goes to the other side: what a taker passes back is said by the terms he took the ticket with."""
    return handover is None or handover.is_given or getattr(handover.terms, term)


def keep_files(handover):
    """The terms keep files here: our own ticket says so, for whoever thinks that the giver has them."""
    with override(handover.ticket.account.language):
        text = _("The terms with %(partner)s pass no files back: they stayed with us.")
        lifecycle.note(handover.ticket, text=text % {"partner": handover.partnership.name}, by=SCHEDULE)


def write_offer(activity, handover, by):
    if handover.is_given:
        ticket = Ticket.objects.select_related("account", "contact", "site", "site__client").get(pk=handover.ticket_id)
        offer = cards.offered(ticket, handover)
        Handover.objects.filter(pk=handover.pk).update(told=render(cards.told_by(offer)))
        write(handover, offer, by=by)


def write_verb(activity, handover, by):
    """A verb of ours; one that came as a letter is not sent back."""
    if by.kind == "partner" or not isinstance(handover, Handover):
        return
    details = activity.details
    body = Answer(reason=details["reason"], text=details["text"], score=details["score"])
    if activity.kind == DONE.code:
        report = [Checked(**line) for line in handover.checklist]
        body = replace(body, checklist=report, comment=UUID(details["comment"]) if details["comment"] else None)
    if activity.kind == RATED.code:
        body = replace(body, criteria=[Mark(name, score) for name, score in handover.criteria.items()])
    answered = handover.pending if activity.kind in ANSWERS else None
    kind = activity.kind.replace("handover_", "handover.", 1)
    write(handover, body, by=by, kind=kind, letter_id=answered)


def readers(activity):
    """The hand-overs whose partners read this, but for the one it came through."""
    details = activity.details
    wanted = [reader for reader in details["readers"] if reader != details["via"]]
    if not wanted:
        return Handover.objects.none()
    rows = Handover.objects.filter(counterpart__in=wanted).exclude(partnership__state=LinkState.ENDED)
    return rows.select_related("partnership", "ticket__account").order_by("id")


def write_comment(activity, said, by):
    reading = "readers", *sorted(activity.details["readers"]), activity.details["via"]
    rows = in_hand.remember(reading, lambda: list(readers(activity)))
    if not rows:
        return
    prefetch_related_objects([said], "attachments")
    masked = masked_for(said) if activity.kind == PASSED_ON.code else ()
    for handover in rows:
        body, kept = words_for(handover, said, masked=handover.counterpart_id in masked)
        if kept:
            keep_files(handover)
        write(handover, CommentAdded(comment=body), by=by)


def masked_for(comment):
    """The counterparts who read this comment as ours."""
    rows = CommentReader.objects.filter(comment=comment, masked=True)
    return set(rows.values_list("counterpart_id", flat=True))


def words_for(handover, comment, *, masked):
    """A comment as this partner may read it, and whether the terms kept its files here."""
    body = cards.said(
        comment,
        handover.ticket.account.name,
        masked=masked or hides(handover, SeeBelow.HIDDEN),
        anonymous=hides(handover, SeeBelow.ROLE),
        nameless=not gives(handover, "back_names"),
    )
    kept = bool(body.files) and not gives(handover, "back_files")
    return replace(body, files=[]) if kept else body, kept


def hides(handover, how):
    """Whether the giver of this taken hand-over may see those below us only so."""
    return not handover.is_given and handover.see_below == how


def write_edit(activity, said, by):
    """New words go to those who still work with us; a removal, below, goes to everybody who read the old ones."""
    for handover in readers(activity).filter(state__in=[*RUNNING, State.APPROVED]):
        write(handover, CommentEdited(id=said.origin_id, text=said.body, revision=said.revision), by=by)


def write_removal(activity, said, by):
    for handover in readers(activity):
        write(handover, CommentRemoved(id=said.origin_id), by=by)


def write_file(activity, subject, by):
    for handover in readers(activity):
        if not gives(handover, "back_files"):
            keep_files(handover)
            continue
        write(handover, file_for(handover, Attachment.objects.get(pk=activity.details["file"])), by=by)


def file_for(handover, file):
    """A file of the ticket as this partner may read who added it.

    What we pass down is told as ours, as in the offer; who stands below us shows as far as the hand-over says.
    """
    ours, foreign = handover.ticket.account.name, file.came_through_id is not None
    author, company = file.author_name, file.author_company or ours
    if foreign and (handover.is_given or hides(handover, SeeBelow.HIDDEN)):
        author, company = "", ours
    elif foreign and hides(handover, SeeBelow.ROLE):
        author, company = "", ""
    elif not file.author_company and not gives(handover, "back_names"):
        author = ""
    return FileAdded(file=cards.as_file(file), author=author, company=company)


def write_file_removal(activity, subject, by):
    """To everybody who was given the file; with whom our terms pass no files back, it never was."""
    file = Attachment.objects.get(pk=activity.details["file"])
    for handover in readers(activity):
        if gives(handover, "back_files"):
            write(handover, FileRemoved(id=file.origin_id), by=by)


def write_status(activity, ticket, by):
    """Our own status, to every partner who works with us on this; it only informs where his letter caused it."""
    rows = Handover.objects.filter(ticket=ticket.pk, state__in=[*RUNNING, State.APPROVED])
    rows = rows.exclude(partnership__state=LinkState.ENDED)
    rows = list(rows.select_related("partnership").order_by("id"))
    if not rows:
        return
    status = status_of(ticket, caused=False)
    for handover in rows:
        caused = by.kind == "partner" and by.id == handover.partnership_id
        write(handover, replace(status, caused=caused), by=by)


def write_visit(activity, handover, by):
    """When our people come; their names, and whose word it is, only where the terms give names back."""
    if handover.is_given:
        return
    by = by if handover.terms.back_names else SCHEDULE
    write(handover, visit_of(handover, activity.details["note"]), by=by)


def visit_of(handover, note):
    """The visit as the giver may read it."""
    return VisitChanged(
        visit_from=handover.visit_from,
        visit_until=handover.visit_until,
        who=handover.visit_who if handover.terms.back_names else "",
        note=note,
    )


def status_of(ticket, *, caused):
    """Where our ticket stands, in our words."""
    return status_as_read(Ticket.objects.select_related("account", "status").get(pk=ticket.pk), caused=caused)


def status_as_read(ticket, *, caused):
    """The same of a ticket that was read just now."""
    return StatusChanged(ref=ticket.ref, status=ticket.status.name, category=ticket.status.category, caused=caused)


WRITERS = {
    **dict.fromkeys((VISIT_PLANNED.code, VISIT_MOVED.code, VISIT_CANCELLED.code), write_visit),
    OFFERED.code: write_offer,
    COMMENTED.code: write_comment,
    PASSED_ON.code: write_comment,
    COMMENT_EDITED.code: write_edit,
    COMMENT_REMOVED.code: write_removal,
    FILE_ADDED.code: write_file,
    FILE_REMOVED.code: write_file_removal,
    **dict.fromkeys(VERBS, write_verb),
    **dict.fromkeys(MOVED, write_status),
}
