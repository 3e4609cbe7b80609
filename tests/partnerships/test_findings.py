"""What comparing both sides found is shown to whoever sees the tickets, and whoever links may compare at once."""

import pytest

from partnerships import delivery, nightly, parting
from partnerships.models import Comparison
from tenants import clock
from tests import world
from tests.partnerships.conftest import hand, into_state, text_of
from tests.rewind import staged
from tickets import granting, lifecycle


@staged
def compared(pair):
    """Two tickets at the taker's: one that differs, one that was mended; the granted engineer sees the second."""
    into_state(pair, "accepted")
    with pair.giver.scope():
        other = lifecycle.open_ticket("Весы врут", by=pair.giver.dispatcher)
    given = hand(pair.giver, pair.taker, other)
    delivery.drain()
    with pair.taker.scope():
        first = pair.taken()
        second = type(first).objects.select_related("ticket").get(key=given.key)
        about = {"compared_at": clock.now()}
        Comparison.objects.create(handover=first, result="differs", facts=[["missing", 2], ["state", 1]], **about)
        Comparison.objects.create(handover=second, result="mended", mended=3, **about)
        granting.grant(second.ticket, to=pair.taker.engineer, by=pair.taker.owner)
    return first, second


@pytest.fixture
def home(pair):
    return f"partners/{pair.taken().partnership_id}/"


def rows_of(page):
    return [(row.handover.ticket.subject, row.result, row.said) for row in page.context["rows"]]


def test_each_sees_the_findings_of_his_tickets(pair, compared, home, enter):
    first, second = compared
    said = "2 comments or files are not here; the partner says another state of the hand-over"
    differs, mended = (first.ticket.subject, "differs", said), (second.ticket.subject, "mended", "")

    pages = {role: enter(pair.taker, role).get(f"{home}compared/") for role in ("observer", "engineer")}
    narrowed = [enter(pair.taker).get(f"{home}compared/?result={which}") for which in ("mended", "differs", "agreed")]
    cards = {role: enter(pair.taker, role).get(f"{home}health/").context["compared"] for role in pages}

    assert rows_of(pages["observer"]) == [mended, differs] and rows_of(pages["engineer"]) == [mended]
    assert [rows_of(page) for page in narrowed] == [[mended], [differs], []]
    assert [(card.differs, card.mended) for card in cards.values()] == [(1, 1), (0, 1)]


def test_the_table_of_findings_holds_what_its_reader_may_take_out(pair, compared, home, enter):
    first, _second = compared

    tables = [
        b"".join(enter(pair.taker, role).get(f"{home}compared.csv?result=differs").streaming_content).decode(
            "utf-8-sig"
        )
        for role in ("observer", "agent")
    ]
    refused = enter(pair.taker, "engineer").get(f"{home}compared.csv", **{"HX-Request": "true"})

    whole, own = (text.splitlines() for text in tables)
    assert [line.split(",")[:3] for line in whole[1:]] == [[first.ticket.ref, first.ticket.subject, "differs"]]
    assert own == whole[:1] and refused.status_code == 422


def test_whoever_links_compares_at_once_and_reads_that_both_agree(pair, home, enter):
    into_state(pair, "accepted")
    owner = enter(pair.taker, "owner")
    before = owner.get(f"{home}health/")

    answer = owner.post(f"{home}compare/")
    twice = owner.post(f"{home}compare/", **{"HX-Request": "true"})
    while nightly.work():
        pass
    delivery.drain()
    after = owner.get(f"{home}health/")

    assert answer.url == owner.url(f"{home}health/") and twice.status_code == 422
    assert (before.context["compared"].at, after.context["compared"].agreed) == (None, 1)
    assert "Each night both companies compare" in text_of(before) and "Last compared" in text_of(after)


def test_nobody_else_compares_and_nothing_is_compared_over_a_pause(pair, home, w, enter):
    refused = [
        enter(pair.taker, role).post(f"{home}compare/", **{"HX-Request": "true"}) for role in ("dispatcher", "engineer")
    ]
    strange = [enter(who, "owner").post(f"{home}compare/") for who in (w.stranger, pair.giver)]
    hidden = [enter(pair.taker, role).get(f"{home}health/").content.decode() for role in ("dispatcher", "owner")]
    with pair.giver.scope():
        parting.pause(world.partner(pair.giver, pair.taker), by=pair.giver.owner)
    paused = enter(pair.taker, "owner").post(f"{home}compare/", **{"HX-Request": "true"})

    assert [answer.status_code for answer in (*refused, *strange, paused)] == [422, 422, 404, 404, 422]
    assert ["/compare/" in page for page in hidden] == [False, True]
