"""Tell a partner again what he misses, by the rules of now; and take in what a partner tells us again."""

from uuid import UUID

from django.db.models import Q

from tenants import clock
from tenants.activity import record
from tenants.vocabulary import SCHEDULE, Actor
from tickets import conversation
from tickets.models import Attachment, Comment, CommentReader
from tickets.vocabulary import Audience

from . import arrival, forgetting, holdings, narrowing, outbox, reconcile
from .arrival import CannotApply
from .compared_vocabulary import SIDES_DIFFER, Result
from .models import Comparison, InboxLetter
from .protocol import CommentRemoved, CommentRestated, Counted, FileRemoved, tallies
from .vocabulary import Stage


def hear_holdings(row, body, handover, by):
    """The partner lists what he has of one part: he is told again what is not there, once in each round."""
    asked = handover.letters.filter(kind=Counted.kind).order_by("-seq").first()
    if asked is None or asked.pk != body.answers or asked.body["round"] != 1:
        return
    if body.parts not in tallies.SIZES or not 0 <= body.part < body.parts:
        raise CannotApply("out_of_place")
    if came_before(row, body):
        return
    worded = asked.body["worded"] and holdings.is_talking(handover)
    theirs = {one.id: part_mark(one.mark, worded) for one in body.entries}
    ours = {
        key: part_mark(mark, worded)
        for key, mark in holdings.told([handover])[handover.pk].items()
        if tallies.part_of(key, body.parts) == body.part
    }
    forgetting.empty([row], {str(key) for key in theirs if ours.get(key) == tallies.REMOVED})
    skipped = {key for key in body.skipped if ours.get(key, tallies.REMOVED) != tallies.REMOVED}
    missing = {key for key in ours if ours[key] != theirs.get(key)} - skipped
    comparison = Comparison.objects.get_or_create(handover=handover)[0]
    again, withheld = tell_again(handover, missing, theirs)
    foreign = set(theirs) - set(ours) - skipped
    taken_back = take_back(handover, foreign)
    # What our own letters told and our rows no longer have was lost here: he is right to have it.
    lost = (foreign - taken_back) & holdings.once_told(handover) if foreign else set()
    comparison.again += again + len(taken_back)
    comparison.withheld += withheld
    comparison.untold += len(foreign - taken_back - lost)
    comparison.lost += len(lost)
    comparison.left_out = sorted({*comparison.left_out, *map(str, skipped | lost)})
    comparison.save(update_fields=["again", "withheld", "untold", "lost", "left_out"])
    if body.last:
        finish(comparison, handover)


def came_before(row, body):
    """Whether a list of this part was answered in this round: they come in order, each once, divided alike."""
    lists = InboxLetter.objects.filter(lane=row.lane_id, kind=row.kind, seq__lt=row.seq)
    lists = lists.filter(body__answers=str(body.answers)).exclude(stage=Stage.SKIPPED)
    return lists.filter(Q(body__part__gte=body.part) | ~Q(body__parts=body.parts)).exists()


def part_mark(mark, worded):
    """A mark as far as it counts: without the wording once that is told to nobody any more."""
    return tallies.WORDS if mark.startswith(tallies.WORDS) and not worded else mark


def tell_again(handover, missing, theirs):
    """Comments and files that are not there as they are here: how many were told, how many may not be any more."""
    files = Attachment.objects.filter(ticket=handover.ticket_id, removed_at=None, origin_id__in=missing)
    carriers = files.exclude(comment=None).values("comment")
    said = Comment.objects.filter(reader_rows__counterpart=handover.counterpart_id).exclude(audience=Audience.INTERNAL)
    said = said.filter(Q(origin_id__in=missing) | Q(pk__in=carriers))
    readings = CommentReader.objects.filter(counterpart=handover.counterpart_id, comment__in=said, masked=True)
    masked = set(readings.values_list("comment_id", flat=True))
    told = withheld = 0
    for comment in said.prefetch_related("attachments").order_by("created_at", "pk"):
        if comment.removed_at and comment.origin_id in theirs:
            outbox.write(handover, CommentRemoved(id=comment.origin_id), by=SCHEDULE)
        elif comment.removed_at or holdings.is_talking(handover):
            words, _kept = outbox.words_for(handover, comment, masked=comment.pk in masked)
            outbox.write(handover, CommentRestated(words, comment.revision), by=SCHEDULE)
        else:
            withheld += 1
            continue
        told += 1
    for file in files.filter(comment=None):
        if holdings.is_talking(handover):
            outbox.write(handover, outbox.file_for(handover, file), by=SCHEDULE)
            told += 1
        else:
            withheld += 1
    return told, withheld


