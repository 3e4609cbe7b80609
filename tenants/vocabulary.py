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


class Hue(models.IntegerChoices):
    """The twelve colours that a company or a tag may be drawn in, by the number that style sheets know."""

    RED = 0, _("red")
    ORANGE = 1, _("orange")
    AMBER = 2, _("amber")
    OLIVE = 3, _("olive")
    GREEN = 4, _("green")
    PINE = 5, _("pine green")
    SEA = 6, _("sea green")
    SKY = 7, _("sky blue")
    BLUE = 8, _("blue")
    INDIGO = 9, _("indigo")
    VIOLET = 10, _("violet")
    PINK = 11, _("pink")

    @classmethod
    def said(cls, code):
        """The colour's word for what the ledger keeps; none is said as a dash."""
        return cls(int(code)).label if str(code).isdecimal() else "—"


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
    quiet: bool = False  # kept for what is counted from the ledger; no history draws it
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
        # What comes out of nothing is said alone.
        return (str(self.sentence) % {**details, **said}).replace("— → ", "")


KINDS: dict[str, Kind] = {}


def kind(code: str, sentence: Promise | str, details: type = Nothing, **options: Any) -> Kind:
    """Add a word to the ledger."""
    if code in KINDS:
        raise ValueError(f"the ledger already knows {code}")
    KINDS[code] = Kind(code, sentence, details, **options)
    return KINDS[code]


def quiet():
    """The words that no history draws."""
    return [word.code for word in KINDS.values() if word.quiet]


ACCOUNT_CREATED = kind(
    "account_created", _("opened the account %(name)s"), Named, icon="building-office-2", section="account"
)
ACCOUNT_RENAMED = kind(
    "account_renamed", _("renamed the account: %(before)s → %(after)s"), Change, icon="pencil", section="account"
)
BRAND_CHANGED = kind(
    "brand_changed", _("changed the name for clients: %(before)s → %(after)s"), Change, icon="pencil", section="account"
)
HUE_CHANGED = kind(
    "hue_changed",
    _("changed the account’s colour: %(before)s → %(after)s"),
    Change,
    icon="swatch",
    section="account",
    words={"before": Hue.said, "after": Hue.said},
)
PREFIX_CHANGED = kind(
    "prefix_changed", _("changed the ticket prefix: %(before)s → %(after)s"), Change, icon="hashtag", section="account"
)
LANGUAGE_CHANGED = kind(
    "language_changed",
    _("changed the account’s language: %(before)s → %(after)s"),
    Change,
    icon="language",
    section="account",
)
ZONE_CHANGED = kind(
    "zone_changed", _("changed the time zone: %(before)s → %(after)s"), Change, icon="globe-alt", section="account"
)
HOLD_CHANGED = kind(
    "hold_changed",
    _("changed the seconds to undo a sent comment: %(before)s → %(after)s"),
    Change,
    icon="arrow-uturn-left",
    section="account",
)
MEMBER_ADDED = kind("member_added", _("added %(name)s"), Named, icon="user-plus", section="people")
CLIENT_ADDED = kind("client_added", _("added the client %(name)s"), Named, icon="user")
CONTACT_ADDED = kind("contact_added", _("added the contact %(name)s"), Named, icon="user")
TEAM_ADDED = kind("team_added", _("made the team %(name)s"), Named, icon="user-group", section="teams")


@dataclass(frozen=True)
class Placed:
    """A person and the role he has from now on."""

    name: str = ""
    role: str = ""


@dataclass(frozen=True)
class Altered:
    """What of whom changed: `name` says whose."""

    name: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Teamed:
    name: str = ""
    team: str = ""


def role_word(code):
    """A role's name in the reader's language."""
    return Role(code).label if code in Role.values else code


def invited_word(email):
    """Whom an invitation is for: an address, or whoever has the link."""
    return email or _("somebody by a link")


def person_kind(code, sentence, details=Named, *, icon="user", section="people", **words):
    return kind(code, sentence, details, icon=icon, section=section, words=words)


MEMBER_INVITED = person_kind(
    "member_invited",
    _("invited %(name)s as %(role)s"),
    Placed,
    icon="envelope",
    name=invited_word,
    role=role_word,
)
MEMBER_REINVITED = person_kind(
    "member_reinvited", _("renewed the invitation of %(name)s"), icon="envelope", name=invited_word
)
MEMBER_INVITATION_REVOKED = person_kind(
    "member_invitation_revoked", _("revoked the invitation of %(name)s"), icon="x-mark", name=invited_word
)
MEMBER_JOINED = person_kind(
    "member_joined", _("joined as %(role)s"), Placed, icon="arrow-right-on-rectangle", role=role_word
)
MEMBER_EDITED = person_kind("member_edited", _("changed %(name)s: %(before)s → %(after)s"), Altered, icon="pencil")
ROLE_CHANGED = person_kind(
    "role_changed",
    _("changed the role of %(name)s: %(before)s → %(after)s"),
    Altered,
    icon="key",
    before=role_word,
    after=role_word,
)
OWNER_CHANGED = person_kind("owner_changed", _("handed the account over to %(name)s"), icon="key")
MEMBER_RESTRICTED = person_kind("member_restricted", _("lets %(name)s see only what was granted"), icon="eye-slash")
MEMBER_UNRESTRICTED = person_kind("member_unrestricted", _("lets %(name)s see every ticket"), icon="eye")
MEMBER_REMOVED = person_kind("member_removed", _("removed %(name)s"), icon="user-minus")
TEAM_EDITED = person_kind(
    "team_edited", _("changed the team %(name)s: %(before)s → %(after)s"), Altered, icon="pencil", section="teams"
)
TEAM_LED = person_kind(
    "team_led",
    _("changed the lead of the team %(name)s: %(before)s → %(after)s"),
    Altered,
    icon="user-circle",
    section="teams",
)
TEAM_JOINED = person_kind(
    "team_joined", _("put %(name)s into the team %(team)s"), Teamed, icon="user-plus", section="teams"
)
TEAM_LEFT = person_kind(
    "team_left", _("took %(name)s out of the team %(team)s"), Teamed, icon="user-minus", section="teams"
)
TEAM_REMOVED = person_kind("team_removed", _("removed the team %(name)s"), icon="trash", section="teams")
A = {"icon": "document-text", "section": "agreements"}
AGREEMENT_ADDED = kind("agreement_added", _("wrote down the agreement %(name)s"), Named, **A)
AGREEMENT_EDITED = kind("agreement_edited", _("changed the agreement %(name)s: %(before)s → %(after)s"), Altered, **A)
AGREEMENT_ARCHIVED = kind(
    "agreement_archived", _("archived the agreement %(name)s"), Named, icon="archive-box", section="agreements"
)
AGREEMENT_RESTORED = kind("agreement_restored", _("brought back the agreement %(name)s"), Named, **A)
SET_UP = kind("set_up", _("put the first steps away"), icon="check", section="account")
