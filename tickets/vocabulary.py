"""The words of tickets."""

from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenants.vocabulary import Change, Named, Note, kind


class Category(models.TextChoices):
    NEW = "new", _("new")
    OPEN = "open", _("open")
    WAITING = "waiting", _("waiting")
    RESOLVED = "resolved", _("resolved")
    CLOSED = "closed", _("closed")


FINISHED = (Category.RESOLVED, Category.CLOSED)


class Glyph(models.TextChoices):
    NEW = "new", _("dashed ring")
    OPEN = "open", _("half full")
    REVIEW = "review", _("three quarters")
    RETURNED = "returned", _("arrow back")
    CLIENT = "client", _("pause")
    PARTNER = "partner", _("arrow out")
    SOLVED = "solved", _("full, ticked")
    CLOSED = "closed", _("ring, ticked")


class WaitReason(models.TextChoices):
    """What a ticket in a waiting status waits for: who is to blame for the time, and whether clocks stop."""

    CLIENT = "client", pgettext_lazy("waits for", "the client")
    ACCESS = "access", pgettext_lazy("waits for", "access to the site")
    PRICE = "price", pgettext_lazy("waits for", "a price to be agreed")
    PART = "part", pgettext_lazy("waits for", "a part")
    PARTNER = "partner", pgettext_lazy("waits for", "a partner")


# Who is asked for what: these are the client's to give.
ASKED_OF_CLIENT = (WaitReason.CLIENT, WaitReason.ACCESS, WaitReason.PRICE)


class Weight(models.TextChoices):
    """How far a trouble reaches, and how soon it hurts."""

    LOW = "low", pgettext_lazy("weight", "low")
    MEDIUM = "medium", pgettext_lazy("weight", "medium")
    HIGH = "high", pgettext_lazy("weight", "high")


# The same three said of urgency: in Russian it is of another gender than impact.
URGENCIES = {
    Weight.LOW: pgettext_lazy("urgency", "low"),
    Weight.MEDIUM: pgettext_lazy("urgency", "medium"),
    Weight.HIGH: pgettext_lazy("urgency", "high"),
}


class Priority(models.TextChoices):
    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    CRITICAL = "critical", _("Critical")


class Deadline(models.TextChoices):
    """How the deadline of an open ticket stands, as lists ask for it."""

    MISSED = "missed", pgettext_lazy("deadline", "missed")
    SOON = "soon", pgettext_lazy("deadline", "within 4 hours")
    TODAY = "today", pgettext_lazy("deadline", "today")
    WEEK = "week", pgettext_lazy("deadline", "within 7 days")
    STILL = "still", pgettext_lazy("deadline", "stands still")
    NONE = "none", pgettext_lazy("deadline", "without one")


class Tone(models.TextChoices):
    """A status's colour, where its category's own is not the one wanted."""

    INK = "ink", _("black")
    GREY = "grey", _("grey")
    BLUE = "blue", _("blue")
    VIOLET = "violet", _("violet")
    GREEN = "green", _("green")
    ORANGE = "orange", _("orange")
    RED = "red", _("red")


class FieldKind(models.TextChoices):
    TEXT = "text", _("text")
    LONG = "long", _("long text")
    NUMBER = "number", _("number")
    DATE = "date", _("date")
    CHOICE = "choice", _("one of several")
    YES = "yes", _("yes or no")


class LinkKind(models.TextChoices):
    DUPLICATE = "duplicate", _("duplicate of")
    RELATED = "related", _("related to")
    PARENT = "parent", _("parent of")


class Event(models.TextChoices):
    """What a member may want to hear of."""

    ASSIGNED = "assigned", _("A ticket is assigned to me")
    MENTIONED = "mentioned", _("I am mentioned")
    COMMENTED = "commented", _("A comment on a ticket of mine")
    MOVED = "moved", _("A status, a deadline or a priority changed")
    PARTNER = "partner", _("A partner answered: accepted, declined, delivered, gave back")
    OUR_TURN = "our_turn", _("The turn came back to us")
    INCOMING = "incoming", _("A new ticket in my team")
    DEADLINE = "deadline", _("A deadline comes near or was missed")
    LINK = "link", _("A link with a partner: invited, accepted, paused, resumed, ended")


class Reason(models.TextChoices):
    """Why this person is told."""

    ASSIGNEE = "assignee", _("you answer for it")
    MENTION = "mention", _("you were mentioned")
    WATCHER = "watcher", _("you watch it")
    TEAM = "team", _("it is in your team")
    DISPATCH = "dispatch", _("nobody answers for it yet")
    AUTHOR = "author", _("you wrote it")
    LEAD = "lead", _("you look after links")
    TEAM_LEAD = "team_lead", _("you lead the team")
    DESK = "desk", _("you look after the queue")


class Audience(models.TextChoices):
    INTERNAL = "internal", _("only us")
    CLIENT = "client", _("client")
    PARTNER = "partner", _("partner")
    CLIENT_AND_PARTNER = "client_and_partner", _("client and partner")


