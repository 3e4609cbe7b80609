"""The envelope, and how letters become data and come back checked. No Django here."""

from __future__ import annotations

import types
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from .bodies import BODIES
from .facts import Person

VERSION = 1
TEXT_LIMIT = 20_000
ITEMS_LIMIT = 5_000
# Moments of this age of the world: in every zone, and with a little added, they are moments still.
YEARS = range(1900, 2200)


class Unreadable(ValueError):
    """A letter that can't be read: its reason is a word, never the sender's text."""


@dataclass(frozen=True)
class Letter:
    """The envelope: which link and hand-over, which place in its lane, who, and a body of one kind."""

    id: UUID
    link: UUID
    handover: UUID | None
    seq: int
    kind: str
    sent_at: datetime
    by: Person
    body: dict[str, Any]
    v: int = VERSION


def render(value: Any) -> Any:
    """A body (or a letter) as JSON-ready data."""
    if is_dataclass(value) and not isinstance(value, type):
        return render(asdict(value))
    if isinstance(value, dict):
        return {key: render(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [render(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def parse(kind: str, version: int, data: Any) -> Any:
    """The body of a letter as its dataclass; Unreadable for an unknown kind, version, field or type."""
    if version != VERSION:
        raise Unreadable("unknown version")
    if kind not in BODIES:
        raise Unreadable("unknown kind")
    return read(BODIES[kind], data)


def read(wanted: Any, value: Any) -> Any:
    """Check one value against its declared type and build it."""
    origin = get_origin(wanted)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return read(next(kind for kind in get_args(wanted) if kind is not type(None)), value)
    if origin is list:
        return read_list(get_args(wanted)[0], expect(list, value))
    if is_dataclass(wanted):
        return read_fields(wanted, expect(dict, value))
    if wanted in (UUID, datetime):
        return read_text(wanted, expect(str, value))
    if wanted is str and len(expect(str, value)) > TEXT_LIMIT:
        raise Unreadable("text too long")
    return expect(wanted, value)


def read_list(wanted: Any, values: list[Any]) -> list[Any]:
    # Hand-overs of a link are named all at once, however many there are.
    if wanted is not UUID and len(values) > ITEMS_LIMIT:
        raise Unreadable("list too long")
    return [read(wanted, item) for item in values]


def read_fields(wanted: Any, value: dict[str, Any]) -> Any:
    hints = get_type_hints(wanted)
    names = {f.name for f in fields(wanted)}
    if value.keys() - names:
        raise Unreadable("unknown field")
    try:
        return wanted(**{name: read(hints[name], item) for name, item in value.items()})
    except TypeError as missing:
        raise Unreadable("missing field") from missing


def read_text(wanted: Any, value: str) -> Any:
    try:
        return UUID(value) if wanted is UUID else moment(value)
    except ValueError as wrong:
        raise Unreadable("bad value") from wrong


def moment(value: str) -> datetime:
    """A moment with its zone that every reader's clock can show."""
    at = datetime.fromisoformat(value)
    if at.tzinfo is None or at.year not in YEARS:
        raise ValueError(value)
    return at


def expect(wanted: Any, value: Any) -> Any:
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise Unreadable("wrong type")
    return value
