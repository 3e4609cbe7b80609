"""A partner may write whatever he likes: what makes no sense waits for a person, and every page still opens."""

from datetime import UTC, datetime, timedelta

import pytest

from partnerships import conditions, delivery, outbox, sharing
from partnerships.models import InboxLetter
from partnerships.protocol import (
    Answer,
    Card,
    CardChanged,
    ChainChanged,
    Device,
    Digest,
    LinkTerms,
    SharedTerms,
    Site,
    Station,
    VisitChanged,
)
from tests import world
from tests.partnerships.conftest import in_state, into_state, text_of

NAIVE, FIRST, LAST = datetime(2026, 1, 1), datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def set_aside(company):
    with company.scope():
        return list(InboxLetter.objects.filter(stage="set_aside").values_list("kind", "reason"))


@pytest.mark.parametrize("moment", [NAIVE, FIRST, LAST])
@in_state("accepted")
def test_a_moment_that_no_calendar_of_ours_can_show_is_set_aside(moved, moment, enter):
    with moved.giver.scope():
        told = CardChanged(subject="Касса", description="", priority="normal", card=Card(), due_at=moment)
        outbox.write(moved.given(), told, by=moved.giver.dispatcher)
    with moved.taker.scope():
        far = Station(position="1", parent="", name="Третий", role="partner", due_at=moment)
        chain = ChainChanged(holds=True, since=None, stations=[far])
        outbox.write(moved.taken(), chain, by=moved.taker.dispatcher)
    delivery.drain()

    assert set_aside(moved.taker) == [("card.changed", "bad value")]
    assert set_aside(moved.giver) == [("chain.changed", "bad value")]
    for company, hand in ((moved.giver, moved.given()), (moved.taker, moved.taken())):
        desk = enter(company)
        assert desk.get(f"tickets/{hand.ticket.number}/").status_code == 200
        assert desk.get("tickets/").status_code == 200


@pytest.mark.parametrize("hours", [("9:5", "18:0"), ("٠٩:٠٠", "١٨:٠٠"), ("09:00+03:00", "18:00")])
def test_hours_that_are_none_do_not_close_the_dialog(pair, hours, enter):
    terms = SharedTerms(accept_from=hours[0], accept_until=hours[1], accept_days=[0])
    with pair.taker.scope():
        ours = world.partner(pair.taker, pair.giver)
        outbox.write_link(ours, LinkTerms(version=90, terms=terms), by=pair.taker.owner)
    delivery.drain()

    with pair.giver.scope():
        told = conditions.theirs(world.partner(pair.giver, pair.taker))
    assert (told.accept_from, told.accept_until, told.accept_days) == ("", "", [0])
    assert enter(pair.giver).get(f"tickets/{pair.number}/hand-over/").status_code == 200


@pytest.mark.parametrize(
    ("state", "word"),
    [("offered", "returned"), ("declined", "returned"), ("offered", "approved"), ("expired", "approved")],
)
def test_nobody_is_made_to_work_who_never_said_done(pair, state, word):
    into_state(pair, state)

    with pair.giver.scope():
        outbox.write(pair.given(), Answer(reason="делайте"), by=pair.giver.dispatcher, kind=f"handover.{word}")
    delivery.drain()

    assert pair.taken().state == state
    assert set_aside(pair.taker) == [(f"handover.{word}", "out_of_place")]


@in_state("accepted")
def test_nobody_is_made_to_go_on_who_gave_the_ticket_back(moved):
    with moved.taker.scope():
        sharing.give_back(moved.taken(), by=moved.taker.dispatcher, reason="не можем")
        asked = moved.taken().pending
    with moved.giver.scope():
        told = Digest(state="accepted", answers=asked, accepted=False)
        outbox.write(moved.given(), told, by=moved.giver.dispatcher)
    delivery.drain()

    assert moved.taken().state == "given_back"
    assert set_aside(moved.taker) == [("handover.digest", "out_of_place")]


@in_state("accepted")
def test_a_rating_from_the_wrong_side_is_set_aside_and_a_huge_one_is_five(moved):
    with moved.taker.scope():
        outbox.write(moved.taken(), Answer(score=3), by=moved.taker.dispatcher, kind="handover.rated")
    with moved.giver.scope():
        outbox.write(moved.given(), Answer(score=10**30), by=moved.giver.dispatcher, kind="handover.rated")
    delivery.drain()

    assert set_aside(moved.giver) == [("handover.rated", "not_theirs")]
    assert moved.taken().score == 5


@in_state("accepted")
def test_a_station_is_kept_no_longer_than_one_may_be(moved):
    with moved.taker.scope():
        far = Station(position="1" * 9000, parent="", name="Т" * 9000, role="partner", status="С" * 9000)
        told = ChainChanged(holds=True, since=None, stations=[far])
        outbox.write(moved.taken(), told, by=moved.taker.dispatcher)
    delivery.drain()

    # Whom we may know only as a subcontractor has no name here, however it was sent.
    (below,) = moved.given().below
    assert (len(below["position"]), below["name"], below["status"]) == (60, "", "")


@in_state("accepted")
def test_a_list_without_end_is_set_aside(moved):
    with moved.giver.scope():
        many = Card(site=Site(code="1"), equipment=[Device(serial_number=str(n)) for n in range(5001)])
        told = CardChanged(subject="Касса", description="", priority="normal", card=many)
        outbox.write(moved.given(), told, by=moved.giver.dispatcher)
    delivery.drain()

    assert set_aside(moved.taker) == [("card.changed", "list too long")]


@in_state("accepted")
def test_a_visit_in_a_thousand_years_is_none(moved):
    with moved.taker.scope():
        far = datetime.now(UTC) + timedelta(days=365_000)
        outbox.write(moved.taken(), VisitChanged(visit_from=far), by=moved.taker.dispatcher)
    delivery.drain()

    assert moved.given().visit_from is None


@in_state("accepted")
def test_a_place_that_fits_in_no_registry_is_adopted_as_far_as_it_fits(moved, enter):
    long = "Ж" * 900
    with moved.giver.scope():
        site = Site(name=long, code=long, address=long, hours=long, client=long)
        card = Card(site=site, equipment=[Device(name=long, serial_number=long, warranty_until="0000-00-00")])
        told = CardChanged(subject="Касса", description="", priority="normal", card=card)
        outbox.write(moved.given(), told, by=moved.giver.dispatcher)
    delivery.drain()

    hand, desk = moved.taken(), enter(moved.taker, "owner")
    assert "Ж" in text_of(desk.get(f"tickets/{hand.ticket.number}/"))
    for path in ("adopt/site/", "adopt/nothing/", "ours/site/?q=%00", "ours/nothing/"):
        assert desk.get(f"handovers/{hand.pk}/{path}").status_code in (200, 302, 404, 422)