FOR_PARTNERS = (Audience.PARTNER, Audience.CLIENT_AND_PARTNER)
FOR_CLIENT = (Audience.CLIENT, Audience.CLIENT_AND_PARTNER)


class Direction(models.TextChoices):
    GIVEN = "given", _("given")
    TAKEN = "taken", _("taken")


class Turn(models.TextChoices):
    US = "us", _("our turn")
    PARTNER = "partner", _("partner's turn")
    CLIENT = "client", _("client's turn")
    NOBODY = "nobody", _("nobody's turn")


# The names stand in the account's own language, since a status is the account's own word.
DEFAULT_STATUSES = (
    (Glyph.NEW, Category.NEW, {"ru": "Новая", "en": "New"}),
    (Glyph.OPEN, Category.OPEN, {"ru": "В работе", "en": "In progress"}),
    (Glyph.REVIEW, Category.OPEN, {"ru": "На приёмке", "en": "To be accepted"}),
    (Glyph.RETURNED, Category.OPEN, {"ru": "Возврат", "en": "Sent back"}),
    (Glyph.CLIENT, Category.WAITING, {"ru": "Ждём клиента", "en": "Waiting for the client"}),
    (Glyph.PARTNER, Category.WAITING, {"ru": "У партнёра", "en": "With the partner"}),
    (Glyph.SOLVED, Category.RESOLVED, {"ru": "Решена", "en": "Resolved"}),
    (Glyph.CLOSED, Category.CLOSED, {"ru": "Закрыта", "en": "Closed"}),
)
DEFAULT_WAITS = {Glyph.CLIENT: WaitReason.CLIENT, Glyph.PARTNER: WaitReason.PARTNER}
# A new account's kinds of work, in its own language like its statuses.
DEFAULT_TYPES = (
    {"ru": "Инцидент", "en": "Incident"},
    {"ru": "Обращение", "en": "Request"},
    {"ru": "Плановые работы", "en": "Maintenance"},
)


@dataclass(frozen=True)
class Opened:
    subject: str = ""


@dataclass(frozen=True)
class Moved:
    """A status changed; `note` says why when somebody said it."""

    before: str = ""
    after: str = ""
    category: str = ""
    note: str = ""


@dataclass(frozen=True)
class Said:
    """A comment; `readers` are counterpart ids, `via` the counterpart it came through, if any, `mentioned` the members
    whom this wording calls and the one before did not."""

    comment: str = ""
    audience: str = ""
    readers: list = field(default_factory=list)
    via: str = ""
    mentioned: list = field(default_factory=list)


@dataclass(frozen=True)
class KeptBack:
    """Whose comment could not go out when its time came."""

    name: str = ""
    member: str = ""


@dataclass(frozen=True)
class Filed:
    """A file put on the ticket itself, outside of any comment."""

    file: str = ""
    name: str = ""
    readers: list = field(default_factory=list)
    via: str = ""


@dataclass(frozen=True)
class Unfiled:
    """A file taken off again, its name with it; `comment` on which it hung, if any."""

    file: str = ""
    comment: str = ""
    readers: list = field(default_factory=list)
    via: str = ""


def file_word(name):
    """What a file is called; the ledger forgets the name of one that was removed."""
    return name or _("(removed)")


OPENED = kind("opened", _("opened the ticket"), Opened, moves_turn=True, icon="plus")
STATUS_CHANGED = kind(
    "status_changed",
    _("changed the status: %(before)s → %(after)s"),
    Moved,
    moves_turn=True,
    icon="arrow-path",
)
RESOLVED = kind("resolved", _("resolved the ticket"), Moved, moves_turn=True, icon="check-circle")
REOPENED = kind("reopened", _("reopened the ticket"), Moved, moves_turn=True, icon="arrow-uturn-left")
CLOSED = kind("closed", _("closed the ticket"), Moved, moves_turn=True, icon="check")
ASSIGNED = kind("assigned", _("assigned: %(before)s → %(after)s"), Change, icon="user")
PRIORITY_CHANGED = kind("priority_changed", _("changed the priority: %(before)s → %(after)s"), Change, icon="flag")
DUE_CHANGED = kind("due_changed", _("changed the deadline: %(before)s → %(after)s"), Change, icon="clock")
COMMENTED = kind("commented", _("commented"), Said, icon="chat-bubble-left")
COMMENT_EDITED = kind("comment_edited", _("edited a comment"), Said, icon="pencil")
COMMENT_REMOVED = kind("comment_removed", _("removed a comment"), Said, icon="trash")
COMMENT_KEPT_BACK = kind(
    "comment_kept_back", _("kept back a comment of %(name)s, which could not be sent"), KeptBack, icon="hand-raised"
)
PASSED_ON = kind("passed_on", _("passed a comment on"), Said, icon="paper-airplane")
FILE_ADDED = kind("file_added", _("added the file %(name)s"), Filed, icon="paper-clip", words={"name": file_word})
FILE_REMOVED = kind("file_removed", _("removed a file"), Unfiled, icon="trash")
NOTED = kind("noted", "%(note)s", Note, icon="information-circle")
WATCHED = kind("watched", _("lets %(name)s watch the ticket"), Named, icon="bell")
UNWATCHED = kind("unwatched", _("no longer lets %(name)s watch the ticket"), Named, icon="bell-slash")


