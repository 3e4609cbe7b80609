"""What no person types but anybody can send: it is refused or not there, and never breaks a page."""

from urllib.parse import quote, urlencode

import pytest

from tests.tickets.conftest import Page, opened
from tickets.models import Comment, Ticket

HUGE = "9" * 20


@pytest.mark.parametrize("number", [HUGE, "2147483648", "0", "9" * 5000])
@pytest.mark.parametrize("rest", ["", "timeline/?after=018f0000-0000-7000-8000-000000000000", "hand-over/"])
def test_a_number_that_no_ticket_has_is_not_found(agent, number, rest):
    assert agent.get(f"{number}/{rest}").status_code == 404
    assert agent.get(f"{number}/files/018f0000-0000-7000-8000-000000000000/x.pdf").status_code == 404
    assert agent.post(f"{number}/comments/", {"audience": "internal", "body": "?"}).status_code == 404


def test_a_null_character_is_a_mistake_in_the_text(desk, agent):
    ticket = opened(desk)
    said = {"audience": "internal", "body": "а\0б"}
    for htmx in (False, True):
        answer = agent.post(f"{ticket.number}/comments/", said, htmx=htmx)
        assert answer.status_code == 422 and "Null characters" in answer.content.decode()
    form = agent.post("new/", {"subject": "а\0б", "priority": "normal"})
    assert form.status_code == 422 and "Null characters" in form.content.decode()
    assert agent.post("new/", {"subject": "а\0б", "instead": str(ticket.number)}, htmx=True).status_code == 422
    for verb in ("resolve", "close"):
        assert agent.post(f"{ticket.number}/{verb}/", {"note": "а\0б"}, htmx=True).status_code == 422
    with desk.scope():
        assert Ticket.objects.get().status.category == "new" and not Comment.objects.exists()


@pytest.mark.parametrize(
    "asked",
    [
        "partner=%00",
        "q=%00",
        "status=%00",
        "client=x&assignee=%00&priority=%00",
        f"sort=newest&after=us~{HUGE}~018f0000-0000-7000-8000-000000000000",
        f"sort=newest&after=us~-{HUGE}~018f0000-0000-7000-8000-000000000000",
        "queue=all&sort=due&after=us~0001-01-01T00:00:00+14:00~018f0000-0000-7000-8000-000000000000",
        "queue=all&sort=due&after=us~2026-01-01T00:00:00%2B23:59~018f0000-0000-7000-8000-000000000000",
        "queue=all&sort=due&after=us~9999-12-31T23:59:59-23:59~018f0000-0000-7000-8000-000000000000",
        "queue=%F0%28%8C%28&q=%ED%A0%80",
        f"q={HUGE}{HUGE}",
    ],
)
def test_a_spoilt_address_of_the_list_is_still_a_list(desk, agent, asked):
    opened(desk)
    assert agent.get(f"?{asked}").status_code == 200


@pytest.mark.parametrize("seen", ["2024-99-99T00:00:00Z", "2024-01-01T00:00:00", "x", "", "0001-01-01T00:00:00+14:00"])
def test_a_spoilt_moment_of_the_page_is_none(desk, agent, seen):
    ticket = opened(desk)
    nothing = "018f0000-0000-7000-8000-000000000000"
    assert agent.get(f"{ticket.number}/timeline/?after={nothing}&seen={quote(seen)}").status_code == 200


@pytest.mark.parametrize(
    "due", ["0001-01-01T00:00", "9999-12-31T23:59", "1999-12-31T23:59", "9999-12-31T23:59:59-23:59"]
)
def test_a_deadline_of_another_age_is_refused(desk, agent, due):
    """In the zone of the partner who gets the ticket such a moment may not exist, and his list would not open."""
    ticket = opened(desk)
    assert agent.post(f"{ticket.number}/due/", {"due_at": due}, htmx=True).status_code == 422
    assert agent.post("new/", {"subject": "x", "priority": "normal", "due_at": due}).status_code == 422
    with desk.scope():
        assert Ticket.objects.get().due_at is None


def test_a_null_among_letters_calls_nobody(desk, agent):
    assert agent.get(f"{opened(desk).number}/people/", data={"q": "М\0"}).status_code == 200


@pytest.mark.parametrize("at", ["2026-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-99-01T00:00:00Z"])
def test_a_moment_that_no_clock_shows_makes_nothing_unread(desk, at):
    browser = Page(desk, "agent").browser
    answer = browser.post(f"/a/{desk.slug}/notifications/unread/?{urlencode({'at': at})}")
    assert answer.status_code in (302, 404)


@pytest.mark.parametrize("came", ["http://[x", "http://testserver{path}?" + "&" * 1500])
def test_a_spoilt_word_of_where_one_comes_from_undoes_nothing(desk, agent, came):
    path = f"{agent.root}{opened(desk).number}/"
    answer = agent.browser.post(f"{path}priority/", {"to": "high"}, headers={"Referer": came.format(path=path)})
    assert (answer.status_code, answer["Location"]) == (302, path)


def test_a_deadline_in_a_zone_that_no_clock_shows_is_the_moment_it_names(desk, agent):
    ticket = opened(desk)
    assert agent.post(f"{ticket.number}/due/", {"due_at": "2099-01-01T00:00:00+23:59"}, htmx=True).status_code == 204
    with desk.scope():
        assert Ticket.objects.get().due_at.isoformat() == "2098-12-31T00:01:00+00:00"
