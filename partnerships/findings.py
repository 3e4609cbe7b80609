"""What comparing both sides of a link found, hand-over by hand-over: page by page, and as a table. Pure reading."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tickets import exporting
from tickets.access import visible_tickets
from tickets.exporting import moment

from .compared_vocabulary import Result, said_facts
from .models import Comparison

PAGE = 50
RESULTS = [(value, label) for value, label in Result.choices if value]
HEADINGS = (_("No."), _("Subject"), _("Result"), _("Compared"), _("Mended"), _("What differs"))


@dataclass(frozen=True)
class Wanted:
    """What of the findings is asked for; a word that is none asks for everything."""

    result: str = ""

    @classmethod
    def read(cls, asked):
        """The words of an address."""
        result = asked.get("result", "")
        return cls(result if result in Result.values else "")


def found(member, partner, wanted):
    """What was compared of the tickets that the member sees, the newest hand-over first."""
    rows = Comparison.objects.filter(handover__partnership=partner, compared_at__isnull=False)
    rows = rows if member.may("see_all") else rows.filter(handover__ticket__in=visible_tickets(member))
    rows = rows.filter(result=wanted.result) if wanted.result else rows
    return rows.order_by("-handover")


def page(member, partner, wanted, *, before=None):
    """One page of them, and the id where the next begins."""
    rows = found(member, partner, wanted)
    rows = rows.filter(handover__lt=before) if before else rows
    shown = list(rows.select_related("handover__ticket").defer("handover__ticket__description")[: PAGE + 1])
    for row in shown:
        row.handover.ticket.account = member.account
        row.said = said_facts(row.facts) if row.result == Result.DIFFERS else ""
    return shown[:PAGE], str(shown[PAGE - 1].handover_id) if len(shown) > PAGE else ""


def table(member, partner, wanted):
    """All of them as a table in pieces, in the reader's language and zone."""
    return exporting.table(member, exporting.picked(member, found(member, partner, wanted), SHEET), SHEET)


def taken_out(member, ids):
    """Those of the findings that the member may take out by now."""
    rows = Comparison.objects.filter(pk__in=ids, handover__ticket__in=visible_tickets(member))
    rows = exporting.mine(member, rows, SHEET).select_related("handover__ticket")
    for row in (kept := list(rows.defer("handover__ticket__description"))):
        row.handover.ticket.account = member.account
    return kept


def cells(row):
    """One finding as a row, in the order of the headings."""
    return [
        row.handover.ticket.ref,
        row.handover.ticket.subject,
        row.get_result_display(),
        moment(row.compared_at),
        str(row.mended or ""),
        said_facts(row.facts) if row.result == Result.DIFFERS else "",
    ]


def within(rows, tickets):
    """Those of the findings that are of these tickets."""
    return rows.filter(handover__ticket__in=tickets)


SHEET = exporting.Sheet(HEADINGS, taken_out, cells, within)
