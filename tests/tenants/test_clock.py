"""All processes share the database's clock, whatever the machine of one of them believes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tenants import clock, timers
from tenants.models import Timer
from tenants.scoping import account_scope
from tests.rewind import staged
from tests.world import company

DAY = timedelta(days=1)


@staged
def desk():
    return company("meridian", "Меридиан", "МС", {"owner": ("Игорь Седых", "")})


@pytest.fixture
def fast(monkeypatch):
    """This process believes that it is tomorrow."""
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + DAY)
    yield real
    monkeypatch.undo()
    clock.heed(timezone.now())


def test_a_process_that_is_a_day_ahead_writes_the_time_of_the_database(desk, fast):
    with account_scope(desk.account.pk):
        told = clock.now()

    assert abs(told - datetime.now(UTC)) < timedelta(seconds=2)


def test_nothing_falls_due_a_day_early(desk, fast, monkeypatch):
    rung = []
    monkeypatch.setitem(timers.HANDLERS, "alarm", rung.append)
    with account_scope(desk.account.pk):
        timers.set_timer("alarm", desk.account, fast() + timedelta(hours=1))
    clock.heed(timezone.now())  # as in a process that has not opened any account yet

    timers.ring_due()

    assert rung == []
    assert Timer.objects.filter(kind="alarm").exists()


def test_a_small_difference_is_nobodys_business(desk):
    with account_scope(desk.account.pk):
        before, told, after = timezone.now(), clock.now(), timezone.now()

    assert before <= told <= after
