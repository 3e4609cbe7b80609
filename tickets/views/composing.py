"""What happens in the composer before a comment goes out: drafts, files, names, and the moment to take it back."""

from uuid import UUID

from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenants.vocabulary import Refused, refuse_unless

from .. import access, canned, drafting, holding, mentioning, previews, uploading
from ..models import HeldComment, Upload
from ..vocabulary import Audience
from .answers import with_news
from .composer import drawn, held, uploads
from .files import guarded

MOST_PEOPLE = 8


@require_POST
def draft(request, number):
    """Keep what is typed; another window's text comes back instead of being written over."""
    ticket = access.ticket_or_404(request.member, number)
    sent = request.POST
    try:
        kept = drafting.keep(
            ticket,
            sent.get("segment", ""),
            sent.get("body", ""),
            by=request.member,
            known=sent.get("known", ""),
            moved_from=sent.get("moved_from", ""),
        )
    except drafting.Elsewhere as elsewhere:
        other = elsewhere.draft
        return JsonResponse({"body": other.body, "version": drafting.version(other)}, status=409)
    except Refused as refused:
        return JsonResponse({"error": str(refused.sentence)}, status=422)
    return JsonResponse({"version": drafting.version(kept)})


@require_POST
def upload(request, number):
    """One file is sent up; what can't be kept is said in words beside its name."""
    ticket = access.ticket_or_404(request.member, number)
    file = request.FILES.get("file")
    try:
        refuse_unless(file, _("Choose a file."), "files")
        with transaction.atomic():
            kept = uploading.send_up(ticket, file, by=request.member)
    except Refused as refused:
        return HttpResponse(str(refused.sentence), status=422, content_type="text/plain; charset=utf-8")
    return render(request, "tickets/_upload.html", {"upload": drawn(kept, ticket)}, status=201)


def upload_or_404(request, number, upload_id):
    """A file that this very person has sent up for this ticket; anybody else's is as good as none."""
    ticket = access.ticket_or_404(request.member, number)
    return get_object_or_404(Upload, pk=upload_id, ticket=ticket, member=request.member)


@require_safe
def upload_preview(request, number, upload_id):
    """A small picture of what was just attached."""
    kept = upload_or_404(request, number, upload_id)
    tag = f'"{kept.blob_id}-small"'
    if tag in request.headers.get("If-None-Match", ""):
        return guarded(HttpResponseNotModified(), tag)
    small = previews.preview_of(kept.blob_id) if kept.is_picture else None
    if small is None:
        raise Http404
    return guarded(FileResponse(small.open("rb"), content_type="image/webp"), tag)


@require_POST
def upload_remove(request, number, upload_id):
    """The file is left out again."""
    kept = upload_or_404(request, number, upload_id)
    uploading.drop(kept)
    return HttpResponse(status=204)


def held_or_404(request, number, held_id):
    """A comment of this very person that waits, or None when it has gone out; nobody else knows of either."""
    ticket = access.ticket_or_404(request.member, number)
    row = HeldComment.objects.filter(pk=held_id, ticket=ticket, member=request.member).first()
    if row is None and not holding.gone_out(held_id, ticket, by=request.member):
        raise Http404
    return ticket, row


@require_POST
def held_send(request, number, held_id):
    """It need not wait any longer, or its time is over."""
    ticket, row = held_or_404(request, number, held_id)
    if row is not None:
        holding.hurry(row)
    return waiting_answer(request, ticket)


@require_POST
def held_undo(request, number, held_id):
    """Text, files and readers are in the composer again."""
    ticket, row = held_or_404(request, number, held_id)
    refuse_unless(row, _("This comment has gone out already."))
    return waiting_answer(request, ticket, back=holding.undo(row))


def waiting_answer(request, ticket, back=None):
    """What still waits takes the place of itself; the open page asks for the news."""
    if not request.htmx:
        return redirect(reverse("tickets:ticket", args=[ticket.number]) + "#composer-place")
    context = {
        **held(request.member, ticket, list(ticket.counterparts.all())),
        "back": back,
        "version": drafting.version(back),
        "uploads": uploads(request.member, ticket),
    }
    return with_news(request, "tickets/_waiting.html", context)


@require_safe
def people(request, number):
    """Whom a text for us may call by name: those who may see the ticket, found in either layout of the keyboard."""
    ticket = access.ticket_or_404(request.member, number)
    access.permit(request.member, "comment", ticket)
    found = mentioning.suggested(ticket, request.GET.get("q", "")[:60])[:MOST_PEOPLE]
    return render(request, "tickets/_colleagues.html", {"people": found})


@require_safe
def texts(request, number):
    """What is said often, filled in for this ticket."""
    ticket = access.ticket_or_404(request.member, number)
    access.permit(request.member, "comment", ticket)
    found = [
        {**text, "audience_label": label_of(text["audience"])} for text in canned.texts_for(request.member, ticket)
    ]
    return render(request, "tickets/_texts.html", {"texts": found})


def label_of(audience):
    """Whom a text is meant for, in words."""
    return Audience(audience).label if audience else ""


def ids(values):
    """The ids that a form names; what is none is refused like one that is not there."""
    try:
        return [UUID(value) for value in values]
    except ValueError as error:
        raise Refused(_("A file is not there any more: attach it again."), "files") from error
