"""The rows of the model: a ticket, its words, a hand-over, a proposal, a company."""

from dataclasses import dataclass, field

from partnerships.maps import Map
from partnerships.vocabulary import RUNNING, LinkState, ProposalState, State
from tickets.vocabulary import DEFAULT_STATUSES, FINISHED, Direction

GIVEN, TAKEN = Direction.GIVEN, Direction.TAKEN
CATEGORY = {glyph: category for glyph, category, _names in DEFAULT_STATUSES}
TOLD = (*RUNNING, State.APPROVED)
DELIVERED = (State.DONE, State.APPROVED)
OWED = (State.OFFERED, State.ACCEPTED, State.RETURNED)


class No(Exception):
    """The verb may not be done now."""


def refuse_unless(allowed):
    if not allowed:
        raise No


@dataclass
class Word:
    """A comment as one side has it; `via` is the hand-over it came through, `readers` those it was told to."""

    name: str
    text: str
    audience: str
    file: bool = False
    via: str = ""
    readers: tuple = ()
    revision: int = 0
    removed: bool = False


@dataclass
class File:
    name: str
    via: str = ""
    removed: bool = False


@dataclass
class Ticket:
    status: str
    priority: str = "normal"
    client: bool = True
    words: list = field(default_factory=list)
    files: list = field(default_factory=list)

    @property
    def finished(self):
        return CATEGORY[self.status] in FINISHED

    def word(self, name):
        return next((word for word in self.words if word.name == name), None)

    def file(self, name):
        return next((file for file in self.files if file.name == name), None)


@dataclass
class Row:
    """One side's view of a hand-over."""

    key: str
    side: int
    direction: str
    ticket: Ticket
    state: str = State.OFFERED
    pending: int | None = None
    returns: int = 0
    score: int | None = None
    answer: str = ""
    peer_status: str = ""
    told: str = "normal"
    nudged: bool = False

    @property
    def running(self):
        return self.state in RUNNING


@dataclass
class Proposal:
    key: int
    ours: bool
    terms: int
    state: str = ProposalState.OPEN
    pending: bool = False

    @property
    def open(self):
        return self.state == ProposalState.OPEN


@dataclass
class Company:
    map: Map
    terms: int
    known_terms: int
    state: str = LinkState.ACTIVE
    rows: dict = field(default_factory=dict)
    proposals: dict = field(default_factory=dict)

    def asked(self, ours):
        return next((one for one in self.proposals.values() if one.ours == ours and one.open), None)
