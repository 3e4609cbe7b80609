"""What happened on a ticket since its reader last looked, gathered into one mail as it stands when the mail goes."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants import mail
from tenants.models import Activity

from . import readers
from .access import visible_tickets
from .models import Comment, Notification
from .telling import EVENTS, MAIL
from .vocabulary import (
    ASSIGNED,
    COMMENT_EDITED,
    COMMENT_KEPT_BACK,
    COMMENTED,
    FILE_ADDED,
    OPENED,
    PASSED_ON,
    TEAM_CHANGED,
    TOLD_WHOLE,
    Audience,
    Reason,
)
from .writing import as_html

MOST = 20
# Whoever hears of the ticket for the first time reads what is asked.
FRESH = (OPENED.code, ASSIGNED.code, TEAM_CHANGED.code)
SPOKEN = (COMMENTED.code, COMMENT_EDITED.code, PASSED_ON.code)


@mail.teller(MAIL, gettext_lazy("News of a ticket"))
def news(letter):
    """What the mail says; nothing goes of what he read, may not see any more, or was taken back."""
    member = letter.member
    member.account = letter.account
    if quiet := mail.quiet_until(member):
        raise mail.Later(quiet)
    mail.absorb(letter)
    ticket = visible_tickets(member).filter(pk=letter.ticket_id).select_related("status", "contact", "client").first()
    if ticket is None:
        raise mail.Untold("hidden")
    ticket.account = letter.account
    happened, more = since(letter, read_up_to(member, ticket))
    entries = told(ticket, happened)
    if not entries:
        raise mail.Untold("read" if not happened else "gone")
    return {
        "ticket": ticket,
        "entries": entries,
        "more": more,
        "request": ticket.description if any(line.kind in FRESH for line in happened) else "",
        "reason": reason(member, ticket),
    }


def read_up_to(member, ticket):
    """The moment up to which he has seen here what happened."""
    seen = Notification.objects.filter(member=member, ticket=ticket).exclude(read_at=None)
    return seen.order_by("-last_at").values_list("last_at", flat=True).first()


def since(letter, read):
    """The lines of the ledger that are news to the reader: the last of them, and how many came before."""
    lines = Activity.objects.filter(ticket_id=letter.ticket_id, kind__in=EVENTS, pk__gte=letter.details["since"])
    lines = lines.exclude(actor_id=letter.member_id).exclude(kind__in=TOLD_WHOLE, actor_kind="partner")
    # What waits to be said is its author's own.
    lines = lines.exclude(Q(kind=COMMENT_KEPT_BACK.code) & ~Q(details__member=str(letter.member_id)))
    if read:
        lines = lines.filter(at__gt=read)
    newest = list(lines.order_by("-at", "-pk")[:MOST])
    return newest[::-1], max(0, lines.count() - MOST) if len(newest) == MOST else 0


def told(ticket, happened):
    """Each line with what was said in it, to whom; what was taken back is left out."""
    ids = {line.details["comment"] for line in happened if line.kind in SPOKEN}
    said = {str(one.pk): one for one in Comment.objects.filter(pk__in=ids).prefetch_related("reader_rows")}
    counterparts = list(ticket.counterparts.all()) if ids else []
    entries = []
    for line in happened:
        comment = said.get(line.details.get("comment")) if line.kind in SPOKEN else None
        if line.kind in SPOKEN and (comment is None or comment.removed_at):
            continue
        if line.kind == FILE_ADDED.code and not line.details["name"]:
            continue
        entries.append({"line": line, "sentence": line.sentence, **spoken(comment, ticket, counterparts)})
    return entries


def spoken(comment, ticket, counterparts):
    """A comment's words, and who reads them beside us."""
    if comment is None:
        return {}
    key, label = readers.words_for(comment, ticket, counterparts)
    alone = _("Only us: nobody outside reads this") if comment.audience == Audience.INTERNAL else label
    return {
        "body": comment.body,
        "body_html": as_html(comment.body),
        "audience": key,
        "read_by": alone,
        "via": comment.via,
    }


def reason(member, ticket):
    """Why he is told, in his language."""
    row = Notification.objects.filter(member=member, ticket=ticket, read_at=None).first()
    if row:
        return row.get_reason_display()
    return (Reason.ASSIGNEE if ticket.assignee_id == member.pk else Reason.WATCHER).label
