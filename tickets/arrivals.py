"""What came in while somebody was writing: he should have read it before his answer goes out."""

from tenants.models import Activity
from tenants.vocabulary import KINDS

from .timeline import Timeline
from .vocabulary import COMMENT_EDITED, COMMENTED, FILE_ADDED

MOST = 20


def worth_reading():
    """The kinds that may change an answer: words, files, and whatever moves the turn."""
    moving = [kind.code for kind in KINDS.values() if kind.moves_turn]
    return [COMMENTED.code, COMMENT_EDITED.code, FILE_ADDED.code, *moving]


def arrived(ticket, member, known):
    """What others did since this line of the ledger: (what to draw of it, the last line), or None when nothing came."""
    theirs = Activity.objects.filter(ticket_id=ticket.pk, pk__gt=known, kind__in=worth_reading())
    lines = list(theirs.exclude(actor_kind="member", actor_id=member.pk).order_by("-at", "-pk")[:MOST])
    if not lines:
        return None
    news = Timeline(ticket, member, after=known)
    wanted = {line.pk for line in lines}
    news.activities = [line for line in news.activities if line.pk in wanted]
    drawn = [quiet(entry) for entry in (*news.entries, *news.touched) if entry["kind"] not in ("day", "tombstone")]
    return drawn, max(wanted)


def quiet(entry):
    """A line of the thread without its place and its buttons: it is shown inside a form, and a second time."""
    return {**entry, "id": None, "foot": None}
