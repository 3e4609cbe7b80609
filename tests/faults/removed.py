"""What was taken back is nowhere any more: each breach as a sentence, on a committed database, without a word known."""

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from partnerships.models import Handover, InboxLetter, Lane, Letter
from partnerships.protocol import without
from tenants.models import Account, Activity
from tenants.scoping import account_scope
from tickets.files import path_of
from tickets.models import Attachment, Blob, Comment, CommentRevision, Upload

# Beat's sweep comes every ten minutes; a run may be under way.
SWEPT_BY = timedelta(minutes=15)
WHOSE = ("ticket", "came_through", "origin_id", "removed_at", "pk")


def words_that_live_on():
    """Every place where a removed comment or file can still be read, and every blob that is there for nobody."""
    found, named = [], set()
    for account in Account.objects.order_by("slug"):
        with account_scope(account.pk):
            found += [f"{account.slug}: {breach}" for breach in of_account()]
            for model in (Attachment, Upload):
                named |= set(model.objects.exclude(blob=None).values_list("blob", flat=True))
    return found + list(not_told_on()) + list(of_the_store(named))


def of_account():
    """One company's own rows."""
    comments = Comment.objects.exclude(removed_at=None)
    files = Attachment.objects.exclude(removed_at=None)
    for said in comments.exclude(body=""):
        yield f"{said.pk} is removed and has its words"
    for file in files.exclude(name="", blob=None):
        yield f"{file.pk} is removed and has a name or bytes"
    if CommentRevision.objects.filter(comment__in=comments).exists():
        yield "former wordings of a removed comment"
    yield from in_letters(comments, files)
    yield from in_ledger(comments, files)


def in_letters(comments, files):
    gone = {str(pk) for rows in (comments, files) for pk in rows.values_list("origin_id", flat=True)}
    for model in (Letter, InboxLetter):
        for row in model.objects.all():
            if without(row.body, gone) != row.body:
                yield f"{model.__name__} {row.kind} {row.pk} tells what was removed"


def in_ledger(comments, files):
    gone = {str(pk) for pk in files.values_list("pk", flat=True)}
    for line in Activity.objects.filter(kind="file_added", details__file__in=gone).exclude(details__name=""):
        yield f"the ledger knows the name of the removed file {line.details['file']}"
    reports = [str(pk) for pk in comments.values_list("origin_id", flat=True)]
    told = Activity.objects.filter(details__comment__in=reports, details__has_key="text")
    for line in told.exclude(details__text=""):
        yield f"the ledger tells the removed report {line.details['comment']} in {line.kind}"


def not_told_on():
    """Removed at the side it came from, all letters read, the link not ended: then it is removed here."""
    removed, sides, living = {}, {}, {}
    for account in Account.objects.all():
        with account_scope(account.pk):
            gone, lives = defaultdict(set), defaultdict(dict)
            for model in (Comment, Attachment):
                for ticket, through, origin_id, removed_at, pk in model.objects.values_list(*WHOSE):
                    if removed_at:
                        gone[ticket].add(origin_id)
                    elif through:
                        lives[through][origin_id] = pk
            for hand in Handover.objects.select_related("partnership"):
                sides[hand.key, account.pk] = hand
                removed[hand.key, account.pk] = gone[hand.ticket_id]
                living[hand.key, account.pk] = lives[hand.counterpart_id]
    for lane in Lane.objects.exclude(handover=None).select_related("receiver"):
        hand = sides.get((lane.handover, lane.receiver_id))
        if hand and lane.applied == lane.written and hand.partnership.state != "ended":
            here, gone = living[lane.handover, lane.receiver_id], removed.get((lane.handover, lane.sender_id), ())
            yield from (
                f"{lane.receiver.slug}: {here[one]} was removed where it came from" for one in gone & here.keys()
            )


def of_the_store(named):
    """Bytes stay as long as somebody names them, and not much longer."""
    for blob in Blob.objects.all():
        if blob.pk in named:
            if not path_of(blob.pk).exists():
                yield f"the bytes of {blob.pk} are missing"
        elif blob.released_at is None:
            yield f"nobody names {blob.pk}, and nobody will look"
        elif blob.released_at < timezone.now() - settings.FILE_GRACE - SWEPT_BY:
            yield f"the blob {blob.pk} is there for nobody"
