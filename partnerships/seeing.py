"""What the other side of a hand-over reads: rebuilt from the very letters it was told by, and from nothing else."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from tickets import seeing
from tickets.models import Comment
from tickets.vocabulary import Priority

from . import cards, correspondence, differences, mirror
from .card_vocabulary import named, of_whom, span, spanned
from .models import Letter
from .protocol import (
    VERSION,
    Answer,
    CardChanged,
    ChainChanged,
    CommentAdded,
    CommentEdited,
    CommentRemoved,
    CommentRestated,
    Counted,
    Digest,
    FileAdded,
    FileRemoved,
    Holdings,
    Offered,
    OfferProlonged,
    Recount,
    StatusChanged,
    VisitChanged,
    parse,
)
from .vocabulary import Criterion, said_why


@dataclass
class Line(seeing.Line):
    """One thing on the partner's page; `waits` while its letter is on the way."""

    waits: bool = False


@dataclass
class Sight:
    """The partner's page of the ticket as our letters drew it."""

    subject: str = ""
    description: str = ""
    priority: str = ""
    status: str = ""
    ref: str = ""
    due_at: datetime | None = None
    client_due_at: datetime | None = None
    facts: list = field(default_factory=list)
    files: list = field(default_factory=list)
    stations: list = field(default_factory=list)
    lines: list = field(default_factory=list)
    waiting: int = 0
    told: CardChanged | None = None


def sight(handover):
    """Every letter of ours read again in its order, and what the partner said himself between them."""
    seen, said = Sight(), {}
    for letter in Letter.objects.filter(handover=handover).order_by("seq"):
        body = parse(letter.kind, VERSION, letter.body)
        seen.waiting += letter.delivered_at is None
        READERS[type(body)](seen, said, body, letter)
    seen.lines += own_words(handover)
    seen.lines.sort(key=lambda line: line.at)
    return seen


def own_words(handover):
    """What he told us he knows, and reads beside our words."""
    rows = Comment.objects.filter(came_through=handover.counterpart_id, removed_at=None).prefetch_related("attachments")
    return [
        Line(
            at=row.created_at,
            author=row.author_name,
            company=row.author_company,
            text=row.body,
            files=[file for file in row.attachments.all() if file.removed_at is None],
            theirs=True,
        )
        for row in rows
    ]


def read_offer(seen, said, body: Offered, letter):
    show_card(seen, cards.told_by(body))
    seen.ref, seen.files = body.ref, there(body.files)
    for comment in body.comments:
        hear(seen, said, comment, letter)


def read_card(seen, said, body: CardChanged, letter):
    """The ticket told anew: his page shows it as it is now, and a line says what of it changed."""
    changes = differences.between(seen.told, body) if seen.told else []
    show_card(seen, body)
    if changes:
        text = _("The ticket was changed: %(facts)s") % {"facts": named(changes)}
        waits = letter.delivered_at is None
        seen.lines.append(Line(at=letter.sent_at, author=letter.by.get("name", ""), text=text, said=False, waits=waits))


def read_visit(seen, said, body: VisitChanged, letter):
    """When our people come, as we said it last; a line for each time that we said it."""
    when = span(spanned(body.visit_from, body.visit_until))
    text = f"{_('Visit')}: {when}{of_whom(body.who)}" if when else _("The visit was called off")
    text = f"{text}. {body.note}" if body.note else text
    waits = letter.delivered_at is None
    seen.lines.append(Line(at=letter.sent_at, author=letter.by.get("name", ""), text=text, said=False, waits=waits))


def show_card(seen, told: CardChanged):
    """What the page says of the ticket itself."""
    seen.told, seen.subject, seen.description = told, told.subject, told.description
    seen.priority = told.priority if told.priority in Priority.values else ""
    seen.due_at, seen.client_due_at = told.due_at, told.client_due_at
    seen.facts = [fact for fact in mirror.facts_of(told.card) if fact["value"]]


def hear(seen, said, comment, letter):
    """A comment as it travelled: with the author and the company that its letter names."""
    line = Line(
        at=comment.at,
        author=comment.author,
        company=comment.company,
        text=comment.text,
        files=there(comment.files),
        waits=letter.delivered_at is None,
    )
    if comment.removed:
        take_back(line)
    said[comment.id] = line
    seen.lines.append(line)


def read_comment(seen, said, body: CommentAdded, letter):
    hear(seen, said, body.comment, letter)


def read_restated(seen, said, body: CommentRestated, letter):
    """What he did not have as we told it: it stands where it stood, once."""
    line = said.get(body.comment.id)
    if line is None:
        hear(seen, said, body.comment, letter)
    elif body.comment.removed:
        take_back(line)
    elif line.said:
        line.text, line.files = body.comment.text, there(body.comment.files)


def read_edit(seen, said, body: CommentEdited, letter):
    if body.id in said and said[body.id].said:
        said[body.id].text = body.text


def read_removal(seen, said, body: CommentRemoved, letter):
    """The tombstone that stays on his side as on ours."""
    if body.id in said:
        take_back(said[body.id])


def take_back(line):
    line.text, line.files, line.said = _("Comment removed"), [], False


def there(files):
    """The files of a letter but for those that were removed since."""
    return [file for file in files if file.sha256]


def read_file(seen, said, body: FileAdded, letter):
    seen.files += [file for file in there([body.file]) if file.id not in {known.id for known in seen.files}]


def read_file_removal(seen, said, body: FileRemoved, letter):
    for one in (seen, *said.values()):
        one.files = [file for file in one.files if file.id != body.id]


def read_status(seen, said, body: StatusChanged, letter):
    seen.status, seen.ref = body.status, body.ref


def read_answer(seen, said, body: Answer, letter):
    """A move of ours in the hand-over, with what was said to it."""
    words = correspondence.WORDS[letter.kind]
    score = f"{body.score}/5" if body.score else ""
    text = ": ".join(str(part) for part in (words, score, said_why(body.reason) or body.text) if part)
    ticked = [f"{'✓' if line.done else '✗'} {line.text} {line.note}".rstrip() for line in body.checklist]
    marks = [f"{Criterion(mark.name).label} {mark.score}" for mark in body.criteria]
    text = "; ".join([text, *ticked, *marks])
    seen.lines.append(Line(at=letter.sent_at, author=letter.by.get("name", ""), text=text, said=False))


def read_chain(seen, said, body: ChainChanged, letter):
    seen.stations = body.stations


def skip(seen, said, body, letter):
    """What the two systems say to each other is read by no person."""


READERS = {
    Offered: read_offer,
    CommentAdded: read_comment,
    CommentEdited: read_edit,
    CommentRemoved: read_removal,
    CommentRestated: read_restated,
    FileAdded: read_file,
    FileRemoved: read_file_removal,
    StatusChanged: read_status,
    Answer: read_answer,
    ChainChanged: read_chain,
    CardChanged: read_card,
    VisitChanged: read_visit,
    Digest: skip,
    OfferProlonged: skip,
    Recount: skip,
    Counted: skip,
    Holdings: skip,
}
