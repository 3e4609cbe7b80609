"""The tickets before and after one, in the list it was opened from; it keeps its place there while it is worked on."""

from dataclasses import dataclass, replace
from types import SimpleNamespace

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q

from . import queue, search


@dataclass(frozen=True)
class Neighbour:
    """A ticket beside this one: its number, and where it stands in the list."""

    number: int
    mark: str


@dataclass(frozen=True)
class Place:
    """Where a ticket stands in its list: who is beside it, and which of how many it is, as long as it belongs there."""

    previous: Neighbour | None = None
    next: Neighbour | None = None
    position: int | None = None
    total: object = None


def place(member, wanted, ticket):
    """The neighbours by the mark the ticket had when it was opened, in two bounded queries however long the list."""
    if wanted.phrase and search.number_in(wanted.phrase, member.account) is not None:
        return Place()
    wanted = wanted if queue.read_mark(wanted) else replace(wanted, after=queue.mark(ticket, wanted))
    at = queue.read_mark(wanted)
    if at is None:
        return Place()
    tickets = queue.narrowed(member, wanted)
    parts = queue.parted(tickets, wanted)
    here = queue.GROUPS.index(at.turn) if wanted.grouped else 0
    column, falling = queue.SORTS[wanted.sort]
    earlier = [*parts[:here], parts[here].filter(before(column, falling, at))]
    later = [parts[here].filter(queue.beyond(column, falling, at)), *parts[here + 1 :]]
    others = [[rows.exclude(pk=ticket.pk) for rows in side] for side in (earlier, later)]
    try:
        sizes = queue.bounded([tickets.filter(pk=ticket.pk), tickets, *others[0]])
    except EmptyResultSet:
        return Place()
    belongs, total, ahead = sizes[0], sizes[1], sum(sizes[2:])
    previous, following = nearest(others, wanted)
    counted = belongs and ahead < queue.FAR
    return Place(previous, following, ahead + 1 if counted else None, queue.said(total))


def before(column, falling, at):
    """The condition of standing ahead of a row; the rows that have no value stand at the end."""
    side = "gt" if falling else "lt"
    if at.key is None:
        return Q(**{f"{column}__isnull": False}) | Q(**{f"{column}__isnull": True, f"pk__{side}": at.pk})
    return Q(**{f"{column}__{side}": at.key}) | Q(**{column: at.key, f"pk__{side}": at.pk})


def nearest(sides, wanted):
    """The last row of the earlier parts and the first row of the later ones, in one query."""
    column, falling = queue.SORTS[wanted.sort]
    pieces, params = [], []
    for side, parts in enumerate(sides):
        down = falling if side else not falling
        order = [f"-{column}", "-pk"] if down else [column, "pk"]
        for step, part in enumerate(parts if side else reversed(parts)):
            rows = part.order_by(*order).values_list("number", "turn", "pk", column)[:1]
            sql, values = rows.query.sql_with_params()
            pieces.append(f"SELECT {side} AS side, {step} AS step, p.* FROM ({sql}) AS p(number, turn, pk, key)")
            params += values
    with connection.cursor() as cursor:
        cursor.execute(joined(pieces), params)
        found = {row[0]: neighbour(row, column, wanted) for row in cursor.fetchall()}
    return found.get(0), found.get(1)


def joined(pieces):
    """Of each side the row that is nearest; keys of one column have one type in every part."""
    union = " UNION ALL ".join(f"({piece})" for piece in pieces)
    return f"SELECT DISTINCT ON (side) * FROM ({union}) AS p ORDER BY side, step"


def neighbour(row, column, wanted):
    """A row of the list as a link needs it."""
    _side, _step, number, turn, pk, key = row
    return Neighbour(number, queue.mark(SimpleNamespace(turn=turn, pk=pk, **{column: key}), wanted))
