"""The status map: what the other side shows moves our ticket, asks, or leaves it; and the words that nobody knew."""

from datetime import timedelta

import pytest

from partnerships import delivery, sharing, translation
from partnerships.models import MapRow
from partnerships.vocabulary import MapAction, Side
from tenants import clock
from tenants.models import Activity
from tenants.vocabulary import Refused
from tests import world
from tests.partnerships.conftest import hand, in_state, row
from tickets import lifecycle, statuses, words
from tickets.models import Status, Ticket
from tickets.vocabulary import Category, Glyph


def rows_of(company, other, **which):
    """The rows of a company's map of the link, inside its scope."""
    return MapRow.objects.filter(partnership=world.partner(company, other), **which)


def say_row(company, other, side, action, *, status=None, **what):
    """One row of the map as somebody filled it in."""
    with company.scope():
        rows_of(company, other, side=side, **what).delete()
        MapRow.objects.create(
            partnership=world.partner(company, other), side=side, action=action, status=status, **what
        )


def notes(company, number):
    with company.scope():
        lines = Activity.objects.filter(ticket_id__in=Ticket.objects.filter(number=number).values("pk"), kind="noted")
        return [line.details["note"] for line in lines.order_by("at", "pk")]


def met(company):
    with company.scope():
        return [line.details["word"] for line in Activity.objects.filter(kind="word_met").order_by("at", "pk")]


def rename(company, glyph, name):
    """A company calls one of its statuses otherwise."""
    with company.scope():
        Status.objects.filter(glyph=glyph).update(name=name)


def moves(company, number, *, to):
    """The dispatcher gives a ticket a status, and the letters arrive."""
    with company.scope():
        ticket = Ticket.objects.get(number=number)
        lifecycle.set_status(ticket, to=Status.objects.get(glyph=to), by=company.dispatcher)
    assert delivery.drain()


@in_state("accepted")
def test_an_unknown_word_waits_on_the_map_and_is_told_once(moved):
    giver, taker = moved.giver, moved.taker
    rename(taker, Glyph.CLIENT, "Ждём  <b>чек</b>")
    number, before = moved.taken().ticket.number, len(met(giver))
    status = moved.given().ticket.status.name

    moves(taker, number, to=Glyph.CLIENT)
    moves(taker, number, to=Glyph.OPEN)
    moves(taker, number, to=Glyph.CLIENT)

    with giver.scope():
        waiting = rows_of(giver, taker, their_status__startswith="Ждём").get()
        assert (waiting.their_status, waiting.action, waiting.side) == ("Ждём <b>чек</b>", "leave", "giver")
        assert waiting.met_at is not None and waiting.their_category == "" and waiting.status is None
    assert met(giver)[before:] == ["Ждём <b>чек</b>"]
    assert moved.given().ticket.status.name == status


@in_state("accepted")
def test_spellings_of_one_word_are_one_row_and_a_flood_is_bounded(moved, monkeypatch):
    monkeypatch.setattr(translation, "OPEN_WORDS", 3)
    with moved.giver.scope():
        given = moved.given()
        MapRow.objects.exclude(met_at=None).delete()
        for word in ("Ждём чек", " ждём   ЧЕК ", "Ждём чек", "", "   ", "Я" * 80, "Я" * 60, "Три", "Четыре", "Пять"):
            translation.follow(given, by=moved.giver.owner, status=word, category="open")

        assert list(MapRow.objects.exclude(met_at=None).order_by("pk").values_list("their_status", flat=True)) == [
            "Ждём чек",
            "Я" * 60,
            "Три",
        ]


def test_a_map_may_ask_about_a_ticket_that_arrives(w):
    say_row(w.service, w.retail, Side.TAKER, MapAction.ASK, handover_state="offered")
    with w.retail.scope():
        ticket = lifecycle.open_ticket("Касса", by=w.retail.dispatcher)
    given = hand(w.retail, w.service, ticket)
    assert delivery.drain()

    taken = row(w.service, key=given.key)
    asked = notes(w.service, taken.ticket.number)
    assert (len(asked), taken.ticket.status.glyph) == (1, Glyph.NEW) and w.retail.account.name in asked[0]


@in_state("accepted")
def test_a_word_that_waits_leaves_the_say_to_its_category(moved):
    giver, taker = moved.giver, moved.taker
    with giver.scope():
        client = statuses.first(Category.WAITING, Glyph.CLIENT)
    say_row(giver, taker, Side.GIVER, MapAction.SET, status=client, their_category="waiting")
    rename(taker, Glyph.CLIENT, "Ждём чек")

    moves(taker, moved.taken().ticket.number, to=Glyph.CLIENT)

    assert moved.given().ticket.status.glyph == Glyph.CLIENT
    with giver.scope():
        assert rows_of(giver, taker, their_status="Ждём чек", met_at__isnull=False).count() == 1


@in_state("accepted")
def test_a_word_outranks_its_category_in_any_spelling(moved):
    giver, taker = moved.giver, moved.taker
    with giver.scope():
        client, back = statuses.first(Category.WAITING, Glyph.CLIENT), statuses.first(Category.OPEN, Glyph.RETURNED)
    say_row(giver, taker, Side.GIVER, MapAction.SET, status=client, their_category="waiting")
    say_row(giver, taker, Side.GIVER, MapAction.SET, status=back, their_status="ждём ЧЕК")
    rename(taker, Glyph.CLIENT, "Ждём чек")

    moves(taker, moved.taken().ticket.number, to=Glyph.CLIENT)

    assert moved.given().ticket.status.glyph == Glyph.RETURNED


