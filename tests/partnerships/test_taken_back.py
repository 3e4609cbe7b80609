"""What was removed before letters could forget leaves them when the installation is brought up to date."""

from importlib import import_module
from types import SimpleNamespace

from django.apps import apps
from django.utils import timezone

from partnerships import delivery, sharing
from partnerships.models import Letter
from tests.faults.removed import words_that_live_on
from tests.partnerships.conftest import into_state
from tickets import conversation
from tickets.models import Comment

migration = import_module("partnerships.migrations.0012_taken_back")


def test_words_that_were_removed_earlier_leave_the_letters_and_the_hand_over(pair):
    into_state(pair, "accepted")
    with pair.taker.scope():
        sharing.deliver(pair.taken(), by=pair.taker.dispatcher, report="zqearlierqz")
        stays = conversation.comment(
            pair.taken().ticket,
            "остаётся",
            by=pair.taker.dispatcher,
            audience="partner",
            readers=[pair.taken().counterpart],
        )
    assert delivery.drain()
    for company in (pair.giver, pair.taker):
        with company.scope():
            Comment.objects.filter(body="zqearlierqz").update(body="", removed_at=timezone.now())
    assert len(words_that_live_on()) >= 4

    for company in (pair.giver, pair.taker):
        with company.scope():
            migration.forget(apps, SimpleNamespace(connection=SimpleNamespace(alias="default")))

    assert words_that_live_on() == []
    assert (pair.given().report, pair.taken().report) == ("", "")
    with pair.taker.scope():
        told = Letter.objects.get(kind="comment.added", body__comment__id=str(stays.origin_id))
        assert told.body["comment"]["text"] == "остаётся"
