"""What must be true of the model at every step, and when all is quiet."""

import sys

from hypothesis.stateful import invariant

from partnerships.vocabulary import LinkState

from ..model.lanes import OPEN
from ..model.rows import OWED, TOLD


class Truths:
    """Nothing is lost, doubled, disordered, echoed or leaked; in the end both sides say the same."""

    @invariant()
    def nothing_is_lost_doubled_or_disordered(self):
        for lane in self.model.lanes.values():
            read = [letter.seq for letter in lane.read]
            assert read == list(range(1, len(read) + 1)), f"read as {read}"
            assert lane.applied <= len(read), "marked as read, but not read"
            there = {seq: letter.id for seq, letter in lane.came.items()}
            assert all(there.get(one.seq) == one.id for one in lane.written[: lane.delivered]), "lost"
        assert len(self.model.heard) == len(set(self.model.heard)), "one letter had two effects"

    @invariant()
    def no_mark_goes_back(self):
        for place, lane in self.model.lanes.items():
            assert lane.applied >= self.marks.get(place, 0), "the mark went back"
            self.marks[place] = lane.applied

    @invariant()
    def nothing_comes_over_a_link_that_is_shut(self):
        lanes = {place: len(lane.read) for place, lane in self.model.lanes.items() if lane.key}
        if self.model.link in OPEN:
            self.read_when_shut = {}
        else:
            assert all(lanes[place] == read for place, read in self.read_when_shut.items()), "it came all the same"
            self.read_when_shut = lanes

    @invariant()
    def nothing_is_echoed_or_leaks(self):
        for company in self.model.companies:
            for row in company.rows.values():
                names = [word.name for word in row.ticket.words]
                assert len(names) == len(set(names)), "the same words twice"
                told = self.told(row)
                for word in row.ticket.words:
                    assert word.name not in told or word.via != row.key, "told back to where it came from"
                    assert word.name not in told or "partner" in word.audience, "said among us, and told"

    def told(self, row):
        return {letter.body.get("name") for letter in self.model.lanes[row.key, row.side].written}

    def teardown(self):
        """All is healed and carried: both sides say the same."""
        if sys.exc_info()[0]:
            return  # what went wrong before is what counts
        if self.parting is not None:
            self.does("relink", self.parting, LinkState.ENDED)
        for claim in self.asleep:
            self.wakes(claim)
        if self.model.link == LinkState.PAUSED:
            self.drains()
            self.does("relink", 0, LinkState.ACTIVE)
        self.drains()
        self.is_agreed()

    def is_agreed(self):
        for key, one, other in self.pairs():
            assert one.state == other.state, f"{key}: {one.state} here, {other.state} there"
            assert not (one.pending or other.pending), f"{key}: somebody still waits for an answer"
            if self.model.link != LinkState.ENDED:
                self.say_the_same(one, other)
        if self.model.link != LinkState.ENDED:
            assert all(lane.applied == len(lane.written) for lane in self.model.lanes.values()), "not carried"
        self.links_are_agreed()

    def pairs(self):
        ours, theirs = (company.rows for company in self.model.companies)
        assert self.model.link == LinkState.ENDED or ours.keys() == theirs.keys(), "only one side has it"
        return [(key, ours[key], theirs[key]) for key in ours if key in theirs]

    def say_the_same(self, one, other):
        for name in ("returns", "score", "answer"):
            assert getattr(one, name) == getattr(other, name), name
        if one.state in TOLD:
            assert (one.peer_status, other.peer_status) == (other.ticket.status, one.ticket.status)
            assert one.told == other.told
        for mine, yours in ((one, other), (other, one)):
            for word in mine.ticket.words:
                self.is_read_alike(word, yours.ticket.word(word.name), mine, yours)
        lying = [{file.name: file.removed for file in row.ticket.files} for row in (one, other)]
        shared = lying[0].keys() & lying[1].keys()
        assert all(lying[0][name] == lying[1][name] for name in shared), "a file is gone on one side alone"

    def is_read_alike(self, word, heard, mine, yours):
        told = mine.key in word.readers
        assert not told or heard, f"{word.name} was not told"
        assert told or not heard, f"{word.name} was told"
        if heard and heard.via == yours.key:
            # New words go only to those who work with us still; that it is gone, to everybody.
            same = (heard.text, heard.revision) == (word.text, word.revision)
            same |= word.removed or mine.state not in OWED
            assert same and heard.removed == word.removed, f"{word.name} reads otherwise there"

    def links_are_agreed(self):
        one, other = self.model.companies
        assert one.state == other.state == self.model.link, f"{one.state} here, {other.state} there"
        for here, there in ((one, other), (other, one)) if self.model.link != LinkState.ENDED else ():
            assert here.known_terms == there.terms, "other terms are known than those in force"
            ours = {key: asked.state for key, asked in here.proposals.items() if asked.ours}
            theirs = {key: asked.state for key, asked in there.proposals.items() if not asked.ours}
            assert ours == theirs, "other terms are asked here than there"
            assert not any(asked.pending for asked in here.proposals.values()), "an answer waits for an answer"
