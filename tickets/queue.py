"""The queues: who waits for whom. Pure reading: filters, groups, pages by key, counts that never count far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants import clock

from . import search, slots
from .access import visible_tickets
from .models import TicketTag
from .vocabulary import Turn

PAGE = 50
FAR = 1000
GROUPS = (Turn.US, Turn.PARTNER, Turn.CLIENT, Turn.NOBODY)


@dataclass(frozen=True)
class Queue:
    """A named heap of tickets: its word, its sign, what belongs in it, and whether it is parted by turn."""

    code: str
    label: object
    icon: str
    blank: object
    grouped: bool = False
    comfort: object = ""


QUEUES = {
    queue.code: queue
    for queue in (
        Queue(
            "our_turn",
            _("Our turn"),
            "ball",
            _("Nobody is waiting for us."),
            comfort=_(
                "Every ticket is with a partner, waits for a client or is done. When the turn comes back, it is here."
            ),
        ),
        Queue("mine", _("My tickets"), "user", _("No ticket is assigned to you."), grouped=True),
        Queue("unassigned", _("Unassigned"), "inbox", _("Every open ticket has somebody who answers for it.")),
        Queue("overdue", _("Overdue"), "fire", _("No deadline has been missed.")),
        Queue("partners", _("With partners"), "arrows-right-left", _("No partner has the turn now.")),
        Queue("client", _("Waiting for client"), "pause", _("No client has the turn now.")),
        Queue("all", _("All open"), "queue-list", _("There are no open tickets."), grouped=True),
        Queue("finished", _("Finished"), "check-circle", _("No ticket is finished yet.")),
    )
}
DEFAULT = "our_turn"
SIDEBAR = ("our_turn", "mine", "unassigned", "overdue", "partners", "client", "all")

# How a hand-over stands, for people; the board column holds the state's own code.
HANDOVER = {
    "offered": _("not accepted yet"),
    "accepted": _("accepted"),
    "declined": _("declined"),
    "expired": _("nobody accepted"),
    "withdrawn": _("withdrawn"),
    "done": _("work delivered"),
    "approved": _("work accepted"),
    "returned": _("sent back"),
    "given_back": _("given back"),
    "cut": _("link ended"),
}

# How each order pages: the column, its direction, and whether it may be empty (the empty ones come last).
SORTS = {
    "due": ("due_at", False),
    "newest": ("number", True),
    "updated": ("updated_at", True),
}


@dataclass(frozen=True)
class Wanted:
    """What a person asked a list for; every value has been checked."""

    queue: str = DEFAULT
    sort: str = "due"
    phrase: str = ""
    filters: dict = field(default_factory=dict)
    after: str = ""

    @property
    def falling(self):
        return SORTS[self.sort][1]

    @property
    def grouped(self):
        return QUEUES[self.queue].grouped and not self.phrase


@dataclass(frozen=True)
class Page:
    """Rows to draw, and where the next page begins."""

    rows: list
    next: str = ""


def belonging(member, code):
    """The member's tickets of one queue."""
    tickets = visible_tickets(member)
    return {
        "our_turn": tickets.our_turn,
        "mine": lambda: tickets.open().filter(assignee_id=member.pk),
        "unassigned": tickets.unassigned,
        "overdue": lambda: tickets.overdue(clock.now()),
        "partners": tickets.with_partner,
        "client": tickets.waiting_for_client,
        "all": tickets.open,
        "finished": tickets.finished,
    }[code]()


def narrowed(member, wanted):
    """The tickets that were asked for, in no order yet. A search looks into every queue."""
    tickets = visible_tickets(member) if wanted.phrase else belonging(member, wanted.queue)
    filters = dict(wanted.filters)
    if "assignee" in filters:
        filters["assignee"] = {"me": member.pk, "none": None}.get(filters["assignee"], filters["assignee"])
    if "tag" in filters:
        tickets = tickets.filter(pk__in=TicketTag.objects.filter(tag=filters.pop("tag")).values("ticket"))
    if "deadline" in filters:
        tickets = tickets.due(filters.pop("deadline"), clock.now())
    tickets = tickets.filter(**{COLUMNS[name]: value for name, value in filters.items()})
    if not wanted.phrase:
        return tickets
    found = search.matching(tickets, wanted.phrase)
    number = search.number_in(wanted.phrase, member.account)
    return found if number is None else found.exclude(number=number)


