"""Many are asked and the first to accept takes it: exactly one wins, whoever carries, in what order, killed or not."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from partnerships import delivery, rounds, sharing
from partnerships.cards import Share
from partnerships.models import Handover, Lane
from partnerships.vocabulary import Mode
from tenants.models import Timer
from tenants.timers import ring_due
from tests import world
from tests.faults import invariants, story
from tickets import lifecycle
from tickets.models import Counterpart, Ticket

CARRIERS = 3


@pytest.fixture
def star(committed):
    """One giver with three partners."""
    giver, *takers = story.companies("alfa", "beta", "gamma", "delta")
    for taker in takers:
        world.link(giver, taker)
    yield giver, takers
    assert invariants.everything() == []


def race(giver, takers, tickets=1, **choices):
    """So many tickets, each offered to all of them at once, and arrived."""
    with giver.scope():
        for n in range(tickets):
            ticket = lifecycle.open_ticket(f"Касса {n}", by=giver.owner)
            partners = [world.partner(giver, taker) for taker in takers]
            rounds.ask(ticket, partners=partners, mode=Mode.RACE, by=giver.owner, share=Share(), **choices)
    assert delivery.drain()


def accept_all(taker):
    """A company accepts whatever is offered to it."""
    with taker.scope():
        for handover in Handover.objects.filter(direction="taken", state="offered").order_by("pk"):
            sharing.accept(handover, by=taker.owner)


def together(*deeds):
    """All at once, each in a thread of its own."""

    def done(deed):
        try:
            deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        list(pool.map(done, deeds))


def settled(giver, takers):
    """How each race ended: the states of its hand-overs, how many partners still read, how many tickets are open."""
    story.time_passes()
    assert delivery.drain()
    assert list(invariants.both_sides_agree()) == [] and story.unfinished() == 0
    with giver.scope():
        ends = [
            sorted(ticket.handovers.values_list("state", flat=True)) for ticket in Ticket.objects.order_by("number")
        ]
        readers = Counterpart.objects.filter(open=True).count()
    at_work = 0
    for taker in takers:
        with taker.scope():
            at_work += Ticket.objects.filter(finished_at=None).count()
    return ends, readers, at_work


ONE_WON = ["accepted", "withdrawn", "withdrawn"]


def test_all_accept_at_the_same_moment_while_many_carry(star):
    giver, takers = star
    race(giver, takers, tickets=2)

    together(*[lambda taker=taker: accept_all(taker) for taker in takers], *[delivery.drain] * CARRIERS)
    together(*[delivery.drain] * CARRIERS)

    assert settled(giver, takers) == ([ONE_WON] * 2, 2, 2)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_first_acceptance_that_arrives_wins(star, order):
    giver, (*takers, late) = star
    race(giver, takers)
    for taker in takers:
        accept_all(taker)
    first, second = (takers[n] for n in order)
    far = timezone.now() + timedelta(hours=1)
    Lane.objects.filter(sender=second.account).update(next_attempt_at=far)
    assert delivery.drain()

    assert settled(giver, [first, second, late]) == ([["accepted", "withdrawn"]], 1, 1)
    assert (story.state(first, "taken"), story.state(second, "taken")) == ("accepted", "withdrawn")


@pytest.mark.parametrize("at", ["received", "applied"])
def test_a_carrier_that_dies_with_an_acceptance_decides_nothing_twice(star, at):
    giver, takers = star
    race(giver, takers[:2])
    for taker in takers[:2]:
        accept_all(taker)

    story.carrier_dies(at)

    assert settled(giver, takers) == ([["accepted", "withdrawn"]], 1, 1)


def test_an_acceptance_and_the_end_of_the_time_at_the_same_moment_leave_one_of_both(star):
    giver, takers = star
    race(giver, takers[:2], tickets=2)
    for taker in takers[:2]:
        accept_all(taker)
    Timer.objects.filter(kind="accept_by").update(due_at=timezone.now())

    together(*[ring_due] * 2, *[delivery.drain] * CARRIERS)

    ends, readers, at_work = settled(giver, takers)
    won = sum("accepted" in end for end in ends)
    assert (readers, at_work) == (won, won)
    possible = [["accepted", "expired"], ["accepted", "withdrawn"], ["expired", "expired"]]
    assert [end for end in ends if end not in possible] == []


def test_whoever_waits_for_a_ticket_finds_it_with_its_new_status(star):
    """The one before him changes the status while he waits: he gets the ticket as it is now, and is not told that
    there is none."""
    giver, _takers = star
    with giver.scope():
        ticket = lifecycle.open_ticket("Касса", by=giver.owner)
    moved, found = threading.Event(), []

    def move():
        with giver.scope():
            lifecycle.resolve(ticket, by=giver.owner)
            moved.set()
            time.sleep(0.3)

    def wait():
        moved.wait(5)
        with giver.scope():
            found.append(lifecycle.lock(ticket).status.category)

    together(move, wait)

    assert found == ["resolved"]
