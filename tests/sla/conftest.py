"""A ticket that went through three companies by the minute, for tests of who held it how long."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from partnerships import delivery, sharing
from partnerships.cards import Share
from partnerships.models import Handover
from tenants import accounts, clock
from tenants.models import User
from tests import world
from tests.rewind import staged
from tests.sla.promises import as_role, english, inside, promising  # noqa: F401
from tickets import lifecycle, statuses
from tickets.vocabulary import Category, Glyph

# A Wednesday, nine in the morning in Moscow.
NINE = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@contextmanager
def minute(n, company=None):
    """So many minutes after nine, in this company's account; whatever was written then arrives then."""
    with clock.at(NINE + n * MINUTE):
        if company:
            with company.scope():
                yield
        else:
            yield
        delivery.drain()


def hand_of(company, **which):
    rows = Handover.objects.select_related("ticket__account", "ticket__status", "partnership", "counterpart")
    return rows.get(account=company.account, **which)


@staged
def three(chain_of_four):
    """The service company, its partner and the vendor behind him, all reading English."""
    User.objects.update(language="en")
    return chain_of_four


def give(company, to, ticket, **choices):
    choices = {"share": Share(), "see_below": "named"} | choices
    return sharing.offer(ticket, to=world.partner(company, to), by=company.dispatcher, **choices)


@staged
def journey(three):
    """Ours for 15 minutes, offered 5, at the partner's 10, behind him 30, his 10 again, then ours and the client's."""
    ours, theirs, far = three.service, three.sub, three.vendor
    with minute(0, ours):
        client = accounts.add_client("Лукошко-сеть", by=ours.owner)
        ticket = lifecycle.open_ticket("Касса молчит", by=ours.dispatcher, client=client)
    with minute(10, ours):
        lifecycle.assign(ticket, to=ours.agent, by=ours.dispatcher)
    with minute(15, ours):
        given = give(ours, theirs, ticket)
    with minute(20, theirs):
        taken = hand_of(theirs, direction="taken")
        sharing.accept(taken, by=theirs.dispatcher)
    with minute(30, theirs):
        on = give(theirs, far, taken.ticket)
    with minute(40, far):
        sharing.accept(hand_of(far, direction="taken"), by=far.dispatcher)
    with minute(60, far):
        sharing.deliver(hand_of(far, direction="taken"), by=far.dispatcher, report="Готово")
    with minute(65, theirs):
        sharing.approve(hand_of(theirs, pk=on.pk), by=theirs.dispatcher)
    with minute(70, theirs):
        sharing.deliver(hand_of(theirs, pk=taken.pk), by=theirs.dispatcher, report="Готово")
    with minute(75, ours):
        sharing.approve(hand_of(ours, pk=given.pk), by=ours.dispatcher)
    with minute(80, ours):
        asked = statuses.first(Category.WAITING, Glyph.CLIENT)
        lifecycle.set_status(ticket, to=asked, by=ours.agent)
    with minute(95, ours):
        lifecycle.set_status(ticket, to=statuses.first(Category.OPEN, Glyph.OPEN), by=ours.agent)
    with minute(100, ours):
        lifecycle.resolve(ticket, by=ours.agent)
    with ours.scope():
        ticket.refresh_from_db()
    with theirs.scope():
        taken = hand_of(theirs, pk=taken.pk)
    return SimpleNamespace(
        ours=ours, theirs=theirs, far=far, stranger=three.stranger, ticket=ticket, client=client, taken=taken
    )