COLUMNS = {
    "status": "status_id",
    "client": "client_id",
    "assignee": "assignee_id",
    "priority": "priority",
    "partner": "partner_label",
    "team": "team_id",
    "type": "type_id",
}
FILTERS = (*COLUMNS, "tag", "deadline")


def page(member, wanted):
    """One page of the list, always in the same number of queries."""
    tickets = narrowed(member, wanted)
    keys = keys_of(parted(tickets, wanted), wanted)
    exact = exact_number(member, wanted)
    found = {
        ticket.pk: ticket
        for ticket in visible_tickets(member)
        .filter(Q(pk__in=[pk for pk, _turn in keys[:PAGE]]) | (Q(number=exact) if exact else Q(pk__in=[])))
        .select_related("status", "client", "site", "assignee")
        .defer("description")
    }
    order = [pk for pk, _turn in keys[:PAGE] if pk in found]
    tickets = [ticket for ticket in found.values() if ticket.number == exact] + [found[pk] for pk in order]
    for ticket in tickets:
        ticket.account = member.account
    following = mark(found[order[-1]], wanted) if len(keys) > PAGE and order else ""
    return Page(rows_of(tickets, wanted), following)


def parted(tickets, wanted):
    """The list's groups one after another, or the list as a whole."""
    return [tickets.filter(turn=turn) for turn in GROUPS] if wanted.grouped else [tickets]


def exact_number(member, wanted):
    """The ticket that was asked for by its very number stands first on the first page."""
    if not wanted.phrase or wanted.after:
        return None
    return search.number_in(wanted.phrase, member.account)


