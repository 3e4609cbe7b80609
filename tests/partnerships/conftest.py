"""Hands for these tests: signed-in browsers of the cast, a handed-over ticket, the two rows of a hand-over."""

import re
from contextlib import nullcontext
from html import unescape
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from partnerships import delivery, sharing
from partnerships.cards import Share
from partnerships.models import Handover
from tenants.models import User
from tenants.scoping import in_account
from tests import world
from tests.partnerships.sides import Side
from tests.rewind import staged
from tickets import files, lifecycle


@staged
def w(chain_of_four):
    """The cast, reading English: these tests look for the sentences as they stand in the code."""
    User.objects.update(language="en")
    return chain_of_four


@pytest.fixture
def enter():
    """A browser in which one member of a company is signed in; paths are those inside his account."""
    return lambda company, role="dispatcher": Desk(Client(), company, role)


class Desk:
    """A member at his own desk."""

    def __init__(self, client, company, role):
        self.client, self.company = client, company
        client.force_login(User.objects.get(pk=company.people[role].user_id))

    def url(self, path):
        return f"/a/{self.company.slug}/{path}"

    def get(self, path, **headers):
        return self.client.get(self.url(path), headers=headers)

    def post(self, path, data=None, **headers):
        return self.client.post(self.url(path), data or {}, headers=headers)


def text_of(response):
    """The words of a page, without its marks."""
    page = re.sub(r"<(script|style|template)[^>]*>.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def hand(company, to, ticket, share=None, **choices):
    """The dispatcher hands a ticket over."""
    with company.scope():
        return sharing.offer(
            ticket, to=world.partner(company, to), by=company.dispatcher, share=share or Share(), **choices
        )


def row(company, pk=None, **which):
    """A company's own row of a hand-over, inside its scope or outside of any."""
    with nullcontext() if in_account() else company.scope():
        rows = Handover.objects.select_related("ticket__account", "ticket__status", "partnership", "counterpart")
        return rows.get(**({"pk": pk} if pk else which))


@staged
def pair(w):
    """A ticket of the retail chain, handed to the service company and arrived there."""
    with w.retail.scope():
        ticket = lifecycle.open_ticket("Касса не печатает", by=w.retail.dispatcher, description="Ошибка ФН")
    given = hand(w.retail, w.service, ticket)
    delivery.drain()
    return SimpleNamespace(
        giver=w.retail,
        taker=w.service,
        given=lambda: row(w.retail, pk=given.pk),
        taken=lambda: row(w.service, key=given.key),
        number=ticket.number,
    )


def into_state(pair, state):
    """Bring both rows to a state by the verbs that lead there."""
    taker, giver = pair.taker.dispatcher, pair.giver.dispatcher
    ways = {
        "offered": [],
        "accepted": ["accept"],
        "declined": ["decline"],
        "expired": ["expire"],
        "withdrawn": ["withdraw"],
        "done": ["accept", "deliver"],
        "approved": ["accept", "deliver", "approve"],
        "returned": ["accept", "deliver", "send_back"],
        "given_back": ["accept", "give_back"],
    }
    for verb in ways[state]:
        ours = verb in ("accept", "decline", "deliver", "give_back")
        company, handover, by = (pair.taker, pair.taken(), taker) if ours else (pair.giver, pair.given(), giver)
        extra = {"reason": "причина"} if verb in ("decline", "withdraw", "give_back", "send_back") else {}
        with company.scope():
            getattr(sharing, verb)(handover, by=by, **extra)
        delivery.drain()


def in_state(state):
    """The test begins with its `moved` hand-over in this state."""
    return pytest.mark.parametrize("state", [state])


@staged
def moved(pair, state):
    """The pair in the state that the test has as its parameter."""
    into_state(pair, state)
    return pair


@staged
def sides(moved):
    """Both companies on an accepted ticket; each said two things, one of them with a file."""
    giver, taker = Side(moved.giver, moved.given), Side(moved.taker, moved.taken)
    for side, word in ((giver, "сверху"), (taker, "снизу")):
        side.say(f"{word} раз")
        side.say(f"{word} два", uploads=[SimpleUploadedFile(f"{word}.txt", word.encode())])
        with side.company.scope():
            mine = side.handover()
            upload = SimpleUploadedFile(f"{word} отдельно.txt", b"1")
            files.attach(
                mine.ticket, upload, by=side.company.dispatcher, readers=[mine.counterpart], audience="partner"
            )
    delivery.drain()
    return {"given": giver, "taken": taker}
