"""Everything that passed over a link, also when it has ended: page by page, and as a table to keep. Pure reading."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets import exporting
from tickets.access import visible_tickets
from tickets.exporting import moment
from tickets.vocabulary import Direction

from .models import Handover
from .vocabulary import State

PAGE = 50
DIRECTIONS = {Direction.GIVEN: _("we gave it"), Direction.TAKEN: _("we took it")}
HEADINGS = (
    _("No."),
    _("Subject"),
    _("Direction"),
    _("Hand-over"),
    _("Their number"),
    _("Their status"),
    _("Handed over"),
    pgettext_lazy("hand-over", "Answered"),
    pgettext_lazy("hand-over", "Over"),
    _("Sent back, times"),
    _("Rating"),
    _("Reason"),
    _("Report"),
)


@dataclass(frozen=True)
class Wanted:
    """What of the archive is asked for; a word that is none asks for everything."""

    direction: str = ""
    state: str = ""

    @classmethod
    def read(cls, asked):
        """The words of an address."""
        direction, state = asked.get("direction", ""), asked.get("state", "")
        return cls(direction if direction in DIRECTIONS else "", state if state in State.values else "")


def passed(member, partner, wanted):
    """The hand-overs of a link whose tickets the member may see, the newest first."""
    rows = Handover.objects.filter(partnership=partner, ticket__in=visible_tickets(member))
    rows = rows.filter(direction=wanted.direction) if wanted.direction else rows
    rows = rows.filter(state=wanted.state) if wanted.state else rows
    return rows.order_by("-pk")


def page(member, partner, wanted, *, before=None):
    """One page of them, and the id where the next begins."""
    rows = passed(member, partner, wanted)
    rows = rows.filter(pk__lt=before) if before else rows
    found = list(rows.select_related("ticket__status")[: PAGE + 1])
    for row in found:
        row.ticket.account = partner.account
    return found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else ""


def table(member, partner, wanted):
    """All of them as a table in pieces, in the reader's language and zone."""
    return exporting.table(member, exporting.picked(member, passed(member, partner, wanted), SHEET), SHEET)


def handovers_of(member, ids):
    """Those of the hand-overs that the member may take out."""
    rows = exporting.mine(member, Handover.objects.filter(pk__in=ids, ticket__in=visible_tickets(member)), SHEET)
    for row in (found := list(rows.select_related("ticket").defer("ticket__description"))):
        row.ticket.account = member.account
    return found


def cells(row):
    """One hand-over as a row, in the order of the headings."""
    return [
        row.ticket.ref,
        row.ticket.subject,
        str(DIRECTIONS[row.direction]),
        row.get_state_display(),
        row.peer_ref,
        row.peer_status,
        *map(moment, (row.offered_at, row.answered_at, row.ended_at)),
        str(row.returns or ""),
        str(row.score or ""),
        str(row.why),
        row.report,
    ]


SHEET = exporting.Sheet(HEADINGS, handovers_of, cells)
