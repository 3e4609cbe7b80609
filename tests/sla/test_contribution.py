"""The contribution of the parties: who may read it, what it says, and what the sheet for the client keeps to itself."""

import csv
from io import StringIO

import pytest
from django.test import Client as Browser
from django.utils.translation import override

from partnerships import sharing
from partnerships.models import Handover
from sla import contribution
from tenants import accounts, agreements
from tenants.models import User
from tests import world
from tests.partnerships.conftest import text_of
from tests.sla.conftest import give, minute
from tickets import lifecycle, placing


@pytest.fixture
def get():
    """What a member of a company gets at an address below one of his tickets."""

    def ask(company, number, path="turns/", role="dispatcher"):
        browser = Browser()
        browser.force_login(User.objects.get(pk=company.people[role].user_id))
        return browser.get(f"/a/{company.slug}/tickets/{number}/{path}")

    return ask


def test_the_page_tells_every_turn_and_what_each_company_comes_to(journey, get):
    with journey.ours.scope():
        agreements.add(journey.client, number="СЛ-31", third_parties="Прошивки — АТЛАС Сервис", by=journey.ours.owner)
    page = get(journey.ours, journey.ticket.number)
    text = text_of(page)

    assert "Вектор 0:25:00 0:25:00 25.0 %" in text and "АТЛАС Сервис 0:30:00 0:30:00 30.0 %" in text
    assert "Меридиан Сервис 0:30:00 0:30:00 30.0 %" in text and "with our person 0:15:00" in text
    assert "Лукошко-сеть 0:15:00 0:15:00 15.0 %" in text and "Total 1:40:00 1:40:00" in text
    assert "the partner’s outcome waits for our answer: Вектор" in text and "Мария Титова" in text
    assert "Agreement СЛ-31" in text and "Прошивки — АТЛАС Сервис" in text
    assert "waiting for the client Лукошко-сеть" in text, "the pause and whom we waited for"
    card = text_of(get(journey.ours, journey.ticket.number, ""))
    assert "1 h 40 m at work" in card and "All turns" in card


def test_whoever_sees_the_ticket_reads_it_and_nobody_else(journey, get):
    number, paths = journey.ticket.number, ("turns/", "turns/proof/", "turns/table/")
    codes = {
        role: [get(journey.ours, number, path, role).status_code for path in paths]
        for role in ("dispatcher", "observer", "agent", "engineer")
    }

    assert codes == {
        "dispatcher": [200, 200, 200],
        "observer": [200, 200, 200],
        "agent": [200, 200, 200],
        "engineer": [404, 404, 404],
    }
    with journey.ours.scope():
        lifecycle.reopen(journey.ticket, by=journey.ours.dispatcher)
        lifecycle.assign(journey.ticket, to=journey.ours.engineer, by=journey.ours.dispatcher)
    assert [get(journey.ours, number, path, "engineer").status_code for path in paths] == [200, 200, 302]
    assert get(journey.ours, number, "turns/table/", "agent").status_code == 302, "his own tickets only"
    assert [get(journey.stranger, number, path, "owner").status_code for path in paths] == [404, 404, 404]
    theirs = text_of(get(journey.theirs, journey.taken.ticket.number))
    assert (
        "Мария Титова" not in theirs and "Лукошко-сеть" not in theirs and "delivered, waiting to be accepted" in theirs
    )


