"""The letters: what one company may tell another, field by field. No Django here."""

from __future__ import annotations

import types
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

VERSION = 1
TEXT_LIMIT = 20_000


class Unreadable(ValueError):
    """A letter that can't be read: its reason is a word, never the sender's text."""


@dataclass(frozen=True)
class Person:
    """Who acted on the other side: a name and a role, no key."""

    name: str = ""
    role: str = ""


@dataclass(frozen=True)
class File:
    """A file by its digest; the bytes lie in the installation's store."""

    id: UUID
    name: str
    size: int
    sha256: str
    content_type: str


@dataclass(frozen=True)
class Said:
    """A comment with the id its first author gave it, however many hops ago."""

    id: UUID
    text: str
    author: str
    company: str
    at: datetime
    via: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)


@dataclass(frozen=True)
class Contact:
    name: str = ""
    title: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Site:
    name: str = ""
    code: str = ""
    address: str = ""
    hours: str = ""
    client: str = ""


@dataclass(frozen=True)
class Device:
    name: str = ""
    serial_number: str = ""
    inventory_number: str = ""
    warranty_until: str = ""


@dataclass(frozen=True)
class Card:
    """What the giver chose to pass of the ticket's facts."""

    contact: Contact | None = None
    site: Site | None = None
    equipment: list[Device] = field(default_factory=list)
    agreement: str = ""


@dataclass(frozen=True)
class Chain:
    """Which chain a hand-over belongs to; an account recognises only its own mark."""

    id: UUID
    depth: int
    marks: list[str]


@dataclass(frozen=True)
class Station:
    """One company of the chain below, as far as it may be seen from here."""

    position: str
    parent: str
    name: str
    role: str
    ref: str = ""
    status: str = ""
    category: str = ""
    state: str = ""
    since: datetime | None = None
    due_at: datetime | None = None
    holds: bool = False


@dataclass(frozen=True)
class LinkAccepted:
    kind: ClassVar[str] = "link.accepted"
    name: str
    invitation: UUID


@dataclass(frozen=True)
class LinkCard:
    kind: ClassVar[str] = "link.card"
    name: str


@dataclass(frozen=True)
class LinkPaused:
    kind: ClassVar[str] = "link.paused"


@dataclass(frozen=True)
class LinkResumed:
    kind: ClassVar[str] = "link.resumed"


@dataclass(frozen=True)
class LinkEnded:
    kind: ClassVar[str] = "link.ended"


@dataclass(frozen=True)
class Offered:
    kind: ClassVar[str] = "handover.offered"
    ref: str
    subject: str
    description: str
    priority: str
    card: Card
    chain: Chain
    see_below: str
    client_replies: str
    giver: str
    files: list[File] = field(default_factory=list)
    comments: list[Said] = field(default_factory=list)
    due_at: datetime | None = None
    accept_by: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """A verb of the hand-over with what was said; `kind` names the verb."""

    reason: str = ""
    text: str = ""
    score: int = 0


@dataclass(frozen=True)
class Digest:
    """The giver's row, in answer to a letter of the taker."""

    kind: ClassVar[str] = "handover.digest"
    state: str
    answers: UUID
    accepted: bool


@dataclass(frozen=True)
class CommentAdded:
    kind: ClassVar[str] = "comment.added"
    comment: Said


@dataclass(frozen=True)
class CommentEdited:
    kind: ClassVar[str] = "comment.edited"
    id: UUID
    text: str
    revision: int


@dataclass(frozen=True)
class CommentRemoved:
    kind: ClassVar[str] = "comment.removed"
    id: UUID


@dataclass(frozen=True)
class FileAdded:
    kind: ClassVar[str] = "file.added"
    file: File
    author: str
    company: str


@dataclass(frozen=True)
class StatusChanged:
    """The other side's own status; `caused` when it only follows a letter of ours."""

    kind: ClassVar[str] = "status.changed"
    ref: str
    status: str
    category: str
    caused: bool = False


@dataclass(frozen=True)
class ChainChanged:
    """Where the ticket stands at the partner's and below him."""

    kind: ClassVar[str] = "chain.changed"
    holds: bool
    since: datetime | None
    handed_on: bool = False
    stations: list[Station] = field(default_factory=list)


VERBS = (
    "accepted",
    "declined",
    "expired",
    "withdrawn",
    "done",
    "given_back",
    "approved",
    "returned",
    "rated",
    "rating_answered",
    "nudged",
    "cut",
)
BODIES: dict[str, type] = {
    body.kind: body
    for body in (
        LinkAccepted,
        LinkCard,
        LinkPaused,
        LinkResumed,
        LinkEnded,
        Offered,
        Digest,
        CommentAdded,
        CommentEdited,
        CommentRemoved,
        FileAdded,
        StatusChanged,
        ChainChanged,
    )
} | {f"handover.{verb}": Answer for verb in VERBS}


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
        return [read(get_args(wanted)[0], item) for item in expect(list, value)]
    if is_dataclass(wanted):
        return read_fields(wanted, expect(dict, value))
    if wanted in (UUID, datetime):
        return read_text(wanted, expect(str, value))
    if wanted is str and len(expect(str, value)) > TEXT_LIMIT:
        raise Unreadable("text too long")
    return expect(wanted, value)


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
        return UUID(value) if wanted is UUID else datetime.fromisoformat(value)
    except ValueError as wrong:
        raise Unreadable("bad value") from wrong


def expect(wanted: Any, value: Any) -> Any:
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise Unreadable("wrong type")
    return value
