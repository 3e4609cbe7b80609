"""The list: queues, filters, search, order, pages."""

import re
from datetime import timedelta

import pytest

from tenants import clock
from tickets import board, conversation, lifecycle, queue, search
from tickets.models import Ticket
from tickets.queue import Wanted

from .conftest import Page, opened


def subjects(answer):
    return re.findall(r'class="subject"[^>]*>([^<]*)<', answer.content.decode())


def put(desk, ticket, **columns):
    with desk.scope():
        board.show(ticket, **columns)


def test_each_queue_holds_its_own(desk, agent):
    now = clock.now()
    ours = opened(desk, "наш", due_at=now + timedelta(hours=2))
    opened(desk, "моя", assignee=desk.agent)
    late = opened(desk, "поздно", due_at=now + timedelta(hours=1))
    put(desk, late, due_at=now - timedelta(hours=1))
    away = opened(desk, "у партнёра")
    put(desk, away, turn="partner", turn_holder="Вектор", partner_label="Вектор", handover_state="accepted")
    asked = opened(desk, "у клиента")
    put(desk, asked, turn="client")
    ended = opened(desk, "конец")
    with desk.scope():
        lifecycle.resolve(ended, by=desk.agent)
    assert subjects(agent.get()) == ["поздно", "наш", "моя"]
    assert subjects(agent.get("?queue=mine")) == ["моя"]
    assert subjects(agent.get("?queue=overdue")) == ["поздно"]
    assert subjects(agent.get("?queue=partners")) == ["у партнёра"]
    assert subjects(agent.get("?queue=client")) == ["у клиента"]
    assert subjects(agent.get("?queue=finished")) == ["конец"]
    assert subjects(agent.get("?queue=all")) == ["поздно", "наш", "моя", "у партнёра", "у клиента"]
    assert "моя" not in subjects(agent.get("?queue=unassigned"))
    with desk.scope():
        counts = queue.counts(desk.agent)
    assert counts == {
        "our_turn": 3, "mine": 1, "unassigned": 4, "overdue": 1, "partners": 1, "client": 1, "all": 5,
    }  # fmt: skip
    assert ours.number == 1


@pytest.mark.parametrize("code", queue.QUEUES)
def test_an_empty_queue_says_so_and_shows_a_way_on(desk, agent, code):
    ticket = opened(desk)
    if code != "finished":
        with desk.scope():
            lifecycle.resolve(ticket, by=desk.agent)
    page = agent.get(f"?queue={code}").content.decode()
    assert 'class="blank"' in page and str(queue.QUEUES[code].blank) in page.replace("&#x27;", "'")
    assert "blank__ways" in page


def test_an_account_without_tickets_says_where_to_begin(desk, agent, as_role):
    page = agent.get().content.decode()
    assert "Open the first ticket" in page and "Link a company" not in page
    page = as_role("owner").get().content.decode()
    assert "Open the first ticket" in page and "Link a company" in page
    opened(desk)
    assert "Open the first ticket" not in agent.get().content.decode()


def test_a_group_says_how_many_there_are(desk, agent):
    for n in range(queue.PAGE + 1):
        opened(desk, f"Заявка {n}")
    page = agent.get("?queue=all").content.decode()
    assert f">{queue.PAGE + 1}</b>" in page


def test_filters_narrow_and_can_be_dropped(desk, agent):
    opened(desk, "важная", priority="critical", assignee=desk.agent)
    opened(desk, "ничья")
    assert subjects(agent.get("?queue=all&priority=critical")) == ["важная"]
    assert subjects(agent.get("?queue=all&assignee=none")) == ["ничья"]
    assert subjects(agent.get("?queue=all&assignee=me")) == ["важная"]
    assert subjects(agent.get(f"?queue=all&client={desk.client.pk}&assignee={desk.agent.pk}")) == ["важная"]
    page = agent.get("?queue=all&priority=critical").content.decode()
    assert 'aria-label="Remove the filter “Priority”"' in page
    narrow = agent.get("?queue=all&partner=Вектор").content.decode()
    assert "Nothing fits these filters" in narrow and "Show everything here" in narrow


def test_an_unknown_or_foreign_filter_value_shows_nothing_of_another_account(desk, agent, stranger):
    opened(desk, "наша")
    with stranger.scope():
        foreign = lifecycle.open_ticket("чужая", by=stranger.owner)
    for query in (
        f"?queue=all&status={foreign.status_id}",
        "?queue=all&client=nonsense",
        "?queue=all&priority=nonsense",
        "?queue=nonsense",
        "?queue=all&sort=password",
        "?queue=all&after=us~~",
        "?queue=all&after=us~2020-01-01~not-an-id",
        "?q=%00",
    ):
        answer = agent.get(query)
        assert answer.status_code == 200 and "чужая" not in answer.content.decode()


