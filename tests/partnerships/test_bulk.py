"""Selected tickets go to a partner at once: what goes, what stays and why, and nothing that was not seen."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partnerships import bulk, delivery, sharing
from partnerships.cards import Share
from partnerships.models import Handover, HandoverTemplate
from tenants.models import Activity
from tenants.vocabulary import Refused
from tests import world
from tests.partnerships.conftest import text_of
from tests.rewind import staged
from tickets import lifecycle
from tickets.models import Comment, Ticket


@staged
def heap(w):
    """Four tickets of the service company: one is with the partner already, one is finished."""
    with w.service.scope():
        by, to = w.service.dispatcher, world.partner(w.service, w.sub)
        tickets = [
            lifecycle.open_ticket(f"Касса {n}", by=by, description="Не печатает", due_at=due)
            for n, due in enumerate([timezone.now() + timedelta(hours=10), None, None, None])
        ]
        sharing.offer(tickets[2], to=to, by=by, share=Share())
        lifecycle.resolve(tickets[3], by=by)
    delivery.drain()
    return tickets


def ids(tickets):
    return [str(ticket.pk) for ticket in tickets]


def asked(w, tickets, **more):
    with w.service.scope():
        return {
            "ids": ids(tickets),
            "to": str(world.partner(w.service, w.sub).pk),
            "next": "/a/meridian/tickets/",
            **more,
        }


def seen(page):
    return re.search(r'name="seen" value="(\w*)"', page.content.decode())[1]


def given(w):
    """What the service company gave: the tickets' subjects."""
    with w.service.scope():
        return list(
            Handover.objects.filter(direction="given")
            .order_by("ticket__number")
            .values_list("ticket__subject", flat=True)
        )


def test_what_can_go_goes_after_it_was_seen_and_the_rest_stays_with_its_reasons(w, heap, enter):
    desk = enter(w.service)
    opened = desk.post("tickets/hand-over/", {"ids": ids(heap)})
    shown = desk.post("tickets/hand-over/", asked(w, heap, look="1"))

    assert opened.status_code == shown.status_code == 200
    assert "Choose a partner to see which tickets can go to it." in text_of(opened)
    words = text_of(shown)
    assert "2 tickets can go to Вектор." in words and "2 tickets stay with you" in words
    assert "Вектор has this ticket already." in words and "A finished ticket can't be handed over." in words
    assert given(w) == ["Касса 2"], "to look is not to hand over"

    done = desk.post("tickets/hand-over/", asked(w, heap, seen=seen(shown), message="Разом"))

    assert done["Location"] == "/a/meridian/tickets/"
    assert given(w) == ["Касса 0", "Касса 1", "Касса 2"]
    delivery.drain()
    with w.service.scope():
        first, second = Handover.objects.filter(direction="given").order_by("ticket__number")[:2]
        left = first.ticket.due_at - timezone.now()
        assert abs((first.due_at - timezone.now()) / left - 0.8) < 0.02 and second.due_at is None
        assert Activity.objects.filter(kind="handover_offered").count() == 3, "one line for each ticket"
    with w.sub.scope():
        assert Comment.objects.filter(body="Разом").count() == 2
        assert set(Ticket.objects.values_list("description", flat=True)) == {"Не печатает"}


@pytest.mark.parametrize("spoil", ["", "0123456789abcdef"])
def test_what_was_not_seen_does_not_go(w, heap, enter, spoil):
    answer = enter(w.service).post("tickets/hand-over/", asked(w, heap, seen=spoil))

    assert answer.status_code == 200 and "2 tickets can go to Вектор." in text_of(answer)
    assert given(w) == ["Касса 2"]


def test_all_or_none_is_the_verb_s_own_word_unless_the_rest_may_stay(w, heap):
    with w.service.scope():
        to, by = world.partner(w.service, w.sub), w.service.dispatcher
        with pytest.raises(Refused, match=heap[2].ref):
            bulk.hand_over(bulk.selection([one.pk for one in heap], by=by), to=to, by=by)
        with pytest.raises(Refused):
            bulk.hand_over(bulk.selection([heap[3].pk], by=by), to=to, by=by, rest_stays=True)

    assert given(w) == ["Касса 2"]


def test_a_template_says_what_goes_and_by_when(w, heap, enter):
    with w.service.scope():
        template = HandoverTemplate.objects.create(
            partnership=world.partner(w.service, w.sub), name="Выезд", message="Как обычно", due_minutes=60
        )
    desk = enter(w.service)
    shown = desk.post("tickets/hand-over/", asked(w, heap[:1], look="1"))
    assert "Выезд" in text_of(shown)

    desk.post("tickets/hand-over/", asked(w, heap[:1], template=str(template.pk), seen=seen(shown)))

    with w.service.scope():
        row = Handover.objects.get(ticket=heap[0])
        assert abs(row.due_at - timezone.now() - timedelta(hours=1)) < timedelta(minutes=1)
        assert row.share["description"] is False
        assert Comment.objects.get(ticket=heap[0]).body == "Как обычно"


def test_who_may_not_hand_over_gets_neither_the_button_nor_the_deed(w, heap, enter):
    pages = {role: enter(w.service, role).get("tickets/?queue=all").content.decode() for role in ("agent", "observer")}
    refused = [
        enter(w.service, role).post(address, asked(w, heap), hx_request="true")
        for role in ("engineer", "observer")
        for address in ("tickets/hand-over/", "tickets/nudge/")
    ]

    assert [role for role, page in pages.items() if "tickets/hand-over/" in page] == ["agent"]
    assert [answer.status_code for answer in refused] == [422] * 4
    assert given(w) == ["Касса 2"]


def test_a_ticket_that_is_not_there_for_us_spoils_the_selection(w, heap, enter):
    with w.stranger.scope():
        theirs = lifecycle.open_ticket("Чужая", by=w.stranger.owner)

    answer = enter(w.service).post("tickets/hand-over/", asked(w, [*heap, theirs]), hx_request="true")

    assert answer.status_code == 422 and "not there any more" in answer.content.decode()


def test_partners_of_a_selection_are_asked_to_hurry(w, heap, enter):
    desk = enter(w.service)
    asked_once = desk.post("tickets/nudge/", {"ids": ids(heap)}, hx_request="true")
    again = desk.post("tickets/nudge/", {"ids": ids(heap)}, hx_request="true")

    assert asked_once.status_code == 204 and again.status_code == 422
    with w.service.scope():
        assert Activity.objects.filter(kind="handover_nudged").count() == 1


def test_looking_at_many_takes_as_many_queries_as_at_few(w, heap, enter):

    with w.service.scope():
        many = [*heap, *(lifecycle.open_ticket(f"Ещё {n}", by=w.service.dispatcher) for n in range(20))]
    desk, counts = enter(w.service), []
    for tickets in (heap[:2], heap[:2], many):
        with CaptureQueriesContext(connection) as queries:
            desk.post("tickets/hand-over/", asked(w, tickets, look="1"))
        counts.append(len(queries))

    assert counts[1] == counts[2]
