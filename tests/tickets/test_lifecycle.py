"""A ticket moves, ends and comes back; each move is one line of the ledger."""

from datetime import timedelta

import pytest

from tenants import clock
from tenants.models import Activity
from tenants.vocabulary import Refused
from tickets import lifecycle
from tickets.models import Status, Ticket
from tickets.vocabulary import Category

from .conftest import opened


def start(desk, **facts):
    return lifecycle.open_ticket("Касса", by=desk.agent, client=desk.client, **facts)


def kinds():
    lines = Activity.objects.exclude(ticket_id=None).exclude(kind="turned")
    return list(lines.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize("spoilt", [{"subject": "а\0б"}, {"subject": "Касса", "description": "а\0б"}])
def test_what_the_database_cannot_keep_is_refused_before_it(inside, spoilt):
    with pytest.raises(Refused):
        lifecycle.open_ticket(by=inside.agent, **spoilt)
    assert not Ticket.objects.exists()


def test_numbers_go_up_and_the_ticket_starts_new_on_our_turn(inside):
    first, second = start(inside), start(inside)
    assert (first.number, second.number) == (1, 2)
    assert first.status.category == Category.NEW
    first.refresh_from_db()
    assert first.turn == "us" and kinds() == ["opened", "opened"]


def test_resolving_reopening_and_closing_go_one_way_each(inside):
    ticket = start(inside)
    ticket = lifecycle.resolve(ticket, by=inside.agent, note="Готово")
    with pytest.raises(Refused):
        lifecycle.resolve(ticket, by=inside.agent)
    ticket.refresh_from_db()
    assert ticket.finished_at and ticket.turn == "nobody"
    lifecycle.close(ticket, by=inside.agent)
    with pytest.raises(Refused):
        lifecycle.close(ticket, by=inside.agent)
    ticket = lifecycle.reopen(ticket, by=inside.agent)
    with pytest.raises(Refused):
        lifecycle.reopen(ticket, by=inside.agent)
    ticket.refresh_from_db()
    assert ticket.finished_at is None and ticket.turn == "us"
    assert kinds() == ["opened", "resolved", "closed", "reopened"]


def test_the_same_status_twice_is_one_line(inside):
    ticket, waiting = start(inside), Status.objects.get(glyph="client")
    lifecycle.set_status(ticket, to=waiting, by=inside.agent)
    lifecycle.set_status(ticket, to=waiting, by=inside.agent)
    ticket.refresh_from_db()
    assert ticket.turn == "client" and kinds() == ["opened", "status_changed"]


def test_assigning_prioritising_and_dating_are_told_once(inside):
    ticket, due = start(inside), clock.now() + timedelta(hours=4)
    for _twice in range(2):
        lifecycle.assign(ticket, to=inside.engineer, by=inside.agent)
        lifecycle.set_priority(ticket, to="critical", by=inside.agent)
        lifecycle.set_due(ticket, to=due, by=inside.agent)
    assert kinds() == ["opened", "assigned", "priority_changed", "due_changed"]
    row = Ticket.objects.get()
    assert (row.assignee_id, row.priority, row.due_at) == (inside.engineer.pk, "critical", due)


def test_an_observer_is_nobodys_assignee_and_a_foreign_priority_is_none(inside):
    ticket = start(inside)
    with pytest.raises(Refused):
        lifecycle.assign(ticket, to=inside.observer, by=inside.agent)
    with pytest.raises(Refused):
        lifecycle.set_priority(ticket, to="urgent", by=inside.agent)


def test_what_a_form_sends_wrong_changes_nothing(desk, agent, stranger):
    ticket = opened(desk)
    with stranger.scope():
        foreign = Status.objects.first()
    for path, value in (
        ("status", {"to": str(foreign.pk)}),
        ("status", {"to": "nonsense"}),
        ("status", {}),
        ("assign", {"to": str(stranger.owner.pk)}),
        ("assign", {"to": "nonsense"}),
        ("priority", {"to": "urgent"}),
        ("due", {"due_at": "soon"}),
    ):
        assert agent.post(f"{ticket.number}/{path}/", value, htmx=True).status_code == 422, (path, value)
    with desk.scope():
        assert kinds() == ["opened"]


@pytest.mark.parametrize("path", ["resolve", "close", "due", "assign"])
def test_a_form_moves_the_ticket_and_goes_back_to_it(desk, agent, path):
    ticket = opened(desk, assignee=desk.agent)
    plain = agent.post(f"{ticket.number}/{path}/")
    assert plain.status_code == 302 and plain["Location"].endswith(f"/tickets/{ticket.number}/")
    assert "ticket-news" in agent.post(f"{ticket.number}/priority/", {"to": "low"}, htmx=True)["HX-Trigger"]


def test_changes_come_only_by_post(desk, agent):
    ticket = opened(desk)
    for path in ("status", "assign", "priority", "due", "resolve", "reopen", "close", "comments", "files"):
        assert agent.get(f"{ticket.number}/{path}/").status_code == 405