@dataclass(frozen=True)
class Reworded:
    """What was asked is said better; `before` keeps the old words, which the thread shows on demand."""

    before: str = ""


@dataclass(frozen=True)
class Tied:
    """Two tickets of the account: how this one is tied to the other, and which that is."""

    how: str = ""
    ref: str = ""
    other: str = ""


# How a link reads from either end; `tie(kind, outward)` names it.
TIES = {
    "duplicate": _("duplicate of"),
    "duplicated": _("has the duplicate"),
    "related": _("related to"),
    "parent": _("parent of"),
    "child": _("part of"),
}
INWARD = {LinkKind.DUPLICATE: "duplicated", LinkKind.RELATED: "related", LinkKind.PARENT: "child"}


def tie(kind, outward):
    """The word for a link as the ticket at this end says it."""
    return str(kind) if outward else INWARD[kind]


# What stands where nothing does.
NONE = "—"


@dataclass(frozen=True)
class Placed:
    """Who, where or about what; `how` is the word for what it was recognised by, when nobody chose it."""

    before: str = ""
    after: str = ""
    how: str = ""


HOW = {
    "alias": _("by what the partner calls it"),
    "code": _("by its code"),
    "name": _("by its code and name"),
    "address": _("by its address"),
    "serial": _("by its serial number"),
    "inventory": _("by its inventory number"),
}


def how_word(code):
    """What something was recognised by, in brackets behind it."""
    return f" ({HOW[code]})" if code in HOW else ""


def _placed(name, sentence, icon):
    return kind(name, sentence, Placed, icon=icon, words={"how": how_word})


CLIENT_CHANGED = _placed("client_changed", _("changed the client: %(before)s → %(after)s%(how)s"), "building-office-2")
CONTACT_CHANGED = _placed("contact_changed", _("changed the contact: %(before)s → %(after)s%(how)s"), "user")
SITE_CHANGED = _placed("site_changed", _("changed the site: %(before)s → %(after)s%(how)s"), "map-pin")
EQUIPMENT_CHANGED = _placed("equipment_changed", _("changed the equipment: %(before)s → %(after)s%(how)s"), "cpu-chip")
AGREEMENT_CHANGED = kind(
    "agreement_changed", _("changed the agreement number: %(before)s → %(after)s"), Change, icon="document-text"
)
TEAM_CHANGED = kind("team_changed", _("changed the team: %(before)s → %(after)s"), Change, icon="user-group")
SUBJECT_CHANGED = kind("subject_changed", _("changed the subject: %(before)s → %(after)s"), Change, icon="pencil")
DESCRIPTION_CHANGED = kind("description_changed", _("edited the description"), Reworded, icon="pencil")
# What a partner changed is told whole by one line of his own, so these of his are not drawn beside it.
TOLD_WHOLE = (
    SUBJECT_CHANGED.code,
    DESCRIPTION_CHANGED.code,
    PRIORITY_CHANGED.code,
    DUE_CHANGED.code,
    AGREEMENT_CHANGED.code,
)
TAGGED = kind("tagged", _("added the tag %(name)s"), Named, icon="tag")
UNTAGGED = kind("untagged", _("took the tag %(name)s off"), Named, icon="tag")
TIED = kind("tied", _("linked it: %(how)s %(ref)s"), Tied, icon="link", words={"how": TIES.get})
UNTIED = kind("untied", _("took the link off: %(how)s %(ref)s"), Tied, icon="link-slash", words={"how": TIES.get})


@dataclass(frozen=True)
class Shown:
    """What a member sees by name: the sort of thing and its name."""

    name: str = ""
    what: str = ""
    thing: str = ""


# What a person can be granted, besides a single ticket.
GRANTABLE = {"team": _("team"), "client": _("client"), "site": _("site")}
GRANTED = kind(
    "granted",
    _("lets %(name)s see the tickets of the %(what)s %(thing)s"),
    Shown,
    icon="eye",
    section="people",
    words={"what": GRANTABLE.get},
)
REVOKED = kind(
    "grant_revoked",
    _("no longer lets %(name)s see the tickets of the %(what)s %(thing)s"),
    Shown,
    icon="eye-slash",
    section="people",
    words={"what": GRANTABLE.get},
)
TICKET_GRANTED = kind("ticket_granted", _("lets %(name)s see the ticket"), Named, icon="eye")
TICKET_REVOKED = kind("ticket_grant_revoked", _("no longer lets %(name)s see the ticket"), Named, icon="eye-slash")
