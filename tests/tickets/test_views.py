"""Lists under a name: one's own and everybody's, counted in the side bar, and nobody else's."""

import pytest

from tenants.models import Activity
from tenants.vocabulary import Refused
from tickets import lifecycle, tagging, viewing
from tickets.models import View

from .conftest import opened


def side(page):
    return [(view["name"], view["count"]) for view in page.get().context["views"]]


def test_a_list_is_kept_with_all_that_narrows_it(desk, agent):
    ticket = opened(desk)
    opened(desk, "Другая", team=None)
    with desk.scope():
        word = tagging.tag(ticket, "ночь", by=desk.agent)

    agent.post("views/", {"name": " Ночные ", "queue": "all", "tag": str(word.pk), "sort": "newest"})
    agent.post("views/", {"name": "Слова", "queue": "all", "q": "касса"})

    with desk.scope():
        queries = {view.name: view.query for view in View.objects.all()}
    assert queries == {
        "Ночные": {"queue": "all", "sort": "newest", "tag": str(word.pk)},
        "Слова": {"queue": "all", "q": "касса", "sort": "updated"},
    }
    assert side(agent) == [("Ночные", 1), ("Слова", "")]


def test_one_s_own_views_are_nobody_else_s(desk, agent, as_role):
    agent.post("views/", {"name": "Моё", "queue": "mine"})
    with desk.scope():
        view = View.objects.get()

    other = as_role("dispatcher")
    answers = [other.get(f"views/{view.pk}/remove/").status_code, other.post(f"views/{view.pk}/rename/").status_code]

    assert side(other) == [] and answers == [404, 404]


def test_everybody_s_views_are_the_administrators_and_have_a_history(desk, agent, as_role):
    owner = as_role("owner")
    owner.post("views/", {"name": "Общий", "queue": "all", "shared": "1"})
    refused = agent.post("views/", {"name": "Общий", "queue": "all", "shared": "1"}, htmx=True)
    with desk.scope():
        view = View.objects.get()
        with pytest.raises(Refused, match="Only owners and administrators"):
            viewing.remove(view, by=desk.agent)
    owner.post(f"views/{view.pk}/rename/", {"name": "Наш общий"})
    seen = side(agent)
    owner.post(f"views/{view.pk}/remove/")

    assert refused.status_code == 422 and seen == [("Наш общий", 0)] and side(agent) == []
    with desk.scope():
        told = list(Activity.objects.filter(kind__startswith="view_").values_list("kind", flat=True))
    assert told == ["view_added", "view_renamed", "view_removed"]


def test_the_same_name_is_the_same_view_and_twenty_are_enough(desk, inside):
    for n in range(viewing.MOST):
        viewing.keep(f"Вид {n}", {"queue": "all"}, by=desk.agent)

    again = viewing.keep("вид 3", {"queue": "mine"}, by=desk.agent)

    assert again.query == {"queue": "mine"}
    with pytest.raises(Refused, match="20 views already"):
        viewing.keep("Ещё", {"queue": "all"}, by=desk.agent)
    with pytest.raises(Refused, match="Give the view a name"):
        viewing.keep("  ", {"queue": "all"}, by=desk.agent)


def test_views_are_counted_in_one_query_and_see_what_their_reader_sees(desk, inside, django_assert_num_queries):
    lifecycle.open_ticket("Касса молчит", by=desk.agent)
    for n in range(5):
        viewing.keep(f"Вид {n}", {"queue": "all", "assignee": "none"}, by=desk.owner, shared=True)
    kept = viewing.views_of(desk.engineer)

    with django_assert_num_queries(1):
        engineers = viewing.counted(desk.engineer, kept)
    agents = viewing.counted(desk.agent, kept)

    assert [count for _view, count in engineers] == [0] * 5
    assert [count for _view, count in agents] == [1] * 5
