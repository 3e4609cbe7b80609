"""What somebody took back leaves the letters, the reports and the ledger too, at every company that was told of it."""

from functools import reduce
from operator import or_

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from tenants.activity import forget
from tenants.models import Activity
from tenants.scoping import current_account_id
from tickets.models import Attachment
from tickets.vocabulary import COMMENT_REMOVED, FILE_REMOVED

from .models import Handover, InboxLetter, Lane, Letter, WorkReport
from .protocol import Holdings, gone_by, without
from .vocabulary import DONE, MISSED, Stage


def on_activity(sender, activity, subject, by, **kwargs):
    """Something was taken back: what we wrote of it loses its words in the same transaction."""
    if activity.kind == COMMENT_REMOVED.code:
        files = Attachment.objects.filter(comment=subject).values_list("origin_id", flat=True)
        forget_letters(activity.ticket_id, {str(subject.origin_id), *map(str, files)})
        forget_report(activity.ticket_id, str(subject.origin_id))
    elif activity.kind == FILE_REMOVED.code:
        origin_id = Attachment.objects.values_list("origin_id", flat=True).get(pk=activity.details["file"])
        forget_letters(activity.ticket_id, {str(origin_id)})


def forget_letters(ticket_id, gone):
    """Our own letters of this ticket, sent and waiting: whoever has not read them yet never learns what it was."""
    rows = telling(Letter.objects.filter(handover__ticket=ticket_id), gone)
    # As for whoever carries: the lanes first, their letters then.
    lanes = Lane.objects.filter(pk__in=rows.values("lane")).order_by("pk")
    list(lanes.select_for_update().values_list("pk", flat=True))
    empty(rows.order_by("lane", "seq"), gone)
    forget_lists(ticket_id, gone)


def forget_lists(ticket_id, gone):
    """Partners listed to us what they have of our words; one that was not read yet loses it when it is."""
    keys = list(Handover.objects.filter(ticket=ticket_id).values_list("key", flat=True))
    lanes = Lane.objects.filter(handover__in=keys, receiver=current_account_id())
    heard = InboxLetter.objects.filter(lane__in=lanes, kind=Holdings.kind, stage=Stage.APPLIED)
    empty(telling(heard, gone), gone)


def forget_heard(lane, letters):
    """A partner takes something back: what his lane told us of it loses its words as soon as we have that letter."""
    gone = {gone_by(letter.kind, letter.body) for letter in letters} - {""}
    if gone:
        rows = telling(InboxLetter.objects.filter(lane=lane), gone)
        empty(rows.order_by("seq").select_for_update(), gone)


def forget_late(row, origin_id):
    """What was taken back comes once more, by another way or too late: nobody keeps it."""
    empty([row], {str(origin_id)})


def telling(rows, gone):
    """The letters in which any of these ids stands."""
    found = reduce(or_, (Q(told__contains=one) for one in sorted(gone)))
    return rows.annotate(told=Cast("body", TextField())).filter(found)


def empty(rows, gone):
    """Write down what is left of each of these letters."""
    for row in rows:
        left = without(row.body, gone)
        if left != row.body:
            type(row).objects.filter(pk=row.pk).update(body=left)


def forget_report(ticket_id, comment):
    """A comment that was the report on a work stands in the hand-over, in the ledger and in the engineer's copy too."""
    lines = Activity.objects.filter(
        ticket_id=ticket_id, kind__in=(DONE.code, MISSED.code), details__comment=comment
    ).exclude(details__text="")
    for line in lines:
        WorkReport.objects.filter(handover=line.subject_id, text=line.details["text"]).update(text="")
        last = Activity.objects.filter(subject_id=line.subject_id, kind=DONE.code).order_by("-pk").first()
        if last == line:
            Handover.objects.filter(pk=line.subject_id).update(report="")
    forget(lines, "text")