def test_the_table_has_every_turn_with_its_seconds(journey, get):
    answer = get(journey.ours, journey.ticket.number, "turns/table/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text)))

    assert rows[0] == ["Party", "Company", "Person and team", "Why", "From", "Until", "Seconds", "Working seconds"]
    far = ["2026-03-04 09:30:00", "2026-03-04 10:00:00", "1800", "1800"]
    assert rows[5][:2] + rows[5][4:] == ["partner’s partner", "АТЛАС Сервис", *far]
    assert sum(int(row[6]) for row in rows[1:]) == 6000


def turns_of(ticket):
    """What the sheet for whoever asked says: (company, why, minutes)."""
    with override("en"):
        drawn = contribution.of(ticket, inside=False).lines
    return [(line.company, line.person, line.why, line.wall // 60) for line in drawn]


OURS, DONE = ("Меридиан Сервис", "", "in our work"), ("Лукошко-сеть", "", "waiting for the client", 15)


@pytest.mark.parametrize(
    ("grade", "partner"),
    [
        ("nothing", [(*OURS, 80)]),
        ("role", [(*OURS, 15), ("a partner of ours", "", "the partner works", 55), (*OURS, 10)]),
        ("status", [(*OURS, 15), ("Вектор", "", "the partner works", 55), (*OURS, 10)]),
    ],
)
def test_the_clients_sheet_names_partners_as_far_as_the_terms_do(journey, get, grade, partner):
    with journey.ours.scope():
        hand = Handover.objects.select_related("partnership").get(ticket=journey.ticket.pk)
        hand.partnership.versions.filter(version=hand.terms_version).update(client_sees=grade)
        agreements.add(journey.client, number="СЛ-31", third_parties="Прошивки — АТЛАС Сервис", by=journey.ours.owner)
        told = turns_of(journey.ticket)
    sheet = text_of(get(journey.ours, journey.ticket.number, "turns/proof/"))
    ours = text_of(get(journey.ours, journey.ticket.number, "turns/proof/?internal"))

    assert told == [*partner, DONE, (*OURS, 5)]
    hidden = ["АТЛАС Сервис", "Мария Титова", "Анна Ковалёва", *(["Вектор"] if grade != "status" else [])]
    assert [name for name in hidden if name in sheet] == [] and "Total 1:40:00" in sheet
    assert all(name in ours for name in hidden) and "For us only" in ours
    assert "Agreement СЛ-31" in sheet and "Прошивки" in ours and "Прошивки" not in sheet, (
        "who else has a part is ours to say"
    )


@pytest.mark.parametrize(
    ("see_below", "name"), [("hidden", None), ("role", "a partner of ours"), ("named", "АТЛАС Сервис")]
)
def test_the_senders_sheet_names_those_below_as_far_as_the_hand_over_does(three, see_below, name):
    ours, theirs = three.service, three.sub
    with minute(0, ours):
        ticket = lifecycle.open_ticket("Касса молчит", by=ours.dispatcher)
        give(ours, theirs, ticket, see_below=see_below)
    with minute(10, theirs):
        taken = Handover.objects.select_related("ticket__account").get(direction="taken")
        sharing.accept(taken, by=theirs.dispatcher)
        give(theirs, three.vendor, taken.ticket)
    with minute(20, theirs):
        companies = [line[0] for line in turns_of(taken.ticket)]

    assert companies == (["Вектор", name] if name else ["Вектор"])


def test_the_senders_sheet_tells_nothing_of_our_own_clients_agreement(three, get):
    ours, theirs = three.service, three.sub
    with minute(0, ours):
        give(ours, theirs, lifecycle.open_ticket("Касса молчит", by=ours.dispatcher))
    with minute(10, theirs):
        taken = Handover.objects.select_related("ticket__account").get(direction="taken")
        sharing.accept(taken, by=theirs.dispatcher)
        own = accounts.add_client("Свой клиент", by=theirs.owner)
        agreements.add(own, number="ТАЙНА-7", third_parties="Наш подрядчик", by=theirs.owner)
        placing.place(taken.ticket, client=own, by=theirs.dispatcher)
    sheets = [text_of(get(theirs, taken.ticket.number, f"turns/proof/{more}")) for more in ("", "?internal")]

    assert ["ТАЙНА-7" in sheet or "подрядчик" in sheet for sheet in sheets] == [False, True]


def test_a_ticket_for_nobody_outside_has_a_sheet_for_us_alone(three, get):
    with three.service.scope():
        ticket = lifecycle.open_ticket("Своё", by=three.service.dispatcher)
    sheet = text_of(get(three.service, ticket.number, "turns/proof/"))

    assert "For us only" in sheet and "Only what" not in sheet and world.PASSWORD not in sheet
