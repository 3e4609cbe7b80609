"""What the people of two companies press, at random."""

import itertools

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from partnerships.moves import MOVES
from partnerships.vocabulary import LinkState, State

from ..model.rows import CATEGORY, DELIVERED, GIVEN

AUDIENCES = ("internal", "partner", "partner", "client", "client_and_partner")
TICKETS = 4
SIDES, NUMBERS = st.sampled_from([0, 1]), st.integers(0, 11)
TERMS = (5, 6, 14)


class People:
    """Anybody may press anything at any time; more often what makes sense."""

    def name(self, sort):
        return f"{sort} {next(self.names)}"

    def key(self, number):
        return self.model.keys[number % len(self.model.keys)]

    def sides_of(self, key):
        """Who knows this hand-over."""
        return [side for side in (0, 1) if key in self.model.companies[side].rows]

    def either(self, side, key):
        """This side, or the other where this one has not heard of it."""
        return side if side in self.sides_of(key) else 1 - side

    @initialize(
        side=SIDES,
        far=st.integers(0, 3),
        answer=st.sampled_from([State.APPROVED, State.RETURNED]),
        parting=st.sampled_from([None, None, None, 0, 1]),
    )
    def begins(self, side, far, answer, parting):
        """A ticket is handed over, and work on it has gone so far; in the end one side may leave in the midst of it."""
        key, self.parting = self.name("ticket"), parting
        self.does("offer", side, key)
        self.does("say", side, key, "partner", self.name("word"), True)
        for word in (State.ACCEPTED, State.DONE, answer)[:far]:
            self.drains()
            self.does("move", side if MOVES[word].side == GIVEN else 1 - side, key, word)

    @precondition(lambda self: len(self.model.keys) < TICKETS)
    @rule(side=SIDES)
    def offers(self, side):
        self.does("offer", side, self.name("ticket"))

    @precondition(lambda self: len(self.model.keys) < TICKETS)
    @rule(number=NUMBERS)
    def offers_again(self, number):
        key = self.key(number)
        giver = next(side for side in self.sides_of(key) if self.model.row(side, key).direction == GIVEN)
        self.does("offer", giver, self.name("ticket"), key)

    def sensible(self):
        """The moves of the table that somebody may make now."""
        for key, side in itertools.product(self.model.keys, (0, 1)):
            row = self.model.companies[side].rows.get(key)
            for word, move in MOVES.items() if row else ():
                if move.side == row.direction and row.state in move.sources:
                    yield side, key, word

    @rule(number=NUMBERS, report=st.booleans())
    def moves(self, number, report):
        moves = list(self.sensible())
        if moves:
            side, key, word = moves[number % len(moves)]
            self.does("move", side, key, word, self.name("report") if report and word == State.DONE else "")

    @rule(number=NUMBERS)
    def moves_on(self, number):
        """Work goes on: what ends it early is left to `moves`."""
        forward = (State.ACCEPTED, State.DONE, State.APPROVED, State.RETURNED)
        moves = [move for move in self.sensible() if move[2] in forward]
        if moves:
            self.does("move", *moves[number % len(moves)])

    @rule(number=NUMBERS, other=NUMBERS)
    def both_move_at_once(self, number, other):
        """What each may do about the same ticket, before he hears of the other's."""
        moves, key = list(self.sensible()), self.key(number)
        for which, side in ((number, 0), (other, 1)):
            mine = [move for move in moves if move[:2] == (side, key)]
            if mine:
                self.does("move", *mine[which % len(mine)])

    @rule(number=NUMBERS, side=SIDES, word=st.sampled_from([word for word, move in MOVES.items() if move.side]))
    def moves_whatever(self, number, side, word):
        key = self.key(number)
        self.does("move", self.either(side, key), key, word)

    @rule(number=NUMBERS, side=SIDES, audience=st.sampled_from(AUDIENCES), file=st.booleans())
    def says(self, number, side, audience, file):
        key = self.key(number)
        self.does("say", self.either(side, key), key, audience, self.name("word"), file)

    @rule(number=NUMBERS, side=SIDES, removes=st.booleans())
    def changes_a_word(self, number, side, removes):
        rows = self.model.companies[side].rows.values()
        words = [(row.key, word) for row in rows for word in row.ticket.words]
        # Those of others only where there is nothing else: they may not be changed.
        words = [(key, word) for key, word in words if not word.via and not word.removed] or words
        if words:
            key, word = words[number % len(words)]
            about = (side, key, word.name)
            self.does("remove", *about) if removes else self.does("edit", *about, self.name("edited"))

    @rule(number=NUMBERS, side=SIDES)
    def attaches(self, number, side):
        key = self.key(number)
        side = self.either(side, key)
        if self.model.row(side, key).running:
            self.does("attach", side, key, self.name("file"))

    @rule(number=NUMBERS, side=SIDES, which=NUMBERS)
    def takes_a_file_back(self, number, side, which):
        key = self.key(number)
        side = self.either(side, key)
        files = self.model.row(side, key).ticket.files
        if files:
            self.does("take_back", side, key, files[which % len(files)].name)

    @rule(number=NUMBERS, side=SIDES, status=st.sampled_from(list(CATEGORY)))
    def moves_the_ticket(self, number, side, status):
        key = self.key(number)
        self.does("status", self.either(side, key), key, status)

    @rule(number=NUMBERS, side=SIDES, to=st.sampled_from(["low", "normal", "critical"]))
    def changes_the_card(self, number, side, to):
        key = self.key(number)
        self.does("priority", self.either(side, key), key, to)

    @rule(number=NUMBERS, side=SIDES)
    def nudges(self, number, side):
        key = self.key(number)
        self.does("nudge", self.either(side, key), key)

    @precondition(lambda self: any(self.rated()))
    @rule(number=NUMBERS, score=st.integers(1, 5))
    def rates(self, number, score):
        rated = list(self.rated())
        row = rated[number % len(rated)]
        verb, said = ("rate", score) if row.direction == GIVEN else ("answer_rating", self.name("answer"))
        self.does(verb, row.side, row.key, said)

    def rated(self):
        """Where somebody may have something to say of the work."""
        for company in self.model.companies:
            for row in company.rows.values():
                if row.state in DELIVERED and (row.direction == GIVEN or row.score):
                    yield row

    @rule(side=SIDES, state=st.sampled_from([LinkState.PAUSED, LinkState.ACTIVE, LinkState.ACTIVE, LinkState.ENDING]))
    def moves_the_link(self, side, state):
        self.does("relink", side, state)

    @precondition(lambda self: len(self.model.heard) > 6)
    @rule(side=SIDES)
    def ends_the_link(self, side):
        self.does("relink", side, LinkState.ENDED)

    @rule(side=SIDES, terms=st.sampled_from(TERMS), says=st.sampled_from(["ask", "ask", "yes", "no", "-"]))
    def speaks_of_terms(self, side, terms, says):
        """Asks for terms, answers what is asked, or asks no more; rather where there is something to answer."""
        ours = says == "-"
        asked = [one for one in (side, 1 - side) if self.model.companies[one].asked(ours=ours)]
        side = asked[0] if asked and says != "ask" else side
        if says == "ask":
            self.does("propose", side, terms)
        elif ours:
            self.does("withdraw_terms", side)
        else:
            self.does("answer_terms", side, says == "yes")

    @rule(side=SIDES, yes=st.booleans())
    def both_speak_of_terms_at_once(self, side, yes):
        """One asks and is heard; the other answers just when he asks no more, or asks for something else."""
        self.does("propose", side, 7)
        self.drains()
        self.does("answer_terms", 1 - side, yes)
        self.does("withdraw_terms", side) if yes else self.does("propose", side, 8)
