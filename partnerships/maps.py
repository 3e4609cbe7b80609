"""A status map as plain data: which row answers what the other side shows, and what becomes of a ticket under it."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from .vocabulary import MapAction, MapEvent, Side, State

LONGEST_WORD = 60
# What one side can hear of a hand-over; the rest it does itself, and its own verbs move its own ticket.
EVENTS = {
    Side.GIVER: (
        MapEvent.OFFERED,
        MapEvent.ACCEPTED,
        MapEvent.DONE,
        MapEvent.APPROVED,
        MapEvent.RETURNED,
        MapEvent.DECLINED,
        MapEvent.EXPIRED,
        MapEvent.GIVEN_BACK,
        MapEvent.WITHDRAWN,
        MapEvent.CUT,
        MapEvent.REOPENED,
    ),
    Side.TAKER: (
        MapEvent.OFFERED,
        MapEvent.RETURNED,
        MapEvent.APPROVED,
        MapEvent.EXPIRED,
        MapEvent.WITHDRAWN,
        MapEvent.CUT,
    ),
}


def tidy(word):
    """A status word of theirs as we keep it: one line, no longer than a status may be."""
    return " ".join(unicodedata.normalize("NFC", word).split())[:LONGEST_WORD].strip()


def fold(word):
    """What two spellings of the same word have in common."""
    return tidy(word).casefold()


@dataclass(frozen=True)
class Rule:
    """One row: when the other side shows this, do that. `status` is ours; `finishes` says that it ends a ticket."""

    side: str
    sort: str  # event, word, category
    value: str
    action: str
    status: Any = None
    finishes: bool = False


@dataclass(frozen=True)
class Happening:
    """One thing that the map may answer, or (`own`) a status that our own verb gave the ticket."""

    side: str
    event: str = ""
    word: str = ""
    category: str = ""
    own: Any = None
    # Whether the ticket is owed to somebody above, so that no status may end it.
    owed: bool = False


class Map:
    """The rows of a link. An event outranks a word, a word a category."""

    def __init__(self, rules):
        self.rules = {key_of(rule.side, rule.sort, rule.value): rule for rule in rules}

    def answer(self, side, *, event="", word="", category=""):
        """The row that says what becomes of our ticket, or None: then nothing does."""
        shown = {"event": event, "word": word, "category": category}
        keys = (key_of(side, sort, value) for sort, value in shown.items() if value)
        return next((self.rules[key] for key in keys if key in self.rules), None)

    def changed(self, rules):
        """The map as it would be with these rows; one without an action is taken away."""
        wanted = {key_of(rule.side, rule.sort, rule.value): rule for rule in rules}
        return Map(rule for rule in {**self.rules, **wanted}.values() if rule.action)

    def on_reopening(self):
        """What our client's reopening does to the partner's work; as usual where no row says otherwise."""
        rule = self.answer(Side.GIVER, event=MapEvent.REOPENED)
        return MapAction(rule.action) if rule else MapAction.RETURN


def key_of(side, sort, value):
    """By what a row is found: spellings of one word are one row."""
    return str(side), sort, fold(value) if sort == "word" else str(value)


@dataclass(frozen=True)
class Outcome:
    """What a map made of a ticket's story: where it stands, how often it moved, and how often a person was asked."""

    status: Any
    path: tuple = ()
    asked: int = 0

    @property
    def moves(self):
        return len(self.path)


def replay(rules, happenings, start=None):
    """Tell a ticket's story again under this map; nothing but the answer comes of it."""
    status, path, asked = start, [], 0
    for one in happenings:
        if one.own is not None:
            status = one.own
            continue
        rule = answer_to(rules, one)
        if rule is None or rule.action == MapAction.LEAVE:
            continue
        if rule.action == MapAction.ASK or (rule.finishes and one.owed):
            asked += 1
        elif rule.action == MapAction.SET and rule.status != status:
            status = rule.status
            path.append(status)
    return Outcome(status, tuple(path), asked)


def answer_to(rules, one):
    """The row that answers; the client's reopening is answered through what it does to the partner's work."""
    if one.event != MapEvent.REOPENED:
        return rules.answer(one.side, event=one.event, word=one.word, category=one.category)
    action = rules.on_reopening()
    if action == MapAction.RETURN:
        return rules.answer(Side.GIVER, event=State.RETURNED)
    return Rule(one.side, "event", one.event, action)
