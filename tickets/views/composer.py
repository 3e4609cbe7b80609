"""The composer as a page draws it: who will read, what its author has not said yet, what waits to go out."""

from django.urls import reverse

from tenants import clock

from .. import drafting, holding, readers, uploading
from ..models import Status
from ..timeline import last_outward
from ..vocabulary import FINISHED, Direction
from ..writing import as_html

# While a co-ticket stands so, its sender waits for the work: it ends by delivering, not by a status.
OWED = ("offered", "accepted", "returned")


def composer(member, ticket, counterparts, *, cursor=None, body="", audience="", ticked=(), errors=(), arrived=None):
    """The form that says who will read before anything is written; None for those who only read."""
    if not member.may("comment"):
        return {"composer": None}
    drafts = list(drafting.drafts(ticket, by=member))
    latest = drafts[0] if drafts and not body else None
    chosen = audience or (latest.segment if latest else readers.chosen_by(last_outward(ticket), counterparts))
    segments = readers.segments(ticket, counterparts, chosen=chosen, ticked=ticked)
    shown = latest or next((draft for draft in drafts if draft.body == body), None)
    return {
        "composer": {
            "segments": segments,
            "body": body or (latest.body if latest else ""),
            "errors": errors,
            "arrived": arrived,
            "tools": {
                **addresses(ticket),
                "known": cursor,
                "version": drafting.version(shown),
                "drafts": [
                    {"segment": draft.segment, "body": draft.body, "version": drafting.version(draft)}
                    for draft in drafts
                    if draft is not shown
                ],
                "uploads": uploads(member, ticket),
                "statuses": statuses(member, ticket, counterparts),
                "status": ticket.status,
            },
        },
        **held(member, ticket, counterparts, segments),
    }


def addresses(ticket):
    """Where the composer's own parts come from and go to."""
    names = {"draft_url": "draft", "uploads_url": "upload", "people_url": "people", "texts_url": "texts"}
    return {key: reverse(f"tickets:{name}", args=[ticket.number]) for key, name in names.items()}


def statuses(member, ticket, counterparts):
    """Where a comment may put the ticket. A co-ticket is resolved by delivering the work, not by a word."""
    if not member.may("work"):
        return []
    delivers = any(row.open and row.direction == Direction.TAKEN and row.state in OWED for row in counterparts)
    rows = Status.objects.filter(archived_at=None).exclude(pk=ticket.status_id)
    return list(rows.exclude(category__in=FINISHED) if delivers else rows)


def uploads(member, ticket):
    """The files that wait in the composer."""
    return [drawn(upload, ticket) for upload in uploading.waiting(ticket, by=member)]


def drawn(upload, ticket):
    """A file that was sent up, with its small picture and the way to leave it out."""
    return {
        "id": upload.pk,
        "name": upload.name,
        "size": upload.size,
        "thumb_url": reverse("tickets:upload_preview", args=[ticket.number, upload.pk]) if upload.is_picture else "",
        "remove_url": reverse("tickets:upload_remove", args=[ticket.number, upload.pk]),
    }


def held(member, ticket, counterparts, segments=None):
    """What this person has sent and may still take back: drawn for him alone."""
    rows = list(holding.held_by(member, ticket))
    if rows and segments is None:
        segments = readers.segments(ticket, counterparts)
    known = {one["value"]: one for one in segments or ()}
    return {"held": [waiting(row, ticket, known.get(row.segment)) for row in rows]}


def waiting(row, ticket, segment):
    """One held comment: its text, whom it is for, and how long it can still be taken back."""
    left = (row.release_at - clock.now()).total_seconds()
    return {
        "id": row.pk,
        "body_html": as_html(row.body),
        "audience": segment["key"] if segment else row.audience,
        "audience_label": segment["label"] if segment else row.get_audience_display(),
        "left": f"{max(0, left):.1f}",
        "seconds": max(0, round(left)),
        "trouble": row.trouble,
        "status": row.status,
        "files": [{"name": upload.name, "size": upload.size} for upload in row.uploads.all()],
        "send_url": reverse("tickets:held_send", args=[ticket.number, row.pk]),
        "undo_url": reverse("tickets:held_undo", args=[ticket.number, row.pk]),
    }