def test_a_ticket_is_found_by_number_ref_serial_and_words(desk, agent):
    with desk.scope():
        first = opened_inside(desk, "Касса не печатает чёрным", equipment=[desk.device])
        second = opened_inside(desk, "Трекер молчит")
        conversation.comment(second, "заменили предохранитель", by=desk.agent, audience="internal")
        lifecycle.resolve(second, by=desk.agent)
    for phrase in ("1", "МС-1", "мс-1", "MC-1", "mc 1", "№1", "0471938", "220-0471938", "печатать", "черный"):
        assert subjects(agent.get(f"?q={phrase}")) == ["Касса не печатает чёрным"], phrase
    for phrase in ("МС-2", "предохранители", "трекер"):
        assert subjects(agent.get(f"?q={phrase}")) == ["Трекер молчит"], phrase
    for phrase in ("XX-1", "внезапно", "(((", "' OR 1=1 --", "%", "____", "МС-99999999999"):
        assert subjects(agent.get("", data={"q": phrase})) == [], phrase
    assert first.number == 1


def opened_inside(desk, subject, **facts):
    return lifecycle.open_ticket(subject, by=desk.agent, client=desk.client, **facts)


def test_the_exact_number_stands_before_words(desk, agent):
    opened(desk, "Первая")
    opened(desk, "Ошибка 1 на экране")
    assert subjects(agent.get("?q=1")) == ["Первая", "Ошибка 1 на экране"]


def test_search_does_not_look_into_another_account(desk, agent, stranger):
    opened(desk, "канарейка-7431 наша")
    outsider = Page(stranger, "owner")
    assert subjects(outsider.get("?q=канарейка")) == [] and subjects(agent.get("?q=канарейка")) != []


def test_search_shows_an_engineer_only_his_own(desk, as_role):
    opened(desk, "Чужая касса")
    opened(desk, "Моя касса", assignee=desk.engineer)
    assert subjects(as_role("engineer").get("?q=касса")) == ["Моя касса"]
    assert subjects(as_role("engineer").get("?q=1")) == []


def test_a_folded_prefix_reads_alike_in_both_alphabets():
    assert search.folded("МС") == search.folded("MC") == search.folded("mc")


@pytest.mark.parametrize("sort", queue.SORTS)
@pytest.mark.parametrize("code", ["our_turn", "all"])
def test_pages_neither_repeat_nor_lose_a_row(inside, sort, code, monkeypatch):
    monkeypatch.setattr(queue, "PAGE", 4)
    now = clock.now()
    for n in range(11):
        due = now + timedelta(hours=n // 2) if n % 3 else None
        with clock.at(now - timedelta(minutes=n // 2)):
            ticket = lifecycle.open_ticket(f"№{n}", by=inside.agent, due_at=due)
        if code == "all":
            board.show(ticket, turn=("us", "partner", "client")[n % 3])
    seen, after = [], ""
    for _page in range(4):
        page = queue.page(inside.agent, Wanted(code, sort, after=after))
        seen += [row["ticket"].pk for row in page.rows]
        after = page.next
        if not after:
            break
    assert len(seen) == len(set(seen)) == 11
    turns = [Ticket.objects.get(pk=pk).turn for pk in seen]
    assert turns == sorted(turns, key=list(queue.GROUPS).index)


def test_the_page_of_a_list_links_to_the_next(desk, agent, monkeypatch):
    monkeypatch.setattr(queue, "PAGE", 2)
    for n in range(3):
        opened(desk, f"Заявка {n}")
    first = agent.get("?sort=newest")
    link = re.search(r'rel="next" href="([^"]+)"', first.content.decode())[1].replace("&amp;", "&")
    assert subjects(first) == ["Заявка 2", "Заявка 1"]
    assert subjects(agent.browser.get(link)) == ["Заявка 0"]


@pytest.mark.parametrize("query", ["", "?queue=all", "?q=касса"])
def test_the_list_takes_as_many_queries_with_one_row_as_with_thirty(desk, agent, query, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(40) as captured:
            assert agent.get(query).status_code == 200
        return len(captured)

    opened(desk, "касса", site=desk.site, assignee=desk.agent)
    one = queries()
    for n in range(29):
        opened(desk, f"касса {n}", site=desk.site, assignee=desk.agent)
    assert queries() == one


def test_counts_stop_counting_far_away(inside, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(queue, "FAR", 2)
    for n in range(4):
        lifecycle.open_ticket(f"№{n}", by=inside.agent)
    with django_assert_num_queries(1):
        counts = queue.counts(inside.agent)
    assert counts["all"] == "2+" and counts["mine"] == 0


def test_a_row_says_how_much_of_it_its_reader_has_not_seen(desk, agent, as_role):
    ticket = opened(desk, assignee=desk.agent)
    with desk.scope():
        for n in range(3):
            conversation.comment(ticket, f"Ещё {n}", by=desk.dispatcher, audience="internal")

    def new(page):
        return [row["new"] for group in page.get("?queue=all").context["groups"] for row in group["rows"]]

    before = new(agent), new(as_role("dispatcher"))
    agent.get(f"{ticket.number}/")

    assert before == ([3], [0]) and new(agent) == [0]
