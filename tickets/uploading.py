"""Files that are sent up before their comment is: one person's, for one ticket, for a day."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.timers import clear_timer, on_timer, set_timer
from tenants.vocabulary import refuse_unless

from . import files as filing
from .access import permit
from .models import Upload

DAY = timedelta(days=1)
MOST = 20


def waiting(ticket, *, by):
    """What this person has sent up for this ticket and not said yet."""
    return Upload.objects.filter(member=by, ticket=ticket, held=None)


@transaction.atomic
def send_up(ticket, file, *, by):
    """Keep a file for the comment that is still being written."""
    permit(by, "comment", ticket)
    refuse_unless(waiting(ticket, by=by).count() < MOST, _("At most %(n)s files at once.") % {"n": MOST}, "files")
    blob, content_type = filing.store(file)
    upload = Upload.objects.create(
        member=by,
        ticket=ticket,
        blob=blob,
        name=filing.clean_name(file.name),
        content_type=content_type,
        size=blob.size,
        created_at=clock.now(),
    )
    set_timer("sweep_upload", upload, upload.created_at + DAY)
    return upload


def chosen(ids, ticket, *, by):
    """The files that a comment names; all of them are this person's and for this ticket, or it is refused."""
    rows = waiting(ticket, by=by).filter(pk__in=ids).select_related("blob")
    # Held until the comment has them: of two sent at once, one names files that are not there any more.
    found = list(rows.select_for_update(of=("self",)))
    refuse_unless(len(found) == len(set(ids)), _("A file is not there any more: attach it again."), "files")
    refuse_unless(len(found) <= MOST, _("At most %(n)s files at once.") % {"n": MOST}, "files")
    return found


@transaction.atomic
def drop(upload):
    """The file will not be said after all; what waits within a comment by now stays there."""
    if let_go(upload.pk):
        clear_timer("sweep_upload", upload)


def keep_with(held, uploads):
    """The files wait together with the comment they belong to."""
    for upload in uploads:
        clear_timer("sweep_upload", upload)
    Upload.objects.filter(pk__in=[upload.pk for upload in uploads]).update(held=held)


def give_back(held):
    """The files of a comment that was taken back wait in the composer again, for another day."""
    for upload in list(held.uploads.all()):
        set_timer("sweep_upload", upload, clock.now() + DAY)
    held.uploads.update(held=None)


@on_timer("sweep_upload")
def sweep(upload_id):
    """A day went by and no comment named the file."""
    let_go(upload_id)


def let_go(upload_id):
    """Nobody will say this file; how many rows went."""
    rows = Upload.objects.filter(pk=upload_id, held=None)
    filing.release(rows)
    gone, _rows = rows.delete()
    return gone
