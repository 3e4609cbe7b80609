"""The visit belongs to the taker: he plans, changes and calls it off, and the giver sees it."""

from datetime import timedelta

import pytest

from partnerships import delivery, visiting
from partnerships.models import Letter, Terms
from tenants import clock
from tenants.models import Activity
from tenants.vocabulary import Refused
from tests.partnerships.conftest import in_state, into_state, text_of
from tickets import lifecycle

TOMORROW = clock.now().replace(second=0, microsecond=0) + timedelta(days=1)


def at(hours):
    return TOMORROW + timedelta(hours=hours)


def planned(moved, *, by=None, hours=(2, 4), who="Олег", note=""):
    with moved.taker.scope():
        starts, until = (at(one) if one is not None else None for one in hours)
        visiting.plan(moved.taken(), by=by or moved.taker.dispatcher, starts=starts, until=until, who=who, note=note)
    delivery.drain()


def told(company, ticket_id):
    """What the history of a ticket says of visits."""
    with company.scope():
        rows = Activity.objects.filter(ticket_id=ticket_id, kind__startswith="visit_").order_by("pk")
        return [line.kind for line in rows]


def window(handover):
    return handover.visit_from, handover.visit_until, handover.visit_who, handover.visit_note


@in_state("accepted")
def test_a_visit_is_planned_changed_and_called_off_on_both_sides(moved, enter):
    planned(moved, note="заедем с утра")
    assert window(moved.given()) == window(moved.taken()) == (at(2), at(4), "Олег", "заедем с утра")
    page = enter(moved.giver).get(f"tickets/{moved.number}/")
    assert f'<time datetime="{at(2).isoformat()}">' in page.content.decode() and "Олег" in text_of(page)

    planned(moved, hours=(5, None))
    assert window(moved.given()) == (at(5), None, "Олег", "")
    with moved.taker.scope():
        visiting.call_off(moved.taken(), by=moved.taker.dispatcher, note="заболел")
    delivery.drain()
    assert window(moved.given()) == window(moved.taken()) == (None, None, "", "")
    kinds = ["visit_planned", "visit_moved", "visit_cancelled"]
    for company, handover in ((moved.giver, moved.given()), (moved.taker, moved.taken())):
        assert told(company, handover.ticket_id) == kinds


@in_state("accepted")
def test_the_same_visit_again_tells_nothing(moved):
    planned(moved)
    planned(moved)
    with moved.taker.scope():
        assert Letter.objects.filter(kind="visit.changed").count() == 1


@in_state("accepted")
def test_names_stay_with_us_where_the_terms_give_none_back(moved):
    with moved.taker.scope():
        Terms.objects.update(back_names=False)
    planned(moved)
    assert (moved.taken().visit_who, moved.given().visit_who) == ("Олег", "")
    with moved.taker.scope():
        letter = Letter.objects.get(kind="visit.changed")
        assert letter.by["name"] == "" and "Олег" not in str(letter.body)


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ((None, 3), "visit_from"),
        ((4, 3), "visit_until"),
        ((-50, -49), "visit_until"),
        ((-50, None), "visit_from"),
    ],
)
@in_state("accepted")
def test_a_visit_that_makes_no_sense_is_refused_at_its_field(moved, hours, field):
    with pytest.raises(Refused) as no:
        planned(moved, hours=hours)
    assert no.value.field == field and window(moved.given())[0] is None


@pytest.mark.parametrize("state", ["offered", "done", "approved", "given_back"])
def test_only_while_the_work_is_ours(moved, state):
    with pytest.raises(Refused):
        planned(moved)


@in_state("accepted")
def test_the_giver_plans_nothing(moved, enter):
    with moved.giver.scope(), pytest.raises(Refused):
        visiting.plan(moved.given(), by=moved.giver.dispatcher, starts=at(2))
    assert (
        enter(moved.giver).post(f"handovers/{moved.given().pk}/visit/", {"visit_from": "2099-01-01T10:00"}).status_code
        == 302
    )
    assert window(moved.given())[0] is None


@in_state("accepted")
def test_a_visit_that_crosses_a_withdrawal_is_only_a_line(moved):
    with moved.taker.scope():
        visiting.plan(moved.taken(), by=moved.taker.dispatcher, starts=at(2), who="Олег")
    with moved.giver.scope():
        from partnerships import sharing

        sharing.withdraw(moved.given(), by=moved.giver.dispatcher, reason="сами")
    delivery.drain()
    assert (moved.given().state, window(moved.given())[0]) == ("withdrawn", None)
    assert told(moved.giver, moved.given().ticket_id) == ["visit_planned"]


@in_state("accepted")
def test_an_engineer_plans_his_own_visit_and_nobody_elses(moved, enter):
    engineer = moved.taker.engineer
    with moved.taker.scope():
        lifecycle.assign(moved.taken().ticket, to=engineer, by=moved.taker.dispatcher)
    desk, path = enter(moved.taker, "engineer"), f"handovers/{moved.taken().pk}/visit/"
    assert engineer.name in text_of(desk.get(path)) and moved.taker.agent.name not in text_of(desk.get(path))
    other = {"visit_from": "2099-01-01T10:00", "who": moved.taker.agent.name}
    assert desk.post(path, other).status_code == 422
    with pytest.raises(Refused) as no:
        planned(moved, by=engineer, who=moved.taker.agent.name)
    assert no.value.field == "who"
    assert desk.post(path, {"visit_from": "2099-01-01T10:00", "who": engineer.name}).status_code == 302
    delivery.drain()
    assert moved.given().visit_who == engineer.name


@in_state("accepted")
def test_the_dialog_begins_with_the_wish_and_speaks_at_its_fields(moved, enter):
    from partnerships import cards, recard

    with moved.giver.scope():
        share = cards.Share.from_json(moved.given().share)
        recard.change(moved.given(), share=share, by=moved.giver.dispatcher, wish_from=at(24), wish_until=at(26))
    delivery.drain()
    desk, path = enter(moved.taker), f"handovers/{moved.taken().pk}/visit/"
    page = desk.get(path)
    assert page.context["form"]["visit_from"].initial == at(24) and "Visit wanted:" in text_of(page)
    assert "Visit wanted:" in text_of(desk.get(f"tickets/{moved.taken().ticket.number}/"))
    late = desk.post(path, {"visit_from": "2099-01-01T10:00", "visit_until": "2099-01-01T09:00"})
    assert late.status_code == 422 and "ends before it begins" in text_of(late)
    assert desk.post(path, {"visit_from": "2099-01-01T10:00"}).status_code == 302
    assert desk.post(path, {"call_off": "1"}).status_code == 302
    assert window(moved.taken())[0] is None


@pytest.mark.parametrize("role", ["observer", "engineer"])
def test_who_only_looks_on_plans_nothing(pair, enter, role):
    into_state(pair, "accepted")
    answer = enter(pair.taker, role).post(f"handovers/{pair.taken().pk}/visit/", {"visit_from": "2099-01-01T10:00"})
    assert answer.status_code == (302 if role == "observer" else 404)
    assert window(pair.taken())[0] is None


def test_strangers_and_the_partner_find_no_visit(pair, enter, w):
    for company in (w.stranger, w.retail):
        assert enter(company, "owner").get(f"handovers/{pair.taken().pk}/visit/").status_code == 404
        assert enter(company, "owner").get(f"handovers/{pair.taken().pk}/card/").status_code == 404
