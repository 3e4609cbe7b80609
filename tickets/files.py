"""Files: stored once by digest, named by what they are, never served without the access check."""

import contextlib
import hashlib
import os
import tempfile
import unicodedata

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from tenants import clock
from tenants.activity import record
from tenants.scoping import new_id
from tenants.timers import clear_timer
from tenants.vocabulary import refuse_unless

from .access import permit
from .models import Attachment, AttachmentReader, Blob, Upload
from .vocabulary import FILE_ADDED, Audience

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
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.link(draft.name, target)
    blob, _made = Blob.objects.get_or_create(sha256=digest.hexdigest(), defaults={"size": upload.size})
    return blob, kind_of(head, upload.name)


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

    `file` has id, name, size, sha256 and content_type.
    """
    known = Attachment.objects.filter(ticket=ticket, origin_id=file.id).first()
    if known:
        return known
    name = clean_name(file.name)
    row = Attachment.objects.create(
        origin_id=file.id,
        ticket=ticket,
        comment=comment,
        blob_id=file.sha256,
        name=name,
        content_type=file.content_type[:100],
        size=file.size,
        audience=Audience.PARTNER,
        author_kind=by.kind,
        author_id=by.id,
        author_name=by.name,
        author_company=by.company,
        came_through=through,
        created_at=clock.now(),
    )
    AttachmentReader.objects.create(attachment=row, counterpart=through)
    if comment is None:
        record(ticket, FILE_ADDED, by=by, ticket=ticket, **told(row, [through], via=through))
    return row


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
