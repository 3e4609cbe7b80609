"""A half-written comment is its author's own, on every device, and never lost to another window."""

import pytest

from tickets import conversation
from tickets.models import Draft

from .conftest import Page, opened

KEEP = {"segment": "client", "body": "Выезжаем в"}


def drafts(desk):
    with desk.scope():
        return [(row.segment, row.body) for row in Draft.objects.order_by("segment")]


def keep(page, ticket, **sent):
    return page.post(f"{ticket.number}/draft/", {**KEEP, **sent})


def test_a_draft_waits_on_every_device_of_its_author_and_of_nobody_else(desk, agent, as_role):
    ticket = opened(desk)
    assert keep(agent, ticket).status_code == 200
    mine = Page(desk, "agent").get(f"{ticket.number}/").content.decode()

    assert ">Выезжаем в</textarea>" in mine and 'value="client" data-key="client" data-n="2" checked' in mine
    assert "Выезжаем в" not in as_role("owner").get(f"{ticket.number}/").content.decode()


def test_going_on_replaces_and_emptying_ends_it(desk, agent):
    ticket = opened(desk)
    first = keep(agent, ticket).json()["version"]
    second = keep(agent, ticket, body="Выезжаем завтра", known=first).json()["version"]
    assert drafts(desk) == [("client", "Выезжаем завтра")]
    assert keep(agent, ticket, body=" ", known=second).json() == {"version": ""} and drafts(desk) == []


def test_another_windows_text_is_never_written_over_unseen(desk, agent):
    ticket = opened(desk)
    keep(agent, ticket, body="Из второго окна")
    answer = keep(agent, ticket, body="Из первого окна")
    assert answer.status_code == 409 and answer.json()["body"] == "Из второго окна"
    assert keep(agent, ticket, body="").status_code == 409
    assert drafts(desk) == [("client", "Из второго окна")]
    assert keep(agent, ticket, body="Из первого окна", known=answer.json()["version"]).status_code == 200
    assert drafts(desk) == [("client", "Из первого окна")]


def test_another_choice_of_readers_takes_the_text_along(desk, agent):
    ticket = opened(desk)
    known = keep(agent, ticket).json()["version"]
    keep(agent, ticket, segment="internal", known=known, moved_from="client")
    assert drafts(desk) == [("internal", "Выезжаем в")]


def test_sending_ends_its_draft_and_spares_the_others(desk, agent):
    ticket = opened(desk)
    known = keep(agent, ticket).json()["version"]
    keep(agent, ticket, segment="internal", body="Для своих")
    agent.post(f"{ticket.number}/comments/", {"audience": "client", "body": "Не поедем", "draft": known})
    assert drafts(desk) == [("internal", "Для своих")]


def test_what_a_window_keeps_late_does_not_bring_a_sent_text_back(desk, agent):
    ticket = opened(desk)
    with desk.scope():
        conversation.comment(ticket, "Выезжаем", by=desk.agent, audience="client")
    keep(agent, ticket, body="Выезжаем")
    assert drafts(desk) == []


@pytest.mark.parametrize("sent", [{"segment": "everybody"}, {"segment": "x" * 70}, {"body": "я" * 20_001}])
def test_a_spoilt_draft_is_refused_in_words(desk, agent, sent):
    answer = keep(agent, opened(desk), **sent)
    assert answer.status_code == 422 and answer.json()["error"] and drafts(desk) == []


def test_an_observer_writes_none_and_a_stranger_finds_nothing(desk, as_role, stranger):
    ticket = opened(desk)
    assert keep(as_role("observer"), ticket).status_code == 422
    assert keep(Page(stranger, "owner"), ticket).status_code == 404
    assert drafts(desk) == []
