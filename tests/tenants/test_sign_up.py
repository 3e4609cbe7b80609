"""Who may open an account: anybody who proved an e-mail, the invited alone, or nobody; and the first steps there."""

import re
from smtplib import SMTPServerDisconnected

import pytest
from django.core import checks
from django.core import mail as outgoing
from django.test import Client
from django.urls import reverse

from tenants import accounts
from tenants.models import Account, Membership, User
from tenants.models import Client as Customer
from tenants.scoping import account_scope
from tenants.signin import SignInAdapter
from tests import world

NEWCOMER = {"company": "Касса-Плюс", "slug": "", "name": "Мария", "password": "длинный-пароль-42"}


@pytest.fixture
def desk(db):
    return world.company("desk", "Стол", "СТ", {"owner": ("Вера", ""), "agent": ("Пётр", "")}, language="en")


@pytest.fixture
def open_house(settings):
    settings.SIGNUP = "open"


def signed_in(company, role="owner"):
    client = Client()
    client.force_login(User.objects.get(pk=company.people[role].user_id))
    return client


def asked_for(email):
    """The link of the letter that was sent to this address."""
    answer = Client().post("/accounts/signup/", {"email": email})
    return answer, re.search(r"/accounts/signup/[^\s]+/", outgoing.outbox[-1].body)


def test_an_open_house_proves_the_email_first_and_then_opens_the_account(db, open_house):
    _answer, link = asked_for(" New@Kassa.example ")
    assert not User.objects.exists()
    client = Client()
    client.cookies["sessionid"] = "guessed-by-somebody-else"
    assert client.get(link.group()).status_code == 200

    answer = client.post(link.group(), {**NEWCOMER, "email": "boss@other.example"})

    assert (answer.status_code, answer["Location"]) == (302, "/a/kassa-plyus/")
    assert User.objects.get().email == "new@kassa.example"
    assert client.cookies["sessionid"].value != "guessed-by-somebody-else"
    assert client.get("/a/kassa-plyus/").templates[0].name == "first_run.html"
    assert Client().post(link.group(), NEWCOMER).status_code == 404
    assert Account.objects.count() == 1


def test_a_known_address_gets_the_same_page_and_another_letter(desk, open_house):
    known, no_link = asked_for("owner@desk.example")
    unknown, link = asked_for("nobody@desk.example")

    bare = [
        re.sub(r'(csrfmiddlewaretoken" value="|CSRFToken": ")\w+', "", answer.content.decode()).replace(email, "")
        for answer, email in ((known, "owner@desk.example"), (unknown, "nobody@desk.example"))
    ]
    assert bare[0] == bare[1] and known.status_code == 200
    assert no_link is None and link is not None
    assert [letter.to for letter in outgoing.outbox] == [["owner@desk.example"], ["nobody@desk.example"]]
    assert all("127.0.0.1:8000" in letter.body for letter in outgoing.outbox)


@pytest.mark.parametrize("token", ["spoilt", "a:b:c", ""])
def test_a_spoilt_or_old_link_opens_nothing(db, open_house, token):
    assert Client().get(f"/accounts/signup/{token or 'x'}/").status_code == 404
    assert Client().post(f"/accounts/signup/{token or 'x'}/", NEWCOMER).status_code == 404


def test_a_link_is_a_day_old_at_most(db, open_house, monkeypatch):
    _answer, link = asked_for("new@kassa.example")
    monkeypatch.setattr("tenants.views.signing_up.VALID", -1)
    assert Client().get(link.group()).status_code == 404


def test_letters_to_one_address_are_few_and_a_dead_server_is_said(db, open_house, monkeypatch):
    assert [asked_for("new@kassa.example")[0].status_code for _n in range(4)] == [200, 200, 200, 422]
    assert len(outgoing.outbox) == 3

    def fail(*args):
        raise SMTPServerDisconnected

    monkeypatch.setattr(SignInAdapter, "send_mail", fail)
    assert Client().post("/accounts/signup/", {"email": "b@kassa.example"}).status_code == 422


def test_who_is_known_opens_another_account_in_an_open_house_alone(desk, open_house, settings):
    client = signed_in(desk)
    answer = client.post("/accounts/signup/", {"company": "Вторая", "slug": "vtoraya"})
    assert (answer.status_code, answer["Location"]) == (302, "/a/vtoraya/")
    with account_scope(Account.objects.get(slug="vtoraya").pk):
        assert [one.role for one in Membership.objects.all()] == ["owner"]

    for word in ("invite", "closed"):
        settings.SIGNUP = word
        assert client.post("/accounts/signup/", {"company": "Третья"})["Location"] == "/"
    assert Account.objects.count() == 2


@pytest.mark.parametrize(
    ("word", "said"), [("invite", "Только по приглашению"), ("closed", "Новые аккаунты не открывают")]
)
def test_elsewhere_nobody_comes_by_himself_and_each_way_has_its_sentence(db, settings, word, said):
    settings.SIGNUP = "open"
    _answer, link = asked_for("new@kassa.example")
    settings.SIGNUP = word
    for path in ("/accounts/signup/", link.group()):
        Client().post(path, {**NEWCOMER, "email": "new@kassa.example"})
    assert said in Client().get("/accounts/signup/").content.decode()
    assert len(outgoing.outbox) == 1
    assert not User.objects.exists() and not Account.objects.exists()


def test_the_operator_opens_no_account_in_a_closed_house(db, settings):
    operator = accounts.person("op@op.example")
    User.objects.filter(pk=operator.pk).update(is_staff=True, is_superuser=True)
    client, wanted = Client(), {"name": "Восток", "slug": "vostok", "owner": "b@v.example", "language": "ru"}
    client.force_login(User.objects.get(pk=operator.pk))

    settings.SIGNUP = "closed"
    assert client.post(reverse("admin:tenants_account_add"), wanted).status_code == 200
    assert not Account.objects.exists() and User.objects.count() == 1
    settings.SIGNUP = "invite"
    assert client.post(reverse("admin:tenants_account_add"), wanted).status_code == 302


@pytest.mark.parametrize(
    ("word", "errors"), [("open", []), ("invite", []), ("closed", []), ("opened", ["tenants.E004"])]
)
def test_a_slip_in_the_word_refuses_to_start(settings, word, errors):
    settings.SIGNUP = word
    assert [error.id for error in checks.run_checks() if error.id == "tenants.E004"] == errors


def test_the_first_steps_tell_what_is_done_until_they_are_put_away(desk):
    owner, agent = signed_in(desk), signed_in(desk, "agent")
    page = owner.get("/a/desk/")
    assert page.context["done"] == {"people": True, "partner": False, "registry": False, "ticket": False}
    assert agent.get("/a/desk/")["Location"] == "/a/desk/tickets/"
    assert owner.post("/a/desk/start/client/", {"name": " ", "contact": ""}).status_code == 422

    owner.post("/a/desk/start/client/", {"name": "Лукошко", "contact": "Ольга", "phone": "+7 900"})
    with desk.scope():
        customer = Customer.objects.get()
        assert [(one.name, one.phone) for one in customer.contacts.all()] == [("Ольга", "+7 900")]
    assert owner.get("/a/desk/").context["done"]["registry"]

    agent.post("/a/desk/start/done/")
    assert owner.get("/a/desk/").status_code == 200
    owner.post("/a/desk/start/done/")
    assert owner.get("/a/desk/")["Location"] == "/a/desk/tickets/"
    assert owner.get("/a/desk/start/").status_code == 200
