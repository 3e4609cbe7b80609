"""Letters that come together are read together: the same comes of it, sooner; a bad one harms no neighbour."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships import applying, delivery, lanes
from partnerships.models import InboxLetter
from tests.faults import invariants, story
from tickets.models import Notification

WORDS = [f"слово {n}" for n in range(12)]


def speak(alfa, words):
    for text in words:
        story.say(alfa, "given", text)


@pytest.fixture
def shared(pair):
    alfa, beta = pair
    story.shared(alfa, beta)
    with beta.scope():
        Notification.objects.all().delete()
    return alfa, beta


def test_a_dozen_comments_are_one_notice_of_twelve(shared):
    alfa, beta = shared
    speak(alfa, WORDS)

    assert delivery.drain()

    assert story.heard(beta) == WORDS
    with beta.scope():
        assert list(Notification.objects.values_list("member", "count", "event")) == [(beta.owner.pk, 12, "commented")]
    story.say(alfa, "given", "и ещё одно")
    assert delivery.drain()
    with beta.scope():
        assert list(Notification.objects.values_list("count", flat=True)) == [13]


def test_a_comment_more_costs_a_handful_of_queries(shared):
    alfa, _beta = shared
    counts = []
    for few in (6, 12):
        speak(alfa, WORDS[:few])
        with CaptureQueriesContext(connection) as queries:
            assert delivery.drain()
        counts.append(len(queries))

    assert counts[1] - counts[0] <= 6 * 5


def test_a_bad_letter_lets_pass_what_was_said_before_it(shared):
    alfa, beta = shared
    speak(alfa, WORDS[:3])
    story.drop(alfa, "given", "comment.sung")
    speak(alfa, ["после"])

    assert delivery.drain()

    assert story.heard(beta) == WORDS[:3]
    stages = [stage for _seq, stage in story.stages(story.lane(alfa, alfa))]
    assert stages[-5:] == ["applied"] * 3 + ["set_aside", "waiting"]
    with beta.scope():
        assert sorted(Notification.objects.values_list("count", "event")) == [(4, "partner")]


def test_the_letter_that_kills_its_reader_is_found_among_its_neighbours(shared, monkeypatch):
    alfa, beta = shared
    real = applying.HANDLERS["comment.added"]

    def handler(row, body, handover, by):
        if body.comment.text == "яд":
            raise RuntimeError("unforeseen")
        real(row, body, handover, by)

    monkeypatch.setitem(applying.HANDLERS, "comment.added", handler)
    speak(alfa, ["до", "яд", "после"])
    crashes = 0
    for _try in range(2 * lanes.TRIES + 2):
        try:
            assert delivery.drain()
        except RuntimeError:
            crashes += 1
        story.time_passes()

    assert crashes == lanes.TRIES + 1, "once together with its neighbour, and then alone as often as any"
    assert story.heard(beta) == ["до"]
    with beta.scope():
        aside = InboxLetter.objects.get(stage="set_aside")
        assert (aside.body["comment"]["text"], aside.reason) == ("яд", "worker_died")


def test_accounts_take_turns_however_much_one_of_them_has_to_say(four):
    alfa, beta, gamma, _delta = four
    for giver, taker in ((alfa, beta), (beta, gamma)):
        story.offer(giver, taker)
        story.offer(giver, taker, subject="Весы")
        assert delivery.drain()
    for giver, subject in ((alfa, "Касса"), (alfa, "Весы"), (beta, "Касса"), (beta, "Весы")):
        for text in WORDS[:2]:
            story.say(giver, "given", text, ticket__subject=subject)

    served, last = [], lanes.NOBODY
    while lane := lanes.claim(after=last):
        served.append(lane.sender_id)
        last = lane.sender_id
        delivery.carry_lane(lane)

    first, second = sorted([alfa.account.pk, beta.account.pk])
    assert served == [first, second, first, second]
    assert invariants.everything() == []
