"""What was handed over changes: the partner sees the difference, and what he wrote himself stays."""

from datetime import timedelta

import pytest

from partnerships import delivery, recard, seeing, sharing
from partnerships.cards import Share
from partnerships.models import InboxLetter, Letter
from tenants import accounts, clock
from tenants.models import Activity
from tenants.vocabulary import Refused
from tests import world
from tests.partnerships.conftest import hand, in_state, into_state, row
from tests.rewind import staged
from tickets import lifecycle, placing
from tickets.models import Ticket


def reworded(company, ticket, subject, description):
    with company.scope():
        lifecycle.reword(ticket, subject=subject, description=description, by=company.dispatcher)
    delivery.drain()


def lines(company, ticket_id, kind="card_changed"):
    """The changed facts of each such line of a ticket: [{fact: (before, after)}]."""
    with company.scope():
        rows = Activity.objects.filter(ticket_id=ticket_id, kind=kind).order_by("pk")
        return [{fact: (was, now) for fact, was, now in line.details["changes"]} for line in rows]


def test_a_change_crosses_once_and_is_told_as_a_difference(pair):
    reworded(pair.giver, pair.given().ticket, "Касса молчит", "Ошибка ФН 235")

    taken = pair.taken()
    assert (taken.ticket.subject, taken.ticket.description) == ("Касса молчит", "Ошибка ФН 235")
    assert lines(pair.taker, taken.ticket_id) == [
        {"subject": ("Касса не печатает", "Касса молчит"), "description": ("Ошибка ФН", "Ошибка ФН 235")}
    ]
    with pair.giver.scope():
        assert Letter.objects.filter(kind="card.changed").count() == 1
