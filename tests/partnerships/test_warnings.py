"""What a person should look at twice before a ticket leaves; and the look-alikes that are none of it."""

from datetime import UTC, datetime, timedelta

import pytest

from partnerships import warnings
from partnerships.protocol import SharedTerms

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOURS = timedelta(hours=1)
SAID = "Клиент скандальный и не платит за прошлый месяц, осторожнее с ним"

PHONES = [
    "+7 900 111-22-33",
    "89001112233",
    "8 (900) 111-22-33",
    "900 111-22-33",
    "(8172) 72-12-34",
    "+7(921)1234567",
    "+44 20 7946 0958",
]
PRICES = [
    "5000 руб",
    "5 000 ₽",
    "12,5 тыс. руб",
    "1200р",
    "12 рублей",
    "3 доллара",
    "$40",
    "40 €",
    "EUR 500",
    "цена 1200",
    "стоимость: 900",
    "1,200 USD",
]
FRIENDS = [
    "заявка МС-4821",
    "ИНН 7701234567",
    "ФН 9960440300123456",
    "S/N 89001112233",
    "заводской № 89001112233",
    "2026-11-24 12:30",
    "24.11.2026 г., 12:30–14:00",
    "кассы 1-5, счётчик 214",
    "192.168.100.200",
    "версия 5.8.1",
    "арт. 100-200-30-40",
    "12 рубильников",
    "до 15 р.п. Шексна",
    "12 рабочих мест",
    "EUR-паллета",
    "сумма чека не сходится",
    "К-220, 5 касс, ошибка 500",
]


@pytest.mark.parametrize("text", PHONES)
def test_a_phone_number_is_known_in_any_writing(text):
    found = warnings.of_words(warnings.Outgoing(texts=(f"Звоните {text}, спросите Наталью",)))

    assert [(one.code, one.sentence.rpartition(": ")[2]) for one in found] == [("phone", text)]


@pytest.mark.parametrize("text", PRICES)
def test_an_amount_of_money_is_known_in_both_languages(text):
    found = warnings.of_words(warnings.Outgoing(texts=(f"Выезд, {text}, не больше",)))

    assert [(one.code, one.sentence.partition(": ")[2]) for one in found] == [("price", text)]


@pytest.mark.parametrize("text", FRIENDS)
def test_numbers_of_things_are_neither_phones_nor_prices(text):
    assert warnings.of_words(warnings.Outgoing(texts=(f"Смотрите: {text}",), phone="+7 900 555-66-77")) == []


def test_what_is_passed_anyway_is_no_news():
    text = ("Наталья, +7 900 111-22-33, n.belova@example.org",)
    kept = warnings.Outgoing(texts=text, phone="+7 900 111-22-33", email="n.belova@example.org")
    passed = warnings.Outgoing(texts=text, phone="+7 900 111-22-33", phone_passes=True)
    odd = warnings.Outgoing(texts=("Позвоните: 9 0 0-1 1 1-2 2-3 3",), phone="8 900 111-22-33")

    assert [one.code for one in warnings.of_words(kept)] == ["phone", "mail"]
    assert warnings.of_words(passed) == []
    assert [one.code for one in warnings.of_words(odd)] == ["phone"]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Коллеги, клиент: скандальный и НЕ платит за прошлый месяц!", True),
        ("скандальный и\nне платит", False),
        ("Не платит за прошлый месяц", False),
        ("осторожнее с ним", False),
        ("Счётчик 214, не уходят чеки с утра, стоят все кассы", False),
        ("", False),
    ],
)
def test_a_quotation_of_an_internal_comment_is_found(text, quoted):
    """Six words in a row or thirty letters; what stands in the open as well is no secret."""
    internal = (SAID, "Клиент пишет: счётчик 214, не уходят чеки с утра, стоят все кассы")
    outgoing = warnings.Outgoing((text,), internal, ("Счетчик 214, не уходят чеки с утра, стоят все кассы",))

    assert [one.code for one in warnings.of_words(outgoing)] == ["quotes"] * quoted


def times(**changes):
    usual = {"now": NOW, "due_at": NOW + 8 * HOURS, "our_due": NOW + 10 * HOURS, "accept_by": NOW + HOURS}
    return warnings.Times(**usual | changes)


@pytest.mark.parametrize(
    ("changes", "their", "promise", "codes"),
    [
        ({}, {}, 0, []),
        ({}, {}, 8 * 60, []),
        ({}, {}, 8 * 60 + 1, ["short"]),
        ({"due_at": None}, {}, 900, []),
        ({"due_at": NOW + 11 * HOURS}, {}, 0, ["late"]),
        ({"our_due": None}, {}, 0, []),
        ({"accept_by": NOW + 9 * HOURS}, {}, 0, ["order"]),
        ({}, {"accept_from": "14:00", "accept_until": "18:00"}, 0, ["hours"]),
        ({}, {"accept_from": "13:00", "accept_until": "18:00"}, 0, []),
        ({}, {"accept_days": [5, 6]}, 0, ["hours"]),
        ({"type": "Ремонт"}, {"accept_types": ["монтаж"]}, 0, ["type"]),
        ({"type": "ремонт"}, {"accept_types": ["Ремонт"]}, 0, []),
        ({"address": "Псков, Мира 1"}, {"accept_regions": ["Вологда"]}, 0, ["region"]),
        ({"address": "г. Вологда, Мира 1"}, {"accept_regions": ["Вологда"]}, 0, []),
        ({"address": ""}, {"accept_regions": ["Вологда"]}, 0, []),
    ],
)
def test_times_and_places_that_a_partner_does_not_keep(changes, their, promise, codes):
    found = warnings.of_times("Вектор", times(**changes), SharedTerms(**their, zone="UTC"), promise)

    assert [one.code for one in found] == codes


def test_a_warning_is_known_again_by_what_it_says():
    """Another phone number is another warning."""
    first, again, other = (
        warnings.of_words(warnings.Outgoing(texts=(text,)))[0]
        for text in ("+7 900 111-22-33", "тел. +7 900 111-22-33", "+7 900 111-22-34")
    )

    assert first.digest == again.digest != other.digest
