"""Who calls is found by what is said in the first seconds, and nobody who is not there for the listener."""

import pytest

from equipment import registry
from tenants import accounts
from tests.rewind import staged
from tickets import lookup


@staged
def caller(desk):
    """A second client whose names, codes and numbers are written the way people write them."""
    with desk.scope():
        by = desk.owner
        client = accounts.add_client("Пятёрочка Север", by=by)
        accounts.add_contact(client, name="Алёна Королёва", phone="8 (912) 345-67-89", by=by)
        site = registry.add_site(client, name="Магазин у реки", code="КС-104", address="Вологда, Зелёная 5", by=by)
        registry.add_equipment(site, model="Весы", serial_number="АВ 77-120", inventory_number="И-105", by=by)
    return desk


@pytest.mark.parametrize(
    "phrase, expected",
    [
        ("+7 912 345 67 89", ["Алёна Королёва"]),
        ("89123456789", ["Алёна Королёва"]),
        ("345-67-89", ["Алёна Королёва"]),
        ("алена", ["Алёна Королёва"]),
        ("КОРОЛЁВА ален", ["Алёна Королёва"]),
        ("fktyf", ["Алёна Королёва"]),
        ("kc104", ["Магазин у реки"]),
        ("зеленая", ["Магазин у реки"]),
        ("вологда мира", ["Магазин 47"]),
        ("ab77120", ["Весы"]),
        ("и 105", ["Весы"]),
        ("пятерочка", ["Пятёрочка Север"]),
        ("0471938", ["АТЛАС К-220"]),
        ("100%", []),
        ("_", []),
        ("нет такого", []),
    ],
)
def test_what_is_said_finds_what_is_meant(caller, phrase, expected):
    with caller.scope():
        groups = lookup.find(caller.agent, phrase)

    assert [str(row) for group in groups for row in group["rows"]] == expected


def test_the_closest_kind_comes_first(caller):
    with caller.scope():
        registry.add_site(caller.client, name="Алёна-сити", code="9123456789", by=caller.owner)
        by_number = lookup.find(caller.agent, "9123456789")
        by_name = lookup.find(caller.agent, "алена")

    assert [group["kind"] for group in by_number] == ["contact", "site"]
    assert [group["kind"] for group in by_name] == ["contact", "site"]


def test_another_company_s_registry_is_not_there(caller, stranger):
    with stranger.scope():
        accounts.add_client("Пятёрочка Чужая", by=stranger.owner)
        found = [lookup.find(stranger.owner, phrase) for phrase in ("пятёрочка", "9123456789", "кс104", "ав77")]

    assert [[str(row) for group in groups for row in group["rows"]] for groups in found] == [
        ["Пятёрочка Чужая"],
        [],
        [],
        [],
    ]


def test_an_engineer_finds_only_what_was_granted(caller):
    with caller.scope():
        found = lookup.find(caller.engineer, "вологда")

    assert found == []


def test_the_search_asks_as_often_for_one_row_as_for_many(caller, django_assert_num_queries):
    with caller.scope():
        with django_assert_num_queries(2):
            lookup.find(caller.agent, "зелёная")
        for n in range(8):
            registry.add_site(caller.client, name=f"Зелёная {n}", by=caller.owner)
        with django_assert_num_queries(2):
            lookup.find(caller.agent, "зелёная")
