"""Where a person is signed in is his to see and to end; it ends at once, and nobody else ends it."""

import time

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenants import sessions
from tenants.models import User
from tests import world
from tests.rewind import staged

NEW = {"oldpassword": world.PASSWORD, "password1": "совсем-другой-2", "password2": "совсем-другой-2"}


@staged
def desk():
    return world.company("desk", "Стол", "СТ", {"owner": ("Вера", ""), "agent": ("Анна", "")})


@pytest.fixture
def rung(monkeypatch):
    """Whose pages were told to look at their rights again."""
    told = []
    monkeypatch.setattr(sessions.bell, "rights_changed", told.append)
    return told


def browser(role="agent", agent="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", address="10.0.0.7"):
    client = Client(REMOTE_ADDR=address, headers={"User-Agent": agent})
    client.post("/accounts/login/", {"login": f"{role}@desk.example", "password": world.PASSWORD})
    return client


def is_in(client):
    return client.get("/me/").status_code == 200


def row(client):
    return UserSession.objects.get(session_key=client.session.session_key)


def test_each_browser_is_listed_and_this_one_is_marked(desk):
    phone = browser(agent="Mozilla/5.0 (iPhone) Version/18.0 Safari/604.1", address="10.0.0.8")
    mine = browser()

    rows = mine.get("/me/sessions/").context["rows"]

    assert [(one["device"], one["hand_held"], one["ip"], one["here"]) for one in rows] == [
        ("Firefox, Windows", False, "10.0.0.7", True),
        ("Safari, iPhone", True, "10.0.0.8", False),
    ]
    assert is_in(phone)


@pytest.mark.parametrize(
    "agent, device",
    [
        ("Mozilla/5.0 (Macintosh) Chrome/140 Safari/537 Edg/140", "Edge, macOS"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 YaBrowser/25 Safari/537", "Yandex Browser, Android"),
        ("curl/8", ""),
    ],
)
def test_a_browser_is_named_as_its_owner_names_it(agent, device):
    assert sessions.device(agent) == device


def test_one_session_ends_at_once_and_its_pages_hear_it(desk, rung):
    lost, mine = browser(), browser()

    answer = mine.post(f"/me/sessions/{row(lost).pk}/end/")

    assert answer.status_code == 302
    assert [is_in(lost), is_in(mine)] == [False, True]
    assert rung == [User.objects.get(email="agent@desk.example").pk]


def test_nobody_ends_a_session_of_somebody_else(desk, rung):
    hers, mine = browser("owner"), browser()

    answers = [mine.post(f"/me/sessions/{pk}/end/") for pk in (row(hers).pk, 999_999)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert is_in(hers)


def test_every_other_session_ends_and_nobody_elses(desk, rung):
    hers, lost, mine = browser("owner"), browser(), browser()

    mine.post("/me/sessions/end/")

    assert [is_in(client) for client in (hers, lost, mine)] == [True, False, True]


def test_a_new_password_ends_the_other_sessions_and_is_told_by_mail(desk, rung, mailoutbox):
    lost, mine = browser(), browser()

    answer = mine.post("/me/security/password/", NEW)

    assert (answer.status_code, answer["Location"]) == (302, "/me/security/")
    assert [is_in(lost), is_in(mine)] == [False, True]
    assert [one["here"] for one in mine.get("/me/sessions/").context["rows"]] == [True]
    assert [(letter.to, "изменён пароль" in letter.body) for letter in mailoutbox] == [(["agent@desk.example"], True)]
    assert rung


def test_that_a_session_is_used_is_written_once_in_five_minutes(desk):
    mine = browser()

    def writes():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            mine.get("/me/sessions/")
        return sum(query["sql"].startswith(("UPDATE", "INSERT", "DELETE")) for query in asked.captured_queries)

    writes()
    fresh = writes()
    session = mine.session
    session[sessions.SEEN] = time.time() - sessions.EVERY
    session.save()
    before = row(mine).last_seen_at

    assert (fresh, writes() > 0, writes()) == (0, True, 0)
    assert row(mine).last_seen_at > before
