"""Of several hand-overs a list shows the one the turn depends on."""

from datetime import timedelta

from partnerships import chain, delivery, sharing
from tenants import clock
from tests.partnerships.conftest import hand, into_state, row
from tickets import lifecycle
from tickets.models import Status, Ticket


def test_a_list_names_the_partner_the_turn_depends_on(w):
    company, now = w.sub, clock.now()
    with company.scope():
        ticket = lifecycle.open_ticket("Две работы сразу", by=company.dispatcher)
    near = hand(company, w.service, ticket, due_at=now + timedelta(hours=2))
    far = hand(company, w.vendor, ticket, due_at=now + timedelta(hours=5))
    delivery.drain()

    seen = [shown(company, ticket)]
    act(w.service, near, "accept")
    act(w.vendor, far, "accept")
    seen.append(shown(company, ticket))
    act(w.vendor, far, "deliver")
    seen.append(shown(company, ticket))
    with company.scope():
        sharing.approve(row(company, pk=far.pk), by=company.dispatcher)
    seen.append(shown(company, ticket))

    assert seen == [
        ("Меридиан Сервис", "offered", "partner", "Меридиан Сервис"),
        ("Меридиан Сервис", "accepted", "partner", "Меридиан Сервис"),
        ("АТЛАС Сервис", "done", "us", ""),
        ("Меридиан Сервис", "accepted", "partner", "Меридиан Сервис"),
    ]


def test_a_co_ticket_that_waits_for_its_client_waits_for_its_sender(pair):
    into_state(pair, "accepted")
    with pair.taker.scope():
        ticket = pair.taken().ticket
        lifecycle.set_status(ticket, to=Status.objects.get(glyph="client"), by=pair.taker.dispatcher)

        stops = chain.stops(Ticket.objects.select_related("account", "status", "client").get(pk=ticket.pk))

    assert [(stop.party, stop.holds) for stop in stops] == [("client", True), ("us", False)]


def act(company, handover, verb):
    with company.scope():
        getattr(sharing, verb)(row(company, key=handover.key), by=company.dispatcher)
    delivery.drain()


def shown(company, ticket):
    with company.scope():
        one = Ticket.objects.get(pk=ticket.pk)
        return one.partner_label, one.handover_state, one.turn, one.turn_holder
