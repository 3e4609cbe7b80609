"""What the client of a ticket reads of it: the description, what was said to him and by him, and his own facts."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from tenants.vocabulary import refuse_unless

from . import readers, slots
from .models import Attachment, Comment
from .vocabulary import FOR_CLIENT


@dataclass
class Line:
    """One thing that somebody outside reads: who said it, as far as he knows them, and when."""

    at: datetime
    author: str = ""
    company: str = ""
    text: str = ""
    files: list = field(default_factory=list)
    said: bool = True
    theirs: bool = False


def check_client(ticket):
    """Only a ticket with a client of ours has somebody to see it so."""
    reads = readers.client_reads(ticket, list(ticket.counterparts.all()))
    refuse_unless(reads, _("This ticket has no client to read it."))


def lines(ticket):
    """The comments for the client, the oldest first. Of a partner's person he learns the company where terms say so."""
    known = slots.shown_to_client(ticket)
    rows = Comment.objects.filter(ticket=ticket, audience__in=FOR_CLIENT)
    drawn = []
    for row in rows.prefetch_related("attachments").order_by("created_at", "pk"):
        if row.removed_at:
            drawn.append(Line(at=row.created_at, author=row.author_name, text=_("Comment removed"), said=False))
            continue
        files = [file for file in row.attachments.all() if file.removed_at is None]
        company = row.author_company or company_of(row, ticket)
        if row.came_through_id:
            company = known.get(row.came_through_id, ("", ""))[0] or _("partner")
        drawn.append(
            Line(row.created_at, row.author_name, company, row.body, files, theirs=row.author_kind == "contact")
        )
    return drawn


def workers(ticket):
    """Who else works on the ticket, as far as the client may know: labels and values."""
    return [
        {"label": _("Works on it"), "value": name or _("a partner of ours"), "note": note}
        for name, note in slots.shown_to_client(ticket).values()
    ]


def company_of(row, ticket):
    """Our own people speak for the account, the client's for the client."""
    return ticket.client.name if row.author_kind == "contact" else ticket.account.name


def files(ticket):
    """Files put on the ticket itself for the client to read."""
    return list(Attachment.objects.filter(ticket=ticket, comment=None, removed_at=None, audience__in=FOR_CLIENT))