def keys_of(parts, wanted, size=None):
    """Ids and turns of one page (or `size` rows) and one row more, out of at most four bounded parts, in one query."""
    most = (size or PAGE) + 1
    column, falling = SORTS[wanted.sort]
    after = read_mark(wanted)
    if after and wanted.grouped:
        parts = parts[GROUPS.index(after.turn) :]
    order = [f"-{column}", "-pk"] if falling else [column, "pk"]
    pieces, params = [], []
    for place, part in enumerate(parts):
        if after and place == 0:
            part = part.filter(beyond(column, falling, after))
        rows = part.order_by(*order).values_list("pk", "turn")[:most]
        try:
            sql, values = rows.query.sql_with_params()
        except EmptyResultSet:
            continue
        pieces.append(f"SELECT *, {place} AS part, row_number() OVER () AS place FROM ({sql}) AS p{place}")
        params += values
    if not pieces:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(pieces)} ORDER BY part, place LIMIT {most}", params)
        return [(row[0], row[1]) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Mark:
    """The last row of the page before."""

    turn: str
    key: object
    pk: UUID


def mark(ticket, wanted):
    """Where the next page begins, as a piece of an address."""
    key = getattr(ticket, SORTS[wanted.sort][0])
    key = key.isoformat() if isinstance(key, datetime) else ("" if key is None else str(key))
    return f"{ticket.turn}~{key}~{ticket.pk}"


def read_mark(wanted):
    """The mark in an address; a spoilt one is the beginning."""
    turn, _sep, rest = wanted.after.partition("~")
    key, _sep, pk = rest.partition("~")
    if turn not in GROUPS:
        return None
    try:
        value = int(key) if wanted.sort == "newest" else (datetime.fromisoformat(key) if key else None)
        if isinstance(value, datetime):
            value = clock.in_utc(value)
            if value is None:
                return None
        return Mark(turn, value, UUID(pk))
    except ValueError:
        return None


def beyond(column, falling, after):
    """The condition of standing after a row, with the rows that have no value at the end."""
    side = "lt" if falling else "gt"
    if after.key is None:
        return Q(**{f"{column}__isnull": True, f"pk__{side}": after.pk})
    later = Q(**{f"{column}__{side}": after.key}) | Q(**{column: after.key, f"pk__{side}": after.pk})
    return later if falling else later | Q(**{f"{column}__isnull": True})


def rows_of(tickets, wanted):
    """What a list draws of each ticket, with what upper apps loaded once for all of them."""
    loaded = slots.load_rows(tickets)
    return [
        {
            "ticket": ticket,
            "pips": loaded[ticket.pk].get("chain") or parties(ticket),
            "context": context(ticket),
            "place": place(ticket, wanted),
            "words": HANDOVER.get(ticket.handover_state, ticket.handover_state),
            **loaded[ticket.pk],
        }
        for ticket in tickets
    ]


def context(ticket):
    """Whose trouble it is and where."""
    site = ticket.site
    parts = [ticket.client and ticket.client.name, site and site.name, site and site.address]
    return " · ".join(part for part in parts if part)


def parties(ticket):
    """Who stands on a ticket as far as its own row tells, and whose turn it is."""
    taken = ticket.handover_direction == "taken"
    drawn = []
    if ticket.client_id or taken:
        name = ticket.partner_label if taken else ticket.client.name
        holder = ticket.turn == Turn.CLIENT or (taken and ticket.turn == Turn.PARTNER)
        drawn.append({"name": name, "party": "client", "turn": holder})
    drawn.append({"name": ticket.account.name, "party": "us", "turn": ticket.turn == Turn.US})
    if ticket.partner_label and not taken:
        holder = ticket.turn == Turn.PARTNER
        pending = holder and ticket.turn_tentative
        drawn.append({"name": ticket.partner_label, "party": "partner", "turn": holder, "pending": pending})
    return drawn


def groups(member, rows, wanted):
    """The rows under the headings they are drawn with, each with how many there are on all pages."""
    if not rows:
        return []
    if not wanted.grouped:
        return [{"turn": None, "rows": rows}]
    parted = [
        {"turn": turn, "count": size, "rows": [row for row in rows if row["ticket"].turn == turn]}
        for turn, size in sizes(member, wanted).items()
    ]
    return [group for group in parted if group["rows"]]


def sizes(member, wanted):
    """How many tickets each group of the list has on all pages: {turn: number, or "1000+"}, in one query."""
    tickets = narrowed(member, wanted)
    found = bounded([tickets.filter(turn=turn) for turn in GROUPS])
    return {turn: said(size) for turn, size in zip(GROUPS, found, strict=True)}


def some_rows(member, wanted, ids):
    """Those of these tickets that belong in the list, each with its place in it."""
    tickets = narrowed(member, wanted).filter(pk__in=ids).select_related("status", "client", "site", "assignee")
    found = list(tickets.defer("description"))
    for ticket in found:
        ticket.account = member.account
    return rows_of(found, wanted)


def place(ticket, wanted):
    """Where a row stands in its list, as a word that sorts like the list does."""
    column, _falling = SORTS[wanted.sort]
    value = getattr(ticket, column)
    key = value.isoformat() if isinstance(value, datetime) else "9" if value is None else f"{value:012d}"
    return f"{GROUPS.index(ticket.turn) if wanted.grouped else 0}~{key}~{ticket.pk}"


def bounded(querysets):
    """How many rows each has, at most one more than FAR, all in one query."""
    pieces, params = [], []
    for place, rows in enumerate(querysets):
        sql, values = rows.order_by().values("pk")[: FAR + 1].query.sql_with_params()
        pieces.append(f"(SELECT count(*) FROM ({sql}) AS c{place})")
        params += values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(pieces)}", params)
        return cursor.fetchone()


def said(count):
    """A count for people: past a thousand it is enough to know that there are many."""
    return f"{FAR}+" if count > FAR else count


def is_fresh(member):
    """Whether the member sees no ticket at all yet: then a list says where to begin."""
    return not visible_tickets(member).exists()


def counts(member):
    """How many tickets wait in each queue of the side bar: {code: number, or "1000+"}, in one query."""
    found = bounded([belonging(member, code) for code in SIDEBAR])
    return {code: said(count) for code, count in zip(SIDEBAR, found, strict=True)}


def partner_labels(member, *, limit=50):
    """The partners who stand on open tickets, for the filter."""
    labels = visible_tickets(member).open().exclude(partner_label="").order_by("partner_label")
    return list(labels.values_list("partner_label", flat=True).distinct()[:limit])
