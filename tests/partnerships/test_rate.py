"""Stars, criteria and the last word on them; asking to hurry; and what the chain offers to whom."""

from datetime import timedelta

import pytest

from partnerships import delivery, parting, ratings, sharing
from tenants import clock
from tenants.vocabulary import Refused
from tests.partnerships.conftest import in_state, text_of
from tickets.models import Notification

CRITERIA = {"quality": 5, "talk": 2}


def rate(made, score=4, **more):
    with made.giver.scope():
        ratings.rate(made.given(), by=made.giver.dispatcher, score=score, **more)
    delivery.drain()


@in_state("approved")
def test_a_rating_may_be_changed_until_it_is_answered(moved, enter):
    rate(moved, 2, text="долго", criteria=CRITERIA)
    assert moved.taken().criteria == CRITERIA
    rate(moved, 5, text="разобрались")
    assert (moved.taken().score, moved.taken().criteria) == (5, {})

    desk, where = enter(moved.taker), f"handovers/{moved.taken().pk}/rating-answer/"
    assert desk.post(where, {"text": "спасибо"}).status_code == 302
    delivery.drain()
    again = desk.post(where, {"text": "ещё раз"})

    assert again.status_code == 422 and "is answered already" in text_of(again)
    with pytest.raises(Refused, match="The rating stands"):
        rate(moved, 1)
    assert (moved.given().score, moved.given().rating_answer) == (5, "спасибо")


@in_state("approved")
def test_a_rating_is_not_changed_when_the_work_may_not_be_sent_back_any_more(moved):
    rate(moved, 5)
    with clock.at(moved.given().ended_at + timedelta(days=15)), pytest.raises(Refused, match="The rating stands"):
        rate(moved, 1)


@in_state("approved")
def test_after_the_end_of_the_link_nobody_is_rated_and_nobody_answers(moved, enter):
    rate(moved, 4)
    page, answers = f"tickets/{moved.taken().ticket.number}/", f"{moved.taken().pk}/rating-answer/"
    before = enter(moved.taker).get(page).content.decode()
    with moved.taker.scope():
        parting.end(moved.taken().partnership, by=moved.taker.owner)
    delivery.drain()

    after = enter(moved.taker).get(page).content.decode()
    stars = {"score": 1, "text": "уже нет"}
    rated = enter(moved.giver).post(f"handovers/{moved.given().pk}/rate/", stars, **{"HX-Request": "true"})
    answered = enter(moved.taker).post(f"handovers/{moved.taken().pk}/rating-answer/", {"text": "спасибо"})

    assert [answers in drawn for drawn in (before, after)] == [True, False]
    assert [answer.status_code for answer in (rated, answered)] == [422, 422]
    assert all("the partner would not hear of it" in text_of(answer) for answer in (rated, answered))
    assert (moved.given().score, moved.taken().score, moved.taken().rating_answer) == (4, 4, "")


@in_state("done")
def test_a_criterion_has_a_known_name_and_one_to_five_stars(moved):
    for criteria in ({"charm": 5}, {"quality": 6}):
        with pytest.raises(Refused):
            rate(moved, 4, criteria=criteria)
    assert moved.given().score is None


@in_state("approved")
def test_ratings_stand_on_the_partners_page_for_whoever_sees_their_tickets(moved, enter):
    rate(moved, 4, text="быстро", criteria=CRITERIA)

    ours = text_of(enter(moved.giver).get(f"partners/{moved.given().partnership_id}/"))
    theirs = text_of(enter(moved.taker).get(f"partners/{moved.taken().partnership_id}/"))
    engineers = text_of(enter(moved.taker, "engineer").get(f"partners/{moved.taken().partnership_id}/"))

    for page in (ours, theirs):
        assert "быстро" in page and "quality of the work" in page
    assert "быстро" not in engineers


@in_state("accepted")
def test_the_giver_asks_to_hurry_with_a_word_once_an_hour(moved, enter):
    desk, where, page = enter(moved.giver), f"handovers/{moved.given().pk}/nudge/", f"tickets/{moved.number}/"
    assert "/nudge/" in desk.get(page).content.decode()

    assert desk.post(where, {"text": "клиент ждёт"}).status_code == 302
    delivery.drain()

    assert desk.post(where).status_code == 422
    shown = desk.get(page)
    assert "/nudge/" not in shown.content.decode() and "we asked to hurry" in text_of(shown)
    with moved.taker.scope():
        assert Notification.objects.filter(event="partner", read_at=None).exists()
    assert "we are asked to hurry" in text_of(enter(moved.taker).get(f"tickets/{moved.taken().ticket.number}/"))
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert "/nudge/" in desk.get(page).content.decode()


def buttons(desk, page):
    """The verbs that a page offers."""
    shown = desk.get(page).content.decode()
    routes = ("accept", "decline", "done", "give-back", "approve", "return", "withdraw", "nudge", "rate", "report-back")
    return {route for route in routes if f"/{route}/" in shown}


# What each side's dispatcher is offered on his page, state by state; nobody is offered what would be refused.
OFFERED = {
    "offered": ({"withdraw", "nudge"}, {"accept", "decline"}),
    "accepted": ({"withdraw", "nudge"}, {"done", "give-back"}),
    "done": ({"approve", "return"}, {"nudge"}),
    "approved": ({"return", "rate"}, set()),
    "returned": ({"withdraw", "nudge"}, {"done", "give-back"}),
    "given_back": (set(), set()),
    "declined": (set(), set()),
}


@pytest.mark.parametrize("state", OFFERED)
def test_the_chain_offers_what_the_state_allows(moved, enter, state):
    pages = (moved.giver, f"tickets/{moved.number}/"), (moved.taker, f"tickets/{moved.taken().ticket.number}/")

    for (company, page), verbs in zip(pages, OFFERED[state], strict=True):
        assert buttons(enter(company), page) == verbs
        assert buttons(enter(company, "observer"), page) == set() if "observer" in company.people else True


@in_state("approved")
def test_nothing_is_offered_when_the_time_to_send_back_is_over(moved, enter):
    with clock.at(moved.given().ended_at + timedelta(days=15)):
        assert buttons(enter(moved.giver), f"tickets/{moved.number}/") == {"rate"}


@in_state("returned")
def test_the_chain_says_how_long_each_held_the_ticket(moved, enter):
    with clock.at(clock.now() + timedelta(hours=3)):
        panels = enter(moved.giver).get(f"tickets/{moved.number}/").context["panels"]
    card = next(panel["context"] for panel in panels if "stations" in panel["context"])
    # Whoever held it for no whole second is told of no time.
    by_party = {one["party"]: one["held"] or timedelta(0) for one in card["stations"]}

    assert by_party["partner"] >= timedelta(hours=3) > by_party["us"]
    assert card["total"] == sum(filter(None, by_party.values()), timedelta(0))


@in_state("done")
def test_an_unconfirmed_delivery_offers_nothing_to_either(pair, moved, enter):
    with moved.giver.scope():
        sharing.send_back(moved.given(), by=moved.giver.dispatcher, reason="ещё раз")
    delivery.drain()
    with moved.taker.scope():
        sharing.deliver(moved.taken(), by=moved.taker.dispatcher, report="готово")

    page = f"tickets/{moved.taken().ticket.number}/"
    assert buttons(enter(moved.taker), page) == set()
    assert "waiting for confirmation" in text_of(enter(moved.taker).get(page))
