"""Linking wants a fresh sign-in; codes are not guessed by the thousand."""

import time

import pytest
from django.core.cache import cache
from django.test import Client

from partnerships import agreement
from partnerships.models import Link, Partnership
from tenants.models import User
from tests import world


@pytest.fixture(autouse=True)
def nobody_guessed_yet(db):
    cache.clear()


def grow_old(client, minutes=16):
    """The session was signed in so many minutes ago."""
    session = client.session
    session["signed_in_at"] = time.time() - 60 * minutes
    session.save()


def routes(w):
    pk = world.partner(w.retail, w.service).pk
    return [
        ("partners/invite/", {"name": "Новая"}, "partners/"),
        (f"partners/{pk}/terms/", {"accept_minutes": 5}, f"partners/{pk}/"),
        (f"partners/{pk}/pause/", {}, f"partners/{pk}/"),
        (f"partners/{pk}/end/", {}, f"partners/{pk}/"),
        (f"partners/{pk}/resume/", {}, f"partners/{pk}/"),
    ]


def test_an_old_session_is_asked_for_the_password_before_it_changes_a_link(w, enter):
    with w.retail.scope():
        ways = routes(w)
    for path, data, back in ways:
        desk = enter(w.retail, "owner")
        grow_old(desk.client)
        answer = desk.post(path, data)
        assert answer["Location"].partition("?")[0] == "/accounts/reauthenticate/"
        assert f"next=%2Fa%2Flukoshko%2F{back.replace('/', '%2F')}" in answer["Location"]
        fragment = desk.post(path, data, **{"HX-Request": "true"})
        assert fragment.status_code == 204 and fragment["HX-Redirect"] == answer["Location"]
    with w.retail.scope():
        assert [one.state for one in Partnership.objects.all()] == ["active"]


def test_after_the_password_the_verb_works(w, enter):
    desk = enter(w.retail, "owner")
    grow_old(desk.client)
    url = desk.post("partners/invite/", {"name": "Новая"})["Location"]
    page = desk.client.get(url)
    assert page.status_code == 200 and "Confirm that it is you" in page.content.decode()
    wrong = desk.client.post(url, {"password": "не тот", "next": "/a/lukoshko/partners/"})
    assert wrong.status_code == 200 and desk.post("partners/invite/", {"name": "Новая"}).status_code == 302
    right = desk.client.post(url, {"password": world.PASSWORD, "next": "/a/lukoshko/partners/"})
    assert right["Location"] == "/a/lukoshko/partners/"

    assert desk.post("partners/invite/", {"name": "Новая"}).status_code == 200


def test_the_password_page_leads_nowhere_else(w, enter):
    desk = enter(w.retail, "owner")
    answer = desk.client.post(
        "/accounts/reauthenticate/", {"password": world.PASSWORD, "next": "https://evil.example/"}
    )

    assert answer["Location"] == "/"


def test_whoever_may_not_link_is_told_so_and_not_asked(w, enter):
    desk = enter(w.retail, "agent")
    grow_old(desk.client)

    assert desk.post("partners/invite/", {"name": "Новая"}).status_code == 422


def test_saying_yes_to_an_invitation_wants_it_too(w):
    with w.stranger.scope():
        code = agreement.invite("АТЛАС", by=w.stranger.owner)[1]
    client, links = Client(), Link.objects.count()
    client.force_login(User.objects.get(pk=w.vendor.people["owner"].user_id))
    grow_old(client)
    answer = client.post(f"/join/{code}/", {"account": str(w.vendor.account.pk)})

    assert answer["Location"].startswith("/accounts/reauthenticate/?next=%2Fjoin%2F")
    assert Link.objects.count() == links


def test_wrong_codes_are_counted_by_address_and_a_code_once_shown_stays_open(w):
    with w.stranger.scope():
        shown, other = (agreement.invite("АТЛАС", by=w.stranger.owner)[1] for _n in range(2))
    browser, elsewhere = Client(REMOTE_ADDR="10.1.1.1"), Client(REMOTE_ADDR="10.1.1.2")
    assert browser.get(f"/join/{shown}/").status_code == 200

    assert [browser.get(f"/join/WRONG-{n}/").status_code for n in range(22)] == [404] * 20 + [429] * 2
    assert browser.get(f"/join/{other}/").status_code == 429
    assert browser.get(f"/join/{shown}/").status_code == 200
    assert elsewhere.get(f"/join/{other}/").status_code == 200
