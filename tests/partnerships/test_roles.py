"""Who may press what: roles by routes. A stranger and the partner find nothing under our addresses."""

import pytest

from partnerships import delivery, sharing
from tests.partnerships.conftest import in_state, into_state, text_of
from tests.rewind import staged

DESK = {"owner", "admin", "dispatcher", "agent"}
ROLES = ("owner", "admin", "dispatcher", "agent", "engineer", "observer")
# route → (the state it needs, what is sent, the state it leads to)
TAKER = {
    "accept": ("offered", {}, "accepted"),
    "decline": ("offered", {"reason": "не наш район"}, "declined"),
    "done": ("accepted", {"report": "заменили ФН"}, "done"),
    "give-back": ("accepted", {"reason": "нет запчасти"}, "given_back"),
}
GIVER = {
    "withdraw": ("accepted", {"reason": "сделаем сами"}, "withdrawn"),
    "approve": ("done", {"score": "5"}, "approved"),
    "return": ("done", {"reason": "не печатает"}, "returned"),
}


@staged
def swapped(w):
    """The service company as the giver, so that each of its six roles can try the giver's verbs too."""
    from types import SimpleNamespace

    from tests.partnerships.conftest import hand, row
    from tickets import lifecycle

    with w.service.scope():
        ticket = lifecycle.open_ticket("Наша заявка", by=w.service.dispatcher)
    given = hand(w.service, w.sub, ticket)
    delivery.drain()
    return SimpleNamespace(
        giver=w.service,
        taker=w.sub,
        given=lambda: row(w.service, pk=given.pk),
        taken=lambda: row(w.sub, key=given.key),
        number=ticket.number,
    )


@staged
def given_away(swapped, state):
    """The same in the state that the test has as its parameter."""
    into_state(swapped, state)
    return swapped


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route, state", [(route, TAKER[route][0]) for route in TAKER])
def test_the_takers_verbs_by_role(moved, enter, route, role, state):
    _state, data, result = TAKER[route]
    answer = enter(moved.taker, role).post(f"handovers/{moved.taken().pk}/{route}/", data)
    check(answer, role, moved.taken().state, state, result)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route, state", [(route, GIVER[route][0]) for route in GIVER])
def test_the_givers_verbs_by_role(given_away, enter, route, role, state):
    swapped, (_state, data, result) = given_away, GIVER[route]
    answer = enter(swapped.giver, role).post(f"handovers/{swapped.given().pk}/{route}/", data)
    check(answer, role, swapped.given().state, state, result)


def check(answer, role, now, before, after):
    """Done and back to the ticket, a sentence, or nothing there at all: an engineer sees his own tickets only."""
    if role in DESK:
        assert answer.status_code == 302 and now == after
    else:
        assert answer.status_code == (404 if role == "engineer" else 302)
        assert now == before


@pytest.mark.parametrize("role", ROLES)
@in_state("done")
def test_the_card_shows_buttons_only_to_those_who_may(given_away, enter, role):
    page = enter(given_away.giver, role).get(f"tickets/{given_away.number}/")
    if role == "engineer":
        assert page.status_code == 404
        return
    shown = page.content.decode()
    assert ("/approve/" in shown) == ("/return/" in shown) == ("hand-over/" in shown) == (role in DESK)


@pytest.mark.parametrize("role", ROLES)
@in_state("accepted")
def test_the_dialog_by_role(moved, enter, role):
    answer = enter(moved.taker, role).get(f"tickets/{moved.taken().ticket.number}/hand-over/")
    assert answer.status_code == (200 if role in DESK else 404 if role == "engineer" else 302)


ROUTES = ["accept", "decline", "withdraw", "done", "give-back", "approve", "return", "rate", "rating-answer", "nudge"]


@pytest.mark.parametrize("route", ROUTES)
def test_strangers_and_the_partner_find_nothing(pair, enter, w, route):
    """Another account's hand-over answers like one that was never there, also to the partner himself."""
    before = pair.given().state, pair.taken().state
    for company, other in ((w.stranger, pair.taken()), (w.retail, pair.taken()), (w.service, pair.given())):
        answer = enter(company, "owner").post(
            f"handovers/{other.pk}/{route}/", {"reason": "x", "score": 5, "text": "x"}
        )
        never = enter(company, "owner").post(f"handovers/{w.retail.account.pk}/{route}/", {"reason": "x"})
        assert answer.status_code == never.status_code == 404
        assert text_of(answer) == text_of(never)
    assert (pair.given().state, pair.taken().state) == before


