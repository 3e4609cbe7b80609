"""Files: stored once by digest, named by what they are, never served without the access check."""

import contextlib
import hashlib
import os
import tempfile
import unicodedata

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from tenants import clock
from tenants.activity import forget, record
from tenants.models import Activity
from tenants.scoping import new_id
from tenants.timers import clear_timer
from tenants.vocabulary import refuse_unless

from .access import permit
from .lifecycle import lock
from .models import Attachment, AttachmentReader, Blob, Counterpart, Upload
from .vocabulary import FILE_ADDED, FILE_REMOVED, Audience

# Shown in the browser; whatever is not here is a download.
INLINE = {"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"}
PLAIN = {".txt": "text/plain", ".log": "text/plain", ".csv": "text/csv"}


def path_of(sha256):
    """Where a blob lies."""
    return settings.FILES_ROOT / sha256[:2] / sha256[2:4] / sha256


def store(upload):
    """Keep the bytes under their digest; the same bytes twice are one file. Returns (Blob, content type)."""
    refuse_unless(
        upload.size <= settings.FILE_LIMIT,
        _("%(name)s is larger than %(limit)s.")
        % {"name": clean_name(upload.name), "limit": filesizeformat(settings.FILE_LIMIT)},
        "files",
    )
    settings.FILES_ROOT.mkdir(parents=True, exist_ok=True)
    digest, head = hashlib.sha256(), b""
    # While it is a draft it goes away by itself; linked under its digest it stays.
    with tempfile.NamedTemporaryFile(dir=settings.FILES_ROOT) as draft:
        for chunk in upload.chunks():
            head = head or chunk[:4096]
            digest.update(chunk)
            draft.write(chunk)
        draft.flush()
        os.fsync(draft.fileno())
        target = path_of(digest.hexdigest())
        hold(target.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.link(draft.name, target)
    blob, _made = Blob.objects.get_or_create(sha256=digest.hexdigest(), defaults={"size": upload.size})
    return blob, kind_of(head, upload.name)


def hold(sha256):
    """These bytes are about to be named: until this transaction ends nobody sweeps them away.

    Two who attach the same bytes don't wait for each other; the sweeper waits for no one and comes again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [f"blob:{sha256}"])


def release(rows):
    """What these rows name is perhaps named by nothing else: the sweeper is to look, after its time of grace."""
    Blob.objects.filter(pk__in=rows.exclude(blob=None).values_list("blob", flat=True)).update(released_at=clock.now())


def kind_of(head, name):
    """The type by magic bytes; the name only tells plain texts apart."""
    try:
        found = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    if found in INLINE:
        return found
    extension = os.path.splitext(name)[1].lower()
    if not found and extension in PLAIN and b"\0" not in head:
        return PLAIN[extension]
    return "application/octet-stream" if found in ("text/html", "image/svg+xml", "") else found


def clean_name(name):
    """A name that can't lie about its ending or climb out of a folder."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C").strip(" .")
    return name[-200:] or "file"


def attach(ticket, upload, *, by, comment=None, audience=Audience.INTERNAL, readers=()):
    """Put a file on a ticket, or on a comment whose readers it then shares.

    It comes along, or was sent up before, or is a file of the ticket: then the same bytes hang on the comment too.
    """
    assert isinstance(upload, UploadedFile | Upload | Attachment)
    if comment is None:
        permit(by, "comment", ticket)
    before, kept = isinstance(upload, Upload), not isinstance(upload, UploadedFile)
    if kept:
        hold(upload.blob_id)
    blob, content_type = (upload.blob, upload.content_type) if kept else store(upload)
    actor = getattr(by, "actor", by)
    file_id = new_id()
    file = Attachment.objects.create(
        id=file_id,
        origin_id=file_id,
        ticket=ticket,
        comment=comment,
        blob=blob,
        name=clean_name(upload.name),
        content_type=content_type,
        size=blob.size,
        audience=comment.audience if comment else audience,
        author_kind=actor.kind,
        author_id=actor.id,
        author_name=actor.name,
        author_company=actor.company,
        created_at=clock.now(),
    )
    AttachmentReader.objects.bulk_create(AttachmentReader(attachment=file, counterpart=reader) for reader in readers)
    if before:
        clear_timer("sweep_upload", upload)
        upload.delete()
    if comment is None:
        record(ticket, FILE_ADDED, by=by, ticket=ticket, **told(file, readers))
    return file


def receive(ticket, file, *, by, through, comment=None):
    """A partner's file, known by its digest; the same file twice is one.

    `file` has id, name, size, sha256 and content_type; without a digest it was removed before it got here, and is
    known from now on so that it can't come by another way.
    """
    known = Attachment.objects.filter(ticket=ticket, origin_id=file.id).first()
    if known:
        return known
    row = Attachment.objects.create(
        origin_id=file.id,
        ticket=ticket,
        comment=comment,
        blob_id=file.sha256 or None,
        name=clean_name(file.name) if file.sha256 else "",
        content_type=file.content_type[:100],
        size=file.size,
        audience=Audience.PARTNER,
        author_kind=by.kind,
        author_id=by.id,
        author_name=by.name,
        author_company=by.company,
        came_through=through,
        created_at=clock.now(),
        removed_at=None if file.sha256 else clock.now(),
    )
    AttachmentReader.objects.create(attachment=row, counterpart=through)
    if comment is None and file.sha256:
        record(ticket, FILE_ADDED, by=by, ticket=ticket, **told(row, [through], via=through))
    return row


@transaction.atomic
def remove(file, *, by):
    """Take one file back: that there was one stays, its name and its bytes go."""
    permit(by, "comment", file.ticket)
    refuse_unless(is_own(file, by), _("Only who added a file may remove it."))
    refuse_unless(file.removed_at is None, _("This file was removed."))
    return erase(file, by=by)


def is_own(file, member):
    """Whether this member added the file himself."""
    return file.author_kind == "member" and file.author_id == member.pk


def erase(file, *, by):
    """Make a tombstone of one file, here and with everybody who was given it."""
    ticket = lock(file.ticket)
    file = Attachment.objects.select_for_update(of=("self",)).select_related("came_through").get(pk=file.pk)
    if file.removed_at:
        return file
    take_off(Attachment.objects.filter(pk=file.pk))
    file.refresh_from_db()
    readers = file.reader_rows.values_list("counterpart", flat=True)
    if file.comment_id:
        readers = {*readers, *file.comment.reader_rows.values_list("counterpart", flat=True)}
    via = file.came_through if getattr(by, "actor", by).kind == "partner" else None
    details = told(file, Counterpart.objects.filter(pk__in=readers), via=via) | {"comment": str(file.comment_id or "")}
    record(ticket, FILE_REMOVED, by=by, ticket=ticket, **{name: details[name] for name in details if name != "name"})
    return file


def take_off(files):
    """What was removed has no name and no bytes any more, neither here nor in the ledger."""
    ids = [str(pk) for pk in files.values_list("pk", flat=True)]
    release(files)
    tickets = files.values("ticket")
    forget(Activity.objects.filter(ticket_id__in=tickets, kind=FILE_ADDED.code, details__file__in=ids), "name")
    files.update(removed_at=clock.now(), blob=None, name="", content_type="", size=0)


def share(file, *, counterpart):
    """One more partner may read this file."""
    AttachmentReader.objects.get_or_create(attachment=file, counterpart=counterpart)


def told(file, readers, via=None):
    """The ledger's details of a file."""
    return {
        "file": str(file.pk),
        "name": file.name,
        "readers": [str(reader.pk) for reader in readers],
        "via": str(via.pk) if via else "",
    }
