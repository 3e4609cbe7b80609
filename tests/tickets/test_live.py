"""What open pages hear: ids only, only of what they may see, and nothing any more once a right is gone."""

import asyncio
import contextlib
import json
import socket
import threading
import time
from concurrent.futures import Executor, Future
from queue import Empty, Queue

import pytest
import redis
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client

from tenants import bell
from tenants.models import Activity, Membership
from tests.rewind import staged
from tickets import conversation, granting, hub, lifecycle, live
from tickets.live import Listener

from .conftest import Page, opened

SECRET = "ФН на гарантии, за свой счёт не меняем"


@staged
def ticket(desk):
    return opened(desk)


def listening(company, role):
    """This person's browser with the desk open: the listener of its stream."""
    member, session = company.people[role], Page(company, role).browser.session
    return Listener(company.account.pk, member.pk, member.user_id, session.session_key, session[HASH_SESSION_KEY])


def heard(company, listeners, about, what="news", activity="0197"):
    """What each listener is told when this is announced."""
    for one in listeners:
        one.note(about and str(about), what, activity)
    return list(live.tell(company.account.pk, {one: one.take() for one in listeners}).values())


def news(ticket, moved=False):
    return [("ticket", {"id": str(ticket.pk), "rev": "0197", "number": ticket.number, "moved": moved})]


@pytest.mark.parametrize("lines", [["0197", None], [None, "0197"], [None]])
def test_a_change_without_a_line_is_news_also_beside_a_line_that_the_page_knows(desk, ticket, lines):
    """A confirmation that comes within the same half second as one's own press: it leaves no line of its own."""
    live._shapes.clear()
    one = listening(desk, "owner")
    for activity in lines:
        one.note(str(ticket.pk), "news", activity)

    ((_event, told),) = live.tell(desk.account.pk, {one: one.take()})[one]

    assert told["rev"] == ""


# Access, at every event


def test_only_who_sees_the_ticket_hears_of_it(desk, ticket):
    live._shapes.clear()
    listeners = [listening(desk, role) for role in ("owner", "observer", "engineer")]

    assert heard(desk, listeners, ticket.pk) == [news(ticket, moved=True), news(ticket, moved=True), []]
    assert heard(desk, listeners, ticket.pk) == [news(ticket), news(ticket), []]
    assert heard(desk, listeners, ticket.pk, "presence") == [
        [("presence", {"id": str(ticket.pk), "number": ticket.number})],
        [("presence", {"id": str(ticket.pk), "number": ticket.number})],
        [],
    ]


def test_a_ticket_that_is_ones_own_no_more_is_named_once(desk, ticket):
    engineer = listening(desk, "engineer")
    with desk.scope():
        lifecycle.assign(ticket, to=desk.engineer, by=desk.owner)
    assert heard(desk, [engineer], ticket.pk) == [news(ticket, moved=True)]

    with desk.scope():
        lifecycle.assign(ticket, to=None, by=desk.owner)

    assert heard(desk, [engineer], ticket.pk) == [[("left", {"id": str(ticket.pk)})]]
    assert heard(desk, [engineer], ticket.pk) == [[]]


def test_a_grant_opens_the_ear_and_taking_it_away_shuts_it(desk, ticket):
    engineer = listening(desk, "engineer")
    with desk.scope():
        granting.grant(ticket, to=desk.engineer, by=desk.owner)
    assert heard(desk, [engineer], desk.engineer.user_id, "rights") == [[("rights", {})]]
    assert [event for event, _ids in heard(desk, [engineer], ticket.pk)[0]] == ["ticket"]

    with desk.scope():
        granting.revoke(ticket, to=desk.engineer, by=desk.owner)

    assert heard(desk, [engineer], desk.engineer.user_id, "rights") == [
        [("left", {"id": str(ticket.pk)}), ("rights", {})]
    ]
    assert heard(desk, [engineer], ticket.pk) == [[]]


def test_a_stranger_and_another_accounts_ids_hear_nothing(desk, stranger, ticket):
    theirs = listening(stranger, "owner")
    assert heard(stranger, [theirs], ticket.pk) == [[]]

    intruder = Listener(desk.account.pk, theirs.member_id, theirs.user_id, theirs.session_key, theirs.session_hash)
    assert heard(desk, [intruder], ticket.pk) == [None]
    assert Page(stranger, "owner").browser.get(f"/a/{desk.slug}/live/").status_code == 404