def test_a_fragment_gets_news_or_a_toast(pair, enter):
    desk, taken = enter(pair.taker), pair.taken()
    here = {
        "HX-Request": "true",
        "HX-Current-URL": f"http://testserver{desk.url(f'tickets/{taken.ticket.number}/')}",
    }
    answer = desk.post(f"handovers/{taken.pk}/accept/", **here)
    assert answer.status_code == 204 and "ticket-news" in answer["HX-Trigger"]
    refused = desk.post(f"handovers/{taken.pk}/accept/", **here)
    assert refused.status_code == 422 and refused["HX-Retarget"] == "#toasts"
    delivery.drain()
    elsewhere = desk.post(f"handovers/{taken.pk}/done/", {"report": "готово"}, **{"HX-Request": "true"})
    assert elsewhere["HX-Refresh"] == "true"


def test_a_reason_comes_back_when_the_moment_has_passed(pair, enter):
    desk = enter(pair.taker)
    empty = desk.post(f"handovers/{pair.taken().pk}/decline/", {"reason": ""})
    assert empty.status_code == 422
    into_state(pair, "withdrawn")
    late = desk.post(f"handovers/{pair.taken().pk}/decline/", {"reason": "далеко ехать"})
    assert late.status_code == 422 and "далеко ехать" in late.content.decode()


def test_a_report_with_files_reaches_the_giver(pair, enter):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tickets.models import Attachment, Comment

    into_state(pair, "accepted")
    act = SimpleUploadedFile("акт.txt", "подписан".encode())
    desk = enter(pair.taker)
    assert desk.post(f"handovers/{pair.taken().pk}/done/", {"report": "заменили", "files": act}).status_code == 302
    delivery.drain()
    with pair.giver.scope():
        assert Comment.objects.get().body == "заменили"
        assert Attachment.objects.get().name == "акт.txt"
    assert pair.given().report == "заменили"


@in_state("done")
def test_bad_stars_leave_the_work_unaccepted(given_away, enter):
    swapped = given_away
    enter(swapped.giver).post(f"handovers/{swapped.given().pk}/approve/", {"score": "9"})
    assert swapped.given().state == "done"
    enter(swapped.giver).post(f"handovers/{swapped.given().pk}/approve/", {"score": "4"})
    assert (swapped.given().state, swapped.given().score) == ("approved", 4)


def test_an_unconfirmed_answer_says_so_and_offers_nothing_more(pair, enter):
    with pair.taker.scope():
        sharing.accept(pair.taken(), by=pair.taker.dispatcher)
    page = enter(pair.taker).get(f"tickets/{pair.taken().ticket.number}/")
    assert "waiting for confirmation" in text_of(page)
    assert "/done/" not in page.content.decode()
    delivery.drain()
    page = enter(pair.taker).get(f"tickets/{pair.taken().ticket.number}/")
    assert "waiting for confirmation" not in text_of(page) and "/done/" in page.content.decode()


@in_state("approved")
def test_the_rating_and_its_answer_go_round_through_the_pages(given_away, enter):
    swapped = given_away
    giver, taker = enter(swapped.giver), enter(swapped.taker)
    assert giver.post(f"handovers/{swapped.given().pk}/rate/", {"text": "без звёзд"}).status_code == 422
    assert giver.post(f"handovers/{swapped.given().pk}/rate/", {"score": 3, "text": "долго"}).status_code == 302
    delivery.drain()
    page = taker.get(f"tickets/{swapped.taken().ticket.number}/")
    assert "долго" in text_of(page) and "/rating-answer/" in page.content.decode()
    assert taker.post(f"handovers/{swapped.taken().pk}/rating-answer/", {"text": "пробки"}).status_code == 302
    delivery.drain()
    assert "пробки" in text_of(giver.get(f"tickets/{swapped.number}/"))
