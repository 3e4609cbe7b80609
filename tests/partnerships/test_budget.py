"""The time of a ticket parted at a hand-over: in working time, by what the partner promised, inside of his hours."""

from datetime import UTC, datetime, timedelta

import pytest

from partnerships import budget, rounds
from partnerships.budget import Left
from partnerships.models import Handover, Round
from partnerships.protocol import Promise, SharedTerms
from sla import calendars, policies
from tenants import clock
from tests import world
from tests.partnerships.conftest import text_of
from tests.partnerships.test_hand_over import full, posted, world_partner  # noqa: F401
from tests.rewind import staged
from tickets import lifecycle, statuses
from tickets.models import Ticket
from tickets.vocabulary import Category, Glyph

# A Wednesday, noon.
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WEEK = [[["09:00", "18:00"]]] * 5 + [[], []]
DAYS = calendars.hours_of(calendars.Calendar(zone="UTC", week=WEEK, days={}, eve_minutes=0))
OFFICE = {"accept_from": "09:00", "accept_until": "18:00", "accept_days": [0, 1, 2, 3, 4]}


def their(promise=0, **terms):
    promises = [Promise("normal", resolution=promise)] if promise else []
    return SharedTerms(**terms, promises=promises, zone="UTC")


def suggested(left, terms):
    found = budget.choices(left, terms, budget.promise_of(terms, "normal"))
    return {one.name: one.at - NOON for one in found}


@pytest.mark.parametrize(
    ("due", "hours", "terms", "wanted"),
    [
        # Nothing is promised: four fifths of what is left, on a round minute.
        (10 * HOUR, None, their(), 8 * HOUR),
        (3 * HOUR + 7 * MINUTE, None, their(), 2 * HOUR + 25 * MINUTE),
        (20 * MINUTE, None, their(), 16 * MINUTE),
        # A promise that fits, with some minutes for whoever reads the dialog; one that does not.
        (10 * HOUR, None, their(240), 4 * HOUR + 10 * MINUTE),
        (4 * HOUR + 10 * MINUTE, None, their(240), 4 * HOUR + 10 * MINUTE),
        (4 * HOUR, None, their(240), 3 * HOUR + 10 * MINUTE),
        # By our calendar, which closes at six: five of ten working hours, four fifths of them.
        (25 * HOUR, DAYS, their(), 23 * HOUR),
        (25 * HOUR, DAYS, their(420), 22 * HOUR + 10 * MINUTE),
        # Never outside of the hours in which the partner takes tickets: where he closed last, or the promise in them.
        (12 * HOUR, None, their(**OFFICE), 6 * HOUR),
        (30 * HOUR, None, their(420, **OFFICE), 22 * HOUR + 10 * MINUTE),
        (30 * HOUR, None, their(360, **OFFICE), 6 * HOUR),
        # No hour of his is left before our deadline: then there is nothing better.
        (2 * HOUR, None, their(accept_from="20:00", accept_until="23:00"), 95 * MINUTE),
        # Without a deadline of ours a promise stands alone; what has passed gives nothing.
        (None, None, their(240), 4 * HOUR + 10 * MINUTE),
        (None, None, their(), None),
        (-HOUR, None, their(), None),
    ],
)
def test_the_deadline_to_start_from(due, hours, terms, wanted):
    left = Left(NOON, due_at=NOON + due if due else None, **({"hours": hours} if hours else {}))

    found = suggested(left, terms)

    assert found.get("promise", found.get("most")) == wanted


def test_parts_of_what_is_left_are_one_press_away():
    left = Left(NOON, due_at=NOON + 25 * HOUR, hours=DAYS)

    assert suggested(left, their(60)) == {
        "promise": HOUR + 10 * MINUTE,
        "most": 23 * HOUR,
        "half": 5 * HOUR,
        "whole": 25 * HOUR,
    }


def test_what_is_given_and_what_is_kept_are_the_whole():
    left = Left(NOON, due_at=NOON + 25 * HOUR, hours=DAYS)
    one = budget.Budget(left, "Вектор", NOON + 5 * HOUR, None)
    over = budget.Budget(left, "Вектор", NOON + 26 * HOUR, None)
    late = budget.Budget(Left(NOON, due_at=NOON - HOUR), "Вектор", NOON + HOUR, None)

    assert (one.whole.wall, one.given.wall, one.kept.wall) == (25 * HOUR, 5 * HOUR, 20 * HOUR)
    assert (one.whole.working, one.given.working, one.kept.working) == (10 * HOUR, 5 * HOUR, 5 * HOUR)
    assert (one.share, one.is_over, over.share, over.is_over) == (50, False, 100, True)
    assert (late.whole, late.kept, late.left.is_over, late.share) == (None, None, True, 0)


@staged
def timed(w, full):  # noqa: F811
    """The service company works nine hours a day and promises ten of them; the subcontractor promises three."""
    w.ticket = full
    with w.service.scope():
        days = calendars.add("Дни", by=w.service.owner, zone="Europe/Moscow", week=WEEK)
        policies.add("Всем", by=w.service.owner, calendar=days, targets={"normal": {"resolution": 600}})
    world.agree(w.sub, w.service, promises=[{"priority": "normal", "response": 60, "resolution": 180}])
    with w.service.scope(), clock.at(NOON):
        w.ticket = lifecycle.open_ticket("Не уходят чеки", by=w.service.dispatcher)
    return w


def at_noon(timed):
    with timed.service.scope():
        return Ticket.objects.get(pk=timed.ticket.pk)


