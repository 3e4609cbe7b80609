"""What falls due rings once, in its own account, and one that fails stops nobody else."""

import itertools
import threading
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from tenants import accounts, clock, timers
from tenants.models import Client, Timer
from tenants.scoping import current_account_id
from tenants.vocabulary import Refused
from tests import world
from tests.rewind import staged


@staged
def two():
    made = [world.company(slug, slug, slug[:2].upper(), {"owner": ("Он", "")}) for slug in ("here", "there")]
    for company in made:
        with company.scope():
            company.client = accounts.add_client(f"Клиент {company.slug}", by=company.owner)
    return made


@pytest.fixture
def rung(monkeypatch):
    """A timer kind of the test's own, and what it rang for."""
    heard = []
    monkeypatch.setattr(timers, "HANDLERS", {**timers.HANDLERS})

    @timers.on_timer("probe")
    def probe(subject_id):
        heard.append((current_account_id(), Client.objects.get(pk=subject_id).name))

    return heard


def later(minutes):
    return clock.now() + timedelta(minutes=minutes)


def test_a_timer_rings_once_in_its_own_account_when_it_is_due(two, rung):
    here, there = two
    for company in two:
        with company.scope():
            timers.set_timer("probe", company.client, later(5))
    assert timers.ring_due() == 0 and rung == []

    with clock.at(later(6)):
        assert timers.ring_due() == 2
        assert timers.ring_due() == 0

    assert sorted(rung, key=lambda told: told[1]) == [
        (here.account.pk, "Клиент here"),
        (there.account.pk, "Клиент there"),
    ]
    assert not Timer.objects.exists()


def test_a_later_call_moves_the_timer_and_clearing_takes_it_away(two, rung):
    here, _there = two
    with here.scope():
        timers.set_timer("probe", here.client, later(5))
        timers.set_timer("probe", here.client, later(60))
    with clock.at(later(6)):
        assert timers.ring_due() == 0
    with here.scope():
        timers.clear_timer("probe", here.client)
    with clock.at(later(90)):
        assert timers.ring_due() == 0
    assert rung == []


def test_another_account_can_not_clear_it(two, rung):
    here, there = two
    with here.scope():
        timers.set_timer("probe", here.client, later(5))
    with there.scope():
        timers.clear_timer("probe", here.client)

    assert Timer.objects.count() == 1


@pytest.mark.parametrize("error", [ZeroDivisionError(), Refused("нельзя")])
def test_a_handler_that_fails_leaves_nothing_and_stops_nobody_else(two, rung, error):
    here, there = two

    @timers.on_timer("bad")
    def bad(subject_id):
        Client.objects.create(name="След")
        raise error

    with here.scope():
        timers.set_timer("bad", here.client, later(1))
    with there.scope():
        timers.set_timer("probe", there.client, later(2))

    with clock.at(later(3)):
        timers.ring_due()

    assert [name for _account, name in rung] == ["Клиент there"]
    with here.scope():
        assert [client.name for client in Client.objects.all()] == ["Клиент here"]


def test_a_timer_that_rings_while_a_person_clears_it_stops_neither(committed):
    """The person holds the client's row and clears the timer; the bell holds nothing while it waits for that row."""
    company = world.company("here", "here", "HE", {"owner": ("Он", "")})
    heard, failed, held = [], [], threading.Event()

    @timers.on_timer("locking")
    def locking(subject_id):
        heard.append(Client.objects.select_for_update().get(pk=subject_id).name)

    with company.scope():
        client = accounts.add_client("Клиент", by=company.owner)
        timers.set_timer("locking", client, later(-1))

    def person():
        try:
            with company.scope():
                Client.objects.select_for_update().get(pk=client.pk)
                held.set()
                # Past the bell's own look for a deadlock, so that the next look is the person's.
                time.sleep(1.2)
                timers.clear_timer("locking", client)
        except DatabaseError as deadlock:
            failed.append(deadlock)
        finally:
            connection.close()

    thread = threading.Thread(target=person)
    thread.start()
    held.wait()
    timers.ring_due()
    thread.join()

    assert failed == [] and not Timer.objects.exists()
    assert heard in ([], ["Клиент"])
    del timers.HANDLERS["locking"]


def test_a_handler_that_fails_is_tried_again_after_growing_pauses_and_never_given_up(two, rung):
    here, _there = two
    tries = []

    @timers.on_timer("bad")
    def bad(subject_id):
        tries.append(clock.now())
        raise Refused("нельзя")

    with here.scope():
        timers.set_timer("bad", here.client, later(1))
    for minute in range(2, 400):
        with clock.at(later(minute)):
            timers.ring_due()

    pauses = [round((after - before).total_seconds()) for before, after in itertools.pairwise(tries)]
    assert pauses == sorted(pauses) and pauses[-1] == 3600
    assert Timer.objects.get().attempts == len(tries)
