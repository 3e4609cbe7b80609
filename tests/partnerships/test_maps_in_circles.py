"""Maps that answer one another come to rest: random maps, on a model of two and three companies and on real ones."""

from collections import deque
from types import SimpleNamespace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partnerships import delivery, sharing
from partnerships.maps import EVENTS, Map, Rule
from partnerships.models import InboxLetter, Lane, Letter, MapRow
from partnerships.vocabulary import Side
from tenants.models import Activity
from tenants.vocabulary import Refused
from tests import world
from tests.partnerships.conftest import hand, row
from tests.rewind import staged
from tests.walls.cast import undone
from tickets import lifecycle
from tickets.models import Status
from tickets.vocabulary import Category

WORDS = range(4)  # statuses of each company in the model; its partners read them as words
DOES = st.sampled_from(["leave", "ask", *WORDS])


class Model:
    """Companies in a row, a ticket each; what one says, its neighbours hear by letters that know who caused them."""

    def __init__(self, maps):
        """`maps`: of each link, the giver's and the taker's."""
        self.maps, self.statuses = maps, [0] * (len(maps) + 1)
        self.letters, self.moved = deque(), []

    def move(self, at, status, *, by=None):
        """A company's ticket moves, and both neighbours are told; whoever caused it is only informed."""
        if self.statuses[at] != status:
            self.statuses[at] = status
            around = [place for place in (at - 1, at + 1) if 0 <= place < len(self.statuses)]
            self.letters.extend((at, place, f"слово {status}", place == by) for place in around)

    def drain(self):
        """Read letters until none is left; how many there were."""
        read = 0
        while self.letters:
            sender, place, word, caused = self.letters.popleft()
            read += 1
            assert read < 100, "the letters never end"
            link, side = (place, Side.GIVER) if sender > place else (sender, Side.TAKER)
            rule = None if caused else self.maps[link][side].answer(side, word=word, category="open")
            if rule and rule.action == "set":
                self.moved.append((sender, place))
                self.move(place, rule.status, by=sender)
        return read


def modelled(answers, side):
    """A map of words and of the one category of the model."""
    keys = [("word", f"слово {n}") for n in WORDS] + [("category", "open")]
    return Map(
        Rule(side, sort, value, "set" if does in WORDS else does, does if does in WORDS else None)
        for (sort, value), does in zip(keys, answers, strict=True)
    )


ANSWERS = st.lists(DOES, min_size=5, max_size=5)
LINKS = st.lists(st.tuples(ANSWERS, ANSWERS), min_size=1, max_size=2)


@given(LINKS, st.lists(st.tuples(st.integers(0, 2), st.sampled_from(WORDS)), min_size=1, max_size=4))
@settings(max_examples=300, deadline=None, database=None)
def test_on_the_model_letters_spread_away_from_who_moved_and_end(links, moves):
    model = Model(
        [{Side.GIVER: modelled(up, Side.GIVER), Side.TAKER: modelled(down, Side.TAKER)} for up, down in links]
    )
    for at, status in moves:
        model.moved.clear()
        model.move(min(at, len(links)), status)

        assert model.drain() <= 2 * len(links)
        assert len({place for _sender, place in model.moved}) == len(model.moved), "a ticket moved twice for one move"


@staged
def three(chain_of_four):
    """A ticket that went from the retail chain through the service company to its subcontractor, and is delivered."""
    w = chain_of_four
    with w.retail.scope():
        ticket = lifecycle.open_ticket("Касса", by=w.retail.owner)
    above = hand(w.retail, w.service, ticket, see_below="named")
    delivery.drain()
    with w.service.scope():
        sharing.accept(row(w.service, key=above.key), by=w.service.owner)
    delivery.drain()
    below = hand(w.service, w.sub, row(w.service, key=above.key).ticket)
    delivery.drain()
    with w.sub.scope():
        sharing.accept(row(w.sub, key=below.key), by=w.sub.owner)
    delivery.drain()
    return SimpleNamespace(w=w, above=above.key, below=below.key, number=ticket.number)


