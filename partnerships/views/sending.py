"""Files that come along with a verb of a hand-over: sent up first, so that they outlive a refusal."""

from django.db import transaction
from django.urls import reverse

from tickets import uploading
from tickets.models import Upload
from tickets.views.composer import drawn
from tickets.views.composing import ids


def files(request, ticket):
    """The files that the form names, and those that were posted with it."""
    with transaction.atomic():
        came = [uploading.send_up(ticket, file, by=request.member) for file in request.FILES.getlist("files")]
    return [*uploading.chosen(ids(request.POST.getlist("uploads")), ticket, by=request.member), *came]


def tools(request, ticket, kept=()):
    """What the dialog's file field and canned texts work with; `kept` are ids of files that were sent up."""
    rows = Upload.objects.filter(pk__in=kept, member=request.member, ticket=ticket, held=None)
    return {
        "uploads": [drawn(upload, ticket) for upload in rows],
        "uploads_url": reverse("tickets:upload", args=[ticket.number]),
        "texts_url": reverse("tickets:texts", args=[ticket.number]),
    }
