"""How the letters of a link fare: the verdict, the lanes that wait, who sees which of them, and who is told."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships import applying, delivery, halts, health, inbox, outbox, parting
from partnerships.models import Halt, InboxLetter, Lane
from partnerships.protocol import LinkPaused
from partnerships.vocabulary import Health
from tenants import clock, people
from tenants.models import Account, Activity
from tenants.scoping import new_id
from tests import world
from tests.partnerships.conftest import into_state, text_of
from tests.partnerships.test_announcing import told
from tests.rewind import staged
from tickets import conversation, granting
from tickets.models import Notification
from tickets.vocabulary import Audience

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AGO = {minutes: NOON - timedelta(minutes=minutes) for minutes in (0, 2, 11)}


def broken(row, body, handover, by):
    raise inbox.CannotApply("bytes_missing")


def say(pair, text):
    """The giver's dispatcher writes to the taker."""
    with pair.giver.scope():
        given = pair.given()
        by = pair.giver.dispatcher
        conversation.comment(given.ticket, text, by=by, audience=Audience.PARTNER, readers=[given.counterpart])


@staged
def held(pair):
    """A comment of the giver's could not be applied at the taker's, for a reason that is gone; another waits behind."""
    into_state(pair, "accepted")
    with mock.patch.dict(applying.HANDLERS, {"comment.added": broken}):
        say(pair, "как дела?")
        delivery.drain()
    say(pair, "ау?")
    delivery.drain()
    given, taken = pair.given(), pair.taken()
    with pair.taker.scope():
        letter = InboxLetter.objects.get(stage="set_aside")
    return SimpleNamespace(
        giver=pair.giver,
        taker=pair.taker,
        ticket=taken.ticket,
        letter=letter,
        lane=letter.lane_id,
        link=given.partnership.link_id,
        there=f"partners/{given.partnership_id}/",
        here=f"partners/{taken.partnership_id}/",
    )


def lanes_of(response):
    """The rows of the page: whose letters, about what, how many, set aside, why, whether there are buttons."""
    return [
        (row.outward, row.ticket and row.ticket.subject, row.letters, row.aside, str(row.reason), row.may)
        for row in response.context["rows"]
    ]


def figures(response):
    report = response.context["report"]
    return report.health.value, *((way.on_their_way, way.stuck) for way in (report.ours, report.theirs))


@pytest.mark.parametrize(
    ("state", "suspended", "stuck", "since", "means"),
    [
        ("active", False, 0, None, Health.GOOD),
        ("ending", False, 0, AGO[0], Health.GOOD),
        ("active", False, 0, AGO[2], Health.SLOW),
        ("active", False, 0, AGO[11], Health.PERSON),
        ("active", False, 1, AGO[0], Health.PERSON),
        ("paused", False, 1, AGO[11], Health.HELD),
        ("active", True, 0, AGO[11], Health.HELD),
        ("ended", True, 1, AGO[11], Health.OVER),
    ],
)
def test_what_figures_mean(state, suspended, stuck, since, means):
    assert health.verdict(state, suspended=suspended, stuck=stuck, still_since=since, now=NOON) == means


def test_both_companies_see_what_was_set_aside_and_only_the_receiver_decides(held, enter):
    ours = enter(held.taker).get(f"{held.here}health/")
    theirs = enter(held.giver).get(f"{held.there}health/")
    watcher = enter(held.taker, "observer").get(f"{held.here}health/")
    subject = held.ticket.subject

    assert figures(ours) == ("person", (0, 0), (2, 1)) and figures(theirs) == ("person", (2, 1), (0, 0))
    assert lanes_of(ours) == [(False, subject, 2, True, "a file’s content is missing", True)]
    assert lanes_of(theirs) == [(True, subject, 2, True, "", False)]
    assert lanes_of(watcher) == [(False, subject, 2, True, "a file’s content is missing", False)]
    assert "1 letter of theirs could not be applied here" in text_of(ours)
    assert f"1 letter of ours could not be applied at {held.taker.account.name}" in text_of(theirs)
    assert [page.content.decode().count("/retry/") for page in (ours, theirs, watcher)] == [1, 0, 0]


