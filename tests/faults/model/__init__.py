"""Two companies, their link and its hand-overs as plain data: what must come about, in the fewest words.

Who may move a hand-over is read from the product's own table (partnerships.moves), what a status map answers from
partnerships.maps; all else is said here once more, without a database. Sides are 0 and 1, statuses are their signs.
`lanes.py` carries the letters, `hearing.py` reads them. A verb that may not be done raises No and changes nothing.
"""

import itertools
from contextlib import suppress

from partnerships.moves import MOVES
from partnerships.translation import OWN
from partnerships.vocabulary import LinkState, ProposalState, Side, State
from tickets.vocabulary import FINISHED, Glyph

from .hearing import Hearing
from .lanes import Lanes, forget
from .rows import (
    CATEGORY,
    DELIVERED,
    GIVEN,
    OWED,
    TAKEN,
    TOLD,
    Company,
    File,
    No,
    Proposal,
    Row,
    Ticket,
    Word,
    refuse_unless,
)

LINK_MOVES = {
    LinkState.PAUSED: {LinkState.ACTIVE},
    LinkState.ACTIVE: {LinkState.PAUSED, LinkState.ENDING},
    LinkState.ENDING: {LinkState.ACTIVE, LinkState.PAUSED},
    LinkState.ENDED: {LinkState.ACTIVE, LinkState.PAUSED, LinkState.ENDING},
}


