"""What is said to others waits for a moment in which its author may take it back; then it goes out, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants import clock, people, timers
from tenants.models import Account, Activity, Timer
from tenants.scoping import account_scope
from tenants.vocabulary import Refused
from tests import world
from tickets import drafting, holding, lifecycle, uploading
from tickets.models import Attachment, Comment, Draft, HeldComment, Status, Ticket, Upload

from .conftest import Page, counterpart, opened, picture

WORD = {"audience": "client", "body": "Выезжаем"}


@pytest.fixture
def paused(desk):
    """The desk whose people have ten seconds."""
    Account.objects.filter(pk=desk.account.pk).update(hold_seconds=10)
    return desk


def later(seconds=11):
    return clock.at(clock.now() + timedelta(seconds=seconds))


def waiting(desk):
    with desk.scope():
        return list(HeldComment.objects.all())


def said(desk):
    with desk.scope():
        return list(Comment.objects.values_list("body", flat=True))


def test_a_comment_for_the_client_waits_unseen_and_goes_out_with_its_author_gone(paused, agent, as_role):
    ticket = opened(paused)
    agent.post(f"{ticket.number}/comments/", WORD)
    held = waiting(paused)[0]
    mine = agent.get(f"{ticket.number}/").content.decode()
    theirs = as_role("owner").get(f"{ticket.number}/").content.decode()

    assert said(paused) == [] and timers.ring_due() == 0
    assert f'id="held-{held.pk}"' in mine and "Выезжаем" in mine and "Выезжаем" not in theirs
    with later():
        assert timers.ring_due() == 1
    assert said(paused) == ["Выезжаем"] and waiting(paused) == [] and not Timer.objects.exists()
    with paused.scope():
        assert Comment.objects.get().pk == held.pk and Comment.objects.get().author_name == "Мария Титова"


@pytest.mark.parametrize(
    ("seconds", "sent"), [(0, WORD), (10, {**WORD, "audience": "internal"}), (10, {**WORD, "at_once": "1"})]
)
def test_what_needs_no_pause_is_said_at_once(paused, agent, seconds, sent):
    Account.objects.filter(pk=paused.account.pk).update(hold_seconds=seconds)
    agent.post(f"{opened(paused).number}/comments/", sent)
    assert said(paused) == ["Выезжаем"] and waiting(paused) == []


def test_undo_puts_text_files_and_readers_back(paused, agent):
    ticket = opened(paused)
    agent.post(f"{ticket.number}/comments/", {**WORD, "files": [picture("касса.jpg")]})
    held = waiting(paused)[0]
    with paused.scope():
        drafting.keep(ticket, "client", "И ещё", by=paused.agent)
    answer = agent.post(f"{ticket.number}/held/{held.pk}/undo/", htmx=True).content.decode()

    assert 'data-segment="client"' in answer and "Выезжаем\n\nИ ещё" in answer and "касса.jpg" in answer
    with paused.scope():
        assert [(row.segment, row.body) for row in Draft.objects.all()] == [("client", "Выезжаем\n\nИ ещё")]
        assert [(row.name, row.held_id) for row in Upload.objects.all()] == [("касса.jpg", None)]
    with later():
        timers.ring_due()
    assert said(paused) == [] and waiting(paused) == []


def test_send_now_goes_out_with_files_and_status_and_only_once(paused, agent):
    ticket = opened(paused)
    with paused.scope():
        status = Status.objects.get(name="Waiting for the client")
    agent.post(f"{ticket.number}/comments/", {**WORD, "status": str(status.pk), "files": [picture("касса.jpg")]})
    where = f"{ticket.number}/held/{waiting(paused)[0].pk}/"
    with paused.scope():
        assert Ticket.objects.get().status.name == "New"
    assert agent.post(where + "send/", htmx=True).status_code == 200
    assert agent.post(where + "send/", htmx=True).status_code == 200
    late = agent.post(where + "undo/", htmx=True)

    assert late.status_code == 422 and "has gone out already" in late.content.decode()
    assert said(paused) == ["Выезжаем"]
    with paused.scope():
        assert Ticket.objects.get().status_id == status.pk
        assert [(file.name, file.audience) for file in Attachment.objects.all()] == [("касса.jpg", "client")]
        assert not Upload.objects.exists() and not Draft.objects.exists()


def test_nobody_else_may_send_or_undo_it(paused, agent, as_role, stranger):
    ticket = opened(paused)
    agent.post(f"{ticket.number}/comments/", WORD)
    held = waiting(paused)[0]
    for verb in ("send", "undo"):
        where = f"{ticket.number}/held/{held.pk}/{verb}/"
        assert as_role("owner").post(where).status_code == 404
        assert Page(stranger, "owner").post(where).status_code == 404
    assert waiting(paused) == [held] and said(paused) == []


def release_late(desk):
    with later():
        timers.ring_due()
    with desk.scope():
        return HeldComment.objects.get().trouble


def test_a_handover_that_is_over_by_then_keeps_it_with_its_author(paused, agent):
    ticket = opened(paused)
    vector = counterpart(paused, ticket)
    agent.post(f"{ticket.number}/comments/", {"audience": f"partner:{vector.pk}", "body": "Ваш ход"})
    with paused.scope():
        vector.open = False
        vector.save()

    assert release_late(paused) == "The hand-over with Вектор is over: it reads nothing new here."
    page = agent.get(f"{ticket.number}/").content.decode()
    assert "Not sent." in page and "Ваш ход" in page and said(paused) == []
    with paused.scope():
        assert Activity.objects.get(kind="comment_kept_back").sentence.startswith("kept back a comment of Мария")
        vector.open = True
        vector.save()
    agent.post(f"{ticket.number}/held/{waiting(paused)[0].pk}/send/")
    assert said(paused) == ["Ваш ход"]


@pytest.mark.parametrize("how", ["removed", "unassigned"])
def test_a_right_lost_meanwhile_is_asked_again(paused, as_role, how):
    ticket = opened(paused, assignee=paused.engineer)
    as_role("engineer").post(f"{ticket.number}/comments/", WORD)
    with paused.scope():
        if how == "removed":
            people.remove(paused.engineer, by=paused.owner)
        else:
            lifecycle.assign(ticket, to=None, by=paused.owner)
    assert release_late(paused) and said(paused) == []


def test_what_cannot_be_said_is_refused_before_it_waits(inside):
    inside.agent.account.hold_seconds = 10
    ticket = lifecycle.open_ticket("Касса", by=inside.agent)
    with pytest.raises(Refused):
        holding.send(ticket, "Кому?", by=inside.agent, segment="client", audience="client")
    assert not HeldComment.objects.exists()


def test_two_workers_let_it_out_once(committed):
    company = world.company("two", "Двое", "ДВ", {"owner": ("Он", "")})
    with company.scope():
        ticket = lifecycle.open_ticket("Касса", by=company.owner)
        held = holding.hold(ticket, "Раз", by=company.owner, segment="internal", audience="internal")
        HeldComment.objects.update(release_at=clock.now())

    def work(_n):
        with account_scope(company.account.pk):
            said = holding.release(held.pk)
        connection.close()
        return said is not None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == [False, False, False, True]
    assert said(company) == ["Раз"]


def test_files_of_a_held_comment_are_not_swept(inside):
    inside.agent.account.hold_seconds = 10
    ticket = lifecycle.open_ticket("Касса", by=inside.agent, client=inside.client)
    kept = uploading.send_up(ticket, picture(), by=inside.agent)
    holding.send(ticket, "", by=inside.agent, segment="client", audience="client", uploads=[kept])
    uploading.sweep(kept.pk)
    assert Upload.objects.get().held_id == HeldComment.objects.get().pk


@pytest.mark.parametrize("verb", [holding.hurry, holding.undo])
def test_the_ticket_is_held_before_the_comment_as_by_the_timer_that_comes_at_the_same_second(inside, verb):
    inside.agent.account.hold_seconds = 10
    ticket = lifecycle.open_ticket("Касса", by=inside.agent, client=inside.client)
    held = holding.send(ticket, "Едем", by=inside.agent, segment="client", audience="client")

    with CaptureQueriesContext(connection) as ran:
        verb(held)

    locks = [query["sql"] for query in ran if "UPDATE" in query["sql"]]
    assert 'FROM "tickets_ticket"' in locks[0] and "FOR NO KEY UPDATE" in locks[0]


def test_what_was_kept_back_stands_in_its_authors_history_alone(paused, agent, as_role):
    ticket = opened(paused, assignee=paused.agent)
    vector = counterpart(paused, ticket)
    agent.post(f"{ticket.number}/comments/", {"audience": f"partner:{vector.pk}", "body": "Ваш ход"})
    with paused.scope():
        vector.open = False
        vector.save()
    release_late(paused)

    assert "kept back a comment" in agent.get(f"{ticket.number}/").content.decode()
    assert "kept back a comment" not in as_role("owner").get(f"{ticket.number}/").content.decode()