def take_back(handover, foreign):
    """What he has and we don't tell: files that were removed here are taken back once more; gives their ids."""
    gone = Attachment.objects.filter(ticket=handover.ticket_id, origin_id__in=foreign).exclude(removed_at=None)
    # Of a file that he was never given he does not hear, whatever id he names.
    given = Q(reader_rows__counterpart=handover.counterpart_id)
    given |= Q(comment__reader_rows__counterpart=handover.counterpart_id)
    gone = gone.filter(given).exclude(came_through=handover.counterpart_id)
    gone = set(gone.values_list("origin_id", flat=True))
    for origin_id in sorted(gone):
        outbox.write(handover, FileRemoved(id=origin_id), by=SCHEDULE)
    return gone


def finish(comparison, handover):
    """All lists are answered: count for the last time, and say to a person what he can't be told, or what we lost.

    What we lost may be on its way from whoever told it to us: it is said when it is still missing the next time.
    """
    outcome = {"again": comparison.again, "withheld": comparison.withheld, "untold": comparison.untold}
    reconcile.count(handover, 2, left_out=[UUID(one) for one in comparison.left_out], **outcome)
    facts = [["withheld", comparison.withheld]] if comparison.withheld else []
    facts += [["lost", comparison.lost]] if comparison.lost and comparison.told.get("lost") else []
    if facts and facts != comparison.told.get("there"):
        name = handover.partnership.name
        record(handover, SIDES_DIFFER, by=SCHEDULE, ticket=handover.ticket, name=name, facts=facts)
    comparison.told |= {"there": facts, "lost": comparison.lost}
    comparison.asked_at = clock.now()
    comparison.save(update_fields=["told", "asked_at"])
    if facts or comparison.result == Result.DIFFERS:
        reconcile.note(comparison, here=comparison.told.get("here", []))


def hear_restated(row, body, handover, by):
    """The partner tells a comment again: what of it is here already stays as it is, but for the wording."""
    words = narrowing.words(handover, body.comment)
    said = Comment.objects.filter(
        ticket=handover.ticket_id, origin_id=words.id, came_through=handover.counterpart_id
    ).first()
    if said and said.removed_at:
        forgetting.forget_late(row, said.origin_id)
    if said is None:
        said = arrival.bring_comment(handover, words, by)
        Comment.objects.filter(pk=said.pk, came_through=handover.counterpart_id).update(revision=body.revision)
    elif words.removed:
        conversation.erase(said, by=by)
    elif said.removed_at is None:
        author = Actor(kind="partner", name=words.author, company=words.company, id=by.id, origin="partner")
        if not bears_out(row, said.origin_id, words.text, body.revision):
            raise CannotApply("other_words")
        for file in words.files:
            arrival.bring_file(handover.ticket, file, author, handover.counterpart, said)
        conversation.restate(said, words.text, by=by, revision=body.revision)


def bears_out(row, origin_id, text, revision):
    """Whether what the partner tells again goes with his own letters: no wording before one that he told already, and
    no other one under its number. Else he would take back what he said without a trace."""
    told = wordings(row, str(origin_id))
    return revision >= max(told, default=0) and told.get(revision, text) == text


def wordings(row, origin_id):
    """How a comment read in the letters of this lane so far: {revision: text}."""
    about = Q(body__comment__id=origin_id) | Q(body__id=origin_id) | Q(body__comments__contains=[{"id": origin_id}])
    rows = InboxLetter.objects.filter(about, lane=row.lane_id, seq__lt=row.seq, stage=Stage.APPLIED)
    found = {}
    for one in rows.filter(kind__in=["handover.offered", *holdings.RESTATED]).order_by("seq"):
        said = one.body.get("comment", one.body)
        for words in one.body.get("comments", [said]):
            if words.get("id") == origin_id and not words.get("removed"):
                found[one.body.get("revision", words.get("revision", 0))] = words["text"]
    return found
