"""The report on a taken work: what it is made of, and how an engineer's goes to the dispatcher first."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.activity import record
from tenants.vocabulary import refuse_nulls, refuse_unless
from tickets import conversation
from tickets import files as filing
from tickets.access import permit
from tickets.models import Attachment
from tickets.vocabulary import Audience

from . import vocabulary as words
from .models import WorkReport
from .moves import MOVES, check_move, lock_both
from .vocabulary import State

NOTE = 300


def answers(handover, given):
    """The giver's lines with our word on each, in their order; what is not done needs its reason."""
    lines = []
    for place, line in enumerate(handover.checklist):
        told = given[place] if place < len(given) else {}
        done, note = bool(told.get("done")), str(told.get("note", "")).strip()[:NOTE]
        refuse_nulls(note, f"why_{place}")
        refuse_unless(done or note, _("Say why it is not done: %(line)s") % {"line": line["text"]}, f"why_{place}")
        lines.append({"text": line["text"], "done": done, "note": "" if done else note})
    return lines


def on_offer(handover):
    """Our own files on the ticket that the giver does not have yet; none that hangs on a comment."""
    known = Attachment.objects.filter(ticket=handover.ticket_id, removed_at=None)
    seen = known.filter(reader_rows__counterpart=handover.counterpart_id)
    told = known.filter(comment__reader_rows__counterpart=handover.counterpart_id)
    ours = known.filter(comment=None, came_through=None)
    return ours.exclude(blob__in=seen.values("blob")).exclude(blob__in=told.values("blob")).order_by("created_at", "pk")


def usual(handover, files):
    """The files that are ticked to begin with: what our own people took on the spot, if our terms pass it back."""
    terms = handover.partnership.versions.filter(version=handover.terms_version).first()
    passes = terms is None or terms.back_files
    return [file.pk for file in files if passes and file.author_kind == "member"]


def chosen(handover, files):
    """The ticked files as rows; each must be on offer."""
    wanted = {file.pk for file in files}
    rows = list(on_offer(handover).filter(pk__in=wanted).select_related("blob"))
    refuse_unless(len(rows) == len(wanted), _("A file is not there any more: look at the list again."), "files")
    return rows


def say(handover, text, *, by, uploads):
    """Say it to the other side with its files; returns the id by which both sides know the comment."""
    said = conversation.comment(
        handover.ticket, text, by=by, audience=Audience.PARTNER, readers=[handover.counterpart], uploads=uploads
    )
    return str(said.origin_id)


def waiting(handover):
    """The engineer's report that nobody has delivered or sent back yet."""
    return handover.reports.filter(answered_at=None).select_related("made_by").first()


@transaction.atomic
def hand_in(handover, *, by, report="", uploads=(), checklist=()):
    """The engineer is done: his report waits for the dispatcher, his files lie on the ticket for us alone."""
    permit(by, "work", handover.ticket)
    handover = lock_both(handover)
    check_move(handover, MOVES[State.DONE])
    lines, report = answers(handover, checklist), report.strip()
    refuse_nulls(report, "report")
    refuse_unless(report or uploads or lines, _("Write what was done, or attach a file."), "report")
    for upload in uploads:
        filing.attach(handover.ticket, upload, by=by)
    values = {"text": report, "checklist": lines, "made_by": by, "made_at": clock.now()}
    kept, _made = WorkReport.objects.update_or_create(handover=handover, answered_at=None, defaults=values)
    conversation.touch(handover.ticket)
    record(kept, words.WORK_REPORTED, by=by, ticket=handover.ticket, name=by.name)
    return kept


@transaction.atomic
def send_back(handover, *, by, reason):
    """The dispatcher does not deliver it like this; the engineer reads why."""
    permit(by, "done", handover.ticket)
    handover = lock_both(handover)
    kept, reason = waiting(handover), reason.strip()
    refuse_unless(kept, _("There is no report to send back."))
    refuse_unless(reason, _("Say why, the engineer will read it."), "reason")
    kept.answered_at, kept.reason = clock.now(), reason
    kept.save(update_fields=["answered_at", "reason"])
    conversation.touch(handover.ticket)
    record(kept, words.REPORT_RETURNED, by=by, ticket=handover.ticket, name=kept.made_by.name, reason=reason)
    return kept


def close(handover):
    """The work is delivered: what the engineer wrote waits no longer."""
    handover.reports.filter(answered_at=None).update(answered_at=clock.now())
