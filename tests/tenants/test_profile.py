"""A person says what he is called and how his screens are; his e-mail changes only with a proof that he reads it."""

import re
import time

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.translation import override

from tenants import accounts, history, signin
from tenants.middleware import AccountMountMiddleware
from tenants.models import Membership, User
from tenants.views.signing_up import NO_MAIL
from tests import world
from tests.rewind import staged

FACTS = {"name": "Анна Новая", "language": "en", "zone": "Asia/Omsk", "theme": "dark", "density": "compact"}


@staged
def desk():
    """A person who works in two companies, and goes by another name in the second."""
    first = world.company("desk", "Стол", "СТ", {"owner": ("Вера", ""), "agent": ("Анна", "")})
    second = world.company("other", "Другие", "ДР", {"owner": ("Она", "")})
    with second.scope():
        person = User.objects.get(email="agent@desk.example")
        second.people["agent"] = accounts.add_member(person, role="agent", by=second.owner, name="Аня из «Стола»")
    return first, second


def person(role="agent"):
    return User.objects.get(email=f"{role}@desk.example")


def browser(role="agent", *, stale=False):
    client = Client()
    client.force_login(person(role))
    if stale:
        session = client.session
        session[signin.SIGNED_IN_AT] = time.time() - 16 * 60
        session.save()
    return client


def test_a_person_describes_himself_and_his_companies_learn_his_name(desk):
    first, second = desk
    mine = browser()

    answer = mine.post("/me/", FACTS)

    user, page = person(), mine.get("/a/desk/tickets/").content.decode()
    assert (answer.status_code, answer.cookies["django_language"].value) == (302, "en")
    assert {name: getattr(user, name) for name in FACTS} == FACTS
    assert [mark in page for mark in ('lang="en"', 'data-theme="dark"', 'data-density="compact"')] == [True] * 3
    with first.scope(), override("en"):
        assert Membership.objects.get(user=user).name == "Анна Новая"
        assert history.lines("people")[0].sentence == "changed Анна Новая: Анна → Анна Новая"
    with second.scope():
        assert Membership.objects.get(user=user).name == "Аня из «Стола»"


@pytest.mark.parametrize("spoilt", [{"zone": "Mars/Olympus"}, {"language": "xx"}, {"theme": "pink"}, {"name": "  "}])
def test_what_does_not_exist_is_named_at_its_field_and_changes_nothing(desk, spoilt):
    mine = browser()
    before = User.objects.filter(pk=person().pk).values().get()

    answer = mine.post("/me/", FACTS | spoilt)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, list(spoilt))
    assert User.objects.filter(pk=person().pk).values().get() == before


def test_his_own_zone_tells_the_time_where_he_has_chosen_one(desk):
    inside = AccountMountMiddleware(lambda request: HttpResponse(timezone.get_current_timezone_name()))
    told = []
    for zone in ("", "Asia/Omsk"):
        request = RequestFactory().get("/a/desk/")
        request.user = person()
        request.user.zone = zone
        told.append(inside(request).content.decode())

    assert told == ["Europe/Moscow", "Asia/Omsk"]


def letter_link(letter):
    return re.search(r"/me/security/email/\S+", letter.body).group()


def test_a_new_e_mail_counts_when_its_letter_was_followed_and_only_then(desk, settings):
    mine = browser()

    mine.post("/me/security/email/", {"email": "Anna@New.example"})
    letter = mail.outbox.pop()
    link = letter_link(letter)
    waiting = person().email
    others = browser("owner").post(link)
    first, second = mine.post(link), mine.post(link)

    assert (letter.to, waiting) == (["anna@new.example"], "agent@desk.example")
    assert settings.BASE_URL + link in letter.body
    assert [others.status_code, first.status_code, second.status_code] == [404, 302, 404]
    assert [told.to for told in mail.outbox] == [["agent@desk.example"]]
    assert "anna@new.example" in mail.outbox[0].body
    entered = Client().post("/accounts/login/", {"login": "anna@new.example", "password": world.PASSWORD})
    assert (entered.status_code, entered["Location"]) == (302, "/")


def test_an_e_mail_of_somebody_else_is_not_told_on_the_page_and_opens_nothing(desk):
    mine = browser()

    pages = [mine.post("/me/security/email/", {"email": to}) for to in ("owner@desk.example", "new@desk.example")]

    taken, free = (re.sub(r'value="\w+"|Token": "\w+', "", page.content.decode()) for page in pages)
    assert taken.replace("owner@", "new@") == free
    assert [("/me/security/email/" in letter.body) for letter in mail.outbox] == [False, True]
    mine.post(letter_link(mail.outbox[1]))
    assert person("owner").email == "owner@desk.example"


@pytest.mark.parametrize(
    "path, data",
    [
        ("/me/security/email/", {"email": "a@new.example"}),
        ("/accounts/password/reset/", {"email": "agent@desk.example"}),
    ],
)
def test_a_mail_server_that_is_down_is_a_sentence(desk, monkeypatch, path, data):
    def down(*_letter):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", down)
    mine = Client() if "accounts" in path else browser()

    answer = mine.post(path, data)

    assert answer.status_code == 422
    assert answer.context["form"].errors["email"] == [NO_MAIL]


@pytest.mark.parametrize("path", ["email/", "app/", "passkeys/add/", "codes/new/", "password/first/"])
def test_a_session_that_was_left_open_changes_no_sign_in(desk, path):
    answers = [browser(stale=True).get(f"/me/security/{path}"), browser(stale=True).post(f"/me/security/{path}")]

    assert [(answer.status_code, answer["Location"].split("?")[0]) for answer in answers] == [
        (302, "/accounts/reauthenticate/")
    ] * 2
