"""Lists by deadline: what is asked for is found, what stands still is not overdue, and one index serves it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from sla import calendars, policies
from tenants import accounts, agreements, clock
from tenants.models import User
from tests import world
from tests.rewind import staged
from tickets import lifecycle, queue, statuses
from tickets.models import Ticket
from tickets.vocabulary import Category, Deadline, Glyph

PEOPLE = {role: (role.title(), "") for role in ("owner", "dispatcher", "agent", "engineer", "observer")}
HOUR = timedelta(hours=1)
LEFT = {"late": -0.5, "soon": 3, "days": 50, "weeks": 400}


@staged
def desk():
    """Tickets whose deadlines stand in every way there is."""
    company = world.company("meridian", "Меридиан", "МС", PEOPLE, language="en")
    now = clock.now()
    with company.scope(), clock.at(now - 2 * HOUR):
        company.client = accounts.add_client("Лукошко", by=company.owner)
        agreements.add(company.client, by=company.owner, number="СЛ-1", answers_for_others=False)
        for subject, hours in LEFT.items():
            lifecycle.open_ticket(subject, by=company.dispatcher, due_at=now + hours * HOUR)
        lifecycle.open_ticket("none", by=company.dispatcher)
        always = calendars.add("Сутки", by=company.owner, zone="Europe/Moscow", always=True)
        policies.add("Всем", by=company.owner, calendar=always, targets={"normal": {"response": 60, "resolution": 60}})
        still = lifecycle.open_ticket("still", by=company.dispatcher, client=company.client, assignee=company.engineer)
        lifecycle.set_status(still, to=statuses.first(Category.WAITING, Glyph.CLIENT), by=company.dispatcher)
        late = lifecycle.open_ticket("ours", by=company.dispatcher, client=company.client, assignee=company.engineer)
    company.still, company.late = still, late
    return company


def found(desk, deadline, **wanted):
    with desk.scope():
        page = queue.page(desk.dispatcher, queue.Wanted("all", filters={"deadline": deadline}, **wanted))
        return [row["ticket"].subject for row in page.rows]


def test_each_deadline_that_is_asked_for_is_found_in_its_order(desk):
    assert {code: sorted(found(desk, code)) for code in Deadline if code != Deadline.TODAY} == {
        Deadline.MISSED: ["late", "ours"],
        Deadline.SOON: ["soon"],
        Deadline.WEEK: ["days", "soon"],
        Deadline.STILL: ["still"],
        Deadline.NONE: ["none"],
    }
    with desk.scope():
        everything = queue.page(desk.dispatcher, queue.Wanted("all"))
        overdue = queue.counts(desk.dispatcher)["overdue"]
    subjects = [row["ticket"].subject for row in everything.rows]
    assert [one for one in subjects if one in (*LEFT, "ours")] == ["ours", "late", "soon", "days", "weeks"]
    assert overdue == 2


def test_today_ends_where_the_readers_day_does(desk):
    now = datetime(2030, 5, 6, 20, 30, tzinfo=UTC)  # half past eleven at night in Moscow
    with desk.scope(), clock.at(now):
        for minutes in (10, 50):
            lifecycle.open_ticket(f"in {minutes}", by=desk.dispatcher, due_at=now + timedelta(minutes=minutes))

    with clock.at(now), timezone.override("Europe/Moscow"):
        assert found(desk, Deadline.TODAY) == ["in 10"]


def test_the_order_by_deadline_is_one_walk_along_an_index(desk):
    with desk.scope(), connection.cursor() as cursor:
        rows = Ticket.objects.due(Deadline.SOON, clock.now()).order_by("due_at", "pk")[:51]
        sql, values = rows.query.sql_with_params()
        # A handful of rows is read in any way: what is asked is whether the index can give the order.
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute("EXPLAIN " + sql, values)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "ticket_open_due" in plan


class Page:
    """A person's browser on a ticket."""

    def __init__(self, desk, role):
        self.browser, self.root = Browser(), f"/a/{desk.slug}/tickets/"
        self.browser.force_login(User.objects.get(pk=desk.people[role].user_id))

    def see(self, path):
        return self.browser.get(self.root + path).content.decode()

    def send(self, path, **data):
        return self.browser.post(self.root + path, data, headers={"HX-Request": "true"})


def test_the_page_says_how_each_promise_stands_and_why(desk):
    page = Page(desk, "agent")

    late, still = (page.see(f"{one.number}/") for one in (desk.late, desk.still))

    assert "SLA “Всем”: it fits every ticket" in late and "Counted by the calendar “Сутки”" in late
    assert "Agreement СЛ-1" in late and "We do not answer for third parties" in late
    assert "By the SLA policy “Всем”" in late and "Without a deadline" not in late
    assert "the clock stands still" in still and "waiting for the client, Лукошко" in still
    listed = page.see("?queue=all&deadline=still")
    assert 'data-state="paused"' in listed and "Clock paused, left:" in listed


@pytest.mark.parametrize(
    ("role", "code", "buttons"), [("agent", 204, True), ("engineer", 422, False), ("observer", 422, False)]
)
def test_who_may_say_that_a_delay_is_not_ours(desk, role, code, buttons):
    page, number = Page(desk, role), desk.late.number

    drawn = page.see(f"{number}/")
    answer = page.send(f"{number}/excuse/", target="resolution", reason="Нет ключа")

    assert ("Why the delay is not ours" in drawn) is buttons and "Deadlines" in drawn
    assert answer.status_code == code
    assert ("Not ours: Нет ключа — Agent" in page.see(f"{number}/")) is buttons
    assert page.send(f"{number}/arrive/").status_code == 422