def test_trying_again_from_there_leads_back_and_heals(held, enter):
    desk = enter(held.taker)

    answer = desk.post(f"letters/{held.letter.pk}/retry/", {"health": "1"})
    delivery.drain()
    page = desk.get(f"{held.here}health/")

    assert answer.url == desk.url(f"{held.here}health/")
    assert figures(page) == ("good", (0, 0), (0, 0)) and lanes_of(page) == []
    assert "The letter is tried again." in text_of(page) and "Nothing waits" in text_of(page)
    assert page.context["report"].theirs.moved_at and 'data-health="good"' in desk.get(held.here).content.decode()


def test_who_sees_by_name_is_told_of_his_tickets_only(held, enter):
    with held.taker.scope():
        people.set_restricted(held.taker.agent, by=held.taker.owner, to=True)
    nobody = [enter(held.taker, role).get(f"{held.here}health/") for role in ("agent", "engineer")]
    listed = [enter(held.taker, role).get("partners/") for role in ("agent", "engineer", "observer")]
    with held.taker.scope():
        granting.grant(held.ticket, to=held.taker.engineer, by=held.taker.owner)
        Lane.objects.filter(link=held.link, handover=None, sender=held.giver.account.pk).update(
            written=9, waits_since=clock.now()
        )
    engineer, dispatcher = (enter(held.taker, role).get(f"{held.here}health/") for role in ("engineer", "dispatcher"))

    assert [(figures(page), lanes_of(page)) for page in nobody] == [(("good", (0, 0), (0, 0)), [])] * 2
    assert [page.content.decode().count('data-health="person"') for page in listed] == [0, 0, 1]
    assert figures(engineer) == ("person", (0, 0), (2, 1)) and [row[1] for row in lanes_of(engineer)] == [
        held.ticket.subject
    ]
    assert [row[1] for row in lanes_of(dispatcher)] == [held.ticket.subject, None]
    assert "the link itself" in text_of(dispatcher) and "the link itself" not in text_of(engineer)


def test_a_stranger_and_the_partner_find_no_page_of_ours(held, w, enter):
    asked = [(w.stranger, held.here), (held.giver, held.here), (held.taker, held.there)]

    codes = [
        enter(who, "owner").get(f"{path}{what}").status_code
        for who, path in asked
        for what in ("health/", "health.csv")
    ]

    assert codes == [404] * 6


