"""A carrier whose clock is wrong takes no lane from its holder and puts none off."""

from datetime import timedelta

from django.utils import timezone

from partnerships import delivery, lanes
from tests.faults import story


def test_a_carrier_a_day_ahead_honours_a_lease_and_puts_nothing_off(pair, monkeypatch):
    alfa, beta = pair
    story.shared(alfa, beta)
    story.say(alfa, "given", "раз")
    holder, real = lanes.claim(), timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(days=1))

    assert lanes.claim() is None
    lanes.release(holder)
    assert delivery.drain()
    monkeypatch.undo()
    story.say(alfa, "given", "два")
    assert delivery.drain()

    assert story.heard(beta) == ["раз", "два"]
