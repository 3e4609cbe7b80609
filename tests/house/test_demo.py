"""The demo: whole after an interruption, in every state, with nothing left lying and nothing leaked."""

import io
from datetime import datetime, timedelta

from django.core.management import call_command
from django.db.models import F, Q
from django.utils import timezone

from helpdesk.models import Heartbeat
from partnerships.models import Handover, InboxLetter, Lane
from partnerships.vocabulary import State
from sla import spans, turns
from tenants.models import Account, Activity, Membership, User
from tenants.scoping import account_scope
from tests import story, story_whole
from tests.world import PASSWORD
from tickets import queue
from tickets.models import Attachment, Comment, Ticket
from tickets.vocabulary import Audience, Direction

STRANGER = "gavan"


def said_by(command):
    out = io.StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def in_each_account(look):
    """What `look` finds in every account: {slug: found}."""
    found = {}
    for account in Account.objects.order_by("slug"):
        with account_scope(account.pk):
            found[account.slug] = look()
    return found


def test_history_lies_in_working_hours_whenever_it_is_told():
    monday = datetime(2026, 3, 2, 0, 17, tzinfo=story.ZONE)
    for hour in range(168):
        month = story.Month(monday + timedelta(hours=hour))
        moments = [month.ago(spec) for spec in ("24d", "3d 2h", "5h 39m", "40m", "1m")]
        assert moments == sorted(moments) and moments[-1] < month.now
        for moment in moments:
            assert moment.weekday() < 5 and 540 <= moment.hour * 60 + moment.minute <= 1140


def test_the_demo(db):
    assert said_by("demo_logins") == ""
    story_whole.tell(story_whole.month(), upto=90)
    told = said_by("seed_demo")
    assert "half made, going on after step 90/" in told and "Demo: 8 companies" in told

    check_states()
    check_letters()
    check_walls()
    check_queues()
    check_logins()
    check_turns()
    before = sizes()
    assert said_by("seed_demo") == "The demo is here already.\n"
    assert sizes() == before


def sizes():
    models = (Ticket, Comment, Attachment, Handover, Activity, Membership)
    return in_each_account(lambda: [model.objects.count() for model in models])


def check_turns():
    """Every minute of every ticket belongs to somebody, and the ledger alone tells the same."""
    assert [line for line in said_by("turns").splitlines() if not line.endswith(" 0 differ")] == []

    def astray():
        for ticket in Ticket.objects.select_related("status").prefetch_related("counterparts", spans.LAST):
            # What is closed later was done when it was resolved.
            over = next((span.from_at for span in ticket.last_spans if span.party == "nobody"), None)
            until = over or spans.second(timezone.now())
            shares = spans.account(ticket, until)
            whole = (until - spans.second(ticket.created_at)) // spans.SECOND
            adds_up = sum(share.wall for share in shares) == whole
            if not adds_up or not spans.stands(ticket, turns.turned(ticket, turns.holder_of(ticket))):
                yield ticket.number

    assert {slug: found for slug, found in in_each_account(lambda: list(astray())).items() if found} == {}


def check_states():
    given = in_each_account(
        lambda: set(Handover.objects.filter(direction=Direction.GIVEN).values_list("state", flat=True))
    )
    assert set().union(*given.values()) == set(State.values)
    rated = in_each_account(lambda: Handover.objects.filter(score__gt=0).exclude(rating_answer="").count())
    assert rated["meridian"] >= 3
    with account_scope(Account.objects.get(slug="meridian").pk):
        main = Ticket.objects.get(number=4812)
        assert main.subject.startswith("Касса не печатает чек") and main.turn == "us"
        assert [station["name"] for station in main.handovers.get(direction="given").below] == ["АТЛАС Сервис"]
    with account_scope(Account.objects.get(slug="lukoshko").pk):
        names = Attachment.objects.filter(ticket__number=2093).values_list("name", flat=True)
        assert {"касса-3-экран.jpg", "Акт ВР-1177.pdf"} <= set(names) and "К-220_5.8.2.bin" not in names
    at = in_each_account(lambda: Activity.objects.filter(at__gt=timezone.now()).count())
    assert not any(at.values())


def check_letters():
    assert not Lane.objects.filter(
        Q(delivered__lt=F("written")) | Q(applied__lt=F("delivered")) | Q(stuck=True)
    ).exists()
    assert not any(in_each_account(lambda: InboxLetter.objects.exclude(stage="applied").count()).values())
    assert not any(in_each_account(lambda: Handover.objects.exclude(pending=None).count()).values())


def check_walls():
    """What was said in private is in no other account, and the stranger shares nothing with anybody."""

    def look():
        comments = Comment.objects.all()
        return {
            "private": {c.origin_id for c in comments if c.audience in (Audience.INTERNAL, Audience.CLIENT)},
            "all": {c.origin_id for c in comments},
            "subjects": set(Ticket.objects.values_list("subject", flat=True)),
            "handovers": Handover.objects.count(),
        }

    found = in_each_account(look)
    for slug, mine in found.items():
        for other, theirs in found.items():
            assert slug == other or not mine["private"] & theirs["all"], (slug, other)
            assert other == slug or STRANGER not in (slug, other) or not mine["subjects"] & theirs["subjects"]
    assert found[STRANGER]["handovers"] == 0 and len(found[STRANGER]["subjects"]) == 4


def check_queues():
    with account_scope(Account.objects.get(slug="meridian").pk):
        dispatcher = Membership.objects.get(role="dispatcher")
        lengths = {code: queue.belonging(dispatcher, code).count() for code in queue.QUEUES}
        assert all(lengths.values()) and lengths["our_turn"] >= 8, lengths
        assert queue.belonging(Membership.objects.get(role="engineer"), "mine").exists()


def check_logins():
    table = said_by("demo_logins")
    operator = User.objects.get(is_superuser=True)
    for user in User.objects.all():
        assert user.email in table and user.check_password(PASSWORD)
    assert operator.is_staff and "/platform/" in table and PASSWORD in table
    assert Heartbeat.objects.get(name="demo").token == "done"
