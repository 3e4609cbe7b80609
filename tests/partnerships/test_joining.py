"""An invitation's way: shown once, accepted once, and every dead code answers in the same sentence."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client

from partnerships import agreement, delivery, inviting
from partnerships.models import InvitationKey, Link, Partnership
from tenants import clock
from tenants.models import Account, Membership, User
from tenants.vocabulary import Refused
from tests import world
from tests.partnerships.conftest import text_of


def invite(company, name="Новая компания"):
    with company.scope():
        invitation, code = agreement.invite(name, by=company.owner)
    return invitation, code


def browser(company, role="owner"):
    client = Client()
    client.force_login(User.objects.get(pk=company.people[role].user_id))
    return client


def join(company, code, role="owner"):
    return browser(company, role).post(f"/join/{code}/", {"account": str(company.account.pk)})


def test_the_code_is_shown_once_and_opens_the_partner_page(w, enter):
    page = enter(w.stranger, "owner").post("partners/invite/", {"name": "АТЛАС"})
    code, link = page.context["made"]["code"], page.context["made"]["link"]
    assert code in page.content.decode() and link.endswith(f"/join/{code}/") and "/a/" not in link
    later = enter(w.stranger, "owner").get("partners/")
    assert code not in later.content.decode() and "АТЛАС" in text_of(later)

    client = browser(w.vendor)
    asked = client.get(f"/join/{code}/")
    assert asked.status_code == 200 and "Посторонний invites you to link" in text_of(asked)
    answer = client.post(f"/join/{code}/", {"account": str(w.vendor.account.pk)})
    with w.vendor.scope():
        partnership = Partnership.objects.get(name="Посторонний")
    assert answer.status_code == 302 and answer["Location"] == f"/a/atlas/partners/{partnership.pk}/"
    assert client.get(answer["Location"]).status_code == 200
    delivery.drain()
    with w.stranger.scope():
        assert Partnership.objects.get().name == "АТЛАС Сервис"


def test_a_code_may_be_typed_in_any_manner(w):
    _invitation, code = invite(w.stranger)
    client = browser(w.vendor)
    for typed in (code.lower(), f" {code.replace('-', ' ')} ", f"https://desk.example/join/{code}/"):
        assert client.get(client.post("/join/", {"code": typed})["Location"]).status_code == 200
    assert client.post("/join/", {"code": " - "}).status_code == 422


def test_every_dead_code_answers_alike(w):
    used, revoked, expired = (invite(w.stranger) for _n in range(3))
    join(w.vendor, used[1])
    with w.stranger.scope():
        inviting.revoke(revoked[0], by=w.stranger.owner)
    InvitationKey.objects.filter(invitation_id=expired[0].pk).update(expires_at=clock.now() - timedelta(minutes=1))
    for client in (Client(), browser(w.vendor)):
        codes = (used[1], revoked[1], expired[1], "ABCDE-ABCDE-ABCDE-ABCDE")
        answers = [client.get(f"/join/{code}/") for code in codes]
        assert {answer.status_code for answer in answers} == {404}
        assert len({text_of(answer) for answer in answers}) == 1
        posted = [client.post(f"/join/{code}/", {"account": str(w.vendor.account.pk)}) for code in codes]
        assert {answer.status_code for answer in posted} == {404}


def test_ones_own_invitation_and_a_second_link_are_refused_with_a_sentence(w):
    _invitation, code = invite(w.service)
    own = join(w.service, code)
    assert own.status_code == 422 and "your own invitation" in text_of(own)
    linked = join(w.sub, code)
    assert linked.status_code == 422 and "linked with this company already" in text_of(linked)
    assert InvitationKey.objects.get(account=w.service.account, used_at=None)


@pytest.mark.parametrize("role", ["dispatcher", "agent"])
def test_only_owners_and_administrators_join(w, role):
    _invitation, code = invite(w.stranger)
    page = browser(w.vendor, role).get(f"/join/{code}/")
    assert page.status_code == 200 and "Only an owner or an administrator" in text_of(page)
    answer = join(w.vendor, code, role)
    assert answer.status_code == 422
    with w.vendor.scope():
        assert Partnership.objects.count() == 1


def test_an_account_of_somebody_else_can_not_be_chosen(w):
    _invitation, code = invite(w.stranger)
    answer = browser(w.vendor).post(f"/join/{code}/", {"account": str(w.sub.account.pk)})
    assert answer.status_code == 422
    assert not Link.objects.filter(account_a=w.stranger.account).exists()


def test_whoever_is_not_signed_in_is_shown_the_way(w):
    _invitation, code = invite(w.stranger)
    page = Client().get(f"/join/{code}/")
    assert f"?next=/join/{code}/" in page.content.decode()


NEWCOMER = {
    "company": "Касса-Плюс",
    "slug": "kassa-plus",
    "name": "Мария",
    "email": "Maria@kassa.example",
    "password": "длинный-пароль-42",
}


def test_a_company_without_an_account_opens_one_on_the_way(w, settings):
    _invitation, code = invite(w.stranger)
    client = Client()
    answer = client.post(f"/join/{code}/", NEWCOMER)
    assert answer.status_code == 302 and answer["Location"].startswith("/a/kassa-plus/partners/")
    assert client.get(answer["Location"]).status_code == 200
    delivery.drain()
    with w.stranger.scope():
        assert Partnership.objects.get().name == "Касса-Плюс"
    from tenants.scoping import account_scope

    with account_scope(Account.objects.get(slug="kassa-plus").pk):
        assert Membership.objects.get().role == "owner"


@pytest.mark.parametrize(
    ("company", "slug"), [("Щёлково-Сервис", "shchelkovo-servis"), ("Atlas", "atlas-2"), ("株", "desk")]
)
def test_the_address_is_made_of_the_name_when_left_empty(w, company, slug):
    _invitation, code = invite(w.stranger)
    answer = Client().post(f"/join/{code}/", {**NEWCOMER, "company": company, "slug": ""})
    assert answer.status_code == 302 and answer["Location"].startswith(f"/a/{slug}/")


def test_a_closed_installation_opens_no_accounts(w, settings):
    settings.SIGNUP = "closed"
    _invitation, code = invite(w.stranger)
    assert b'name="password"' not in Client().get(f"/join/{code}/").content
    Client().post(f"/join/{code}/", NEWCOMER)
    assert not Account.objects.filter(slug="kassa-plus").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "meridian"),
        ("slug", "Кассы"),
        ("password", "12345"),
        ("email", "owner@atlas.example"),
        ("company", ""),
    ],
)
def test_a_slip_in_the_new_account_comes_back_at_its_field(w, field, value):
    """Also when the e-mail is somebody's: knowing an invitation lets nobody in as somebody else."""
    _invitation, code = invite(w.stranger)
    client, users = Client(), User.objects.count()
    answer = client.post(f"/join/{code}/", {**NEWCOMER, field: value})
    assert answer.status_code == 422 and set(answer.context["sign_up"].errors) == {field}
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == users and not Account.objects.filter(slug="kassa-plus").exists()