def wait(held, many, since):
    """As many tickets of the giver's on their way to the taker, none of which has arrived yet."""
    Lane.objects.bulk_create(
        Lane(
            link_id=held.link,
            handover=new_id(),
            sender=held.giver.account,
            receiver=held.taker.account,
            written=3,
            attempts=n % 2,
            waits_since=since + timedelta(seconds=n // 2),
            next_attempt_at=since,
        )
        for n in range(many)
    )


def test_every_lane_stands_on_one_page_and_pages_cost_the_same(held, enter):
    desk, rows, query = enter(held.taker), [], "direction=theirs"
    few = queries(desk, f"{held.here}health/")
    wait(held, 70, clock.now() + timedelta(minutes=1))

    while True:
        page = desk.get(f"{held.here}health/?{query}")
        rows += [row.pk for row in page.context["rows"]]
        if not page.context["next_url"]:
            break
        query = page.context["next_url"].removeprefix("?")
    narrowed = [lanes_of(desk.get(f"{held.here}health/?{which}")) for which in ("state=aside", "direction=ours")]

    waiting = Lane.objects.filter(health.UNREAD, link=held.link)
    assert rows == list(waiting.order_by("waits_since", "pk").values_list("pk", flat=True)) and len(rows) == 71
    assert [[row[1] for row in found] for found in narrowed] == [[held.ticket.subject], []]
    assert abs(queries(desk, f"{held.here}health/") - few) <= 1
    assert [desk.get(f"{held.here}health/?after={word}").status_code for word in ("x", "20260101T000000.0Z1")] == [
        404
    ] * 2


def queries(desk, path):
    with CaptureQueriesContext(connection) as asked:
        assert desk.get(path).status_code == 200
    return len(asked)


def test_the_table_holds_what_its_reader_may_take_out(held, enter):
    wait(held, 1, AGO[0])

    tables = {
        role: b"".join(enter(held.taker, role).get(f"{held.here}health.csv").streaming_content).decode("utf-8-sig")
        for role in ("observer", "agent")
    }
    refused = enter(held.taker, "engineer").get(f"{held.here}health.csv", **{"HX-Request": "true"})

    whole, own = (text.splitlines() for text in tables.values())
    assert [line.split(",")[:5] for line in whole[1:]] == [
        ["to us", "", "a ticket that has not arrived yet", "Wait", "3"],
        ["to us", held.ticket.ref, held.ticket.subject, "Set aside", "2"],
    ]
    assert whole[2].endswith(",comment,,,a file’s content is missing")
    assert own == whole[:1] and refused.status_code == 422


def test_a_pause_and_a_suspension_are_no_illness(held, enter):
    with held.giver.scope():
        parting.pause(world.partner(held.giver, held.taker), by=held.giver.owner)
    paused = enter(held.taker).get(f"{held.here}health/")
    marked = enter(held.taker).get("partners/")
    with held.giver.scope():
        parting.resume(world.partner(held.giver, held.taker), by=held.giver.owner)
    delivery.drain()
    Account.objects.filter(pk=held.giver.account.pk).update(suspended_at=clock.now())
    suspended = enter(held.taker).get(f"{held.here}health/")

    assert [figures(page)[0] for page in (paused, suspended)] == ["held", "held"]
    assert "letters wait and arrive in order after the resume" in text_of(paused)
    assert f"The account of {held.giver.account.name} is suspended" in text_of(suspended)
    assert 'data-health="' not in marked.content.decode()
    assert 'data-health="held"' in enter(held.taker).get("partners/").content.decode()


def passes(minutes):
    """Beat's look at the links, so much later."""
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        halts.watch()


def lines(company):
    with company.scope():
        kinds = ("letters_stand", "letters_pass")
        return list(Activity.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", flat=True))


def test_letters_that_stand_still_are_told_once_to_those_who_link_and_again_when_they_pass(held, w, enter):
    for company in (held.giver, held.taker):
        with company.scope():
            Notification.objects.update(read_at=clock.now())
    for minutes in (5, 11, 12, 13, 14):
        passes(minutes)

    assert lines(held.giver) == lines(held.taker) == ["letters_stand"]
    assert told(held.giver) == {"owner": ("link", "lead")}
    assert told(held.taker) == {"owner": ("link", "lead"), "admin": ("link", "lead")}
    assert lines(w.sub) == lines(w.stranger) == []

    enter(held.taker).post(f"letters/{held.letter.pk}/retry/")
    delivery.drain()
    passes(15)
    passes(16)
    assert lines(held.giver) == lines(held.taker) == ["letters_stand", "letters_pass"]
    assert Halt.objects.count() == 0


def test_what_gets_on_or_waits_on_purpose_is_told_to_nobody(held):
    passes(11)
    with held.giver.scope():
        parting.pause(world.partner(held.giver, held.taker), by=held.giver.owner)
    passes(12)
    assert Halt.objects.count() == 0
    with held.giver.scope():
        parting.resume(world.partner(held.giver, held.taker), by=held.giver.owner)
    delivery.drain()

    passes(13)
    Lane.objects.filter(pk=held.lane).update(moved_at=clock.now() + timedelta(minutes=13))
    passes(14)

    assert lines(held.giver) == lines(held.taker) == [] and Halt.objects.count() == 0


def test_a_letter_of_the_link_itself_that_cannot_be_applied_is_told_to_those_who_link(pair, enter):
    with pair.giver.scope():
        outbox.write_link(world.partner(pair.giver, pair.taker), LinkPaused(), by=pair.giver.owner)
    with mock.patch("partnerships.inbox.apply", side_effect=inbox.CannotApply("unknown kind")):
        delivery.drain()

    with pair.taker.scope():
        line = Activity.objects.get(kind="link_letter_set_aside")
        held = InboxLetter.objects.get(stage="set_aside")
    page = enter(pair.taker, "owner").get(f"partners/{pair.taken().partnership_id}/health/")
    assert str(line.sentence) == f"a letter of {pair.giver.account.name} could not be applied: it is of an unknown kind"
    assert told(pair.taker)["owner"] == ("link", "lead")
    assert lanes_of(page) == [(False, None, 1, True, "it is of an unknown kind", True)]
    assert f"/letters/{held.pk}/retry/" in page.content.decode()
