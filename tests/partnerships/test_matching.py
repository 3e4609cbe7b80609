"""A told site or device is ours only without a doubt: a table of what is alike, and of what only looks so."""

import pytest

from partnerships import matching
from partnerships.matching import Match, Ours
from partnerships.protocol import Device, Site

SHOP = Ours("shop", "Магазин 47", "L-047", "г. Вологда, ул. Мира, д. 18", client="Лукошко", client_id="lukoshko")
FLAT = Ours("flat", "Кафе", "", "Вологда, пр-т Победы, 5 корп. 2", client="Зерно", client_id="zerno")
TILL = Ours("till", "АТЛАС К-220, касса 1", serial_number="220-0471938", inventory_number="ИНВ 15", site_id="shop")
SCALE = Ours("scale", "Весы МК-15", inventory_number="00021", site_id="shop")


@pytest.mark.parametrize(
    ("told", "how"),
    [
        (Site("Магазин 47", "L-047", client="Лукошко"), "code"),
        (Site("иначе", "l 047", client="ЛУКОШКО"), "code"),
        (Site("Магазин 47", "L-O47", client="Лукошко"), None),
        (Site("Магазин 47", "L-047", client="чужой"), "name"),
        (Site("другой", "L-047", client="чужой"), None),
        (Site("иначе", "", "Мира 18, Вологда", client="Лукошко"), "address"),
        (Site("магазин  47", "", "Вологда, улица Мира, дом 18", client="чужой"), "address"),
        (Site("иначе", "", "Вологда, Мира 18", client="чужой"), None),
        (Site("иначе", "", "Вологда, Мира 8", client="Лукошко"), None),
        (Site("иначе", "L-048", "Вологда, Мира 18", client="Лукошко"), None),
        (Site("", "", "", ""), None),
        (Site("Кафе", "", "Вологда, проспект Победы, 5к2", client="Зерно"), "address"),
        (Site("Кафе", "", "Вологда, Победы, 5к2", client="Зерно"), None),
        (Site("Кафе", "", "Вологда, проспект Победы, 2к5", client="Зерно"), None),
        (Site("Кафе", "", "Вологда, проспект Победы, 5 стр. 2", client="Зерно"), None),
    ],
)
def test_a_site(told, how):
    found = matching.site(told, [SHOP, FLAT])
    assert (found.how if found else None) == how


def test_of_two_that_fit_none_is_taken():
    twin = Ours("twin", "Магазин 47", "L047", "Вологда, Мира 18", client="Лукошко", client_id="lukoshko")

    assert matching.site(Site("Магазин 47", "L-047", client="Лукошко"), [SHOP, twin]) is None
    assert matching.site(Site("Магазин 47", "", "Вологда, Мира 18", client="Лукошко"), [SHOP, twin]) is None


def test_the_partners_own_client_and_what_was_learnt_come_first():
    other = Ours("other", "Склад", "L-047", "", client="Зерно", client_id="zerno")

    assert matching.site(Site("x", "L-047"), [SHOP, other], client_id="zerno") == Match("other", "code")
    assert matching.site(Site("x", "L-047"), [SHOP, other], alias="shop") == Match("shop", "alias")


@pytest.mark.parametrize(
    ("told", "ours", "same"),
    [
        ("047", "47", True),
        ("0047", "047", True),
        ("L-047", "L-47", False),
        ("МС-15", "MC15", True),
        ("ё-1", "Ё1", True),
        ("00", "0", False),
    ],
)
def test_zeros_in_front_differ_only_in_a_figure(told, ours, same):
    row = Ours("x", "x", ours, client="Лукошко")

    assert bool(matching.site(Site("y", told, client="Лукошко"), [row])) == same


@pytest.mark.parametrize(
    ("told", "how"),
    [
        (Device("АТЛАС К-220, касса 1", "220 0471938"), "serial"),
        (Device("", "220-0471938"), "serial"),
        (Device("касса", "220-О471938"), None),
        (Device("Эвотор СТ-5Ф", "220-0471938"), None),
        (Device("касса", "", "инв15"), "inventory"),
        (Device("касса", "777", "ИНВ-15"), None),
        (Device("весы", "", "21"), "inventory"),
        (Device("весы", "", ""), None),
        (Device("весы", "21", ""), None),
    ],
)
def test_a_device(told, how):
    found = matching.device(told, [TILL, SCALE], site_id="shop")
    assert (found.how if found else None) == how


def test_an_inventory_number_counts_only_at_its_site():
    told = Device("касса", "", "ИНВ-15")

    assert matching.device(told, [TILL], site_id="other") is None
    assert matching.device(told, [TILL], site_id=None) is None


def test_words_of_a_partner_are_folded_and_never_too_long():
    assert matching.site_word(Site("", "Л-1", "Мира, 1", client="Ёж")) == matching.site_word(
        Site("", "л 1", "мира 1", client="еж")
    )
    assert matching.site_word(Site("", "", "")) == matching.device_word(Device("касса")) == ""
    long = [matching.site_word(Site("", "", "а" * 299 + end)) for end in "бв"]
    assert long[0] != long[1] and max(map(len, long)) <= matching.WORD
    assert matching.device_word(Device("касса"), Site("", "1")) != matching.device_word(Device("касса"), Site("", "2"))