def test_an_email_taken_in_between_lets_nobody_in(w, monkeypatch):
    from partnerships.forms import OpenAccountForm

    monkeypatch.setattr(OpenAccountForm, "clean_email", lambda form: form.cleaned_data["email"])
    _invitation, code = invite(w.stranger)
    client = Client()
    answer = client.post(f"/join/{code}/", {**NEWCOMER, "email": "owner@atlas.example"})
    assert answer.status_code == 422 and "_auth_user_id" not in client.session
    assert User.objects.filter(email="owner@atlas.example").exists()


@pytest.mark.parametrize("other", [agreement.accept, inviting.decline])
def test_of_two_answers_at_once_one_counts(committed, other):
    inviter = world.company("first", "Первая", "П", {"owner": ("А", "")})
    joiners = [world.company(slug, slug, "П", {"owner": (slug, "")}) for slug in ("second", "third")]
    _invitation, code = invite(inviter)
    start, outcomes = threading.Barrier(2), []

    def answer(company, verb):
        try:
            start.wait()
            with company.scope():
                verb(code, by=company.owner)
            outcomes.append(verb)
        except Refused:
            outcomes.append(None)
        finally:
            connections["default"].close()

    pairs = zip(joiners, (agreement.accept, other), strict=True)
    threads = [threading.Thread(target=answer, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == 2 and outcomes.count(None) == 1
    assert Link.objects.count() == outcomes.count(agreement.accept)
