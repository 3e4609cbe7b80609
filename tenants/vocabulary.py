"""The words of an account's people, and the ledger's own words. Other apps register theirs beside these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OWNER = "owner", _("owner")
    ADMIN = "admin", _("administrator")
    DISPATCHER = "dispatcher", _("dispatcher")
    AGENT = "agent", _("agent")
    ENGINEER = "engineer", _("engineer")
    OBSERVER = "observer", _("observer")


class Refused(Exception):
    """A rule said no; the sentence is for a person to read."""

    def __init__(self, sentence: str | Promise, field: str | None = None) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.field = field


def refuse_unless(condition: object, sentence: str | Promise, field: str | None = None) -> None:
    """Stop the verb with a sentence a person can act on."""
    if not condition:
        raise Refused(sentence, field)


def refuse_nulls(text: object, field: str | None = None) -> None:
    """PostgreSQL keeps every character but one, which nobody types."""
    refuse_unless(not isinstance(text, str) or "\0" not in text, _("Null characters are not allowed."), field)


@dataclass(frozen=True)
class Actor:
    """Who did it, as the ledger keeps it. A partner's person has a name and a company, and no key here."""

    kind: str  # member, contact, partner, operator, schedule
    name: str
    id: UUID | None = None
    company: str = ""
    origin: str = "web"  # web, api, mail, schedule, partner


SCHEDULE = Actor(kind="schedule", name="", origin="schedule")


@dataclass(frozen=True)
class Nothing:
    """Details of a kind that needs none."""


@dataclass(frozen=True)
class Note:
    note: str = ""


@dataclass(frozen=True)
class Change:
    """A field went from one value to another, as people saw them."""

    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Named:
    name: str = ""


@dataclass(frozen=True)
class Kind:
    """One past-tense word of the ledger: its sentence, its details, whether it moves the turn, its part of settings."""

    code: str
    sentence: Promise | str
    details: type = Nothing
    moves_turn: bool = False
    icon: str = "bolt"
    section: str = ""  # the part of the settings whose history it belongs to
    words: Mapping[str, Callable[[str], Promise | str]] = field(default_factory=dict, compare=False)

    def check(self, details: Mapping[str, Any]) -> dict[str, Any]:
        """The details as they will be stored; an unknown or missing one is a programming error."""
        value = self.details(**details)
        checked = {f.name: getattr(value, f.name) for f in fields(value)}
        for text in checked.values():
            refuse_nulls(text)
        return checked

    def say(self, details: Mapping[str, Any]) -> str:
        """The sentence with its details; `words` turns what is kept as a code into the reader's language."""
        said = {name: word(details[name]) for name, word in self.words.items() if name in details}
        return str(self.sentence) % {**details, **said}


KINDS: dict[str, Kind] = {}


def kind(code: str, sentence: Promise | str, details: type = Nothing, **options: Any) -> Kind:
    """Add a word to the ledger."""
    if code in KINDS:
        raise ValueError(f"the ledger already knows {code}")
    KINDS[code] = Kind(code, sentence, details, **options)
    return KINDS[code]


ACCOUNT_CREATED = kind("account_created", _("opened the account %(name)s"), Named, icon="building-office-2")
MEMBER_ADDED = kind("member_added", _("added %(name)s"), Named, icon="user-plus")
CLIENT_ADDED = kind("client_added", _("added the client %(name)s"), Named, icon="user")
CONTACT_ADDED = kind("contact_added", _("added the contact %(name)s"), Named, icon="user")
TEAM_ADDED = kind("team_added", _("made the team %(name)s"), Named, icon="user-group")
