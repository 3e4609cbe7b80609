"""Nothing goes round in circles: letters per event are bounded, a drain ends, a cycle is refused."""

import itertools

import pytest

from partnerships import delivery, proposing, sharing
from partnerships.cards import Share
from partnerships.models import Letter
from tenants.models import Activity
from tenants.scoping import account_scope
from tenants.vocabulary import Refused
from tests import world
from tests.faults import invariants, story
from tickets import lifecycle, statuses
from tickets.models import Comment
from tickets.vocabulary import Category, Glyph


def count_letters():
    total = 0
    for account in invariants.accounts():
        with account_scope(account.pk):
            total += Letter.objects.count()
    return total


def count_events():
    """Lines of the ledger that a person wrote, and no letter or map."""
    total = 0
    for account in invariants.accounts():
        with account_scope(account.pk):
            total += Activity.objects.filter(actor_kind="member").count()
    return total


def cost(verb, links):
    """Letters that one verb makes until everything is quiet: two a link and event at most."""
    letters, events = count_letters(), count_events()
    verb()
    assert delivery.drain(rounds=60), "the letters never end"
    made, events = count_letters() - letters, count_events() - events
    assert made <= 2 * links * events, f"{made} letters for {events} events"
    return made


def hand_down(companies):
    story.shared(companies[0], companies[1])
    for giver, taker in itertools.pairwise(companies[1:]):
        with giver.scope():
            ticket = story.handover(giver, "taken").ticket
        story.shared(giver, taker, ticket=ticket)


def relay_everything(companies):
    for giver, taker in itertools.pairwise(companies):
        with giver.scope():
            proposing.change_terms(world.partner(giver, taker), by=giver.owner, relay_up="auto")


def test_in_a_chain_of_four_an_event_costs_two_letters_a_link_at_most(four):
    relay_everything(four)
    hand_down(four)
    alfa, _beta, gamma, delta = four

    spent = [
        cost(lambda: story.say(delta, "taken", "снизу вверх"), links=3),
        cost(lambda: story.say(alfa, "given", "сверху вниз"), links=3),
        cost(lambda: story.do(delta, "taken", sharing.deliver, report="готово"), links=3),
        cost(lambda: story.do(gamma, "given", sharing.approve), links=3),
    ]

    assert spent[0] == 3 and min(spent) >= 1
    for company in four[:3]:
        assert story.heard(company).count("снизу вверх") == 1
    assert story.heard(gamma) == ["снизу вверх", "готово"] and story.heard(delta) == ["снизу вверх", "готово"]
    assert list(invariants.both_sides_agree()) == []


def test_a_status_does_not_bounce_between_two_maps(pair):
    """Each side's map follows the other's status: without `caused` they would move each other for ever."""
    from partnerships.models import MapRow
    from partnerships.vocabulary import MapAction

    alfa, beta = pair
    story.shared(alfa, beta)
    for company, other, side in ((alfa, beta, "giver"), (beta, alfa, "taker")):
        with company.scope():
            for category, glyph in ((Category.WAITING, Glyph.CLIENT), (Category.OPEN, Glyph.RETURNED)):
                MapRow.objects.create(
                    partnership=world.partner(company, other),
                    side=side,
                    their_category=category,
                    action=MapAction.SET,
                    status=statuses.first(Category.OPEN if category == Category.WAITING else Category.WAITING, glyph),
                )

    def move():
        with alfa.scope():
            ticket = story.handover(alfa, "given").ticket
            lifecycle.set_status(ticket, to=statuses.first(Category.WAITING, Glyph.CLIENT), by=alfa.owner)

    assert 1 <= cost(move, links=1) <= 2


def test_in_a_triangle_of_links_nothing_is_said_twice(committed):
    alfa, beta, gamma = triangle = story.linked("alfa", "beta", "gamma")
    world.link(alfa, gamma)
    relay_everything(triangle)
    hand_down(triangle)
    with alfa.scope():
        ticket = story.handover(alfa, "given").ticket
        proposing.change_terms(world.partner(alfa, gamma), by=alfa.owner, relay_up="auto")
        second = sharing.offer(ticket, to=world.partner(alfa, gamma), by=alfa.owner, share=Share())
    assert delivery.drain()
    with gamma.scope():
        sharing.accept(story.handover(gamma, "taken", key=second.key), by=gamma.owner)
    assert delivery.drain()

    spoken = cost(lambda: story.say(gamma, "taken", "слышно всем", partnership__name="Beta"), links=3)

    assert spoken == 2
    assert story.heard(alfa) == story.heard(beta) == ["слышно всем"]
    with gamma.scope():
        assert Comment.objects.count() == 1
    assert invariants.everything() == []


def test_a_circle_is_refused_where_it_would_close(committed):
    alfa, _beta, gamma = triangle = story.linked("alfa", "beta", "gamma")
    world.link(gamma, alfa)
    hand_down(triangle)
    before = invariants.rows()

    with gamma.scope():
        ticket = story.handover(gamma, "taken").ticket
        with pytest.raises(Refused, match="Alfa"):
            sharing.offer(ticket, to=world.partner(gamma, alfa), by=gamma.owner, share=Share())

    assert invariants.rows() == before


def test_a_circle_that_a_lying_neighbour_closes_is_refused_by_the_receiver(committed, monkeypatch):
    """The sender's check is taken out, as a changed installation would: the receiver knows his own mark."""
    from partnerships import chain
    from partnerships.models import InboxLetter

    alfa, _beta, gamma = triangle = story.linked("alfa", "beta", "gamma")
    world.link(gamma, alfa)
    hand_down(triangle)
    monkeypatch.setattr(chain, "refuse_unless", lambda *args: None)
    with gamma.scope():
        ticket = story.handover(gamma, "taken").ticket
        sharing.offer(ticket, to=world.partner(gamma, alfa), by=gamma.owner, share=Share())
    assert delivery.drain()

    with alfa.scope():
        aside = InboxLetter.objects.get(stage="set_aside")
        assert (aside.kind, aside.reason) == ("handover.offered", "came_from_here")
        assert story.Handover.objects.filter(direction="taken").count() == 0
