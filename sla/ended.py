"""The tickets behind one number of a report, in pages, the last finished first. Pure reading."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tenants.access import known
from tenants.models import Membership
from tickets import queue
from tickets.access import visible_tickets

from . import figures, partner_figures
from .vocabulary import Because, Outcome, Party, Target

PAGE = 50
NOBODY = "none"
TABS = ("chain", "deadlines", "team")


@dataclass(frozen=True)
class Part:
    """Which tickets of a report; what is no word of it asks for all of them."""

    week: date | None = None
    held: str = ""  # who had them for a while
    outcome: str = ""
    by: str = ""  # whose turn it was when it was missed
    because: str = ""
    person: str = ""
    delivered: str = ""  # the partner who did, by his key
    back: str = "chain"

    @classmethod
    def read(cls, asked):
        """The words of an address."""

        def among(name, values):
            return asked[name] if asked.get(name) in values else ""

        person = NOBODY if asked.get("person") == NOBODY else str(known(asked.get("person", "")) or "")
        return cls(
            figures.day(asked.get("week")),
            among("held", figures.HELD),
            among("outcome", (*Outcome.values, "judged")),
            among("by", Party.values),
            among("because", Because.values),
            person,
            str(known(asked.get("delivered", "")) or ""),
            among("back", TABS) or "chain",
        )

    @property
    def told(self):
        """What an address keeps of it."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Page:
    rows: list
    next: str = ""


def chosen(member, wanted, part):
    """The tallies behind the number."""
    rows = figures.finished(member, figures.within(wanted, part.week) if part.week else wanted)
    if part.held:
        holds = Q()
        for name in figures.HELD[part.held]:
            holds |= Q(**{f"{name}__gt": 0})
        rows = rows.filter(holds)
    if part.outcome == "judged":
        rows = rows.exclude(**{wanted.target: ""})
    elif part.outcome:
        rows = rows.filter(**{wanted.target: part.outcome})
    if part.person:
        rows = rows.filter(assignee=None if part.person == NOBODY else part.person)
    said = {"missed_by": part.by, "missed_because": part.because}
    return rows.filter(**{name: value for name, value in said.items() if value})


def page(member, wanted, part, *, after=""):
    """One page of them as a list draws tickets, and the mark where the next begins."""
    if part.delivered:
        return page_of_tickets(member, partner_figures.delivered(member, wanted, part.delivered), known(after))
    rows = chosen(member, wanted, part).order_by("-finished_at", "-id")
    mark = read_mark(after)
    if mark:
        at, pk = mark
        rows = rows.filter(Q(finished_at__lt=at) | Q(finished_at=at, pk__lt=pk))
    found = list(rows[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(
        drawn(member, [row.ticket_id for row in found[:PAGE]]),
        f"{last.finished_at.isoformat()}~{last.pk}" if last else "",
    )


def page_of_tickets(member, ids, before):
    """One page of tickets that may not be finished yet, the last opened first."""
    rows = visible_tickets(member).filter(pk__in=ids).order_by("-pk")
    rows = rows.filter(pk__lt=before) if before else rows
    found = list(rows.values_list("pk", flat=True)[: PAGE + 1])
    return Page(drawn(member, found[:PAGE]), str(found[PAGE - 1]) if len(found) > PAGE else "")


def drawn(member, ids):
    """These tickets in their order, as far as the member may see them."""
    tickets = visible_tickets(member).filter(pk__in=ids).select_related("status", "client", "site", "assignee")
    known_ = {ticket.pk: ticket for ticket in tickets.defer("description")}
    found = [known_[pk] for pk in ids if pk in known_]
    for ticket in found:
        ticket.account = member.account
    return queue.rows_of(found, queue.Wanted("finished", "updated", "", {}, ""))


def read_mark(text):
    """A place in the list, or None."""
    at, _sep, pk = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, UUID(pk)) if moment.tzinfo else None
    except ValueError:
        return None


def words(part, account, target):
    """What the list shows, in words."""
    said = [_("week of %(day)s") % {"day": date_format(part.week, "SHORT_DATE_FORMAT")}] if part.week else []
    if part.held:
        said.append(_("%(who)s had them") % {"who": party_word(part.held, account)})
    if part.delivered:
        said.append(_("a partner delivered"))
    if part.outcome in Outcome.values:
        said.append(f"{Target(target).label}: {Outcome(part.outcome).label}")
    if part.by:
        said.append(why_word(part.by, part.because))
    if part.person:
        member = None if part.person == NOBODY else Membership.objects.filter(pk=part.person).first()
        said.append(member.name if member else _("nobody’s"))
    return said


def party_word(name, account):
    """A part of a column in words."""
    named = {
        "client": _("Client"),
        "us": _("%(company)s, we") % {"company": account.name},
        "partner": _("Partner"),
        "far": _("Partner’s partner"),
        "deep": _("Further on"),
    }
    return named[name]


def why_word(party, because):
    """Whose turn it was, and why."""
    if party == Party.FAR:
        return _("behind the partner, with his partner")
    return str(Because(because).label) if because in Because.values else _("nobody knows")
