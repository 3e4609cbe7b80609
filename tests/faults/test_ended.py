"""Letters are on their way when a link ends, and a carrier dies with them: not one row of theirs comes across."""

import pytest
from django.apps import apps

from partnerships import delivery, failpoints, parting
from partnerships.models import InboxLetter
from sla.models import TurnSpan
from tenants.models import Activity, Mail
from tenants.scoping import AccountOwned
from tests import world
from tests.faults import invariants, story
from tickets.models import Notification

PLACES = tuple(place for place in failpoints.ALL if place not in (failpoints.WRITING, failpoints.WRITTEN))
# What the end itself leaves: its letter, its lines, whose turn it is by it, whom it is told.
OF_THE_END = (Activity, TurnSpan, Mail, Notification, InboxLetter)
TABLES = [model for model in apps.get_models() if issubclass(model, AccountOwned) and model not in OF_THE_END]


class Died(BaseException):
    """As good as a kill: what was not committed is gone, and nobody tidies up."""


def has(who):
    """How many rows of each table a company has, and how many letters of hand-overs."""
    with who.scope():
        counts = {model.__name__: model.objects.count() for model in TABLES}
        return counts | {"letters": InboxLetter.objects.exclude(handover_key=None).count()}


@pytest.mark.parametrize("at", PLACES)
def test_after_an_end_nothing_comes_across_wherever_a_carrier_died(pair, monkeypatch, at):
    alfa, beta = pair
    story.shared(alfa, beta)
    for text in ("раз", "два"):
        story.say(alfa, "given", text)
        story.say(beta, "taken", text)
    reached = []

    def die(name):
        if name == at:
            reached.append(name)
            raise Died

    monkeypatch.setattr(failpoints, "reach", die)
    with pytest.raises(Died):
        delivery.drain()
    with beta.scope():
        parting.end(world.partner(beta, alfa), by=beta.owner)
    before = has(alfa), has(beta)
    monkeypatch.undo()
    story.time_passes()
    assert delivery.drain()

    assert reached == [at]
    assert (has(alfa), has(beta)) == before
    assert story.state(alfa, "given") == story.state(beta, "taken") == "cut"
    assert list(invariants.both_sides_agree()) == []
