"""The letters: what one company may tell another, field by field. No Django here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from .facts import Allowed, Card, Chain, Checked, Company, File, Mark, Said, SharedTerms, Station
from .tallies import Held, Summed


@dataclass(frozen=True)
class LinkAccepted:
    kind: ClassVar[str] = "link.accepted"
    name: str
    invitation: UUID
    terms: SharedTerms | None = None
    card: Company | None = None


@dataclass(frozen=True)
class LinkCard:
    """The company's name and what it says of itself."""

    kind: ClassVar[str] = "link.card"
    name: str
    card: Company | None = None


@dataclass(frozen=True)
class LinkTerms:
    """The sender's terms in force; `proposal` and `state` when this settles one of his proposals."""

    kind: ClassVar[str] = "link.terms"
    version: int
    terms: SharedTerms
    proposal: UUID | None = None
    state: str = ""


@dataclass(frozen=True)
class LinkTermsProposed:
    """New terms of the sender's side; they come into force when the other side says yes."""

    kind: ClassVar[str] = "link.terms_proposed"
    proposal: UUID
    terms: SharedTerms


@dataclass(frozen=True)
class LinkTermsAnswered:
    kind: ClassVar[str] = "link.terms_answered"
    proposal: UUID
    accepted: bool
    reason: str = ""


@dataclass(frozen=True)
class LinkEnding:
    """No new tickets from now on; what is under way is finished, then the link ends."""

    kind: ClassVar[str] = "link.ending"


@dataclass(frozen=True)
class LinkPaused:
    kind: ClassVar[str] = "link.paused"


@dataclass(frozen=True)
class LinkResumed:
    kind: ClassVar[str] = "link.resumed"


@dataclass(frozen=True)
class LinkEnded:
    """The end; `cut` names the hand-overs that were open, or had moved without the other side having heard it."""

    kind: ClassVar[str] = "link.ended"
    cut: list[UUID] = field(default_factory=list)


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
    type: str = ""
    wish_from: datetime | None = None
    wish_until: datetime | None = None
    hand_on: str = "anyone"
    hand_on_to: list[Allowed] = field(default_factory=list)
    checklist: list[str] = field(default_factory=list)
    auto_approve_hours: int = 0
    return_days: int = 14
    client_due_at: datetime | None = None


@dataclass(frozen=True)
class OfferProlonged:
    """The giver leaves more time to accept: the link was paused meanwhile."""

    kind: ClassVar[str] = "handover.prolonged"
    accept_by: datetime


@dataclass(frozen=True)
class Answer:
    """A verb of the hand-over with what was said; `kind` names the verb, `comment` the report's text and files."""

    reason: str = ""
    text: str = ""
    score: int = 0
    checklist: list[Checked] = field(default_factory=list)
    criteria: list[Mark] = field(default_factory=list)
    comment: UUID | None = None


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
class FileRemoved:
    """One file taken back by whoever added it, alone or on a comment that stays."""

    kind: ClassVar[str] = "file.removed"
    id: UUID


@dataclass(frozen=True)
class StatusChanged:
    """The other side's own status; `caused` when it only follows a letter of ours."""

    kind: ClassVar[str] = "status.changed"
    ref: str
    status: str
    category: str
    caused: bool = False


@dataclass(frozen=True)
class CardChanged:
    """What the giver told of the ticket, anew and whole; the receiver finds the difference."""

    kind: ClassVar[str] = "card.changed"
    subject: str
    description: str
    priority: str
    card: Card
    due_at: datetime | None = None
    type: str = ""
    wish_from: datetime | None = None
    wish_until: datetime | None = None
    client_due_at: datetime | None = None


@dataclass(frozen=True)
class VisitChanged:
    """When the taker's people come to the site, and who; without a beginning the visit is off."""

    kind: ClassVar[str] = "visit.changed"
    visit_from: datetime | None = None
    visit_until: datetime | None = None
    who: str = ""
    note: str = ""


@dataclass(frozen=True)
class ChainChanged:
    """Where the ticket stands at the partner's and below him."""

    kind: ClassVar[str] = "chain.changed"
    holds: bool
    since: datetime | None
    handed_on: bool = False
    stations: list[Station] = field(default_factory=list)


@dataclass(frozen=True)
class LinkDigest:
    """What the sender told in hand-overs that live; `last` when the night's list ends with it."""

    kind: ClassVar[str] = "link.digest"
    sums: list[Summed] = field(default_factory=list)
    last: bool = False


@dataclass(frozen=True)
class Recount:
    """Our sums differ, or something was on its way: count once more, in this hand-over's own lane."""

    kind: ClassVar[str] = "handover.recount"


@dataclass(frozen=True)
class Counted:
    """What the sender told so far, part by part, and how the ticket stands with him; he will tell again once.

    `read` is the last letter he had read; `state` is the giver's alone. In the second round `again` were told anew,
    `withheld` he may not tell any more, `untold` are held that he never told, and `left_out` does not count.
    """

    kind: ClassVar[str] = "handover.counted"
    round: int
    worded: bool
    read: int
    sums: list[str] = field(default_factory=list)
    state: str = ""
    status: StatusChanged | None = None
    card: CardChanged | None = None
    visit: VisitChanged | None = None
    again: int = 0
    withheld: int = 0
    untold: int = 0
    left_out: list[UUID] = field(default_factory=list)


@dataclass(frozen=True)
class Holdings:
    """What the receiver has of one part that differs; `skipped` are ids that a person of his passed over."""

    kind: ClassVar[str] = "handover.holdings"
    answers: UUID
    part: int
    parts: int
    last: bool
    entries: list[Held] = field(default_factory=list)
    skipped: list[UUID] = field(default_factory=list)


@dataclass(frozen=True)
class CommentRestated:
    """A comment told again, whole, as it reads now; what of it is there already is left as it is."""

    kind: ClassVar[str] = "comment.restated"
    comment: Said
    revision: int


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
        LinkTerms,
        LinkTermsProposed,
        LinkTermsAnswered,
        LinkEnding,
        LinkPaused,
        LinkResumed,
        LinkEnded,
        Offered,
        OfferProlonged,
        Digest,
        CommentAdded,
        CommentEdited,
        CommentRemoved,
        FileAdded,
        FileRemoved,
        StatusChanged,
        ChainChanged,
        CardChanged,
        VisitChanged,
        LinkDigest,
        Recount,
        Counted,
        Holdings,
        CommentRestated,
    )
} | {f"handover.{verb}": Answer for verb in VERBS}
