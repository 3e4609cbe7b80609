"""What stands over the thread: the way back and on, who watches, the menus, and the words of the ticket itself."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils.translation import override

from tenants import clock
from tenants.models import Activity, Membership, Team
from tenants.vocabulary import Refused
from tickets import board, lifecycle, watching
from tickets.models import Ticket, Watcher

from .conftest import opened


@pytest.fixture(autouse=True)
def in_english():
    """The sentences as they stand in the code."""
    with override("en"):
        yield


def links(page):
    return [unescape(url) for url in re.findall(r'class="subject" href="([^"]+)"', page.content.decode())]


def way(page):
    """Where the head leads: (back, position, previous, next)."""
    text = page.content.decode()
    head = text[text.index("ticket-way") : text.index('id="subject"')]
    one = lambda pattern: (re.search(pattern, head) or [None, None])[1]  # noqa: E731
    number = lambda url: url and int(re.search(r"/tickets/(\d+)/", url)[1])  # noqa: E731
    previous = number(one(r'href="([^"]+)" rel="prev"'))
    following = number(one(r'href="([^"]+)" rel="next"'))
    return one(r"<span>([^<]+)</span></a>"), one(r"nowrap\">([^<]+)<"), previous, following


@pytest.mark.parametrize("sort", ["due", "newest", "updated"])
def test_the_way_leads_through_the_whole_list_in_its_order(desk, agent, sort):
    now = clock.now()
    for n in range(6):
        due = None if n in (2, 4) else now + timedelta(hours=10 - n)
        ticket = opened(desk, f"№{n}", due_at=due)
        if n in (1, 5):
            with desk.scope():
                board.show(ticket, turn="partner")
    listed = links(agent.browser.get(f"{agent.root}?queue=all&sort={sort}"))
    numbers = [int(re.search(r"/tickets/(\d+)/", url)[1]) for url in listed]

    walked = [way(agent.browser.get(url)) for url in listed]

    assert [place[0] for place in walked] == ["All open"] * 6
    assert [place[1] for place in walked] == [f"{n} of 6" for n in range(1, 7)]
    assert [place[2] for place in walked] == [None, *numbers[:-1]]
    assert [place[3] for place in walked] == [*numbers[1:], None]


def test_a_ticket_that_left_the_list_still_leads_on(desk, agent):
    for n in range(3):
        opened(desk, f"№{n}", assignee=desk.agent)
    url = links(agent.get("?queue=mine&sort=newest"))[1]
    with desk.scope():
        lifecycle.close(Ticket.objects.get(number=2), by=desk.agent)

    place = way(agent.browser.get(url))

    assert place == ("My tickets", None, 3, 1)


def test_a_form_without_a_script_comes_back_to_the_same_place_in_the_list(desk, agent):
    opened(desk)
    url = links(agent.get("?queue=all"))[0]

    for route in ("watch", "priority"):
        answer = agent.post(f"1/{route}/", {"to": "high"}, HTTP_REFERER=f"http://testserver{url}")
        assert answer["Location"] == url
    elsewhere = f"https://elsewhere.example/?{url.partition('?')[2]}"
    answer = agent.post("1/priority/", {"to": "low"}, HTTP_REFERER=elsewhere)
    assert answer["Location"] == url.partition("?")[0]


@pytest.mark.parametrize(
    "told", ["", "queue=all&at=nonsense", "queue=%00&client=x&at=us~~", "a" * 3000, "q=МС-1&at=us~1~2"]
)
def test_a_spoilt_way_is_only_no_way(desk, agent, told):
    ticket = opened(desk)
    page = agent.get(f"{ticket.number}/", data={"from": told})
    assert page.status_code == 200 and way(page)[2:] == (None, None)


def test_an_engineer_is_led_only_past_his_own(desk, as_role):
    for n in range(4):
        opened(desk, f"№{n}", assignee=desk.engineer if n % 2 else None)
    engineer = as_role("engineer")
    url = links(engineer.get("?queue=all&sort=newest"))[0]

    assert way(engineer.browser.get(url)) == ("All open", "1 of 2", None, 2)


def test_the_head_asks_the_same_of_a_short_list_and_of_a_long_one(desk, agent, django_assert_max_num_queries):
    opened(desk)

    def queries():
        url = links(agent.get("?queue=all"))[0]
        with django_assert_max_num_queries(80) as captured:
            assert agent.browser.get(url).status_code == 200
        return len(captured)

    few = queries()
    for n in range(12):
        opened(desk, f"№{n}")
    assert queries() == few


def test_a_person_watches_and_lets_a_colleague_watch(desk, agent, as_role):
    ticket = opened(desk)
    assert 'aria-pressed="false"' in agent.get(f"{ticket.number}/").content.decode()

    fragment = agent.post(f"{ticket.number}/watch/", htmx=True).content.decode()
    agent.post(f"{ticket.number}/watch/", {"member": desk.dispatcher.pk}, htmx=True)
    assert 'aria-pressed="true"' in fragment and "Мария Титова" in fragment
    with desk.scope():
        assert [one.name for one in watching.watchers(ticket)] == ["Мария Титова", "Анна Ковалёва"]
        assert Activity.objects.get(kind="watched").sentence == "lets Анна Ковалёва watch the ticket"
    assert as_role("observer").post(f"{ticket.number}/watch/", htmx=True).status_code == 200
    as_role("observer").post(f"{ticket.number}/watch/", {"stop": 1, "member": desk.agent.pk}, htmx=True)
    agent.post(f"{ticket.number}/watch/", {"stop": 1}, htmx=True)
    with desk.scope():
        assert [one.name for one in watching.watchers(ticket)] == ["Анна Ковалёва", "Нина Раева"]
        assert Watcher.objects.count() == 2


def test_whoever_takes_a_ticket_sees_how_much_each_has(desk, agent, as_role):
    ticket = opened(desk)
    for n in range(3):
        opened(desk, f"№{n}", assignee=desk.engineer)
    with desk.scope():
        team = Team.objects.create(name="Кассы", line=1)

    page = agent.fragment(f"{ticket.number}/takers/").content.decode()
    pattern = r'data-name="([^"]+)".*?<small class="num"[^>]*>(?:<span[^>]*>[^<]*</span>)?(\d*)<'
    rows = re.findall(pattern, page, re.DOTALL)

    assert rows == [("Мария Титова", ""), ("Анна Ковалёва", ""), ("Игорь Седых", ""), ("Олег Юрьев", "3")]
    assert as_role("engineer").fragment(f"{ticket.number}/takers/").status_code == 404
    agent.post(f"{ticket.number}/assign/", {"to": desk.engineer.pk}, htmx=True)
    agent.post(f"{ticket.number}/team/", {"to": team.pk}, htmx=True)
    with desk.scope():
        kept = Ticket.objects.get(pk=ticket.pk)
        assert (kept.assignee_id, kept.team_id) == (desk.engineer.pk, team.pk)
        assert Activity.objects.get(kind="team_changed").sentence == "changed the team: Кассы"


def test_a_team_of_strangers_is_no_team(desk, agent, stranger):
    ticket = opened(desk)
    with stranger.scope():
        theirs = Team.objects.create(name="Чужие", line=1)
    assert agent.post(f"{ticket.number}/team/", {"to": theirs.pk}, htmx=True).status_code == 422


def test_what_is_asked_is_said_better_and_its_history_keeps_the_old_words(desk, agent, as_role):
    ticket = opened(desk, "Касса", description="не работает")

    answer = agent.post(f"{ticket.number}/reword/", {"subject": "Касса 3: ФН", "description": "0x15"}, htmx=True)

    assert answer.status_code == 204
    with desk.scope():
        kept = Ticket.objects.get(pk=ticket.pk)
        told = Activity.objects.filter(kind__in=("subject_changed", "description_changed")).order_by("pk")
        assert (kept.subject, kept.description) == ("Касса 3: ФН", "0x15")
        assert [row.details for row in told] == [{"before": "Касса", "after": "Касса 3: ФН"}, {"before": "не работает"}]
    page = agent.get(f"{ticket.number}/").content.decode()
    assert "не работает" in page[page.index("edited the description") :]
    empty = agent.post(f"{ticket.number}/reword/", {"subject": " ", "description": "другое"}, htmx=True)
    assert empty.status_code == 422 and "другое" in empty.content.decode()
    assert as_role("observer").post(f"{ticket.number}/reword/", {"subject": "х"}, htmx=True).status_code == 422
    with desk.scope():
        assert Ticket.objects.get(pk=ticket.pk).subject == "Касса 3: ФН"


def test_a_person_who_left_watches_nothing(inside):
    ticket = lifecycle.open_ticket("Касса", by=inside.agent, client=inside.client)
    watching.watch(ticket, member=inside.observer, by=inside.observer)
    Membership.objects.filter(pk=inside.observer.pk).update(active=False)
    inside.observer.refresh_from_db()

    assert watching.watchers(ticket) == []
    with pytest.raises(Refused):
        watching.watch(ticket, member=inside.observer, by=inside.agent)
