"""The same done to many tickets: to all of them, or to none."""

import pytest

from tenants.scoping import new_id
from tickets import lifecycle
from tickets.models import Status, Ticket

from .conftest import opened


@pytest.fixture
def three(desk):
    return [opened(desk, f"Касса {n}") for n in range(3)]


def facts(desk, name):
    with desk.scope():
        return list(Ticket.objects.order_by("number").values_list(name, flat=True))


def ids(tickets):
    return [str(ticket.pk) for ticket in tickets]


def test_what_is_ticked_changes_at_once(desk, agent, three):
    with desk.scope():
        closed = Status.objects.get(category="closed")

    answer = agent.post(
        "bulk/", {"ids": ids(three[:2]), "assign": str(desk.engineer.pk), "next": "/a/meridian/tickets/"}
    )
    agent.post("bulk/", {"ids": ids(three[1:]), "priority": "high"})
    agent.post("bulk/", {"ids": ids(three), "tag": "осмотр"})
    agent.post("bulk/", {"ids": ids(three[:1]), "status": str(closed.pk)})
    agent.post("bulk/", {"ids": ids(three[:1]), "assign": "none"})

    assert answer["Location"] == "/a/meridian/tickets/"
    assert facts(desk, "assignee") == [None, desk.engineer.pk, None]
    assert facts(desk, "priority") == ["normal", "high", "high"]
    assert facts(desk, "tags__name") == ["осмотр"] * 3
    assert facts(desk, "status__category") == ["closed", "new", "new"]


@pytest.mark.parametrize(
    "spoil, sentence",
    [
        (lambda chosen: [*chosen, str(new_id())], "not there any more"),
        (lambda chosen: [*chosen, "junk"], "not there any more"),
        (lambda chosen: [], "Select tickets first."),
        (lambda chosen: [str(new_id()) for _n in range(101)], "At most 100"),
    ],
)
def test_a_selection_with_one_wrong_ticket_changes_none(desk, agent, three, spoil, sentence):
    answer = agent.post("bulk/", {"ids": spoil(ids(three)), "priority": "high"}, htmx=True)

    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert facts(desk, "priority") == ["normal"] * 3


def test_a_stranger_s_ticket_is_as_good_as_none(desk, agent, three, stranger):
    with stranger.scope():
        theirs = lifecycle.open_ticket("Чужая", by=stranger.owner)

    answer = agent.post("bulk/", {"ids": [*ids(three), str(theirs.pk)], "priority": "high"}, htmx=True)

    assert answer.status_code == 422 and facts(desk, "priority") == ["normal"] * 3


def test_who_may_not_change_gets_neither_boxes_nor_the_bar(desk, as_role, three):
    observer, engineer = as_role("observer"), as_role("engineer")

    refused = [one.post("bulk/", {"ids": ids(three), "priority": "high"}, htmx=True) for one in (observer, engineer)]

    assert [answer.status_code for answer in refused] == [422, 422] and facts(desk, "priority") == ["normal"] * 3
    assert 'id="bulk"' not in observer.get("?queue=all").content.decode()


def test_a_deed_that_is_none_says_so(desk, agent, three):
    answer = agent.post("bulk/", {"ids": ids(three), "status": str(new_id())}, htmx=True)
    nothing = agent.post("bulk/", {"ids": ids(three)}, htmx=True)

    assert [one.status_code for one in (answer, nothing)] == [422, 422]