def reopen(moved, note="Снова не печатает"):
    """The giver's finished ticket is opened again."""
    with moved.giver.scope():
        ticket = lifecycle.resolve(moved.given().ticket, by=moved.giver.dispatcher)
        lifecycle.reopen(ticket, by=moved.giver.dispatcher, note=note)
    assert delivery.drain()


@pytest.mark.parametrize("state", ["done", "approved"])
def test_a_reopened_ticket_sends_the_work_back_with_the_words(moved):
    with moved.giver.scope():
        MapRow.objects.filter(handover_state="reopened").delete()  # as on links older than this row

    reopen(moved)

    given, taken = moved.given(), moved.taken()
    assert (given.state, taken.state, given.returns, taken.returns) == ("returned", "returned", 1, 1)
    assert given.reason == taken.reason == "Снова не печатает"
    assert (given.ticket.status.glyph, taken.ticket.status.glyph) == (Glyph.PARTNER, Glyph.RETURNED)
    assert taken.ticket.turn == "us" and given.ticket.turn == "partner"


@in_state("approved")
@pytest.mark.parametrize("action", ["ask", "leave"])
def test_a_map_may_ask_or_leave_the_work_where_it_is(moved, action):
    say_row(moved.giver, moved.taker, Side.GIVER, action, handover_state="reopened")
    before = len(notes(moved.giver, moved.number))

    reopen(moved)

    asked = notes(moved.giver, moved.number)[before:]
    assert (moved.given().state, moved.taken().state) == ("approved", "approved")
    assert [moved.taker.account.name in note for note in asked] == [True] * (action == "ask")


@in_state("approved")
def test_long_accepted_work_stays_and_the_ticket_says_why(moved):
    with clock.at(clock.now() + timedelta(days=15)):
        reopen(moved)

    assert (moved.given().state, moved.taken().state) == ("approved", "approved")
    assert moved.taker.account.name in notes(moved.giver, moved.number)[-1]


@in_state("done")
def test_accepting_work_on_a_finished_ticket_is_nobodys_reopening(moved):
    """The usual map says “accepted: in progress”: that opens the ticket again, and must not send the work back."""
    with moved.giver.scope():
        lifecycle.resolve(moved.given().ticket, by=moved.giver.dispatcher)
        sharing.approve(moved.given(), by=moved.giver.dispatcher)
    assert delivery.drain()

    given = moved.given()
    assert (given.state, given.returns, given.ticket.status.glyph) == ("approved", 0, Glyph.OPEN)
    assert moved.taken().state == "approved"


@in_state("done")
def test_a_return_beside_the_reopening_counts_once(moved):
    reopen(moved)
    with moved.giver.scope(), pytest.raises(Refused):
        sharing.send_back(moved.given(), by=moved.giver.dispatcher, reason="ещё раз")

    assert (moved.given().returns, moved.taken().returns) == (1, 1)


@in_state("done")
def test_a_reopening_after_a_return_counts_no_second(moved):
    with moved.giver.scope():
        sharing.send_back(moved.given(), by=moved.giver.dispatcher, reason="не печатает")
    assert delivery.drain()

    reopen(moved)

    assert (moved.given().returns, moved.taken().returns, moved.taken().reason) == (1, 1, "не печатает")


@in_state("accepted")
def test_the_first_ones_return_goes_down_to_the_last(w, moved):
    """Лукошко sends the work back to Меридиан, whose own partner delivered it: it is his again, with the words."""
    below = hand(w.service, w.sub, moved.taken().ticket)
    assert delivery.drain()
    for company, verb in ((w.sub, sharing.accept), (w.sub, sharing.deliver)):
        with company.scope():
            verb(row(w.sub, key=below.key), by=company.dispatcher)
        assert delivery.drain()
    with w.service.scope():
        sharing.approve(row(w.service, pk=below.pk), by=w.service.dispatcher)
        sharing.deliver(moved.taken(), by=w.service.dispatcher)
    assert delivery.drain()
    with w.retail.scope():
        sharing.send_back(moved.given(), by=w.retail.dispatcher, reason="Опять ошибка ФН")
    assert delivery.drain()

    mine, last = row(w.service, pk=below.pk), row(w.sub, key=below.key)
    assert [one.state for one in (moved.given(), moved.taken(), mine, last)] == ["returned"] * 4
    assert (last.reason, last.returns, last.ticket.status.glyph) == ("Опять ошибка ФН", 1, Glyph.RETURNED)


@in_state("approved")
def test_of_several_partners_a_person_chooses_who_gets_it_back(w, moved):
    world.link(w.retail, w.vendor)
    other = hand(w.retail, w.vendor, moved.given().ticket)
    assert delivery.drain()
    for verb in (sharing.accept, sharing.deliver):
        with w.vendor.scope():
            verb(row(w.vendor, key=other.key), by=w.vendor.dispatcher)
        assert delivery.drain()
    before = len(notes(w.retail, moved.number))

    reopen(moved)

    asked = notes(w.retail, moved.number)[before:]
    assert (moved.given().state, row(w.retail, pk=other.pk).state) == ("approved", "done")
    assert [w.service.account.name in asked[0], w.vendor.account.name in asked[1]] == [True, True]


def test_a_status_that_is_archived_leaves_the_maps(w):
    with w.service.scope():
        status = statuses.first(Category.OPEN, Glyph.RETURNED)
        other = statuses.first(Category.OPEN, Glyph.OPEN)
        words.archive_status(status, by=w.service.owner, replacement=other)
        rows = {one.handover_state: one for one in rows_of(w.service, w.sub, side="giver").select_related("status")}

    assert (rows["declined"].status, rows["reopened"].action) == (other, "return")
