"""What letters are made of: people, files, words, cards, terms. No Django here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Person:
    """Who acted on the other side: a name and a role, no key."""

    name: str = ""
    role: str = ""


@dataclass(frozen=True)
class File:
    """A file by its digest; the bytes lie in the installation's store. Without a digest it was removed since."""

    id: UUID
    name: str
    size: int
    sha256: str
    content_type: str


@dataclass(frozen=True)
class Said:
    """A comment with the id its first author gave it, however many hops ago; `removed` when he took it back since."""

    id: UUID
    text: str
    author: str
    company: str
    at: datetime
    via: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    removed: bool = False
    # The how-manieth wording this is: one that comes late, in an edit, outranks no later one.
    revision: int = 0


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
class Company:
    """What a company says of itself: what it does, where, when, whom to call."""

    about: str = ""
    regions: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    hours: str = ""
    contact_name: str = ""
    contact_title: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Promise:
    """Minutes in which a side answers and finishes tickets of one priority; 0 promises nothing."""

    priority: str
    response: int = 0
    resolution: int = 0


@dataclass(frozen=True)
class SharedTerms:
    """The part of a side's terms that touches the other: told, proposed and answered as one whole.

    Days are 0 (Monday) to 6, times "HH:MM" in `zone`; an empty list accepts everything.
    """

    pass_description: bool = True
    pass_files: bool = True
    pass_comments: bool = False
    pass_contact_name: bool = True
    pass_contact_phone: bool = True
    pass_site: bool = True
    pass_equipment: bool = True
    pass_agreement: bool = False
    show_client_due: bool = False
    back_names: bool = True
    back_files: bool = True
    accept_types: list[str] = field(default_factory=list)
    accept_regions: list[str] = field(default_factory=list)
    accept_days: list[int] = field(default_factory=list)
    accept_from: str = ""
    accept_until: str = ""
    zone: str = ""
    auto_accept: bool = False
    accept_minutes: int = 60
    promises: list[Promise] = field(default_factory=list)
    auto_approve_hours: int = 0
    return_days: int = 14
    hand_on: str = "anyone"
    hand_on_to: list[str] = field(default_factory=list)
    see_below: str = "role"


@dataclass(frozen=True)
class Allowed:
    """A company the ticket may be handed on to: its name, and its mark in this chain."""

    name: str
    mark: str


@dataclass(frozen=True)
class Checked:
    """A line of the checklist, done or not, with the reason why not."""

    text: str
    done: bool = False
    note: str = ""


@dataclass(frozen=True)
class Mark:
    """One criterion of a rating, from 1 to 5."""

    name: str
    score: int
