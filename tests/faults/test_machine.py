"""Two real accounts go through what the pure model goes through: it says what is refused, and how both sides stand."""

import pytest
from hypothesis.stateful import invariant, run_state_machine_as_test

from partnerships import delivery, failpoints, lanes
from partnerships.models import MapRow
from partnerships.vocabulary import LinkState
from tenants import accounts
from tests import world
from tests.faults import invariants, story
from tests.faults.desks import Carriers, Desks
from tests.faults.machine import ANSWERS, LONG, Machine, thorough
from tests.faults.model.lanes import PLACES
from tests.rewind import staged
from tests.walls.cast import undone
from tickets.models import Status


@staged
def linked():
    """Two companies with a client each, and maps that answer one another."""
    pair = story.linked("alfa", "beta")
    world.at_once(*pair)
    for here, there in (pair, pair[::-1]):
        with here.scope():
            here.client = accounts.add_client("Клиент", by=here.owner)
            for side, answers in ANSWERS.items():
                MapRow.objects.bulk_create(
                    MapRow(
                        partnership=world.partner(here, there),
                        side=side,
                        their_category=category,
                        action="set",
                        status=Status.objects.get(glyph=glyph),
                    )
                    for category, glyph in answers.items()
                )
    return pair


class RealMachine(Machine):
    """The same rules, pressed in the database too; each step ends with a look at both sides."""

    pair = None

    def __init__(self):
        super().__init__()
        self.world = undone()
        self.world.__enter__()
        self.desks = Desks(self.pair)
        with self.pair[0].scope():
            self.link = world.partner(*self.pair).link
        self.carriers = Carriers(self.desks, self.link)
        self.touched, self.strained = set(), False

    def does(self, verb, side, *about):
        modelled = super().does(verb, side, *about)
        real = self.desks.press(side, verb, *about)
        assert real == modelled, f"{verb} {about} of {side} was {'allowed' if real else 'refused'}"
        self.touched.add(side)
        return real

    def carries(self, lane, dies=None):
        super().carries(lane, dies)
        self.carriers.carry(lane, dies)
        self.cross(strained=bool(dies))

    def falls_asleep(self, lane):
        return super().falls_asleep(lane), self.carriers.claim(lane)

    def wakes(self, claim):
        super().wakes(claim[0])
        delivery.carry_lane(claim[1])
        self.cross()

    def hands_in(self, lane, since, until):
        super().hands_in(lane, since, until)
        self.carriers.hand_in(lane, since, until)
        self.cross()

    def rewinds(self):
        super().rewinds()
        lanes.rewind(self.link)

    def cross(self, strained=True):
        """Both sides may stand otherwise now; where it went on under strain, every invariant is asked at once."""
        self.touched |= {0, 1}
        self.strained |= strained or LONG

    @invariant()
    def the_database_is_as_the_model_says(self):
        for side in self.touched:
            with self.pair[side].scope():
                same(self.desks.rows(), told_of_rows(self.model, side))
                same(self.desks.words(), told_of_words(self.model, side))
                same(self.desks.terms(side), told_of_terms(self.model, side))
        told = {place: told_of_lane(lane) for place, lane in self.model.lanes.items()}
        same(self.carriers.seen(), told)
        if self.strained:
            assert invariants.everything() == []
        self.touched, self.strained = set(), False

    def teardown(self):
        try:
            super().teardown()
        finally:
            self.world.__exit__(None, None, None)

    def is_agreed(self):
        super().is_agreed()
        story.time_passes()
        assert delivery.drain(rounds=200), "the letters never end"
        self.cross()
        self.the_database_is_as_the_model_says()
        if self.model.link != LinkState.ENDED:
            assert list(invariants.both_sides_agree()) == [] and story.unfinished() == 0


def same(real, told):
    """What is, and what the model says: only where they differ."""
    wrong = [f"{key}: {real.get(key)}, {told.get(key)}" for key in {**real, **told} if real.get(key) != told.get(key)]
    assert not wrong, "; ".join(wrong)


def told_of_rows(model, side):
    """The hand-overs of one side, as the model says they stand."""
    return {
        key: (
            f"{row.state} {row.returns} {row.score} {row.answer}",
            row.pending is not None,
            f"shows {row.peer_status}, is {row.ticket.status}",
            f"told {row.told}, is {row.ticket.priority}",
        )
        for key, row in model.companies[side].rows.items()
    }


def told_of_words(model, side):
    """What is said on the tickets of one side, and the files that lie there."""
    tickets = {key: row.ticket for key, row in model.companies[side].rows.items()}
    return {
        (key, word.name): (word.text, word.revision, word.removed, word.file)
        for key, ticket in tickets.items()
        for word in ticket.words
    } | {
        (key, file.name): "gone" if file.removed else "file" for key, ticket in tickets.items() for file in ticket.files
    }


def told_of_terms(model, side):
    company = model.companies[side]
    asked = [(one.ours, one.terms, one.state, one.pending) for one in company.proposals.values()]
    return {"state": company.state, "terms": company.terms, "known": company.known_terms, "asked": sorted(asked)}


def told_of_lane(lane):
    return [letter.kind for letter in lane.written], len(lane.read), lane.delivered, lane.applied


def test_carriers_of_the_model_die_wherever_those_of_the_product_may():
    """But for the outbox: its letter is written by the verb, and goes with it."""
    assert set(PLACES) == set(failpoints.ALL) - {failpoints.WRITING, failpoints.WRITTEN}


@pytest.fixture
def whole_lanes(monkeypatch):
    """A carrier takes all that waits: the model knows no batches."""
    monkeypatch.setattr(delivery, "BATCH", 1000)


def test_two_accounts_go_where_the_model_goes(linked, whole_lanes):
    machine = type("Accounts", (RealMachine,), {"pair": linked})

    run_state_machine_as_test(machine, settings=thorough(8, 25))
