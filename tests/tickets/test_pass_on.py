"""What one party says reaches the others only when somebody passes it on."""

import re

import pytest

from partnerships import delivery, sharing
from partnerships.cards import Share
from partnerships.models import Handover
from tenants import accounts
from tenants.scoping import new_id
from tests import world
from tests.rewind import staged
from tickets import conversation, lifecycle
from tickets.models import Comment

from .conftest import Page


def handed(giver, taker, ticket):
    """A ticket goes to the next company, which accepts it; returns the taker's ticket."""
    with giver.scope():
        to = world.partner(giver, taker)
        sharing.offer(ticket, to=to, by=giver.dispatcher, share=Share(), see_below="named")
    delivery.drain()
    with taker.scope():
        known = Handover.objects.select_related("ticket__account", "ticket__status", "partnership", "counterpart")
        handover = known.get(direction="taken")
        sharing.accept(handover, by=taker.dispatcher)
    delivery.drain()
    return handover.ticket


@staged
def handed_down(chain_of_four):
    """The service company between the chain that sent the ticket and the subcontractor who works on it."""
    w = chain_of_four
    with w.retail.scope():
        ticket = lifecycle.open_ticket("Касса не печатает", by=w.retail.dispatcher)
    w.ticket = handed(w.retail, w.service, ticket)
    w.below = handed(w.service, w.sub, w.ticket)
    return w


@pytest.fixture
def middle(handed_down):
    """The same from the desk of its dispatcher."""
    handed_down.page = Page(handed_down.service, "dispatcher")
    return handed_down


def says(company, ticket, body):
    """The taker answers its sender."""
    with company.scope():
        sender = ticket.counterparts.get(direction="taken")
        conversation.comment(ticket, body, by=company.dispatcher, audience="partner", readers=[sender])
    delivery.drain()


def offers(page, word):
    """The choices drawn at one comment."""
    part = page[page.index(f'id="comment-{word.pk}"') :]
    return re.findall(r'name="to" value="([^"]+)"', part[: part.index("</article>")])


def test_a_partners_words_go_up_to_the_sender_but_not_back_to_the_partner(middle):
    says(middle.sub, middle.below, "Готово, печатает")
    with middle.service.scope():
        word = Comment.objects.get()
        sender = middle.ticket.counterparts.get(direction="taken")
        below = middle.ticket.counterparts.get(direction="given")
    where = f"{middle.ticket.number}/comments/{word.pk}/pass-on/"
    assert offers(middle.page.get(f"{middle.ticket.number}/").content.decode(), word) == [f"partner:{sender.pk}"]
    with middle.retail.scope():
        assert not Comment.objects.exists()
    for refused in (f"partner:{below.pk}", "client", "", f"partner:{new_id()}"):
        assert middle.page.post(where, {"to": refused}, htmx=True).status_code == 422
    assert middle.page.post(where, {"to": f"partner:{sender.pk}"}, htmx=True).status_code == 204
    delivery.drain()
    with middle.retail.scope():
        assert Comment.objects.get().body == "Готово, печатает"
    assert offers(middle.page.get(f"{middle.ticket.number}/").content.decode(), word) == []


def test_a_partners_words_wait_until_the_client_is_told(chain_of_four):
    w = chain_of_four
    with w.service.scope():
        client = accounts.add_client("Книжный", by=w.service.owner)
        ticket = lifecycle.open_ticket("Касса", by=w.service.dispatcher, client=client)
    below = handed(w.service, w.sub, ticket)
    says(w.sub, below, "Заменили")
    page = Page(w.service, "dispatcher")
    with w.service.scope():
        word = Comment.objects.get()
    assert offers(page.get(f"{ticket.number}/").content.decode(), word) == ["client"]
    page.post(f"{ticket.number}/comments/{word.pk}/pass-on/", {"to": "client"})
    with w.service.scope():
        word.refresh_from_db()
    assert (word.audience, word.author_name, word.author_company) == (
        "client_and_partner",
        w.sub.dispatcher.name,
        "Вектор",
    )
    assert word.passed_on_by == w.service.dispatcher.name
    assert 'data-audience="client_and_partner"' in page.get(f"{ticket.number}/").content.decode()


def test_the_handover_is_drawn_as_a_move_of_the_ball(middle):
    page = middle.page.get(f"{middle.ticket.number}/").content.decode()
    assert "event--move" in page and page.count('class="handoff"') >= 1
    assert "Лукошко" in page and "Вектор" in page


def test_a_co_ticket_offers_neither_resolving_nor_closing(middle):
    page = middle.page.get(f"{middle.ticket.number}/").content.decode()
    assert f"/{middle.ticket.number}/resolve/" not in page
    refused = middle.page.post(f"{middle.ticket.number}/resolve/", htmx=True)
    assert refused.status_code == 422
