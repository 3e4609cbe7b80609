"""Two companies part: a pause that lets no offer run out, an end when all is finished, an end now; and what is kept."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships import delivery, lanes, parting, sharing
from partnerships.models import Handover, Lane, Link, Partnership
from tenants import clock, people
from tenants.models import Activity, Mail
from tenants.timers import ring_due
from tenants.vocabulary import Refused
from tests import world
from tests.faults import invariants
from tests.partnerships.conftest import hand, in_state, into_state, row, text_of
from tickets import lifecycle

SOON = timedelta(minutes=2)


def change(company, other, verb):
    with company.scope():
        return verb(world.partner(company, other), by=company.owner)


def states(w):
    with w.retail.scope():
        theirs = world.partner(w.retail, w.service).state
    ours = side(w)
    return Link.objects.get(pk=ours.link_id).state, theirs, ours.state


def side(w):
    """How the service company knows the retail chain."""
    with w.service.scope():
        return Partnership.objects.get(name="Лукошко")


def later(moment):
    """Timers ring and letters cross at a later moment."""
    with clock.at(moment):
        ring_due()
        delivery.drain()


# Pause


def test_no_offer_runs_out_during_a_pause_and_both_sides_know_the_longer_time(w, pair):
    offered = pair.given().accept_by
    change(w.service, w.retail, parting.pause)
    delivery.drain()

    later(offered + timedelta(hours=1))
    waited = pair.given().state
    with clock.at(offered + timedelta(hours=5)):
        change(w.service, w.retail, parting.resume)
        delivery.drain()

    assert waited == "offered"
    given, taken = pair.given(), pair.taken()
    assert given.accept_by == taken.accept_by
    assert given.accept_by > offered + timedelta(hours=5)
    later(given.accept_by - timedelta(seconds=1))
    assert pair.given().state == "offered"
    later(given.accept_by + SOON)
    assert (pair.given().state, pair.taken().state) == ("expired", "expired")


def test_an_answer_given_during_a_pause_counts_after_it(w, pair):
    change(w.retail, w.service, parting.pause)
    delivery.drain()
    with w.service.scope():
        sharing.accept(pair.taken(), by=w.service.dispatcher)
    with clock.at(pair.given().accept_by + timedelta(days=2)):
        ring_due()
        delivery.drain()
        change(w.service, w.retail, parting.resume)
        delivery.drain()
        ring_due()

    assert (pair.given().state, pair.taken().state) == ("accepted", "accepted")


@in_state("accepted")
def test_a_pause_stands_on_the_page_and_on_the_ticket_of_both(w, moved, enter):
    number = moved.taken().ticket.number
    change(w.retail, w.service, parting.pause)
    delivery.drain()
    with w.service.scope():
        sharing.deliver(moved.taken(), by=w.service.dispatcher, report="готово")

    theirs = text_of(enter(w.service, "owner").get(f"tickets/{number}/"))
    ours = enter(w.retail, "dispatcher").get(f"tickets/{moved.number}/")
    page = text_of(enter(w.service, "owner").get(f"partners/{side(w).pk}/"))

    assert "The link with Лукошко is paused. Вера Лунина, Лукошко," in theirs
    waiting = lanes.unread(side(w).link_id, w.service.account.pk)
    assert waiting > 1 and f"{waiting} letters of ours wait and arrive in order after the resume." in theirs
    assert "Лукошко reads it when the link is resumed." in theirs
    assert "The link with Меридиан Сервис is paused." in text_of(ours) and "/resume/" not in ours.content.decode()
    assert "the time to accept grows by the pause" in page


@in_state("accepted")
def test_a_resume_from_the_ticket_comes_back_to_it_and_only_leads_may(w, moved, enter):
    ticket, ours = moved.taken().ticket, side(w)
    change(w.service, w.retail, parting.pause)

    refused = enter(w.service, "dispatcher").post(f"partners/{ours.pk}/resume/", **{"HX-Request": "true"})
    stranger = enter(w.sub, "owner").post(f"partners/{ours.pk}/resume/")
    done = enter(w.service, "owner").post(f"partners/{ours.pk}/resume/", {"ticket": ticket.number})

    assert (refused.status_code, stranger.status_code) == (422, 404)
    assert done["Location"].endswith(f"/tickets/{ticket.number}/")
    delivery.drain()
    assert states(w) == ("active", "active", "active")


# End when all is finished


@in_state("accepted")
def test_a_link_ends_by_itself_when_the_last_ticket_is_finished_and_both_are_told(w, moved, enter):
    ours = side(w)
    enter(w.service, "owner").post(f"partners/{ours.pk}/end/", {"how": "finished"})
    delivery.drain()
    now = clock.now()
    with w.retail.scope():
        ticket = lifecycle.open_ticket("Ещё одна", by=w.retail.dispatcher)
    for giver, taker in ((w.retail, w.service), (w.service, w.retail)):
        with pytest.raises(Refused, match="not active"):
            hand(giver, taker, ticket if giver is w.retail else moved.taken().ticket)

    later(now + SOON)
    under_way = states(w)
    with w.service.scope():
        sharing.deliver(moved.taken(), by=w.service.dispatcher, report="готово")
    delivery.drain()
    with w.retail.scope():
        sharing.approve(moved.given(), by=w.retail.dispatcher)
    delivery.drain()
    later(now + 2 * SOON)

    assert under_way == ("ending", "ending", "ending")
    assert states(w) == ("ended", "ended", "ended")
    assert (moved.given().state, moved.taken().state) == ("approved", "approved")
    told = []
    for company in (w.retail, w.service):
        with company.scope():
            told += Activity.objects.filter(kind="link_ended").values_list("actor_kind", flat=True)
            assert Mail.objects.filter(kind="link_news").exists()
    assert sorted(told) == ["partner", "schedule"]


@in_state("done")
def test_letters_on_their_way_keep_an_ending_link_open(w, moved):
    change(w.retail, w.service, parting.end_when_finished)
    delivery.drain()
    with w.retail.scope():
        sharing.approve(moved.given(), by=w.retail.dispatcher)

    with clock.at(clock.now() + SOON):
        ring_due()
    before = states(w)
    delivery.drain()
    later(clock.now() + 2 * SOON)

    assert before == ("ending", "ending", "ending")
    assert states(w) == ("ended", "ended", "ended")


def test_the_other_side_may_call_the_end_off(w, pair):
    change(w.retail, w.service, parting.end_when_finished)
    delivery.drain()
    change(w.service, w.retail, parting.resume)
    delivery.drain()
    into_state(pair, "declined")

    later(clock.now() + SOON)

    assert states(w) == ("active", "active", "active")


# The open tickets before an end


@pytest.fixture
def open_three(w, pair):
    """Between the service company and the chain: one taken and accepted, one taken and done, one given."""
    into_state(pair, "accepted")
    with w.retail.scope():
        ticket = lifecycle.open_ticket("Весы", by=w.retail.dispatcher)
    second = hand(w.retail, w.service, ticket).key
    with w.service.scope():
        ticket = lifecycle.open_ticket("Терминал", by=w.service.dispatcher)
    third = hand(w.service, w.retail, ticket).key
    delivery.drain()
    with w.service.scope():
        sharing.accept(row(w.service, key=second), by=w.service.dispatcher)
        sharing.deliver(row(w.service, key=second), by=w.service.dispatcher, report="готово")
    delivery.drain()
    return [row(w.service, key=key) for key in (pair.taken().key, second, third)]


def test_open_tickets_of_both_directions_go_back_at_once_or_not_at_all(w, open_three, enter):
    desk, ours = enter(w.service, "owner"), side(w)
    accepted, done, given = open_three
    address = f"partners/{ours.pk}/let-go/"

    listed = text_of(desk.get(f"partners/{ours.pk}/end/"))
    silent = desk.post(address, {"handovers": [accepted.pk]})
    mixed = desk.post(address, {"handovers": [accepted.pk, done.pk], "reason": "расходимся"})
    foreign = desk.post(address, {"handovers": [row(w.retail, key=given.key).pk], "reason": "расходимся"})
    kept = [row(w.service, pk=one.pk).state for one in open_three]
    went = desk.post(address, {"handovers": [accepted.pk, given.pk], "reason": "расходимся"})
    delivery.drain()

    assert all(one.ticket.ref in listed for one in open_three) and "End now: cut 3 tickets" in listed
    assert [answer.status_code for answer in (silent, mixed, foreign, went)] == [422, 422, 422, 302]
    assert kept == ["accepted", "done", "offered"]
    assert [row(w.service, pk=one.pk).state for one in open_three] == ["given_back", "done", "withdrawn"]
    assert row(w.retail, key=accepted.key).reason == "расходимся"


def test_an_end_now_asks_again_when_the_number_of_open_tickets_has_changed(w, open_three, enter):
    desk, ours = enter(w.service, "owner"), side(w)

    asked = desk.post(f"partners/{ours.pk}/end/")
    wrong = desk.post(f"partners/{ours.pk}/end/", {"sure": "2"})
    before = states(w)
    desk.post(f"partners/{ours.pk}/end/", {"sure": "3"})
    delivery.drain()

    assert "Yes: cut 3 open tickets and end" in text_of(asked) and "cut 3" in text_of(wrong)
    assert before == ("active", "active", "active")
    assert states(w) == ("ended", "ended", "ended")
    assert {row(w.service, pk=one.pk).state for one in open_three} == {"cut"}
    assert {row(w.retail, key=one.key).state for one in open_three} == {"cut"}
    assert list(invariants.both_sides_agree()) == []


# What is kept


def table(answer):
    _headings, *rows = csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    return rows


def test_both_keep_an_archive_and_a_new_link_begins_another(w, open_three, enter):
    old = side(w)
    change(w.service, w.retail, parting.end)
    delivery.drain()
    world.link(w.retail, w.service)
    with w.service.scope():
        fresh = Partnership.objects.get(name="Лукошко", state="active")
    desk = enter(w.service)

    whole, given = desk.get(f"partners/{old.pk}/archive/"), desk.get(f"partners/{old.pk}/archive/?direction=given")
    nothing = text_of(desk.get(f"partners/{fresh.pk}/archive/"))
    page = text_of(desk.get(f"partners/{old.pk}/"))

    assert [one.pk for one in whole.context["rows"]] == sorted((one.pk for one in open_three), reverse=True)
    assert [one.pk for one in given.context["rows"]] == [open_three[2].pk]
    assert "Nothing passed yet" in nothing
    assert "The link with Лукошко has ended. Игорь Седых" in page and "ticket cut off" not in page


def test_the_archive_goes_out_as_text_that_no_spreadsheet_runs(w, pair, enter):
    with w.service.scope():
        sharing.decline(pair.taken(), by=w.service.dispatcher, reason="=cmd|' /C calc'!A0")
    delivery.drain()

    rows = table(enter(w.service).get(f"partners/{side(w).pk}/archive.csv?state=declined&direction=taken"))
    refused = enter(w.service, "engineer").get(f"partners/{side(w).pk}/archive.csv", **{"HX-Request": "true"})
    stranger = enter(w.sub, "owner").get(f"partners/{side(w).pk}/archive.csv")

    [one] = rows
    assert one[1:4] == ["Касса не печатает", "we took it", "declined"]
    assert one[11] == "'=cmd|' /C calc'!A0"
    assert (refused.status_code, stranger.status_code) == (422, 404)


def test_a_restricted_agent_reads_of_the_archive_what_he_sees(w, pair, enter):
    with w.service.scope():
        people.set_restricted(w.service.agent, to=True, by=w.service.owner)
    desk = enter(w.service, "agent")

    assert desk.get(f"partners/{side(w).pk}/archive/").context["rows"] == []
    assert table(desk.get(f"partners/{side(w).pk}/archive.csv")) == []
    assert len(enter(w.service, "observer").get(f"partners/{side(w).pk}/archive/").context["rows"]) == 1


def test_the_archive_is_paged_with_the_same_number_of_questions(w, pair, enter, monkeypatch):
    from partnerships import archive

    desk, ours = enter(w.service), side(w)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            answer = desk.get(f"partners/{ours.pk}/archive/")
        return answer, len(queries)

    desk.get(f"partners/{ours.pk}/archive/")
    _one, before = asked()
    for number in range(3):
        with w.retail.scope():
            ticket = lifecycle.open_ticket(f"Заявка {number}", by=w.retail.dispatcher)
        hand(w.retail, w.service, ticket)
    delivery.drain()
    monkeypatch.setattr(archive, "PAGE", 2)
    first, after = asked()
    second = desk.get(f"partners/{ours.pk}/archive/{first.context['next_url']}")

    assert after == before
    read = [one.ticket.subject for page in (first, second) for one in page.context["rows"]]
    assert read == ["Заявка 2", "Заявка 1", "Заявка 0", "Касса не печатает"]
    assert (second.context["first_url"], second.context["next_url"]) == ("?direction=&state=", "")


# Carried again


def mailed(w):
    counts = []
    for company in (w.retail, w.service):
        with company.scope():
            counts.append(Mail.objects.count())
    return counts


@in_state("returned")
def test_carrying_everything_again_changes_nothing(w, moved):
    before, mails = invariants.rows(), mailed(w)
    written = sum(Lane.objects.filter(link=side(w).link_id).values_list("written", flat=True))
    rows = (moved.given().state, moved.taken().state, moved.given().ticket.updated_at)

    call_command("redeliver", str(side(w).link_id), stdout=(told := StringIO()))
    assert Lane.objects.filter(link=side(w).link_id, applied=0).exists()
    assert delivery.drain()

    assert invariants.rows() == before and mailed(w) == mails
    assert (moved.given().state, moved.taken().state, moved.given().ticket.updated_at) == rows
    assert lanes.is_drained(side(w).link_id)
    assert told.getvalue().split()[0] == str(written)


def test_what_a_suspended_company_missed_arrives_once(w, pair):
    w.service.account.suspended_at = clock.now()
    w.service.account.save(update_fields=["suspended_at"])
    with w.retail.scope():
        for text in ("раз", "два"):
            lifecycle.note(pair.given().ticket, text=text, by=w.retail.dispatcher)
        sharing.withdraw(pair.given(), by=w.retail.dispatcher, reason="долго")
    delivery.drain()
    parked = pair.taken().state

    w.service.account.suspended_at = None
    w.service.account.save(update_fields=["suspended_at"])
    assert delivery.drain() and delivery.drain()

    assert (parked, pair.taken().state) == ("offered", "withdrawn")
    with w.service.scope():
        assert Activity.objects.filter(kind="handover_withdrawn").count() == 1
        assert Handover.objects.count() == 1


@in_state("approved")
def test_a_link_that_ends_while_all_goes_once_more_cuts_nothing_that_was_heard(w, moved):
    ours = side(w)
    lanes.rewind(ours.link)

    with w.service.scope():
        parting.end(ours, by=w.service.owner)
    assert delivery.drain()

    assert (moved.given().state, moved.taken().state) == ("approved", "approved")
