"""Getting in: by e-mail and password, slowed down for who guesses, without telling who is known here."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests import world
from tests.rewind import staged

WRONG = {"login": "owner@desk.example", "password": "не тот пароль"}


@staged
def desk():
    return world.company("desk", "Стол", "СТ", {"owner": ("Вера", "")})


def sign_in(login="owner@desk.example", password=world.PASSWORD, address="10.0.0.1", **more):
    return Client(REMOTE_ADDR=address).post("/accounts/login/", {"login": login, "password": password, **more})


def test_a_member_gets_in_and_lands_at_his_desk(desk):
    browser = Client()
    answer = browser.post("/accounts/login/", {"login": "Owner@Desk.example", "password": world.PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.get("/")["Location"] == "/a/desk/"


def test_the_session_is_a_new_one_after_signing_in(desk):
    browser = Client()
    browser.get("/accounts/login/")
    browser.cookies["sessionid"] = "guessed-by-somebody-else"
    browser.post("/accounts/login/", {"login": "owner@desk.example", "password": world.PASSWORD})

    assert browser.cookies["sessionid"].value not in ("", "guessed-by-somebody-else")


def test_after_eight_wrong_tries_the_right_password_waits_too(desk):
    answers = [sign_in(**{**WRONG, "address": f"10.0.0.{n}"}) for n in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 8

    assert sign_in(address="10.0.0.99").status_code == 200
    assert sign_in(login="somebody@else.example", address="10.0.0.99").status_code == 200


def test_the_throttle_is_of_the_address_typed_and_locks_nobody_else_out(desk):
    other = world.company("other", "Другие", "ДР", {"owner": ("Она", "")})
    for n in range(9):
        sign_in(**{**WRONG, "address": f"10.0.0.{n}"})

    assert sign_in(login=f"owner@{other.slug}.example", address="10.0.0.99").status_code == 302


def test_a_stranger_learns_nothing_of_who_is_known_here(desk):
    known, unknown = sign_in(**WRONG), sign_in(login="nobody@desk.example", password="не тот пароль")

    def errors(answer):
        return [str(error) for error in answer.context["form"].non_field_errors()]

    assert known.status_code == unknown.status_code == 200
    assert errors(known) == errors(unknown) != []


def test_a_password_reset_answers_the_same_for_the_known_and_the_unknown(desk, mailoutbox):
    answers = [
        Client().post("/accounts/password/reset/", {"email": email})
        for email in ("owner@desk.example", "nobody@desk.example")
    ]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, "/accounts/password/reset/done/")
    ] * 2
    assert mailoutbox[0].to == ["owner@desk.example"]


def test_a_link_in_a_mail_does_not_come_from_the_host_header(desk, mailoutbox, settings):
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
    answer = Client().post("/accounts/password/reset/", {"email": "owner@desk.example"}, HTTP_HOST="evil.example")

    assert answer.status_code == 400
    assert mailoutbox == []


def test_nobody_signs_himself_up_in_a_closed_house(db, settings):
    assert settings.SIGNUP == "invite"
    answer = Client().post("/accounts/signup/", {"email": "new@example.org", "password1": "очень-долгий-пароль"})

    assert answer.templates[0].name == "account/signup_closed.html"


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_after_signing_in(desk, to):
    answer = sign_in(next=to)

    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.django_db
def test_hundreds_of_strangers_push_no_count_of_wrong_passwords_out():
    cache.set("0-counted", 8)
    for n in range(305):
        cache.set(f"stranger-{n}", 1)

    assert cache.get("0-counted") == 8
