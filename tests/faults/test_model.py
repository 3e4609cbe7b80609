"""The pure model holds whatever happens, and each of the mistakes that one makes here is found by running it."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from partnerships.vocabulary import LinkState
from tests.faults.machine import Machine, thorough
from tests.faults.model import Model


def test_two_companies_and_their_carriers_come_to_one_end():
    run_state_machine_as_test(Machine, settings=thorough(200, 40))


class MarksFirst(Model):
    """A carrier tells the sender before the receiver has it."""

    def go_on(self, claim, dies=None):
        lane = claim.lane
        lane.delivered = lane.applied = len(lane.written)
        super().go_on(claim, dies)


class ReadsAgain(Model):
    """What comes twice is done twice."""

    def receive(self, lane, letters):
        for letter in letters:
            if letter.seq in lane.came and letter.seq <= lane.read_so_far:
                self.hear(lane.receiver, lane.key, letter)
        super().receive(lane, letters)


class ReadsWhatIsThere(Model):
    """A gap does not make it wait."""

    def read(self, lane):
        for seq in sorted(lane.came):
            if lane.came[seq] not in lane.read:
                lane.read.append(lane.came[seq])
                self.hear(lane.receiver, lane.key, lane.came[seq])


class ReadsAfterTheEnd(Model):
    """Nobody looks whether the link still stands."""

    def is_open(self, lane):
        return True


class OldLeaseMarks(Model):
    """Who slept too long tells all the same how far it was when he fell asleep."""

    def go_on(self, claim, dies=None):
        lane, lost = claim.lane, claim.lane.lease != claim.lease
        super().go_on(claim, dies)
        if lost:
            lane.delivered, lane.applied = claim.delivered, min(claim.delivered, lane.applied)


class LastWordWins(Model):
    """The giver's row takes whatever the taker says."""

    def hear_taker(self, row, word, letter):
        self.write(row, word)
        self.post(row.side, row.key, "handover.digest", state=row.state, answers=letter, accepted=True)


class TakerDecides(Model):
    """The taker does not care for the giver's decision."""

    def hear_giver(self, row, word, letter):
        row.pending = None


class AnswersItself(Model):
    """A status that only followed is followed again."""

    def hear_status(self, row, said):
        super().hear_status(row, {**said, "caused": False})


class TellsItBack(Model):
    """Words go to everybody on the ticket, also to where they came from."""

    def hear_comment(self, row, said):
        if not row.ticket.word(said["name"]):
            super().hear_comment(row, said)
            self.post(row.side, row.key, "comment.added", name=said["name"], text=said["text"], file=False)


class TellsEverything(Model):
    """Words go to the partner, whoever they were for."""

    def say(self, side, key, audience, name, file=False):
        super().say(side, key, audience, name, file)
        if "partner" not in audience:
            self.post(side, key, "comment.added", name=name, text=name, file=file)


class EditsWhatIsGone(Model):
    """A new wording outranks a removal, and an older one a newer."""

    def revise(self, word, text, revision):
        word.text, word.revision, word.removed = text, word.revision + 1, False

    def hear_removal(self, row, said):
        """It stays until somebody edits it."""


class EndsByItself(Model):
    """Whoever hears of the end cuts only what is open on his side."""

    def hear_end(self, side, keys):
        self.enter(side, LinkState.ENDED, [row for row in self.companies[side].rows.values() if row.running])


class AgreesToWhatNobodyAsks(Model):
    """A yes is in force, also to terms that were taken back before it came."""

    def hear_terms_answered(self, side, said):
        super().hear_terms_answered(side, said)
        if said["yes"]:
            self.companies[side].terms = self.companies[side].proposals[said["asked"]].terms


class WritesInAnotherCommit(Model):
    """The word and its letter are two commits, and the machine stops between them now and then."""

    def post(self, side, key, kind, id=None, **body):
        if kind != "comment.added" or next(self.ids) % 3:
            super().post(side, key, kind, id, **body)


MISTAKES = {
    MarksFirst: "marked as read, but not read",
    ReadsAgain: "one letter had two effects|of work that is",
    ReadsWhatIsThere: "ticket|read as",  # a letter about a ticket that nobody has, or out of its place
    ReadsAfterTheEnd: "it came all the same|of work that is cut",
    OldLeaseMarks: "the mark went back",
    LastWordWins: "here, .* there|of work that is|still waits",
    TakerDecides: "here, .* there|still waits",
    AnswersItself: "the letters never end",
    TellsItBack: "told back to where it came from",
    TellsEverything: "said among us, and told",
    EditsWhatIsGone: "reads otherwise",
    EndsByItself: "cut here|cut there|still waits",
    AgreesToWhatNobodyAsks: "in force",
    WritesInAnotherCommit: "was not told",
}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_a_mistake_is_found_and_called_by_its_name(mistake):
    broken = type(mistake.__name__, (Machine,), {"model_of": mistake})

    with pytest.raises((AssertionError, LookupError), match=MISTAKES[mistake]):
        run_state_machine_as_test(broken, settings=settings(thorough(400, 40), max_examples=1000, derandomize=True))
