"""Clocks where statuses are reshaped, deadlines are given by hand, and words come late."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser

from sla import excusing, warning
from sla.models import Pause
from tenants import clock
from tenants.models import Activity, Timer, User
from tenants.vocabulary import Refused
from tests.sla import test_clocks
from tests.sla.test_clocks import HOUR, MINUTE, NINE, fresh, moved, opened, put, resettle, say, the
from tickets import lifecycle, words
from tickets.vocabulary import Category, Glyph

desk, inside = test_clocks.desk, test_clocks.inside


def reshape(desk, ticket, at, **look):
    """What the owner does to the status of a ticket, and what the timer does then."""
    status = fresh(ticket).status
    as_it_is = {name: getattr(status, name) for name in ("name", "category", "glyph", "hue", "waits_for")}
    with clock.at(at):
        words.change_status(status, by=desk.owner, **(as_it_is | look))
        resettle("statuses")


def pauses(ticket):
    return list(Pause.objects.filter(ticket=ticket).values_list("reason", "from_at", "until_at"))


def lines(ticket, kind, **details):
    return [line.details for line in Activity.objects.filter(ticket_id=ticket.pk, kind=kind, **details).order_by("id")]


def test_what_a_ticket_waited_for_until_its_status_meant_something_else_stays_a_pause(inside):
    ticket = opened(inside)
    put(inside, ticket, Glyph.CLIENT, Category.WAITING, NINE + HOUR)

    reshape(inside, ticket, NINE + 3 * HOUR, waits_for="partner")

    assert pauses(ticket) == [("client", NINE + HOUR, NINE + 3 * HOUR)]
    assert (the(ticket).state, the(ticket).due_at) == ("running", NINE + 6 * HOUR)
    assert Timer.objects.filter(kind="clocks_statuses").exists()


def test_a_status_that_stops_clocks_from_now_on_stops_them_from_now_on(inside):
    ticket = opened(inside)
    put(inside, ticket, Glyph.PARTNER, Category.WAITING, NINE + HOUR)

    reshape(inside, ticket, NINE + 2 * HOUR, waits_for="client")
    reshape(inside, ticket, NINE + 3 * HOUR, hue="red")

    assert pauses(ticket) == [("client", NINE + 2 * HOUR, None)]
    assert (the(ticket).state, the(ticket).left) == ("paused", 2 * 3600)


def test_a_colour_tells_nothing_of_when_somebody_began_to_wait(inside):
    ticket = opened(inside)
    put(inside, ticket, Glyph.CLIENT, Category.WAITING, NINE + HOUR)
    Pause.objects.filter(ticket=ticket).delete()

    reshape(inside, ticket, NINE + 2 * HOUR, hue="red")

    assert pauses(ticket) == [("client", NINE + HOUR, None)]


def test_a_moment_that_is_given_holds_also_where_the_policy_said_the_same(inside):
    ticket = opened(inside)
    with clock.at(NINE + MINUTE):
        for _twice in range(2):
            lifecycle.set_due(ticket, to=NINE + 4 * HOUR, by=inside.dispatcher)
    put(inside, ticket, Glyph.CLIENT, Category.WAITING, NINE + HOUR)
    put(inside, ticket, Glyph.OPEN, Category.OPEN, NINE + 2 * HOUR)

    row = the(ticket)
    assert (row.source, row.fixed_at, row.due_at) == ("hand", NINE + 4 * HOUR, NINE + 4 * HOUR)
    assert lines(ticket, "due_changed") == [{"before": "—", "after": "2026-03-04T10:00+00:00"}]
    assert moved(ticket) == []


def test_nothing_is_taken_back_where_nothing_was_given(inside):
    ticket = opened(inside)

    with clock.at(NINE + HOUR):
        lifecycle.set_due(ticket, to=None, by=inside.dispatcher)

    assert (lines(ticket, "due_changed"), fresh(ticket).due_at) == ([], NINE + 4 * HOUR)


def test_the_form_offers_only_what_was_given_and_keeps_its_seconds(desk):
    second, local = NINE + 6 * HOUR + timedelta(seconds=30), "2026-03-04T15:00"
    with desk.scope():
        promised, given = opened(desk), opened(desk, due_at=second)
    dispatcher = Browser()
    dispatcher.force_login(User.objects.get(pk=desk.dispatcher.user_id))
    of_promised, of_given = (f"/a/{desk.slug}/tickets/{one.number}/" for one in (promised, given))

    pages = [dispatcher.get(address).content.decode() for address in (of_promised, of_given)]
    done = dispatcher.post(f"{of_given}due/", {"due_at": local})

    with desk.scope():
        told = (done.status_code, fresh(given).due_at, lines(given, "due_changed"))
    offered = [re.search(r'name="due_at" value="([^"]*)" required', page)[1] for page in pages]
    assert (offered, told) == (["", local], (302, second, []))


def test_every_late_update_is_one_line_whoever_comes_first(inside):
    ticket = opened(inside, priority="high")
    say(inside, ticket, at=NINE + 30 * MINUTE)
    missed = [len(lines(ticket, "time_missed", details__target="update"))]
    with clock.at(NINE + 95 * MINUTE):
        for _twice in range(2):
            warning.ring(the(ticket, "update").pk)
    missed.append(len(lines(ticket, "time_missed", details__target="update")))
    say(inside, ticket, at=NINE + 100 * MINUTE)
    missed.append(len(lines(ticket, "time_missed", details__target="update")))
    say(inside, ticket, at=NINE + 200 * MINUTE)
    missed.append(len(lines(ticket, "time_missed", details__target="update")))
    put(inside, ticket, Glyph.SOLVED, Category.RESOLVED, NINE + 300 * MINUTE)
    with clock.at(NINE + 301 * MINUTE):
        for _twice in range(2):
            warning.ring(the(ticket, "update").pk)
    missed.append(len(lines(ticket, "time_missed", details__target="update")))

    assert missed == [0, 1, 1, 2, 3]


def test_an_excuse_is_for_the_update_that_was_late_and_for_none_after_it(inside):
    ticket = opened(inside, priority="high")
    with clock.at(NINE + 70 * MINUTE):
        for target in ("update", "resolution"):
            excusing.excuse(ticket, target=target, reason="Нет связи", by=inside.dispatcher)

    say(inside, ticket, at=NINE + 80 * MINUTE)

    row = the(ticket, "update")
    assert (row.started_at, row.excuse, row.excused_by, row.excused_at) == (NINE + 80 * MINUTE, "", "", None)
    assert the(ticket, "resolution").excuse == "Нет связи"


def test_nobody_arrives_where_the_work_is_done(inside):
    ticket = opened(inside, priority="high")
    put(inside, ticket, Glyph.SOLVED, Category.RESOLVED, NINE + HOUR)

    with clock.at(NINE + 48 * HOUR), pytest.raises(Refused) as no:
        excusing.arrive(ticket, by=inside.dispatcher)

    assert no.value.sentence == excusing.OVER
    assert (the(ticket, "arrival").met_at, lines(ticket, "arrived")) == (None, [])


def test_a_given_moment_that_is_past_is_missed_when_the_ticket_comes_back(inside):
    ticket = opened(inside, due_at=NINE + 5 * HOUR)
    put(inside, ticket, Glyph.SOLVED, Category.RESOLVED, NINE + HOUR)
    assert (the(ticket).state, the(ticket).missed_at) == ("met", None)

    put(inside, ticket, Glyph.OPEN, Category.OPEN, NINE + 48 * HOUR)

    row = the(ticket)
    assert (row.state, row.due_at, row.missed_at) == ("running", NINE + 5 * HOUR, NINE + 5 * HOUR)
