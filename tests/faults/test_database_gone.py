"""What the database does to a try is none of the letter's: only a letter that fails by itself uses up its tries."""

import pytest
from django.db import OperationalError, connection

from partnerships import applying, delivery, lanes
from partnerships.models import Lane
from tests.faults import story
from tests.faults.test_poison import set_aside


def asks(sql):
    """A handler that comes to grief over the database."""

    def handler(row, body, handover, by):
        with connection.cursor() as cursor:
            cursor.execute(sql)

    return handler


def ended_by(code):
    return asks(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$")


@pytest.fixture
def lane(pair):
    alfa, beta = pair
    story.shared(alfa, beta)
    return story.lane(alfa, alfa)


@pytest.mark.parametrize("words", [1, 3])
def test_a_database_that_goes_away_uses_up_no_try(pair, lane, monkeypatch, words):
    alfa, beta = pair
    monkeypatch.setitem(applying.HANDLERS, "comment.added", asks("SELECT pg_terminate_backend(pg_backend_pid())"))
    said = [f"слово {n}" for n in range(words)]
    for text in said:
        story.say(alfa, "given", text)

    for _try in range(lanes.TRIES + 2):
        with pytest.raises(OperationalError):
            delivery.carry_all()
        connection.close()
    monkeypatch.undo()

    assert delivery.drain()
    assert (story.heard(beta), set_aside(beta), story.unfinished()) == (said, [], 0)


@pytest.mark.parametrize("code", ["40P01", "55P03", "53300"])
def test_waiting_for_each_other_uses_up_no_try_either(pair, lane, monkeypatch, code):
    alfa, beta = pair
    monkeypatch.setitem(applying.HANDLERS, "comment.added", ended_by(code))
    story.say(alfa, "given", "слово")

    for _try in range(lanes.TRIES + 2):
        assert delivery.drain()
        story.time_passes()

    waits = Lane.objects.get(pk=lane.pk)
    assert (set_aside(beta), waits.stuck, waits.attempts, story.unfinished()) == ([], False, 0, 1)
    monkeypatch.undo()
    assert delivery.drain()
    assert story.heard(beta) == ["слово"]


@pytest.mark.parametrize("code", ["57014", "54001"])
def test_a_letter_that_takes_too_long_or_too_much_is_set_aside(pair, lane, monkeypatch, code):
    alfa, beta = pair
    monkeypatch.setitem(applying.HANDLERS, "comment.added", ended_by(code))
    story.say(alfa, "given", "слово")

    for _try in range(lanes.TRIES):
        assert delivery.drain()
        story.time_passes()

    assert set_aside(beta) == [("comment.added", "failed:OperationalError")]