def removed(desk, listener):
    with desk.scope():
        Membership.objects.filter(pk=listener.member_id).update(active=False)


def signed_out(desk, listener):
    Session.objects.filter(session_key=listener.session_key).delete()


def given_a_new_password(desk, listener):
    desk.agent.user.set_password("ещё-один-пароль")
    desk.agent.user.save()


def locked(desk, listener):
    desk.agent.user.is_active = False
    desk.agent.user.save()


@pytest.mark.parametrize("taken", [removed, signed_out, given_a_new_password, locked])
def test_who_is_no_longer_let_in_must_leave_and_the_others_stay(desk, ticket, taken):
    agent, owner = listening(desk, "agent"), listening(desk, "owner")
    heard(desk, [agent, owner], ticket.pk)

    taken(desk, agent)

    assert heard(desk, [agent, owner], ticket.pk) == [None, news(ticket)]


def test_many_listeners_cost_no_more_queries_than_one(desk, ticket, django_assert_num_queries):
    one = [listening(desk, "owner")]
    many = [listening(desk, role) for role in ("owner", "dispatcher", "agent", "observer") for _tab in range(5)]
    heard(desk, one + many, ticket.pk)

    # a savepoint, the scope, sessions, members, tickets, and the way out
    for listeners in (one, many):
        with django_assert_num_queries(7):
            heard(desk, listeners, ticket.pk)


# What goes over the broker


@pytest.fixture
def broker():
    """What the broker was told, in order."""
    ear = redis.Redis.from_url(settings.REDIS_URL).pubsub(ignore_subscribe_messages=True)
    ear.psubscribe("live:*")
    ear.get_message(timeout=1)

    def told():
        messages = iter(lambda: ear.get_message(timeout=0.2), None)
        return [(message["channel"].decode(), json.loads(message["data"])) for message in messages]

    bell._silent_until = 0.0
    yield told
    ear.close()


def test_the_broker_hears_ids_once_per_transaction_and_no_word(
    desk, ticket, broker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), desk.scope():
        conversation.comment(ticket, SECRET, by=desk.agent, audience="internal")
        lifecycle.set_priority(ticket, to="high", by=desk.agent)
        last = Activity.objects.filter(ticket_id=ticket.pk).latest("pk")
        bell.rights_changed(desk.agent.user_id)
        bell.rights_changed(desk.agent.user_id)

    assert broker() == [
        (f"live:{desk.account.pk}", [str(ticket.pk), "news", str(last.pk)]),
        ("live:people", [str(desk.agent.user_id), "rights", None]),
    ]


@pytest.mark.parametrize("state", ["gone", "deaf"])
def test_without_a_broker_a_comment_is_said_and_nobody_waits(desk, ticket, agent, settings, state, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1] if state == "deaf" else 1
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        bell.line.cache_clear()
        monkeypatch.setattr(bell, "_silent_until", 0.0)
        began = time.monotonic()
        bell.publish([("live:x", "[]")])
        first = time.monotonic() - began
        answer = agent.post(f"{ticket.number}/here/", {"page": "a1", "state": "typing"}, htmx=True)

    bell.line.cache_clear()
    assert (answer.status_code, answer.content.strip()) == (200, b"")
    assert first < 0.7 and time.monotonic() - began < 1.2


# The hub


