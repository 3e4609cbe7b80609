"""A letter that could not be applied is shown, tried again, or skipped: by those who work on its ticket."""

import pytest

from partnerships import delivery, inbox
from partnerships.models import InboxLetter
from tenants.models import Activity
from tests.partnerships.conftest import into_state, text_of
from tickets import conversation
from tickets.models import Comment
from tickets.vocabulary import Audience


@pytest.fixture
def held(pair, monkeypatch):
    """A comment of the giver's that could not be applied at the taker's, for a reason that is gone by now."""
    into_state(pair, "accepted")

    def broken(row, body, handover, by):
        raise inbox.CannotApply("bytes_missing")

    from partnerships import applying

    with monkeypatch.context() as patch:
        patch.setitem(applying.HANDLERS, "comment.added", broken)
        with pair.giver.scope():
            given = pair.given()
            conversation.comment(
                given.ticket,
                "как дела?",
                by=pair.giver.dispatcher,
                audience=Audience.PARTNER,
                readers=[given.counterpart],
            )
        delivery.drain()
    with pair.taker.scope():
        return InboxLetter.objects.get(stage="set_aside")


def test_it_is_shown_on_the_ticket_with_its_reason(pair, held, enter):
    path = f"tickets/{pair.taken().ticket.number}/"
    page = enter(pair.taker).get(path)
    assert "a file’s content is missing" in text_of(page) and f"/letters/{held.pk}/retry/" in page.content.decode()
    watcher = enter(pair.taker, "observer").get(path)
    assert "a file’s content is missing" in text_of(watcher) and "/retry/" not in watcher.content.decode()


def test_trying_again_applies_it_and_those_behind_it(pair, held, enter):
    assert enter(pair.taker).post(f"letters/{held.pk}/retry/").status_code == 302
    delivery.drain()
    with pair.taker.scope():
        assert Comment.objects.get().body == "как дела?"
        assert not InboxLetter.objects.exclude(stage="applied").exists()
    twice = enter(pair.taker).post(f"letters/{held.pk}/retry/", **{"HX-Request": "true"})
    assert twice.status_code == 422


def test_skipping_lets_the_others_go_on_and_is_on_record(pair, held, enter):
    with pair.giver.scope():
        given = pair.given()
        conversation.comment(
            given.ticket, "второй", by=pair.giver.dispatcher, audience=Audience.PARTNER, readers=[given.counterpart]
        )
    delivery.drain()
    enter(pair.taker).post(f"letters/{held.pk}/skip/")
    delivery.drain()
    with pair.taker.scope():
        assert [said.body for said in Comment.objects.all()] == ["второй"]
        assert InboxLetter.objects.get(pk=held.pk).stage == "skipped"
        line = Activity.objects.get(kind="letter_skipped")
        assert line.actor_name == pair.taker.dispatcher.name and line.ticket_id == pair.taken().ticket_id


@pytest.mark.parametrize("route", ["retry", "skip"])
def test_those_who_may_not_change_nothing(pair, held, enter, w, route):
    assert enter(w.stranger, "owner").post(f"letters/{held.pk}/{route}/").status_code == 404
    assert enter(pair.giver, "owner").post(f"letters/{held.pk}/{route}/").status_code == 404
    assert enter(pair.taker, "engineer").post(f"letters/{held.pk}/{route}/").status_code == 404
    enter(pair.taker, "observer").post(f"letters/{held.pk}/{route}/")
    with pair.taker.scope():
        assert InboxLetter.objects.get(pk=held.pk).stage == "set_aside"
