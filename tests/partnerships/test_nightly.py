"""When both sides tell their sums, how much that costs, and who may ask for it at once."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships import compared, delivery, nightly, parting, reconcile
from partnerships.models import InboxLetter, Letter, Link
from partnerships.protocol import tallies
from tenants import clock
from tenants.models import Account, Timer
from tenants.scoping import new_id
from tenants.vocabulary import Refused
from tests import world
from tests.faults import invariants
from tests.partnerships.conftest import hand, in_state
from tests.partnerships.sides import grown, night
from tickets import lifecycle
from tickets.models import Comment, CommentReader
from tickets.vocabulary import Audience


@in_state("accepted")
def test_two_sides_that_agree_write_one_letter_each_and_nothing_else(sides):
    night()
    before = invariants.rows()

    night()

    after = invariants.rows()
    assert {key: after[key] - before[key] for key in after if after[key] != before[key]} == {
        (slug, table): 1
        for slug in ("lukoshko", "meridian")
        for table in ("partnerships_letter", "partnerships_inboxletter")
    }
    assert [side.compared() for side in sides.values()] == [("agreed", 0, [])] * 2


@in_state("accepted")
def test_a_link_that_stands_still_tells_nothing(sides):
    giver, taker = sides.values()
    with giver.company.scope():
        parting.pause(world.partner(giver.company, taker.company), by=giver.company.owner)
    delivery.drain()
    before = invariants.rows()

    night()

    assert grown(before) == set()
    with giver.company.scope():
        with pytest.raises(Refused):
            reconcile.compare(world.partner(giver.company, taker.company), by=giver.company.owner)
        parting.resume(world.partner(giver.company, taker.company), by=giver.company.owner)
    delivery.drain()
    Account.objects.filter(pk=taker.company.account.pk).update(suspended_at=clock.now())
    before = invariants.rows()
    night()
    assert grown(before) == set()


@in_state("accepted")
def test_owners_and_admins_have_a_link_compared_at_once(sides):
    giver, taker = sides.values()
    with giver.company.scope():
        partner = world.partner(giver.company, taker.company)
        with pytest.raises(Refused):
            reconcile.compare(partner, by=giver.company.dispatcher)

        reconcile.compare(partner, by=giver.company.owner)

        with pytest.raises(Refused):
            reconcile.compare(partner, by=giver.company.owner)
    assert nightly.work() is False
    delivery.drain()
    assert [side.compared() for side in sides.values()] == [("agreed", 0, [])] * 2
    tonight = Timer.objects.filter(kind=reconcile.NIGHT, subject_id=partner.link_id)
    assert [timedelta(0) < one.due_at - clock.now() <= timedelta(days=1) for one in tonight] == [True, True]


@in_state("accepted")
def test_the_operator_has_one_link_compared_or_all_of_them(sides):
    giver, taker = sides.values()
    with giver.company.scope():
        link = world.partner(giver.company, taker.company).link
    told = StringIO()

    call_command("reconcile", link=link.pk, stdout=told)

    companies = (link.account_a, link.account_b)
    assert told.getvalue().splitlines() == [
        f"{link}: {company}: 1 agree, 0 mended, 0 differ, 0 asked" for company in companies
    ]
    with pytest.raises(CommandError):
        call_command("reconcile", link=new_id(), stdout=told)
    call_command("reconcile", stdout=told)
    assert len(told.getvalue().splitlines()) == 2 + 2 * Link.objects.count()


@in_state("accepted")
def test_every_link_has_its_own_hour_of_the_night_where_its_people_are(sides):
    Account.objects.update(zone="Asia/Vladivostok")
    with clock.at(datetime(2026, 3, 2, 20, tzinfo=UTC)):
        nightly.set_out()

    zone = ZoneInfo("Asia/Vladivostok")
    nights = Timer.objects.filter(kind=reconcile.NIGHT).values_list("due_at", flat=True)
    moments = {due.astimezone(zone) for due in nights}
    assert len(moments) == len(nights) == 2 * Link.objects.count()
    assert {(at.date().isoformat(), 1 <= at.hour < 5) for at in moments} == {("2026-03-04", True)}


@in_state("accepted")
def test_a_thousand_comments_are_compared_in_as_many_queries_as_two(sides):
    giver, taker = sides.values()
    night()
    counts = []
    for more in (0, 1000):
        ids = [new_id() for _one in range(more)]
        add_many(giver, ids, author_kind="member")
        add_many(taker, ids, author_kind="partner")
        with CaptureQueriesContext(connection) as queries:
            night()
        counts.append(len(queries))
    with taker.company.scope():
        taker.came(f"слово {ids[500]}").delete()

    night()

    assert counts[0] == counts[1]
    assert taker.heard().count(f"слово {ids[500]}") == 1
    assert taker.compared() == ("mended", 1, [])
    with taker.company.scope():
        listed = Letter.objects.get(kind="handover.holdings").body
    assert (listed["parts"], listed["part"]) == (16, tallies.part_of(ids[500], 16))
    assert len(listed["entries"]) < 200


def add_many(side, ids, *, author_kind):
    """Words that crossed long ago, as rows."""
    with side.company.scope():
        mine = side.handover()
        through = mine.counterpart if author_kind == "partner" else None
        said = {"ticket": mine.ticket, "audience": Audience.PARTNER, "author_kind": author_kind}
        Comment.objects.bulk_create(
            Comment(origin_id=one, body=f"слово {one}", created_at=clock.now(), came_through=through, **said)
            for one in ids
        )
        known = Comment.objects.filter(origin_id__in=ids)
        CommentReader.objects.bulk_create(CommentReader(comment=one, counterpart=mine.counterpart) for one in known)


@in_state("accepted")
def test_many_handovers_go_in_pages(sides, monkeypatch):
    giver, taker = sides.values()
    counts = [queries_of_a_night()]

    for n in range(2):
        with giver.company.scope():
            ticket = lifecycle.open_ticket(f"Ещё {n}", by=giver.company.dispatcher)
        hand(giver.company, taker.company, ticket)
    delivery.drain()
    counts.append(queries_of_a_night())
    monkeypatch.setattr(nightly, "PAGE", 1)

    night()

    assert counts[0] == counts[1]
    with taker.company.scope():
        rows = InboxLetter.objects.filter(kind="link.digest").order_by("seq")
        pages = [(len(one.body["sums"]), one.body["last"]) for one in rows]
        assert pages == [*[(1, True)] * 2, *[(3, True)] * 2, (1, False), (1, False), (1, True)]
        assert compared.of(world.partner(taker.company, giver.company)).agreed == 3


def queries_of_a_night():
    """Of the second, when every hand-over was compared once before."""
    night()
    with CaptureQueriesContext(connection) as queries:
        night()
    return len(queries)