def test_the_dialog_says_how_the_time_is_parted(timed, enter):
    ticket, desk = at_noon(timed), enter(timed.service)
    path = f"tickets/{ticket.number}/hand-over/"
    with clock.at(NOON):
        page = desk.get(path)
        said, data = text_of(page), posted(page)
        pressed = desk.post(path, data | {"due": "whole"})
        typed = desk.post(f"{path}preview/", data | {"due_at": "2026-03-05T20:00"}, **{"HX-Request": "true"})
        nonsense = desk.post(f"{path}preview/", data | {"due_at": "завтра"}, **{"HX-Request": "true"})

    # Noon in UTC is three in Moscow: three hours of the day, and seven of the next.
    assert ticket.due_at == NOON + 25 * HOUR
    assert "1 d 1 h left for the client; Вектор gets 3 h 10 m, we keep 21 h 50 m." in said
    assert "In working time: 10 h left, 3 h for Вектор, 7 h for us." in said
    assert "Вектор promises the work within 3 h." in said
    assert page.context["form"].initial["due_at"] == NOON + 3 * HOUR + 10 * MINUTE
    assert (pressed.status_code, pressed.context["form"].initial["due_at"]) == (200, NOON + 25 * HOUR)
    assert "1 d 1 h left for the client; Вектор gets 1 d 5 h, more than there is." in text_of(typed)
    assert "1 d 1 h left for the client; Вектор gets no deadline." in text_of(nonsense)
    with timed.service.scope():
        assert Handover.objects.count() == 0


def test_a_clock_that_stands_still_is_counted_as_if_it_went_on(timed, enter):
    with timed.service.scope(), clock.at(NOON + 1 * HOUR):
        waits = statuses.first(Category.WAITING, Glyph.CLIENT)
        lifecycle.set_status(timed.ticket, to=waits, by=timed.service.dispatcher)
    with clock.at(NOON + 24 * HOUR):
        page = enter(timed.service).get(f"tickets/{timed.ticket.number}/hand-over/")

    # Of ten hours one was used up: three are left of this day, six of the next.
    assert at_noon(timed).due_left == 9 * 3600
    assert page.context["budget"].left.due_at == NOON + 48 * HOUR
    assert "Our clock stands still; if it went on now, it would end" in text_of(page)
    assert "In working time: 9 h left, 3 h for Вектор, 6 h for us." in text_of(page)


def test_a_deadline_that_nobody_touched_follows_the_partner(timed, enter):
    world.link(timed.service, timed.vendor)
    promises = [{"priority": "normal", "response": 0, "resolution": 300}]
    world.agree(timed.vendor, timed.service, promises=promises)
    desk, path = enter(timed.service), f"tickets/{timed.ticket.number}/hand-over/"
    other = str(world_partner(timed, timed.vendor))
    with clock.at(NOON):
        page = desk.get(f"{path}?to={world_partner(timed, timed.sub)}")
        follows = desk.post(f"{path}preview/", posted(page, to=other), **{"HX-Request": "true"})
        stays = desk.post(
            f"{path}preview/", posted(page, to=other, due_at="2026-03-05T10:00"), **{"HX-Request": "true"}
        )

    assert page.context["form"].initial["due_at"] == NOON + 3 * HOUR + 10 * MINUTE
    assert follows.context["form"].initial["due_at"] == NOON + 20 * HOUR + 10 * MINUTE
    assert 'id="ho-due" hx-swap-oob="true"' in follows.content.decode()
    assert stays.context["form"].initial["due_at"] == datetime(2026, 3, 5, 7, 0, tzinfo=UTC)


def test_a_promise_that_does_not_fit_is_said_before_it_is_broken(timed, enter):
    with timed.service.scope(), clock.at(NOON):
        lifecycle.set_due(timed.ticket, to=NOON + 2 * HOUR, by=timed.service.dispatcher)
    with clock.at(NOON):
        page = enter(timed.service).get(f"tickets/{timed.ticket.number}/hand-over/")

    assert [one.sentence for one in page.context["warnings"]] == [
        "Вектор promises 3 h: more than is left for the client."
    ]
    assert "Вектор promises the work within 3 h. That is more than is left." in text_of(page)
    assert page.context["form"].initial["due_at"] == NOON + 95 * MINUTE


def test_of_many_tickets_each_has_its_own_time(timed, enter):
    with timed.service.scope(), clock.at(NOON):
        other = lifecycle.open_ticket("Касса", by=timed.service.dispatcher)
        lifecycle.set_due(other, to=NOON + 5 * HOUR, by=timed.service.dispatcher)
    picked = {"ids": [str(timed.ticket.pk), str(other.pk)], "to": str(world_partner(timed, timed.sub))}
    with clock.at(NOON):
        said = text_of(enter(timed.service).post("tickets/hand-over/", picked | {"look": "1"}))

    assert "1 d 1 h left for the client; Вектор gets 3 h 10 m, we keep 21 h 50 m." in said
    assert "5 h left for the client; Вектор gets 3 h 10 m, we keep 1 h 50 m." in said


def test_whoever_is_asked_later_gets_a_deadline_of_his_own(timed):
    made = Round(ticket=at_noon(timed), made_at=NOON, choices={"due_at": (NOON + MINUTE).isoformat()})
    with timed.service.scope(), clock.at(NOON + HOUR):
        found = rounds.afresh(made, world.partner(timed.service, timed.sub))

    assert found["due_at"] == NOON + 19 * HOUR + 10 * MINUTE
