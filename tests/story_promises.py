"""When the demo's companies work, and what they promise to whom."""

from datetime import date

from sla import calendars, policies
from tenants import agreements
from tenants.models import Client

SHOPS_OPEN = [[["08:00", "22:00"]]] * 7
HOUR = 60


def times(**priorities):
    """Promised minutes by priority: (first response, resolution) and, where there are four, next update and arrival."""
    names = ("response", "resolution", "update", "arrival")
    return {priority: dict(zip(names, spans, strict=False)) for priority, spans in priorities.items()}


def make(slug, company):
    """One company's calendars, agreements and policies."""
    if slug == "meridian":
        of_meridian(company.owner)
    elif slug == "vektor":
        of_partner(company.owner, "Подряд Меридиана", "Меридиан Сервис", (20, 4 * HOUR))
    elif slug == "atlas":
        of_partner(company.owner, "Третья линия", "", (30, 8 * HOUR))


def of_meridian(by):
    """The chain's tills have four hours while its shops are open; trackers are on the road day and night."""
    week = calendars.add_usual(by=by)
    shops = calendars.add("Часы магазинов", by=by, zone="Europe/Moscow", week=SHOPS_OPEN)
    always = calendars.add("Круглосуточно", by=by, zone="Europe/Moscow", always=True)
    chain, trucks = Client.objects.get(name="Лукошко"), Client.objects.get(name="ТрансКама")
    agreements.add(
        chain,
        by=by,
        number="СЛ-31/26",
        name="«Кассы 4 часа»",
        starts_on=date(2026, 1, 1),
        third_parties="АТЛАС Сервис: прошивки и фискальные накопители, по договору сети с изготовителем.",
        answers_for_others=False,
    )
    promise(by, chain, shops, trucks, always)
    policies.add(
        "Обычная",
        by=by,
        calendar=week,
        targets=times(
            critical=(15, 4 * HOUR, HOUR, 2 * HOUR),
            high=(HOUR, 9 * HOUR),
            normal=(2 * HOUR, 27 * HOUR),
            low=(9 * HOUR, 90 * HOUR),
        ),
    )


def promise(by, chain, shops, trucks, always):
    """What two clients were promised before all others."""
    policies.add(
        "Кассы 4 часа",
        by=by,
        calendar=shops,
        when={"clients": [str(chain.pk)]},
        targets=times(
            critical=(15, 2 * HOUR, HOUR), high=(30, 4 * HOUR), normal=(HOUR, 8 * HOUR), low=(4 * HOUR, 40 * HOUR)
        ),
    )
    policies.add(
        "Трекеры на линии",
        by=by,
        calendar=always,
        when={"clients": [str(trucks.pk)]},
        targets=times(critical=(15, 4 * HOUR), high=(30, 8 * HOUR), normal=(2 * HOUR, 48 * HOUR)),
    )


def of_partner(by, name, partner, spans):
    """Somebody whose tickets come from partners: one promise, whatever the priority."""
    when = {"partners": [partner]} if partner else {}
    spans = dict.fromkeys(("critical", "high", "normal"), spans)
    policies.add(name, by=by, calendar=calendars.add_usual(by=by), when=when, targets=times(**spans))
