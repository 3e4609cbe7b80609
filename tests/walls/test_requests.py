"""One request = one account = one transaction: what fails leaves no row, what is a stranger's does not exist."""

import re
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import connection
from django.urls import get_script_prefix

from tenants.models import Client, Membership, Seat
from tenants.scoping import account_scope, in_account
from tests import world
from tickets import lifecycle
from tickets.models import Ticket

THREADS, TURNS, ACCOUNTS = 32, 20, 8


@pytest.fixture
def desk(db, settings, client):
    settings.ACCOUNT_URLCONF = "tests.walls.small_urls"
    client.raise_request_exception = False
    company = world.company("here", "Здесь", "ЗД", {"owner": ("Он", "")})
    client.force_login(company.owner.user)
    return company


def clients(company):
    with company.scope():
        return Client.objects.count()


def test_a_view_that_answers_keeps_its_row(desk, client):
    assert client.get("/a/here/ok/").content.decode() == "Здесь"
    assert clients(desk) == 1
    assert not in_account() and get_script_prefix() == "/"


@pytest.mark.parametrize(
    "view, code",
    [
        ("crash", 500),
        ("refuse", 302),
        ("missing", 404),
        ("denied", 403),
        ("suspicious", 400),
        ("answer-500", 500),
        ("draw", 500),
    ],
)
@pytest.mark.parametrize("fragment", [False, True])
def test_a_view_that_writes_and_then_fails_leaves_no_row(desk, client, view, code, fragment):
    headers = {"HX-Request": "true"} if fragment else {}
    answer = client.get(f"/a/here/{view}/", headers=headers)

    assert answer.status_code == (422 if fragment and view == "refuse" else code)
    assert clients(desk) == 0
    assert not in_account() and get_script_prefix() == "/"


def test_the_roll_back_is_what_keeps_the_row_out(desk, client, monkeypatch):
    """Without it the view that raised would have left its row."""
    from tenants import middleware

    monkeypatch.setattr(middleware, "transaction", SimpleNamespace(set_rollback=lambda value: None))
    client.get("/a/here/refuse/")

    assert clients(desk) == 1


def test_a_refusal_goes_back_to_where_the_person_was_and_nowhere_else(desk, client):
    here = client.get("/a/here/refuse/", headers={"Referer": "http://testserver/a/here/t/1/"})
    elsewhere = client.get("/a/here/refuse/", headers={"Referer": "https://evil.example/"})

    assert here["Location"] == "http://testserver/a/here/t/1/"
    assert elsewhere["Location"] == "/a/here/"


def test_nobody_but_members_gets_in(desk, client):
    other = world.company("there", "Там", "ТМ", {"owner": ("Она", "")})
    anonymous = type(client)()

    assert client.get("/a/there/ok/").status_code == client.get("/a/nowhere/ok/").status_code == 404
    assert faceless(client.get("/a/there/ok/"), "there") == faceless(client.get("/a/nowhere/ok/"), "nowhere")
    assert anonymous.get("/a/here/ok/?x=1")["Location"] == "/accounts/login/?next=/a/here/ok/%3Fx%3D1"
    assert anonymous.get("/a/here/ok/", headers={"HX-Request": "true"}).status_code == 401
    assert anonymous.get("/a/nowhere/ok/").status_code == 302
    assert clients(desk) == clients(other) == 0


def faceless(answer, slug):
    """An answer without its own address and its one-time token."""
    text = re.sub(r'(csrfmiddlewaretoken" value="|CSRFToken": ")\w+', "", answer.content.decode())
    return text.replace(f"/a/{slug}/", "/a/…/").replace(f"%2Fa%2F{slug}%2F", "")


def test_a_member_who_left_is_out_at_once_even_with_a_seat(desk, client):
    with desk.scope():
        Membership.objects.update(active=False)

    assert Seat.objects.filter(account=desk.account).exists()
    assert client.get("/a/here/ok/").status_code == 404


def test_a_seat_taken_away_ends_the_visit(desk, client):
    Seat.objects.all().delete()

    assert client.get("/a/here/ok/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/a/here/../there/ok/", "/a/HERE/ok/", "/a/here%00/ok/", "/a//ok/", "/ok/", "/a/here"]
)
def test_account_pages_do_not_exist_elsewhere(desk, client, path):
    assert client.get(path).status_code == 404
    assert clients(desk) == 0


def test_many_threads_on_a_small_pool_see_each_only_their_own(committed):
    """32 threads x 20 scopes over 8 accounts on 16 connections: a setting that leaked would show a stranger's row."""
    accounts = {}
    for n in range(ACCOUNTS):
        company = world.company(f"pool-{n}", f"Pool {n}", f"P{n}", {"owner": ("Он", "")})
        with company.scope():
            lifecycle.open_ticket(f"pool-{n}", by=company.owner)
        accounts[f"pool-{n}"] = company.account.pk

    def visit(thread):
        seen = []
        for turn in range(TURNS):
            slug = f"pool-{(thread + turn) % ACCOUNTS}"
            with account_scope(accounts[slug]), connection.cursor() as cursor:
                cursor.execute("SELECT subject FROM tickets_ticket")
                raw = [subject for (subject,) in cursor.fetchall()]
                seen.append((slug, raw, list(Ticket.objects.values_list("subject", flat=True))))
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM tickets_ticket")
                outside = cursor.fetchone()[0]
            seen.append((slug, [slug] * (outside + 1), [slug]))
        connection.close()
        return seen

    with ThreadPoolExecutor(THREADS) as pool:
        visits = [seen for result in pool.map(visit, range(THREADS)) for seen in result]

    assert len(visits) == THREADS * TURNS * 2
    assert [(slug, raw, rows) for slug, raw, rows in visits if raw != [slug] or rows != [slug]] == []


def test_a_setting_of_the_session_would_be_noticed_by_the_threads(committed):
    """The same look from outside, with the leak made: a session-level setting outlives the transaction."""
    company = world.company("leak", "Leak", "LK", {"owner": ("Он", "")})
    with company.scope():
        lifecycle.open_ticket("leak", by=company.owner)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.account_id', %s, false)", [str(company.account.pk)])
        cursor.execute("SELECT count(*) FROM tickets_ticket")
        assert cursor.fetchone()[0] == 1
        cursor.execute("RESET app.account_id")
