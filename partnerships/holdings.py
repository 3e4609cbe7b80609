"""What was told through a hand-over and what came through it, entry by entry. Pure reading, many at a time."""

from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from django.db.models import F, Func, TextField

from tickets.models import Attachment, AttachmentReader, Comment, CommentReader
from tickets.vocabulary import Audience

from . import outbox
from .models import InboxLetter, Terms
from .protocol import CardChanged, StatusChanged, Unreadable, VisitChanged, parse, read, render, tallies
from .vocabulary import RUNNING, Stage, State

# While new wording and new statuses are told; after an ending only removals are.
TALKING = (*RUNNING, State.APPROVED)
RESTATED = ("comment.added", "comment.edited", "comment.restated")


class Sha(Func):
    """The digest of a text, so that no text is read to be compared."""

    template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
    output_field = TextField()


def told(handovers):
    """What we told in each of these: {hand-over's id: {origin id: mark}}, as rows and terms say it now."""
    by = {row.counterpart_id: row for row in handovers}
    found = {row.pk: {} for row in handovers}
    # What is said among us is told to nobody, whoever is written down as its reader.
    words = CommentReader.objects.filter(counterpart__in=by).exclude(comment__audience=Audience.INTERNAL)
    words = words.exclude(comment__came_through=F("counterpart"))
    facts = ("counterpart", "comment__origin_id", "comment__removed_at", Sha("comment__body"))
    for counterpart, origin, removed, sha in words.values_list(*facts):
        found[by[counterpart].pk][origin] = mark(removed, sha, worded=is_talking(by[counterpart]))
    files = words.filter(comment__attachments__isnull=False, comment__attachments__removed_at=None)
    alone = AttachmentReader.objects.filter(counterpart__in=by, attachment__removed_at=None)
    alone = alone.exclude(attachment__came_through=F("counterpart"))
    rows = [
        *files.values_list("counterpart", "comment__attachments__origin_id", "comment__attachments__blob"),
        *alone.values_list("counterpart", "attachment__origin_id", "attachment__blob"),
    ]
    for counterpart, origin, blob in rows:
        if outbox.gives(by[counterpart], "back_files"):
            found[by[counterpart].pk][origin] = tallies.FILE + blob
    return found


def held(handovers, worded):
    """What came to us in each of these; `worded` are the ids of those whose wording counts."""
    by = {row.counterpart_id: row.pk for row in handovers}
    found = {row.pk: {} for row in handovers}
    words = Comment.objects.filter(came_through__in=by)
    for counterpart, origin, removed, sha in words.values_list("came_through", "origin_id", "removed_at", Sha("body")):
        found[by[counterpart]][origin] = mark(removed, sha, worded=by[counterpart] in worded)
    files = Attachment.objects.filter(came_through__in=by, removed_at=None)
    for counterpart, origin, blob in files.values_list("came_through", "origin_id", "blob"):
        found[by[counterpart]][origin] = tallies.FILE + blob
    return found


def known(rows, most=None):
    """Hand-overs with all that their sums need, in two queries however many they are."""
    rows = list(rows.select_related("ticket__account", "ticket__status", "partnership").order_by("id")[:most])
    wanted = {row.partnership_id for row in rows}
    terms = {(one.partnership_id, one.version): one for one in Terms.objects.filter(partnership__in=wanted)}
    for row in rows:
        row.terms = terms[row.partnership_id, row.terms_version]
    return rows


def mark(removed, sha, *, worded):
    """How a comment stands: removed, or there, with its wording where that counts."""
    if removed:
        return tallies.REMOVED
    return tallies.WORDS + (sha[:32] if worded else "")


def is_talking(handover):
    """Whether we still tell new wording and our status in this hand-over."""
    return handover.state in TALKING


