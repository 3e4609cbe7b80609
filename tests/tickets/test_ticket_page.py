"""The ticket's page: what it shows, to whom, and how it learns of news."""

import re

import pytest

from tickets import conversation, lifecycle, timeline
from tickets.models import Ticket

from .conftest import Page, counterpart, opened


def test_the_page_shows_the_ticket_its_client_and_its_equipment(desk, agent):
    ticket = opened(desk, description="Ошибка 0x15", site=desk.site, contact=desk.contact, equipment=[desk.device])
    page = agent.get(f"{ticket.number}/").content.decode()
    for words in ("МС-1", "Касса не печатает", "0x15", "Лукошко", "Ольга Петренко", "Магазин 47", "220-0471938"):
        assert words in page


def test_the_way_back_to_a_page_asks_for_it_anew(desk, agent):
    ticket = opened(desk)

    pages = [agent.get(""), agent.get(f"{ticket.number}/"), agent.get("999/")]

    assert [page["Cache-Control"] for page in pages] == ["private, no-store"] * 3


def test_a_strangers_ticket_is_not_found(desk, agent, stranger):
    ticket = opened(desk)
    outsider = Page(stranger, "owner")
    assert outsider.get(f"{ticket.number}/").status_code == 404
    assert agent.get("999/").status_code == 404
    assert outsider.browser.get(f"/a/{desk.slug}/tickets/{ticket.number}/").status_code == 404


def test_an_engineer_sees_only_what_is_assigned_to_him(desk, as_role):
    mine, other = opened(desk, "Моя", assignee=desk.engineer), opened(desk, "Чужая")
    engineer = as_role("engineer")
    assert engineer.get(f"{mine.number}/").status_code == 200
    assert engineer.get(f"{other.number}/").status_code == 404
    listed = engineer.get("?queue=all").content.decode()
    assert "Моя" in listed and "Чужая" not in listed


def test_an_observer_gets_no_forms_on_the_sheet(desk, as_role):
    ticket = opened(desk)
    page = as_role("observer").get(f"{ticket.number}/").content.decode()
    sheet = page[page.index('<article class="sheet"') : page.index("</main>")]
    assert "data-composer" not in sheet
    assert "/status/" not in sheet and "/assign/" not in sheet and "/files/" not in sheet


def test_an_engineer_may_move_and_comment_but_not_assign(desk, as_role):
    ticket = opened(desk, assignee=desk.engineer)
    page = as_role("engineer").get(f"{ticket.number}/").content.decode()
    assert f"/{ticket.number}/status/" in page and "data-composer" in page
    assert f"/{ticket.number}/assign/" not in page and f"/{ticket.number}/priority/" not in page


def cursor_of(page):
    return re.search(r'id="cursor" name="after" value="([^"]+)"', page)[1]


def test_the_open_page_hears_of_a_new_comment_and_of_a_new_status(desk, agent):
    ticket = opened(desk)
    after = cursor_of(agent.get(f"{ticket.number}/").content.decode())
    assert agent.fragment(f"{ticket.number}/timeline/?after={after}").status_code == 204
    with desk.scope():
        conversation.comment(ticket, "Выезжаем", by=desk.dispatcher, audience="client")
        lifecycle.resolve(ticket, by=desk.dispatcher)
    news = agent.fragment(f"{ticket.number}/timeline/?after={after}")
    text = news.content.decode()
    assert news.status_code == 200
    assert "Выезжаем" in text and 'id="ticket-state"' in text and "Resolved" in text
    assert agent.fragment(f"{ticket.number}/timeline/?after={cursor_of(text)}").status_code == 204


def test_the_open_page_hears_that_a_comment_was_edited_or_removed(desk, agent):
    ticket = opened(desk)
    with desk.scope():
        said = conversation.comment(ticket, "Раньше", by=desk.agent, audience="client")
        gone = conversation.comment(ticket, "Лишнее", by=desk.agent, audience="client")
    after = cursor_of(agent.get(f"{ticket.number}/").content.decode())
    with desk.scope():
        conversation.edit(said, "Позже", by=desk.agent)
        conversation.remove(gone, by=desk.agent)
    text = agent.fragment(f"{ticket.number}/timeline/?after={after}").content.decode()
    assert f'id="comment-{said.pk}" hx-swap-oob="true"' in text and "Позже" in text
    assert f'id="comment-{gone.pk}" hx-swap-oob="true"' in text and "Лишнее" not in text


@pytest.mark.parametrize("after", ["", "nonsense", "0"])
def test_a_spoilt_cursor_is_not_found(desk, agent, after):
    ticket = opened(desk)
    assert agent.fragment(f"{ticket.number}/timeline/?after={after}").status_code == 404


def test_the_page_takes_as_many_queries_with_two_comments_as_with_forty(desk, agent, django_assert_max_num_queries):
    ticket = opened(desk)
    other = counterpart(desk, ticket)

    def talk(times):
        with desk.scope():
            for _turn in range(times):
                conversation.comment(ticket, "Ход", by=desk.agent, audience="partner", readers=[other])

    def queries():
        with django_assert_max_num_queries(60) as captured:
            assert agent.get(f"{ticket.number}/").status_code == 200
        return len(captured)

    talk(2)
    few = queries()
    talk(38)
    assert queries() == few


def test_a_moved_deadline_is_told_as_a_moment_and_not_as_a_code(desk, agent):
    ticket = opened(desk)
    agent.post(f"{ticket.number}/due/", {"due_at": "2030-05-06T10:20"})
    page = agent.get(f"{ticket.number}/").content.decode()
    assert "05/06/2030 10:20" in page and "2030-05-06T07:20" not in re.sub(r'(datetime|data-due)="[^"]+"', "", page)
    with desk.scope():
        assert Ticket.objects.get().due_at.isoformat() == "2030-05-06T07:20:00+00:00"


def test_a_long_thread_shows_its_end_and_the_way_to_the_whole(desk, agent, monkeypatch):
    monkeypatch.setattr(timeline, "LONG", 3)
    ticket = opened(desk, description="Начало")
    with desk.scope():
        for n in range(5):
            conversation.comment(ticket, f"Слово-{n}", by=desk.agent, audience="client")
    page = agent.get(f"{ticket.number}/").content.decode()
    assert re.findall(r"Слово-\d", page) == ["Слово-2", "Слово-3", "Слово-4"] and "?whole" in page
    whole = agent.get(f"{ticket.number}/?whole").content.decode()
    assert "Начало" in whole and len(re.findall(r"Слово-\d", whole)) == 5


def test_the_thread_begins_with_what_was_asked(desk, agent):
    ticket = opened(desk, description="Сначала **это**")
    with desk.scope():
        conversation.comment(ticket, "Потом ответ", by=desk.agent, audience="client")
    page = agent.get(f"{ticket.number}/").content.decode()
    assert page.index('class="day"') < page.index("Сначала <strong>это") < page.index("Потом ответ")