class Model(Hearing, Lanes):
    """Both companies and all that lies between them."""

    def __init__(self, maps, terms):
        self.ids = itertools.count(1)
        self.link = LinkState.ACTIVE
        self.companies = [Company(map, terms, terms) for map in maps]
        self.keys, self.answering_below = [], False
        self.lanes, self.heard = {}, []
        self.open_lanes(None)

    def row(self, side, key):
        return self.companies[side].rows[key]

    def ended(self, side):
        return self.companies[side].state == LinkState.ENDED

    # What people do.

    def offer(self, side, key, again=None):
        """A new ticket, or that of a hand-over that is over, goes to the other side."""
        company = self.companies[side]
        ticket = self.row(side, again).ticket if again else Ticket(Glyph.NEW)
        refuse_unless(self.link == company.state == LinkState.ACTIVE and not ticket.finished)
        hands = self.hands(side, ticket)
        refuse_unless(not any(row.running or row.direction == TAKEN for row in hands))
        row = company.rows[key] = Row(key, side, GIVEN, ticket, told=ticket.priority)
        self.keys.append(key)
        self.open_lanes(key)
        self.post(side, key, "handover.offered", priority=ticket.priority)
        before = ticket.status
        self.follow(row, event=State.OFFERED)
        if ticket.status == before:
            self.tell_status(row, caused=True)

    def move(self, side, key, word, report=""):
        """One of the moves of the table."""
        row = self.row(side, key)
        self.check_move(row, word)
        if word == State.RETURNED and row.state == State.APPROVED:
            refuse_unless(not any(other.running for other in self.hands(side, row.ticket)))
        if word == State.DONE and report:
            self.say(side, key, "partner", report)
        row.pending = next(self.ids) if row.direction == TAKEN else None
        self.write(row, word)
        self.post(side, key, f"handover.{word}", id=row.pending)
        if row.direction == GIVEN:
            self.follow(row, event=word)
        elif word in OWN:
            self.set_status(row, OWN[word][1])

    def check_move(self, row, word):
        refuse_unless(row.direction == MOVES[word].side and row.state in MOVES[word].sources)
        refuse_unless(LinkState.ENDED not in (self.link, self.companies[row.side].state))

    def say(self, side, key, audience, name, file=False):
        row = self.row(side, key)
        for_partner, for_client = "partner" in audience, "client" in audience
        refuse_unless(row.running or not for_partner)
        refuse_unless(row.ticket.client or not for_client)
        word = Word(name, name, audience, file=file, readers=(key,) if for_partner else ())
        row.ticket.words.append(word)
        for reader in self.readers(side, word):
            self.post(side, reader.key, "comment.added", name=name, text=name, file=file)

    def edit(self, side, key, name, text):
        word = self.own_word(side, key, name)
        self.revise(word, text, word.revision + 1)
        for reader in self.readers(side, word):
            if reader.state in TOLD:
                self.post(side, reader.key, "comment.edited", name=name, text=text, revision=word.revision)

    def remove(self, side, key, name):
        word = self.own_word(side, key, name)
        self.erase(word)
        self.empty(side, key, name)
        for reader in self.readers(side, word):
            self.post(side, reader.key, "comment.removed", name=name)

    def empty(self, side, key, name):
        """Our letters lose what was taken back; whoever has not read them yet never learns what it was."""
        for row in self.hands(side, self.row(side, key).ticket):
            forget(self.lanes[row.key, side].written, {name})

    def own_word(self, side, key, name):
        word = self.row(side, key).ticket.word(name)
        refuse_unless(word and not word.via and not word.removed)
        return word

    def readers(self, side, word):
        """Whom a word of ours goes to; over an ended link nothing goes."""
        return [] if self.ended(side) else [self.row(side, key) for key in word.readers]

    def revise(self, word, text, revision):
        if not word.removed and revision > word.revision:
            word.text, word.revision = text, revision

    def erase(self, word):
        word.text, word.removed, word.file = "", True, False

    def attach(self, side, key, name):
        """A file of ours that the partner reads."""
        self.row(side, key).ticket.files.append(File(name))
        if not self.ended(side):
            self.post(side, key, "file.added", name=name)

    def take_back(self, side, key, name):
        file = self.row(side, key).ticket.file(name)
        refuse_unless(file and not file.via and not file.removed)
        file.removed = True
        self.empty(side, key, name)
        if not self.ended(side):
            self.post(side, key, "file.removed", name=name)

    def status(self, side, key, status):
        self.set_status(self.row(side, key), status)

    def priority(self, side, key, to):
        ticket = self.row(side, key).ticket
        if ticket.priority == to:
            return
        ticket.priority = to
        for row in self.hands(side, ticket):
            if row.direction == GIVEN and row.state in TOLD and not self.ended(side) and row.told != to:
                row.told = to
                self.post(side, row.key, "card.changed", priority=to)

    def rate(self, side, key, score):
        row = self.row(side, key)
        refuse_unless(row.direction == GIVEN and row.state in DELIVERED and not (row.score and row.answer))
        row.score = score
        self.post(side, key, "handover.rated", score=score)

    def answer_rating(self, side, key, text):
        row = self.row(side, key)
        refuse_unless(row.direction == TAKEN and row.score and not row.answer)
        row.answer = text
        self.post(side, key, "handover.rating_answered", text=text)

    def nudge(self, side, key):
        row = self.row(side, key)
        refuse_unless(row.state in OWED if row.direction == GIVEN else row.state == State.DONE)
        refuse_unless(not row.nudged)
        row.nudged = True
        self.post(side, key, "handover.nudged")

    # What the link's own verbs do.

    def relink(self, side, state):
        """Pause, resume, end when all is finished, end."""
        company = self.companies[side]
        refuse_unless(self.link != LinkState.ENDED and company.state in LINK_MOVES[state])
        self.link = state
        cut = self.unsettled(side) if state == LinkState.ENDED else []
        word = "resumed" if state == LinkState.ACTIVE else state
        self.post(side, None, f"link.{word}", cut=[row.key for row in cut])
        self.enter(side, state, cut)
        if state == LinkState.ENDED:
            self.mark_read(side)

    def unsettled(self, side):
        """What both sides may not know the same of: open, or moved and perhaps not heard."""
        rows = [row for row in self.companies[side].rows.values() if row.state != State.CUT]
        return [row for row in rows if row.running or row.pending or self.unheard(row, State)]

    def unheard(self, row, words):
        """Whether we said one of these words and the other side has not marked it as read."""
        lane, kinds = self.lanes[row.key, row.side], {f"handover.{word}" for word in words}
        return any(letter.kind in kinds for letter in lane.written[max(lane.applied, lane.heard) :])

    def enter(self, side, state, cut=()):
        company = self.companies[side]
        before, company.state = company.state, state
        if state == LinkState.ENDED:
            for row in cut:
                was_open, row.pending = row.running, None
                self.write(row, State.CUT)
                if was_open:
                    self.follow(row, event=State.CUT)
            for asked in company.proposals.values():
                if asked.open or asked.pending:
                    asked.state, asked.pending = ProposalState.WITHDRAWN, False
        elif before == LinkState.PAUSED:
            for row in company.rows.values():
                if row.direction == GIVEN and row.state == State.OFFERED:
                    self.post(side, row.key, "handover.prolonged")

    def propose(self, side, terms):
        """Ask for other terms of ours; to ask for what is in force takes the question back."""
        company = self.companies[side]
        refuse_unless(company.state != LinkState.ENDED)
        asked = company.asked(ours=True)
        if terms == (asked.terms if asked else company.terms):
            return
        if terms == company.terms:
            self.withdraw_terms(side)
            return
        if asked:
            asked.state = ProposalState.REPLACED
        key = next(self.ids)
        company.proposals[key] = Proposal(key, True, terms)
        self.post(side, None, "link.terms_proposed", asked=key, terms=terms)

    def withdraw_terms(self, side):
        asked = self.companies[side].asked(ours=True)
        refuse_unless(asked)
        asked.state = ProposalState.WITHDRAWN
        self.tell_terms(side, asked.key, asked.state)

    def answer_terms(self, side, yes):
        asked = self.companies[side].asked(ours=False)
        refuse_unless(asked and not self.ended(side))
        asked.state, asked.pending = ProposalState.ACCEPTED if yes else ProposalState.DECLINED, True
        self.post(side, None, "link.terms_answered", asked=asked.key, yes=yes)

    def tell_terms(self, side, key, state):
        self.post(side, None, "link.terms", terms=self.companies[side].terms, asked=key, state=state)

    # What follows from both.

    def hands(self, side, ticket):
        return [row for row in self.companies[side].rows.values() if row.ticket is ticket]

    def write(self, row, state):
        row.state = state
        row.returns += state == State.RETURNED

    def follow(self, row, *, event="", status="", partner=False):
        """Our ticket moves as our map says; where a rule forbids it, a person decides."""
        which = Side.GIVER if row.direction == GIVEN else Side.TAKER
        category = CATEGORY[status] if status else ""
        rule = self.companies[row.side].map.answer(which, event=event, word=status, category=category)
        if rule is None or rule.action != "set":
            return
        before, self.answering_below = self.answering_below, row.direction == GIVEN
        try:
            self.set_status(row, rule.status, partner=partner)
        except No:
            pass
        finally:
            self.answering_below = before

    def set_status(self, row, status, partner=False):
        """The ticket moves and all partners on it hear so; one that is open again goes back to who delivered it."""
        ticket = row.ticket
        if ticket.status == status:
            return
        hands = self.hands(row.side, ticket)
        owed = any(hand.direction == TAKEN and hand.state in OWED for hand in hands)
        refuse_unless(not (owed and CATEGORY[status] in FINISHED))
        reopened = ticket.finished and CATEGORY[status] not in FINISHED
        ticket.status = status
        for hand in hands:
            if hand.state in TOLD and not self.ended(row.side):
                self.tell_status(hand, caused=partner)
        given = [hand for hand in hands if hand.direction == GIVEN]
        if reopened and given and not self.answering_below and not self.ended(row.side):
            self.send_back(given[-1])

    def send_back(self, hand):
        if hand.state in DELIVERED:
            with suppress(No):
                self.move(hand.side, hand.key, State.RETURNED)

    def tell_status(self, row, caused):
        self.post(row.side, row.key, "status.changed", status=row.ticket.status, caused=caused)
