"""Which partner suits a ticket best, and in which words that is said."""

from datetime import UTC, datetime, timedelta

import pytest

from partnerships import fit
from partnerships.protocol import Company, SharedTerms

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TICKET = fit.Wanted(
    address="Вологодская обл., г. Череповец, Победы, 61", things=("АТЛАС", "К-220", "касса 1"), type="Ремонт"
)


def weighed(card=None, their=None, record=None):
    return fit.weigh(Company(**card or {}), SharedTerms(**their or {}), fit.Record(**record or {}), TICKET, NOW)


@pytest.mark.parametrize(
    ("region", "near"),
    [
        ("Череповец", True),
        ("г. Череповец", True),
        ("Вологодская область", True),
        ("Тверь и Череповец", True),
        ("Вологда", False),
        ("область", False),
        ("Нижний Череповец", False),
        ("", False),
    ],
)
def test_a_region_is_near_when_the_address_names_it(region, near):
    assert weighed({"regions": [region]}).near is near
    assert weighed(their={"accept_regions": [region]}).near is near


@pytest.mark.parametrize(
    ("service", "known"),
    [
        ("Кассы и весы", True),
        ("Ремонт АТЛАС", True),
        ("К-220", True),
        ("Принтеры", False),
        ("Кабели", False),
        ("1", False),
    ],
)
def test_a_service_is_known_by_maker_model_or_kind(service, known):
    assert (service in weighed({"services": [service]}).words) is known


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (({"regions": ["Череповец"]}, {}, {}), ({}, {}, {})),
        (({}, {}, {}), ({"regions": ["Тверь"]}, {}, {})),
        (({"services": ["Кассы"]}, {}, {}), ({"services": ["Весы"]}, {}, {})),
        (({}, {}, {}), ({}, {"accept_types": ["Монтаж"]}, {})),
        (({}, {}, {}), ({}, {"accept_days": [6], "zone": "UTC"}, {})),
        (({}, {}, {"median": timedelta(hours=2)}), ({}, {}, {"median": timedelta(hours=30)})),
        (({}, {}, {"rating": 4.8}), ({}, {}, {"rating": 3.1})),
        (({}, {}, {"on_time": 96}), ({}, {}, {"on_time": 70})),
        (({}, {}, {"open": 1}), ({}, {}, {"open": 15})),
        # Near by and slow before far and quick; whoever refuses such tickets after everybody.
        (({"regions": ["Череповец"]}, {}, {"open": 20}), ({"regions": ["Тверь"]}, {}, {"rating": 5.0, "on_time": 100})),
        (({"regions": ["Тверь"]}, {}, {}), ({"services": ["Кассы"]}, {"accept_regions": ["Тверь"]}, {"rating": 4.0})),
    ],
)
def test_who_suits_better_stands_first(better, worse):
    assert weighed(*better).score > weighed(*worse).score


def test_the_reasons_are_said():
    found = weighed(
        {"regions": ["Тверь", "Псков"], "services": ["Кассы"]},
        {"accept_types": ["Монтаж"], "accept_regions": ["Тверь"], "accept_days": [6], "zone": "UTC"},
        {"open": 2},
    )

    assert found.words == [
        "Тверь, Псков",
        "2 tickets of ours with them",
        "Кассы",
        "do not take this type",
        "do not take this region",
        "not working now",
    ]
