"""Files go out only through here: after the access check, and unable to act as a page of ours."""

from urllib.parse import quote

from django.db import transaction
from django.http import FileResponse, Http404, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenants.views.dialogs import frame
from tenants.vocabulary import refuse_unless

from .. import access, previews
from ..files import INLINE, attach, is_own, path_of
from ..files import remove as take_back
from .answers import done

# The browser's own viewer of PDFs refuses to start inside a sandbox.
SANDBOX = "sandbox; default-src 'none'"
VIEWER = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"
MOST = 20


@require_POST
def add(request, number):
    """Put files on the ticket itself, for us alone."""
    ticket = access.ticket_or_404(request.member, number)
    uploads = request.FILES.getlist("files")
    refuse_unless(uploads, _("Choose a file."), "files")
    refuse_unless(len(uploads) <= MOST, _("At most %(n)s files at once.") % {"n": MOST}, "files")
    with transaction.atomic():
        for upload in uploads:
            attach(ticket, upload, by=request.member)
    return done(request, ticket)


@require_http_methods(["GET", "POST"])
def remove(request, number, file_id):
    """Ask once more, and take back a file that one added oneself; for everybody else there is no such page."""
    file = access.file_or_404(request.member, file_id, number=number)
    if not is_own(file, request.member):
        raise Http404
    ticket = access.ticket_or_404(request.member, number)
    if request.method == "POST":
        erased = take_back(file, by=request.member)
        return done(request, ticket, f"#comment-{erased.comment_id}" if erased.comment_id else f"#file-{erased.pk}")
    context = {
        "frame": frame(request),
        "file": file,
        "dialog_action": reverse("tickets:file_remove", args=[number, file.pk]),
        "back_url": reverse("tickets:ticket", args=[number]),
    }
    return render(request, "tickets/file_remove.html", context)


@require_safe
def download(request, number, file_id, name):
    """The file itself. The name in the address is for people; the file's own name is what is saved."""
    file = access.file_or_404(request.member, file_id, number=number)
    tag = f'"{file.blob_id}"'
    if tag in request.headers.get("If-None-Match", ""):
        return guarded(HttpResponseNotModified(), tag)
    try:
        body = path_of(file.blob_id).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    inline = file.content_type in INLINE
    answer = FileResponse(body, as_attachment=not inline, filename=file.name)
    answer["Content-Type"] = file.content_type if inline else "application/octet-stream"
    answer["Content-Disposition"] = disposition(file.name, inline)
    return guarded(answer, tag, VIEWER if file.content_type == "application/pdf" else SANDBOX)


@require_safe
def preview(request, number, file_id):
    """A small picture of a picture."""
    file = access.file_or_404(request.member, file_id, number=number)
    tag = f'"{file.blob_id}-small"'
    if tag in request.headers.get("If-None-Match", ""):
        return guarded(HttpResponseNotModified(), tag)
    small = previews.preview_of(file.blob_id) if file.is_picture else None
    if small is None:
        raise Http404
    return guarded(FileResponse(small.open("rb"), content_type="image/webp"), tag)


def disposition(name, inline):
    """How to keep the file: an ASCII name for old clients, the true one for the others (RFC 5987)."""
    plain = "".join(char if " " <= char <= "~" and char not in '"\\%;' else "_" for char in name)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def guarded(answer, tag, policy=SANDBOX):
    """No guessing of types, no scripts, no shared caches; asked for again each time, so that access can be lost."""
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = policy
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
