"""The ledger: what happened, who did it, when; told inside the transaction of the change itself."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from tenants import clock
from tenants.activity import activity_recorded, record
from tenants.models import Activity
from tenants.vocabulary import CLIENT_ADDED, KINDS, SCHEDULE, Actor, Kind, Named, kind
from tests import world

THEN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk(db):
    company = world.company("desk", "Стол", "СТ", {"owner": ("Вера", "")})
    with company.scope():
        yield company


def test_a_line_says_who_did_what_to_what_and_when(desk):
    with clock.at(THEN):
        line = record(desk.account, CLIENT_ADDED, by=desk.owner, name="Лукошко")

    line.refresh_from_db()
    assert (line.subject_kind, line.subject_id, line.kind, line.at) == (
        "account",
        desk.account.pk,
        "client_added",
        THEN,
    )
    assert (line.actor_kind, line.actor_id, line.actor_name, line.origin) == ("member", desk.owner.pk, "Вера", "web")
    assert line.details == {"name": "Лукошко"} and "Лукошко" in line.sentence


@pytest.mark.parametrize(
    "by",
    [SCHEDULE, Actor(kind="partner", name="Пётр", company="Вектор", origin="partner")],
)
def test_a_partner_and_the_clock_leave_a_name_and_no_key(desk, by):
    line = record(desk.account, CLIENT_ADDED, by=by, name="x")

    assert (line.actor_kind, line.actor_id, line.actor_company, line.origin) == (by.kind, None, by.company, by.origin)


def test_details_that_the_word_does_not_know_are_a_programming_error(desk):
    before = Activity.objects.count()
    with pytest.raises(TypeError):
        record(desk.account, CLIENT_ADDED, by=desk.owner, name="x", secret="y")
    assert Activity.objects.count() == before


def test_listeners_hear_it_inside_the_transaction_and_their_failure_undoes_it(desk):
    heard = []

    def listener(sender, activity, subject, by, **kwargs):
        heard.append((activity.kind, subject, by, transaction.get_connection().in_atomic_block))
        raise ZeroDivisionError

    activity_recorded.connect(listener)
    try:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            record(desk.account, CLIENT_ADDED, by=desk.owner, name="x")
    finally:
        activity_recorded.disconnect(listener)

    assert heard == [("client_added", desk.account, desk.owner, True)]
    assert not Activity.objects.filter(kind="client_added").exists()


def test_a_word_is_added_once():
    with pytest.raises(ValueError, match="already"):
        kind("client_added", "again", Named)
    assert isinstance(KINDS["client_added"], Kind)
