"""Two companies and their carriers, at random; by these rules run the pure model and the database."""

import itertools
import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine

from partnerships.maps import Map, Rule
from partnerships.translation import DEFAULTS
from partnerships.vocabulary import Side
from tickets.vocabulary import FINISHED, Category, Glyph

from ..model import Model
from ..model.rows import CATEGORY, No
from .carriers import Carriers
from .people import People
from .truths import Truths

# So many times as many examples, and others each time.
LONG = int(os.environ.get("COTICKET_LONG", "0"))
USUAL_TERMS = 14
# Both sides answer the other's status too: if an answer were answered again, it would go on for ever.
ANSWERS = {
    Side.GIVER: {Category.WAITING: Glyph.REVIEW, Category.OPEN: Glyph.CLIENT, Category.RESOLVED: Glyph.REVIEW},
    Side.TAKER: {Category.WAITING: Glyph.CLIENT, Category.OPEN: Glyph.OPEN, Category.CLOSED: Glyph.CLOSED},
}


def usual_map():
    """What a new link lays down, and the answers to categories."""
    usual = [("event", DEFAULTS), ("category", ANSWERS)]
    return Map(
        Rule(side, sort, shown, "set" if glyph else "ask", glyph, glyph and CATEGORY[glyph] in FINISHED)
        for sort, sides in usual
        for side, glyphs in sides.items()
        for shown, glyph in glyphs.items()
    )


def thorough(examples, steps):
    """The same examples every time, unless COTICKET_LONG asks for many."""
    return settings(
        max_examples=examples * max(1, LONG),
        stateful_step_count=steps * (2 if LONG else 1),
        derandomize=not LONG,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink] if LONG else [Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


class Machine(People, Carriers, Truths, RuleBasedStateMachine):
    """Anybody may press anything at any time; `does` says whether it was allowed, and refusals change nothing."""

    model_of = Model

    def __init__(self):
        super().__init__()
        self.model = self.model_of([usual_map(), usual_map()], USUAL_TERMS)
        self.names, self.asleep, self.parting = itertools.count(1), [], None
        self.read_when_shut, self.marks = {}, {}

    # How it comes about; whoever drives something real as well goes further.

    def does(self, verb, *about):
        """One verb of one side; whether it was allowed."""
        try:
            getattr(self.model, verb)(*about)
        except No:
            return False
        return True

    def carries(self, lane, dies=None):
        self.model.carry(lane, dies)

    def falls_asleep(self, lane):
        return self.model.claim(lane)

    def wakes(self, claim):
        self.model.go_on(claim)

    def hands_in(self, lane, since, until):
        self.model.hand_in(lane, lane.written[since:until])

    def rewinds(self):
        self.model.rewind()
        self.marks.clear()
