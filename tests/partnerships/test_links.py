"""A link's life through its pages: terms, pause, resume, end; and who may do it."""

import pytest

from partnerships import delivery
from partnerships.models import Invitation, Partnership
from tests import world
from tests.partnerships.conftest import hand, in_state, into_state, text_of
from tickets import lifecycle

TERMS = {
    "relay": "never",
    "relay_down": "by_hand",
    "client_sees": "nothing",
    "hand_on": "anyone",
    "see_below": "role",
    "auto_approve_hours": "0",
    "return_days": "14",
    "accept_minutes": "45",
}


def side(company, other):
    with company.scope():
        return world.partner(company, other)


@pytest.mark.parametrize("role", ["owner", "admin", "dispatcher", "agent", "engineer", "observer"])
def test_only_owners_and_administrators_change_a_link(w, enter, role):
    desk, ours, may = enter(w.service, role), side(w.service, w.sub), role in ("owner", "admin")
    desk.post(f"partners/{ours.pk}/terms/", TERMS)
    with w.service.scope():
        assert (ours.terms.relay_up == "never") == may
    desk.post("partners/invite/", {"name": "Кто-то"})
    with w.service.scope():
        assert Invitation.objects.filter(name="Кто-то").exists() == may
    for route, state in (("pause", "paused"), ("resume", "active"), ("end", "ended")):
        asked = desk.get(f"partners/{ours.pk}/{route}/")
        assert asked.status_code == (405 if route == "resume" else 200 if may else 302)
        desk.post(f"partners/{ours.pk}/{route}/")
        with w.service.scope():
            assert Partnership.objects.get(pk=ours.pk).state == (state if may else "active")


def test_a_pause_holds_letters_and_a_resume_lets_them_go(w, pair, enter):
    desk, ours = enter(w.service, "owner"), pair.taken().partnership
    desk.post(f"partners/{ours.pk}/pause/")
    delivery.drain()
    with w.retail.scope():
        assert world.partner(w.retail, w.service).state == "paused"
    enter(w.service).post(f"handovers/{pair.taken().pk}/accept/")
    delivery.drain()
    assert pair.given().state == "offered"
    assert "waits: the link is paused" in text_of(desk.get(f"partners/{ours.pk}/"))
    desk.post(f"partners/{ours.pk}/resume/")
    delivery.drain()
    assert pair.given().state == "accepted"


@in_state("accepted")
def test_the_end_lists_open_tickets_first_and_cuts_them_on_both_sides(w, moved, enter):
    desk, ours = enter(w.service, "owner"), moved.taken().partnership
    asked = desk.get(f"partners/{ours.pk}/end/")
    assert moved.taken().ticket.ref in text_of(asked) and moved.taken().state == "accepted"
    asked = desk.post(f"partners/{ours.pk}/end/")
    assert "Yes: cut 1 open ticket and end" in text_of(asked) and moved.taken().state == "accepted"
    desk.post(f"partners/{ours.pk}/end/", {"sure": "1"})
    delivery.drain()
    assert moved.taken().state == moved.given().state == "cut"
    page = desk.get(f"partners/{ours.pk}/")
    assert "has ended" in text_of(page) and "/pause/" not in page.content.decode()
    assert desk.post(f"partners/{ours.pk}/terms/", TERMS).status_code == 422


def test_an_invitation_is_revoked_once(w, enter):
    desk = enter(w.service, "owner")
    invitation = desk.post("partners/invite/", {"name": "Касса-Плюс"}).context["made"]["invitation"]
    assert "Касса-Плюс" in text_of(desk.get("partners/"))
    desk.post(f"partners/invitations/{invitation.pk}/revoke/")
    assert "Касса-Плюс" not in text_of(desk.get("partners/")).replace("The invitation is revoked.", "")
    again = desk.post(f"partners/invitations/{invitation.pk}/revoke/", **{"HX-Request": "true"})
    assert again.status_code == 422


@pytest.mark.parametrize("route", ["", "terms/", "pause/", "resume/", "end/"])
def test_another_accounts_link_is_not_there(w, enter, route):
    theirs = side(w.sub, w.vendor)
    desk = enter(w.service, "owner")
    answer = desk.get(f"partners/{theirs.pk}/") if not route else desk.post(f"partners/{theirs.pk}/{route}")
    assert answer.status_code == 404


def test_pages_ask_the_same_number_of_questions_for_one_ticket_and_for_many(w, enter, django_assert_max_num_queries):
    """The list of tickets and the list of partners never ask per row."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(path):
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(path).status_code == 200
        return len(queries)

    desk = enter(w.service)

    def give(n):
        for number in range(n):
            with w.service.scope():
                ticket = lifecycle.open_ticket(f"Заявка {number}", by=w.service.dispatcher)
            hand(w.service, w.sub, ticket)

    give(1)
    desk.get("tickets/?queue=all")
    before = asked("tickets/?queue=all"), asked("partners/")
    give(8)
    assert (asked("tickets/?queue=all"), asked("partners/")) == before


def test_pips_show_the_far_holder(w, enter):
    """The row knows whose turn it is three companies down."""
    from partnerships import panels, sharing
    from tests.partnerships.conftest import row
    from tickets.models import Ticket

    with w.retail.scope():
        ticket = lifecycle.open_ticket("Вниз", by=w.retail.dispatcher)
    for giver, taker in ((w.retail, w.service), (w.service, w.sub)):
        hand(giver, taker, ticket, see_below="named")
        delivery.drain()
        taken = row(taker, direction="taken")
        with taker.scope():
            sharing.accept(taken, by=taker.dispatcher)
        delivery.drain()
        ticket = taken.ticket
    with w.retail.scope():
        mine = Ticket.objects.select_related("account", "client").get()
        pips = panels.load_chains([mine])[mine.pk]
    assert [(one["name"], one["party"], bool(one["turn"])) for one in pips] == [
        ("Лукошко", "us", False),
        ("Меридиан Сервис", "partner", False),
        ("Вектор", "far", True),
    ]
    with w.service.scope():
        middle = Ticket.objects.select_related("account", "client").get()
        pips = panels.load_chains([middle])[middle.pk]
    assert [(one["party"], bool(one["turn"])) for one in pips] == [("client", False), ("us", False), ("partner", True)]


def test_a_chain_is_eight_hand_overs_long_at_most(w, pair):
    """The ninth hand-over would be one too many."""
    from partnerships.models import Handover
    from tenants.vocabulary import Refused

    into_state(pair, "accepted")
    taken = pair.taken()
    with w.service.scope():
        Handover.objects.filter(pk=taken.pk).update(depth=8)
    with pytest.raises(Refused, match="8"):
        hand(w.service, w.sub, taken.ticket)
    with w.service.scope():
        Handover.objects.filter(pk=taken.pk).update(depth=7)
    assert hand(w.service, w.sub, taken.ticket).depth == 8


def test_the_composer_says_who_may_read_on(w, pair, enter):
    """Writing to the sender is read by him; what he shows his client is his to say."""
    page = enter(w.service).get(f"tickets/{pair.taken().ticket.number}/")
    assert "Лукошко decides whether its own client reads it." in text_of(page)
    into_state(pair, "accepted")
    hand(w.service, w.sub, pair.taken().ticket)
    delivery.drain()
    page = enter(w.retail).get(f"tickets/{pair.number}/")
    assert "Меридиан Сервис may pass it on to a subcontractor." in text_of(page)
