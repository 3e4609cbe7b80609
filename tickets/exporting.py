"""A list taken out as a table: the rows that its reader sees, as text that no spreadsheet will run."""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import StringIO

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tenants.models import Membership
from tenants.scoping import account_scope
from tenants.vocabulary import refuse_unless

from . import queue
from .access import NOT_YOURS, visible_tickets

MOST = 10_000
AT_ONCE = 500
# What makes a cell a formula: at its beginning, and after what another program may take for the end of a cell.
FORMULA = re.compile(r"(^\s*|[;,|])(?=[=+\-@＝＋－＠])")
HEADINGS = (
    gettext_lazy("No."),
    gettext_lazy("Subject"),
    gettext_lazy("Type"),
    gettext_lazy("Client"),
    gettext_lazy("Site"),
    gettext_lazy("Status"),
    gettext_lazy("Priority"),
    gettext_lazy("Turn"),
    gettext_lazy("Team"),
    gettext_lazy("Assignee"),
    gettext_lazy("Partner"),
    gettext_lazy("Hand-over"),
    gettext_lazy("Tags"),
    gettext_lazy("Opened"),
    gettext_lazy("Deadline"),
    pgettext_lazy("date", "Finished"),
    gettext_lazy("Changed"),
)


def chosen(member, wanted):
    """The ids of the whole list in its order; an agent takes out his own tickets only."""
    refuse_unless(member.may("export"), NOT_YOURS)
    wanted = replace(wanted, after="")
    tickets = owned(queue.narrowed(member, wanted), member)
    exact = queue.exact_number(member, wanted)
    first = owned(visible_tickets(member).filter(number=exact), member).values_list("pk", flat=True) if exact else ()
    return fitting([*first, *(pk for pk, _turn in queue.keys_of(queue.parted(tickets, wanted), wanted, MOST))])


def owned(tickets, member):
    """Those of the tickets that the member may take out."""
    return tickets if member.may("export_all") else tickets.filter(assignee_id=member.pk)


def fitting(ids):
    """These ids, unless they are more than a table holds."""
    refuse_unless(len(ids) <= MOST, _("More than 10,000 rows do not fit: narrow the list."))
    return ids


def of_tickets(rows, tickets):
    """Those of the rows that belong to these tickets."""
    return rows.filter(ticket__in=tickets)


@dataclass(frozen=True)
class Sheet:
    """What a table is made of: `read` gives the rows that a member may take out by now, `cells` one row as texts,
    `within` those of the rows that belong to some tickets."""

    headings: tuple
    read: Callable
    cells: Callable
    within: Callable = of_tickets


def picked(member, rows, sheet):
    """The ids of all these rows in their order; an agent takes out those of his own tickets only."""
    refuse_unless(member.may("export"), NOT_YOURS)
    return fitting(list(mine(member, rows, sheet).values_list("pk", flat=True)[: MOST + 1]))


def mine(member, rows, sheet):
    """Those of the rows that the member may take out."""
    return rows if member.may("export_all") else sheet.within(rows, owned(visible_tickets(member), member))


def table(member, ids, sheet=None):
    """The table in pieces, in the reader's language and zone; of tickets, if no other sheet is named."""
    return pieces(member, ids, sheet or TICKETS, translation.get_language(), timezone.get_current_timezone())


def pieces(member, ids, sheet, language, zone):
    """What is sent when the request is over: each piece opens the account and asks anew what the member may see."""
    with translation.override(language):
        head = lines([[str(heading) for heading in sheet.headings]])
    yield "\ufeff" + head
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        with translation.override(language), timezone.override(zone), account_scope(member.account_id):
            piece = lines(sheet.cells(row) for row in still_visible(member.pk, some, sheet))
        yield piece


def still_visible(member_id, ids, sheet):
    """Those of the rows that the member may take out by now, in their order, with all that a line tells."""
    member = Membership.objects.select_related("account").filter(pk=member_id, active=True).first()
    if member is None or not member.may("export"):
        return []
    found = {row.pk: row for row in sheet.read(member, ids)}
    return [found[pk] for pk in ids if pk in found]


def tickets_of(member, ids):
    """Those of the tickets that the member may take out."""
    rows = owned(visible_tickets(member).filter(pk__in=ids), member)
    rows = rows.select_related("status", "type", "client", "site", "team", "assignee").prefetch_related("tags")
    for ticket in (found := list(rows.defer("description"))):
        ticket.account = member.account
    return found


def cells(ticket):
    """One ticket as a row, in the order of the headings."""
    named = [ticket.type, ticket.client, ticket.site, ticket.status]
    return [
        ticket.ref,
        ticket.subject,
        *(row.name if row else "" for row in named),
        ticket.get_priority_display(),
        ticket.get_turn_display(),
        *(row.name if row else "" for row in (ticket.team, ticket.assignee)),
        ticket.partner_label,
        str(queue.HANDOVER.get(ticket.handover_state, ticket.handover_state)),
        ", ".join(sorted(tag.name for tag in ticket.tags.all())),
        *map(moment, (ticket.created_at, ticket.due_at, ticket.finished_at, ticket.updated_at)),
    ]


def moment(at):
    """A moment in the reader's zone, as every spreadsheet reads it."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def lines(rows):
    """Rows as text, parted as spreadsheets of the reader's language expect."""
    out, delimiter = StringIO(), ";" if translation.get_language() == "ru" else ","
    csv.writer(out, delimiter=delimiter).writerows([plain(cell) for cell in row] for row in rows)
    return out.getvalue()


def plain(text):
    """A cell that stays text in a spreadsheet: what could be a formula gets an apostrophe before it."""
    return FORMULA.sub(r"\1'", re.sub(r"[\x00-\x1f\x7f]+", " ", text))


TICKETS = Sheet(HEADINGS, tickets_of, cells)