class Stand(Executor):
    """The hub runs in a thread of its own and looks in the test's, where the test's transaction is."""

    def __init__(self):
        self.asked, self.sent, self.loop = Queue(), [], asyncio.new_event_loop()

    def submit(self, look, *args):
        done = Future()
        self.asked.put((done, look, args))
        return done

    def look_for(self, seconds):
        """Answer the hub's questions for so long."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            with contextlib.suppress(Empty):
                done, look, args = self.asked.get(timeout=left)
                done.set_result(look(*args))

    def open(self, listeners):
        """Streams for these listeners; what each is sent gathers in `sent`."""
        self.sent = [[] for _one in listeners]
        self.thread = threading.Thread(target=self.loop.run_until_complete, args=(self.serve(listeners),), daemon=True)
        self.thread.start()
        self.look_for(0.6)

    async def serve(self, listeners):
        self.over, ours = asyncio.Event(), hub.Hub(look=live.tell, lookers=self)
        while not ours.hears:
            await asyncio.sleep(0.01)
        drinkers = [asyncio.create_task(self.drink(ours.open(one), at)) for at, one in enumerate(listeners)]
        await self.over.wait()
        working = [*drinkers, *ours.tasks]
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)

    async def drink(self, stream, at):
        while not stream.over:
            self.sent[at] += [(time.monotonic(), *event) for event in await stream.take()]

    def close(self):
        self.loop.call_soon_threadsafe(self.over.set)
        self.thread.join(5)


@pytest.fixture
def stand(monkeypatch):
    monkeypatch.setattr(hub, "PAUSE", 0.1)
    bell._silent_until = 0.0
    made = Stand()
    yield made
    made.close()


def test_a_flood_is_told_a_few_times_and_a_lost_right_ends_the_stream_within_a_second(desk, ticket, stand):
    stand.open([listening(desk, "agent"), listening(desk, "engineer")])
    bell.publish([(bell.channel(desk.account.pk), bell.message(ticket.pk, "news", f"{n:04d}")) for n in range(300)])
    stand.look_for(0.4)
    given_a_new_password(desk, None)
    began = time.monotonic()
    bell.publish([(bell.PEOPLE, bell.message(desk.agent.user_id, "rights"))])
    stand.look_for(0.4)

    of_agent, of_engineer = stand.sent
    tickets = [ids for _at, event, ids in of_agent if event == "ticket"]
    assert [of_agent[0][1], of_agent[-1][1]] == ["hello", "gone"]
    assert 1 <= len(tickets) <= 4 and tickets[-1]["rev"] == "0299"
    assert of_agent[-1][0] - began < 0.5
    assert [event for _at, event, _ids in of_engineer] == ["hello"]


# Presence


def test_others_see_who_looks_and_who_types_until_the_page_is_left(desk, ticket, as_role, broker):
    agent, owner = as_role("agent"), as_role("owner")
    here = f"{ticket.number}/here/"

    agent.post(here, {"page": "a1", "state": "looking"})
    assert "Мария Титова is looking at this now" in owner.get(here).content.decode()
    agent.post(here, {"page": "a1", "state": "typing"})
    assert "Мария Титова is typing" in owner.get(here).content.decode()
    assert agent.get(here).content.strip() == b""

    assert agent.post(here, {"page": "a1", "state": "left"}).status_code == 204
    assert owner.get(here).content.strip() == b""


def test_presence_is_only_for_who_sees_the_ticket(desk, stranger, ticket, as_role):
    here = f"{ticket.number}/here/"

    assert as_role("engineer").post(here, {"page": "e1", "state": "looking"}).status_code == 404
    assert as_role("engineer").get(here).status_code == 404
    assert Page(stranger, "owner").post(here, {"page": "s1", "state": "looking"}).status_code == 404
    assert as_role("owner").get(here).content.strip() == b""


# Fragments


def test_only_the_wanted_rows_come_and_only_where_they_belong(desk, ticket, agent):
    other = opened(desk, "Весы считают неверно")
    with desk.scope():
        lifecycle.resolve(other, by=desk.agent)
    asked = f"?queue=all&row={ticket.pk}&row={other.pk}&row=nonsense"

    page = agent.get(f"rows/{asked}").content.decode()

    assert (page.count("data-row "), f'data-ticket="{ticket.pk}"' in page) == (1, True)
    assert '<b data-part="group-us">1</b>' in page


def test_the_side_bar_comes_alone_with_its_numbers(desk, ticket, agent):
    page = agent.browser.get(f"/a/{desk.slug}/side/").content.decode()

    assert 'data-part="queue-turn" data-hot>1</span>' in page
    assert "<html" not in page


def test_a_stream_that_nobody_is_signed_in_for_is_told_that_there_is_nothing(desk):
    answer = Client().get("/a/meridian/live/", headers={"Accept": "text/event-stream"})

    assert (answer.status_code, answer.content) == (204, b"")
