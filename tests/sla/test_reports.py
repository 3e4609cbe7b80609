"""Reports as pages: who sees which numbers, and that each number opens the tickets that it counted."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from sla import charts, tallies
from tenants import clock
from tenants.models import User
from tests.sla.test_tallies import HOUR, NINE, desk, opened, told
from tickets import lifecycle

__all__ = ["desk"]
DAYS = "weeks=days&since=2026-02-23&until=2026-03-15"
PAGES = ("", "deadlines/", "team/", "tickets/", "table/")


@pytest.fixture
def worked(desk):
    """Two tickets of the agent in time, one of nobody's late."""
    with desk.scope():
        for client in (desk.shop, desk.cafe):
            told(desk, opened(desk, client=client))
        late = opened(desk)
        with clock.at(NINE + 10 * HOUR):
            lifecycle.resolve(late, by=desk.dispatcher)
    return desk


def get(client, company, role, path):
    client.force_login(User.objects.get(pk=getattr(company, role).user_id))
    return client.get(f"/a/{company.slug}/reports/{path}")


def numbers_of(answer):
    """The tickets that a list shows."""
    return sorted(re.findall(r'<span class="ref">(.*?)</span>', answer.content.decode()))


@pytest.mark.parametrize("role", ["owner", "dispatcher", "agent", "observer", "engineer"])
def test_whoever_takes_nothing_out_has_no_reports(client, worked, role):
    expected = 404 if role == "engineer" else 200

    assert {path: get(client, worked, role, f"{path}?{DAYS}").status_code for path in PAGES} == dict.fromkeys(
        PAGES, expected
    )
    assert ("/reports/" in client.get(f"/a/{worked.slug}/tickets/").content.decode()) == (expected == 200)


def test_a_number_opens_the_tickets_that_it_counted(client, worked):
    lists = {
        "": ["МС-1", "МС-2", "МС-3"],
        "&week=2026-03-02": ["МС-1", "МС-2", "МС-3"],
        "&week=2026-03-09": [],
        "&held=client": ["МС-1", "МС-2"],
        "&outcome=kept": ["МС-1", "МС-2"],
        "&outcome=missed&by=us&because=queue": ["МС-3"],
        "&person=none": ["МС-3"],
        f"&person={worked.agent.pk}": ["МС-1", "МС-2"],
        f"&client={worked.cafe.pk}": ["МС-2"],
        "&partner=Вектор": [],
    }

    assert {one: numbers_of(get(client, worked, "observer", f"tickets/?{DAYS}{one}")) for one in lists} == lists
    assert numbers_of(get(client, worked, "agent", f"tickets/?{DAYS}")) == ["МС-1", "МС-2"]


def test_the_table_says_the_same_and_no_cell_is_a_formula(client, worked):
    with worked.scope():
        type(worked.shop).objects.filter(pk=worked.shop.pk).update(name="=1+1")

    answer = get(client, worked, "dispatcher", f"table/?{DAYS}&report=deadlines")

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").split("\r\n")
    assert lines[1:4] == ["2026-02-23;0;0;0;", "2026-03-02;2;1;0;66,7", "2026-03-09;0;0;0;"]
    assert lines[6:8] == ["'=1+1;1;1;0;50,0", "Кафе;1;0;0;100,0"]
    assert get(client, worked, "agent", f"table/?{DAYS}&report=all").status_code == 404


def test_numbers_are_written_as_the_spreadsheet_of_the_language_reads_them(client, worked):
    weeks = {}
    for language in ("ru", "en"):
        User.objects.filter(pk=worked.observer.user_id).update(language=language)
        answer = get(client, worked, "observer", f"table/?{DAYS}&report=chain")
        weeks[language] = b"".join(answer.streaming_content).decode("utf-8-sig").split("\r\n")[2]

    assert weeks == {
        "ru": "2026-03-02;3;6,50;1,70;4,80;0,00;0,00;0,00;6,50;1,7;66,7",
        "en": "2026-03-02,3,6.50,1.70,4.80,0.00,0.00,0.00,6.50,1.7,66.7",
    }


def test_queries_stay_the_same_however_many_tickets(client, worked):
    asked = {}
    for path in ("", "deadlines/", "team/", "tickets/"):
        get(client, worked, "owner", f"{path}?{DAYS}")
        with CaptureQueriesContext(connection) as few:
            get(client, worked, "owner", f"{path}?{DAYS}")
        asked[path] = len(few)
    with worked.scope():
        for _n in range(5):
            told(worked, opened(worked))
        tallies.catch_up()

    for path, before in asked.items():
        with CaptureQueriesContext(connection) as many:
            get(client, worked, "owner", f"{path}?{DAYS}")
        assert (path, len(many)) == (path, before)


SPOILT = (
    "weeks=0",
    "since=x&until=2026-99-99&weeks=days",
    "client=1&team=%00&partner=%00",
    "target=x&delivered=1&person=x",
    "week=1&held=x&after=~",
    "weeks=days&since=0001-01-01&until=9999-12-31&week=9999-12-31",
    "weeks=days&since=0001-01-01&until=0001-01-02&week=0001-01-01",
    "weeks=days&since=9999-12-01&until=9999-12-31&after=0001-01-01T00:00:00%2B14:00~00000000-0000-0000-0000-000000000000",
    "weeks=days&since=2000-01-01&until=2099-12-31&week=2099-12-31",
)


@pytest.mark.parametrize("spoilt", SPOILT)
def test_spoilt_addresses_are_the_usual_report(client, worked, spoilt):
    assert {path: get(client, worked, "owner", f"{path}?{spoilt}").status_code for path in PAGES} == dict.fromkeys(
        PAGES, 200
    )


def test_an_account_without_tickets_says_what_will_appear(client, desk):
    answer = get(client, desk, "owner", "")

    with translation.override("ru"):
        assert gettext("Nothing to report yet") in answer.content.decode()


def test_columns_stand_on_one_another_and_lines_break_where_nothing_is():
    chart = charts.columns([{"parts": [("client", 10), ("us", 20)], "total": 30}, {"parts": [], "total": 0}])
    line = charts.line([(1, 90.0), (2, None), (3, 100.0), (4, 80.0)])

    client, us = chart["columns"][0]["parts"]
    assert [step["value"] for step in chart["grid"]] == [0, 10, 20, 30]
    assert client["y"] == 194.0 and us["y"] == 34.0 and us["height"] == 158.5
    assert len(line["pieces"]) == 1
    assert [dot["name"] for dot in line["dots"]] == [1, 3, 4]
