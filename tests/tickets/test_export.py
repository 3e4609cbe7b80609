"""A list taken out as a file: what its reader sees, all of it, and nothing that a spreadsheet would run."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest

from tenants import clock
from tenants.models import Membership, User
from tickets import exporting, lifecycle, tagging

from .conftest import opened

EARLY = datetime(2026, 3, 1, 21, 30, tzinfo=UTC)


def table(answer):
    """The rows of the file below its headings, which stand in the reader's language."""
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    headings, *rows = csv.reader(StringIO(text))
    assert headings[:2] == ["No.", "Subject"]
    return rows


def column(answer, place=1):
    return [row[place] for row in table(answer)]


def test_a_list_is_taken_out_whole_and_as_it_is_seen(desk, as_role, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    User.objects.filter(pk=desk.dispatcher.user_id).update(zone="Asia/Omsk")
    with clock.at(EARLY):
        first = opened(desk, "Касса молчит; весы тоже", site=desk.site, assignee=desk.agent, priority="high")
        rest = [opened(desk, f"Заявка {n}") for n in range(4)]
    with desk.scope():
        tagging.tag(first, "ночь", by=desk.agent)
        lifecycle.resolve(rest[0], by=desk.agent)
    dispatcher = as_role("dispatcher")

    whole = dispatcher.get("list.csv?queue=all&sort=newest&after=us~2~nonsense")
    narrow = dispatcher.get("list.csv?queue=all&priority=high")
    searched = dispatcher.get("list.csv?q=касса")
    numbered = dispatcher.get("list.csv?q=МС-1")

    assert whole["Content-Type"] == "text/csv; charset=utf-8"
    assert f"All%20open%20{clock.now():%Y-%m-}" in whole["Content-Disposition"]
    assert column(whole) == ["Заявка 3", "Заявка 2", "Заявка 1", "Касса молчит; весы тоже"]
    [row] = table(narrow)
    assert row[:13] == [
        *("МС-1", "Касса молчит; весы тоже", "", "Лукошко", "Магазин 47", "New", "High", "our turn", ""),
        *("Мария Титова", "", "", "ночь"),
    ]
    assert row[13:16] == ["2026-03-02 03:30", "", ""]
    assert column(searched) == column(numbered) == ["Касса молчит; весы тоже"]


def test_an_agent_takes_out_his_own_and_an_engineer_nothing(desk, agent, as_role, stranger):
    opened(desk, "Общая")
    opened(desk, "Моя", assignee=desk.agent)
    opened(desk, "Инженера", assignee=desk.engineer)
    with stranger.scope():
        lifecycle.open_ticket("Чужая", by=stranger.owner)

    own, numbered, all_ = (agent.get(f"list.csv?{q}") for q in ("queue=all", "q=МС-1", "queue=mine"))
    engineer = as_role("engineer")
    refused = engineer.browser.get(engineer.root + "list.csv", headers={"HX-Request": "true"})

    assert (column(own), column(numbered), column(all_)) == (["Моя"], [], ["Моя"])
    assert column(as_role("observer").get("list.csv?queue=all")) == ["Общая", "Моя", "Инженера"]
    assert refused.status_code == 422 and "list.csv" not in engineer.get("?queue=all").content.decode()
    assert "list.csv?queue=all&amp;sort=due" in agent.get("?queue=all").content.decode()


def test_what_is_taken_from_a_member_while_the_file_goes_out_is_not_in_it(desk, as_role):
    opened(desk, "Касса")
    started = as_role("observer").get("list.csv?queue=all")

    with desk.scope():
        Membership.objects.filter(pk=desk.observer.pk).update(active=False)

    assert table(started) == []


def test_a_list_that_is_too_long_is_refused_and_not_cut(desk, as_role, monkeypatch):
    monkeypatch.setattr(exporting, "MOST", 1)
    dispatcher = as_role("dispatcher")
    opened(desk, "Первая")
    one = dispatcher.get("list.csv?queue=all")
    opened(desk, "Вторая")

    two = dispatcher.get("list.csv?queue=all", headers={"HX-Request": "true"})

    assert column(one) == ["Первая"]
    assert two.status_code == 422 and "narrow the list" in two.content.decode()


@pytest.mark.parametrize(
    "written, read",
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+7 900", "'+7 900"),
        ("-1", "'-1"),
        ("\t@SUM(A1)", " '@SUM(A1)"),
        ("＝1", "'＝1"),
        ("касса;=1|x", "касса;'=1|x"),
        ("касса\r\n=1", "касса =1"),
        ("К-220, -5 градусов", "К-220, -5 градусов"),
    ],
)
def test_no_cell_is_a_formula(written, read):
    assert exporting.plain(written) == read