GLYPHS = ("new", "open", "review", "returned", "client", "partner", "solved", "closed")
SIDES = (("retail", "service", Side.GIVER), ("service", "retail", Side.TAKER))
SIDES += (("service", "sub", Side.GIVER), ("sub", "service", Side.TAKER))
VERBS = ("status", "status", "status", "deliver", "approve", "send_back", "withdraw", "give_back", "reopen")


@st.composite
def real_maps(draw):
    """For each side of both links: what every event, category and some words do."""
    answer = st.sampled_from(["leave", "ask", *GLYPHS])
    keys = {
        side: [*(("handover_state", event) for event in EVENTS[side]), *(("their_category", one) for one in Category)]
        for side in Side
    }
    return [draw(st.lists(answer, min_size=len(keys[side]), max_size=len(keys[side]))) for *_who, side in SIDES]


def lay(three, answers):
    """Write the drawn maps over the usual ones."""
    for (company, other, side), drawn in zip(SIDES, answers, strict=True):
        company, other = getattr(three.w, company), getattr(three.w, other)
        columns = [("handover_state", event) for event in EVENTS[side]] + [("their_category", one) for one in Category]
        with company.scope():
            ours = world.partner(company, other)
            ours.map_rows.all().delete()
            by_glyph = {status.glyph: status for status in Status.objects.all()}
            MapRow.objects.bulk_create(
                MapRow(
                    partnership=ours,
                    side=side,
                    action=("return" if value == "reopened" else "set") if does in by_glyph else does,
                    status=None if value == "reopened" else by_glyph.get(does),
                    **{column: value},
                )
                for (column, value), does in zip(columns, drawn, strict=True)
            )


def act(three, who, verb, glyph):
    """One person does one thing, if the rules let him."""
    company = getattr(three.w, who)
    key = (
        three.below
        if who == "sub" or (verb in ("approve", "send_back", "withdraw") and who == "service")
        else three.above
    )
    with company.scope():
        handover = row(company, key=key)
        try:
            if verb == "status":
                lifecycle.set_status(handover.ticket, to=Status.objects.get(glyph=glyph), by=company.owner)
            elif verb == "reopen":
                lifecycle.reopen(handover.ticket, by=company.owner)
            else:
                words = {} if verb in ("deliver", "approve") else {"reason": "причина"}
                getattr(sharing, verb)(handover, by=company.owner, **words)
        except Refused:
            return


def counted(three):
    """Over the three companies: letters written, letters read, and moves of tickets that letters made."""
    written = read = moved = 0
    for company in (three.w.retail, three.w.service, three.w.sub):
        with company.scope():
            written += Letter.objects.count()
            read += InboxLetter.objects.filter(stage="applied").count()
            assert InboxLetter.objects.filter(stage="set_aside").count() == 0
            moves = Activity.objects.filter(kind__in=["status_changed", "reopened", "resolved", "closed"])
            moved += moves.filter(actor_kind="partner").count()
    return written, read, moved


@given(
    real_maps(),
    st.lists(
        st.tuples(st.sampled_from(["retail", "service", "sub"]), st.sampled_from(VERBS), st.sampled_from(GLYPHS)),
        min_size=1,
        max_size=3,
    ),
)
@settings(max_examples=8, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_real_letters_of_random_maps_come_to_rest(three, answers, deeds):
    with undone():
        lay(three, answers)
        for deed in deeds:
            written, read, moved = counted(three)
            act(three, *deed)

            assert delivery.drain(rounds=60), "the letters never end"
            after = counted(three)
            assert after[2] - moved <= after[1] - read, "a letter moved a ticket more than once"
            assert after[0] - written <= 24
            assert Lane.objects.filter(stuck=True).count() == 0
