"""What partners and links do reaches the people whom it concerns, on either side and nobody else's."""

from datetime import timedelta

import pytest

from partnerships import delivery, parting, sharing
from partnerships.cards import Share
from partnerships.models import Handover, Partnership
from tenants import clock, postman
from tickets import lifecycle
from tickets.models import Notification


def told(company):
    """A company's unread rows: {role: (event, reason)}."""
    roles = {member.pk: role for role, member in company.people.items()}
    with company.scope():
        rows = Notification.objects.filter(read_at=None).order_by("pk")
        return {roles[row.member_id]: (row.event, row.reason) for row in rows}


def forget(*companies):
    for company in companies:
        with company.scope():
            Notification.objects.update(read_at=clock.now())


@pytest.fixture
def given(w):
    """A ticket of the service company that its agent answers for, offered to the subcontractor by its dispatcher."""
    with w.service.scope():
        ticket = lifecycle.open_ticket("Касса молчит", by=w.service.dispatcher, assignee=w.service.agent)
    forget(w.service, w.sub)
    with w.service.scope():
        partner = Partnership.objects.select_related("link").get(name="Вектор")
        handover = sharing.offer(ticket, to=partner, by=w.service.dispatcher, share=Share())
    assert delivery.drain()
    return handover


def taken(w):
    return Handover.objects.select_related("ticket__account", "partnership", "counterpart").get(direction="taken")


def test_an_offer_is_news_to_the_takers_dispatchers_and_the_answer_to_the_givers_people(w, given):
    assert told(w.sub) == {"dispatcher": ("partner", "dispatch")}
    assert told(w.service) == {"agent": ("moved", "assignee")}, "a colleague's own deed is a move, not an answer"

    forget(w.service, w.sub)
    with w.sub.scope():
        sharing.decline(taken(w), by=w.sub.dispatcher, reason="Нет людей")
    assert delivery.drain()

    assert told(w.service) == {"agent": ("our_turn", "assignee")}, "the turn came back with the answer: one row"
    assert told(w.sub) == {} and told(w.stranger) == {}


def test_nobody_hears_of_a_link_but_those_who_link(w, mailoutbox):
    forget(w.service, w.sub, w.vendor, w.retail)
    with w.service.scope():
        parting.pause(Partnership.objects.get(name="Вектор"), by=w.service.owner)
    assert delivery.drain()

    assert told(w.service) == {"admin": ("link", "lead")} and told(w.sub) == {"owner": ("link", "lead")}
    assert told(w.retail) == told(w.vendor) == told(w.stranger) == {}

    with clock.at(clock.now() + timedelta(minutes=2)):
        postman.deliver_due()
    brought = {message.to[0]: message for message in mailoutbox}
    assert {"admin@meridian.example", "owner@vektor.example"} <= set(brought)
    assert "paused the link with Меридиан Сервис" in brought["owner@vektor.example"].body
    assert not [reader for reader in brought if reader.partition("@")[0] not in ("owner", "admin")]