def sum_told(handover, entries):
    """All that we told in one sum."""
    worded = is_talking(handover)
    status = outbox.status_as_read(handover.ticket, caused=False) if worded else None
    facts = {
        "state": handover.state if handover.is_given else "",
        "status": [status.ref, status.status, status.category] if status else [],
        "card": handover.told if handover.is_given and worded else {},
        "visit": visit_facts(visit_told(handover)),
    }
    return one_sum(facts, entries)


def sum_held(handover, entries, worded):
    """All that came to us in one sum; it must be the sender's when both sides agree."""
    visit = None
    if handover.is_given and handover.visit_from and handover.is_running:
        visit = VisitChanged(handover.visit_from, handover.visit_until, handover.visit_who, handover.visit_note)
    facts = {
        "state": "" if handover.is_given else handover.state,
        "status": [handover.peer_ref, handover.peer_status, handover.peer_category] if worded else [],
        "card": {} if handover.is_given or not worded else handover.told,
        "visit": visit_facts(visit),
    }
    return one_sum(facts, entries)


def one_sum(facts, entries):
    """One sum over the facts and the entries."""
    lines = [f"{name} {flat(facts[name])}" for name in sorted(facts)]
    return tallies.sum_of(lines + tallies.sums(entries, 1))


def flat(value):
    """JSON as text that is the same whatever way the fields stand."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}:{flat(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(flat(item) for item in value) + "]"
    return repr(value)


def visit_told(handover):
    """The visit as we told it last; None where there is none to be told."""
    if handover.is_given or not handover.is_running or not handover.visit_from:
        return None
    return outbox.visit_of(handover, handover.visit_note)


def visit_facts(visit):
    """When somebody comes, and who."""
    return [render(visit.visit_from), render(visit.visit_until), visit.who] if visit else []


def status_told(handover):
    """Our status, and whether it only followed a letter of theirs when we told it last."""
    last = handover.letters.filter(kind=StatusChanged.kind).order_by("-seq").values_list("body", flat=True).first()
    now = outbox.status_as_read(handover.ticket, caused=False)
    return replace(now, caused=bool(last and last["caused"] and last["status"] == now.status))


def card_told(handover):
    """What we told of the ticket itself, while changes of it are told."""
    if not handover.is_given or not is_talking(handover):
        return None
    try:
        return read(CardChanged, handover.told)
    except Unreadable:
        return None


def status_differs(handover, told):
    """Whether we know the partner's status otherwise than he tells it."""
    ours = (handover.peer_ref, handover.peer_status, handover.peer_category)
    return ours != (told.ref[:40], told.status[:60], told.category[:10])


def visit_differs(handover, told):
    """Whether we know the partner's visit otherwise than he tells it."""
    ours = (handover.visit_from, handover.visit_until, handover.visit_who) if handover.visit_from else None
    return ours != (told and (told.visit_from, told.visit_until, told.who[:160]))


def once_told(handover):
    """The ids of all comments and files in our own letters of this hand-over, whatever became of our rows."""
    kinds = ("handover.offered", *RESTATED, "file.added")
    found = set()
    for body in handover.letters.filter(kind__in=kinds).values_list("body", flat=True):
        for thing in (body, body.get("comment"), body.get("file"), *body.get("comments", ()), *body.get("files", ())):
            if isinstance(thing, dict):
                found |= {UUID(one["id"]) for one in (thing, *thing.get("files", ())) if "id" in one}
    return found


def skipped(handover):
    """Ids of comments and files whose letters a person passed over: nobody tells him those again."""
    rows = InboxLetter.objects.filter(handover_key=handover.key, stage=Stage.SKIPPED)
    found = set()
    for row in rows.filter(kind__in=[*RESTATED, "file.added"]):
        with suppress(Unreadable):  # What nobody could read named nothing either.
            body = parse(row.kind, row.version, row.body)
            thing = getattr(body, "file", None) or getattr(body, "comment", body)
            found |= {thing.id, *(file.id for file in getattr(thing, "files", ()))}
    return sorted(found)
