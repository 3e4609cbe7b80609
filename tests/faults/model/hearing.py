"""What a side does with a letter that it reads."""

from partnerships.moves import AFTER_WORK, MOVES
from partnerships.vocabulary import LinkState, ProposalState, State
from tickets.vocabulary import Glyph

from .rows import GIVEN, TAKEN, TOLD, File, Proposal, Row, Ticket, Word


class Hearing:
    """The half of the model that reads."""

    def hear(self, side, key, letter):
        """Do what one letter says, at the side that reads it."""
        self.heard.append(letter.id)
        said, kind = letter.body, letter.kind
        if key is None:
            self.hear_of_link(side, kind, said)
        elif kind == "handover.offered":
            self.take(side, key, said)
        elif kind.partition(".")[2] in MOVES:
            word = State(kind.partition(".")[2])
            row = self.row(side, key)
            (self.hear_taker if row.direction == GIVEN else self.hear_giver)(row, word, letter.id)
        else:
            getattr(self, HEARERS[kind])(self.row(side, key), said)

    def take(self, side, key, said):
        if key in self.companies[side].rows:
            return
        ticket = Ticket(Glyph.NEW, said["priority"], client=False)
        row = self.companies[side].rows[key] = Row(key, side, TAKEN, ticket, told=said["priority"])
        self.follow(row, event=State.OFFERED, partner=True)
        self.tell_status(row, caused=True)

    def hear_taker(self, row, word, letter):
        """Our row decides, and he is told what it says."""
        counts = MOVES[word].side == TAKEN and row.state in MOVES[word].sources
        if counts:
            self.write(row, word)
            self.follow(row, event=word, partner=True)
        self.post(row.side, row.key, "handover.digest", state=row.state, answers=letter, accepted=counts)

    def hear_giver(self, row, word, letter):
        """His row decides; of work that we never delivered he can't speak."""
        assert word not in AFTER_WORK or row.state in AFTER_WORK[word], f"{word} of work that is {row.state}"
        if row.state != word:
            row.pending = None
            self.write(row, word)
            self.follow(row, event=word, partner=True)

    def hear_digest(self, row, said):
        if row.pending != said["answers"]:
            return
        row.pending = None
        if not said["accepted"] and row.state != said["state"]:
            self.write(row, said["state"])
            self.follow(row, event=said["state"], partner=True)

    def hear_status(self, row, said):
        changed, row.peer_status = row.peer_status != said["status"], said["status"]
        if changed and not said["caused"] and row.state in TOLD:
            self.follow(row, status=said["status"], partner=True)

    def hear_comment(self, row, said):
        if not row.ticket.word(said["name"]):
            word = Word(said["name"], said["text"], "partner", file=said["file"], via=row.key, readers=(row.key,))
            row.ticket.words.append(word)
            if said.get("gone"):
                self.erase(word)

    def hear_edit(self, row, said):
        word = row.ticket.word(said["name"])
        if word and not said.get("gone"):
            self.revise(word, said["text"], said["revision"])

    def hear_removal(self, row, said):
        word = row.ticket.word(said["name"])
        if word:
            self.erase(word)

    def hear_file(self, row, said):
        if not row.ticket.file(said["name"]):
            row.ticket.files.append(File(said["name"], row.key, removed="gone" in said))

    def hear_file_removed(self, row, said):
        file = row.ticket.file(said["name"])
        if file:
            file.removed = True

    def hear_card(self, row, said):
        """Our ticket goes along where it still says what was told before."""
        if row.state in TOLD:
            before, row.told = row.told, said["priority"]
            if row.ticket.priority == before:
                row.ticket.priority = row.told

    def hear_rating(self, row, said):
        row.score = said["score"]

    def hear_answer(self, row, said):
        row.answer = said["text"]

    def hear_of_time(self, row, said):
        """A nudge, and more time to accept: nothing that is modelled."""

    def hear_of_link(self, side, kind, said):
        if kind == "link.terms_proposed":
            self.hear_proposal(side, said)
        elif kind == "link.terms_answered":
            self.hear_terms_answered(side, said)
        elif kind == "link.terms":
            self.hear_terms(side, said)
        elif self.companies[side].state not in (self.link, LinkState.ENDED):
            if kind == "link.ended":
                self.hear_end(side, said["cut"])
            elif self.link != LinkState.ENDED:
                self.enter(side, self.link)

    def hear_end(self, side, keys):
        """What the other side left unsettled is cut here too; what he did not name he knows as it is.

        Only work that he knows as accepted, and we sent back, stays accepted.
        """
        rows = [row for row in self.companies[side].rows.values() if row.state != State.CUT]
        late = [row for row in rows if row.key not in keys and self.unheard(row, [State.RETURNED])]
        open_here = [row for row in rows if row.running or row.key in keys]
        self.enter(side, LinkState.ENDED, [row for row in open_here if row not in late])
        for row in late:
            self.write(row, State.APPROVED)
            self.follow(row, event=State.APPROVED, partner=True)
        for row in self.companies[side].rows.values():
            row.pending = None

    def hear_proposal(self, side, said):
        company = self.companies[side]
        if company.state == LinkState.ENDED or said["asked"] in company.proposals:
            return
        older = company.asked(ours=False)
        if older:
            older.state = ProposalState.REPLACED
        company.proposals[said["asked"]] = Proposal(said["asked"], False, said["terms"])

    def hear_terms_answered(self, side, said):
        company = self.companies[side]
        asked = company.proposals[said["asked"]]
        if asked.open:
            asked.state = ProposalState.ACCEPTED if said["yes"] else ProposalState.DECLINED
            company.terms = asked.terms if said["yes"] else company.terms
        self.tell_terms(side, asked.key, asked.state)

    def hear_terms(self, side, said):
        company = self.companies[side]
        company.known_terms = said["terms"]
        asked = company.proposals.get(said["asked"])
        if asked and said["state"] != ProposalState.OPEN:
            asked.state, asked.pending = said["state"], False


HEARERS = {
    "handover.digest": "hear_digest",
    "handover.rated": "hear_rating",
    "handover.rating_answered": "hear_answer",
    "handover.nudged": "hear_of_time",
    "handover.prolonged": "hear_of_time",
    "comment.added": "hear_comment",
    "comment.edited": "hear_edit",
    "comment.removed": "hear_removal",
    "file.added": "hear_file",
    "file.removed": "hear_file_removed",
    "status.changed": "hear_status",
    "card.changed": "hear_card",
}
