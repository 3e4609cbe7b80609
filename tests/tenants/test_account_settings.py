"""What a company says of itself changes, with its history; nobody else may, and nothing else follows."""

import pytest
from django.test import Client
from django.utils.translation import override

from tenants import account_settings, history
from tenants.models import Account, Activity, User
from tenants.vocabulary import Refused, Role
from tests import world
from tests.rewind import staged
from tickets import lifecycle, queue
from tickets.queue import Wanted

FACTS = {
    "name": "Меридиан Плюс",
    "brand": "Меридиан",
    "hue": 5,
    "prefix": "МП",
    "language": "ru",
    "zone": "Asia/Omsk",
    "hold_seconds": 0,
}


@staged
def company():
    people = {role: (role.title(), "") for role in Role.values}
    return world.company("meridian", "Меридиан Сервис", "МС", people, language="en")


def browser(company, role):
    client = Client()
    client.force_login(User.objects.get(pk=company.people[role].user_id))
    return client


def told(company, **wanted):
    with company.scope(), override("en"):
        return [line.sentence for line in history.lines(**wanted)]


def test_every_fact_changes_and_is_told_with_what_it_was(company):
    with company.scope():
        account_settings.change(company.account, by=company.admin, **FACTS)
        account_settings.change(company.account, by=company.admin, **FACTS)

    account = Account.objects.get(slug="meridian")
    assert {name: getattr(account, name) for name in FACTS} == FACTS
    assert told(company, section="account") == [
        "changed the seconds to undo a sent comment: 10 → 0",
        "changed the time zone: Europe/Moscow → Asia/Omsk",
        "changed the account’s language: English → Русский",
        "changed the ticket prefix: МС → МП",
        "changed the account’s colour: pine green",
        "changed the name for clients: Меридиан",
        "renamed the account: Меридиан Сервис → Меридиан Плюс",
        "opened the account Меридиан Сервис",
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("name", "а" * 121),
        ("name", "Мери\0диан"),
        ("brand", "а" * 121),
        ("hue", 12),
        ("prefix", "М-1"),
        ("prefix", ""),
        ("prefix", "МЕРИДИА"),
        ("language", "de"),
        ("zone", "Mars/Olympus"),
        ("zone", "../etc/passwd"),
        ("hold_seconds", 31),
        ("hold_seconds", -1),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(company, field, value):
    with company.scope(), pytest.raises(Refused) as refused:
        account_settings.change(company.account, by=company.owner, **{field: value})

    assert refused.value.field == field
    assert told(company, section="account") == ["opened the account Меридиан Сервис"]


def test_only_owners_and_administrators_set_up_an_account(company):
    for role in Role.values:
        with company.scope():
            try:
                account_settings.change(company.account, by=company.people[role], brand=role)
                done = True
            except Refused:
                done = False
        assert done is (role in ("owner", "admin")), role
        page = browser(company, role).get("/a/meridian/settings/", follow=True)
        assert ("Name for clients" in page.content.decode()) is done, role


def test_a_ticket_is_found_by_the_prefix_it_had(company):
    with company.scope():
        ticket = lifecycle.open_ticket("Касса", by=company.owner)
        account_settings.change(company.account, by=company.owner, prefix="сц")
        member = type(company.owner).objects.select_related("account").get(pk=company.owner.pk)

        for phrase in (f"МС-{ticket.number}", f"СЦ-{ticket.number}", f"MC {ticket.number}", str(ticket.number)):
            assert [row["ticket"].pk for row in queue.page(member, Wanted(queue="all", phrase=phrase)).rows] == [
                ticket.pk
            ]
        assert queue.page(member, Wanted(queue="all", phrase=f"ВР-{ticket.number}")).rows == []


def test_a_form_keeps_what_was_typed_and_says_what_is_wrong_where(company):
    page = browser(company, "owner").post("/a/meridian/settings/", {**FACTS, "prefix": "М1", "hold_seconds": "31"})

    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"hold_seconds"}
    page = browser(company, "owner").post("/a/meridian/settings/", {**FACTS, "prefix": "М1"})
    assert page.context["form"].errors == {"prefix": ["The prefix is one to six letters."]}
    assert 'value="Меридиан Плюс"' in page.content.decode()
    assert Account.objects.get(slug="meridian").name == "Меридиан Сервис"


def test_a_form_saves_all_of_it(company):
    answer = browser(company, "admin").post("/a/meridian/settings/", {**FACTS, "hue": ""})

    assert (answer.status_code, answer["Location"]) == (302, "/a/meridian/settings/")
    account = Account.objects.get(slug="meridian")
    assert {name: getattr(account, name) for name in FACTS} == {**FACTS, "hue": None}


def test_a_page_opened_before_somebody_elses_change_leaves_it_alone(company):
    opened = browser(company, "admin").get("/a/meridian/settings/").context["form"]
    seen = {f"initial-{name}": opened.initial[name] for name in FACTS}
    now = {name: opened.initial[name] for name in FACTS}
    with company.scope():
        account_settings.change(company.account, by=company.owner, name="Меридиан Плюс")

    browser(company, "admin").post("/a/meridian/settings/", {**now, **seen, "zone": "Asia/Omsk"})

    account = Account.objects.get(slug="meridian")
    assert (account.name, account.zone, account.brand) == ("Меридиан Плюс", "Asia/Omsk", "")
    assert told(company, section="account")[:2] == [
        "changed the time zone: Europe/Moscow → Asia/Omsk",
        "renamed the account: Меридиан Сервис → Меридиан Плюс",
    ]


def test_the_history_is_narrowed_and_read_in_pages(company, django_assert_num_queries):
    with company.scope():
        for n in range(45):
            by = company.owner if n % 3 else company.admin
            account_settings.change(company.account, by=by, brand=f"Марка {n}")
    owner, seen, url = browser(company, "owner"), [], "/a/meridian/settings/history/?section=account"

    while url:
        page = owner.get(url)
        seen.append([line.details.get("after", "") for line in page.context["page"].rows])
        url = page.context["next_url"]
    assert [len(rows) for rows in seen] == [40, 6]
    assert [*seen[0], *seen[1]][:45] == [f"Марка {n}" for n in range(44, -1, -1)]
    mine = owner.get(f"/a/meridian/settings/history/?person={company.admin.pk}").context["page"].rows
    assert len(mine) == 15
    assert owner.get("/a/meridian/settings/history/?person=x&section=y").context["page"].next is not None
    assert owner.get("/a/meridian/settings/history/?before=x").status_code == 404


def test_another_companys_history_is_not_ours(company):
    other = world.company("stranger", "Посторонний", "ПО", {"owner": ("Егор", "")})

    page = browser(other, "owner").get(f"/a/stranger/settings/history/?person={company.owner.pk}")

    assert {line.details["name"] for line in page.context["page"].rows} == {"Посторонний", "Егор"}
    assert browser(other, "owner").get("/a/meridian/settings/").status_code == 404
    with company.scope():
        assert Activity.objects.filter(kind="account_created").count() == 1
