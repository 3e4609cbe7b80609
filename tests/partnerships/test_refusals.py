"""What the state machine and the walls refuse: closed readers, ended links, names of third parties."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import translation

from partnerships import agreement, cards, delivery, outbox, parting, ratings, sharing
from partnerships.models import InboxLetter, Link
from partnerships.protocol import Answer
from tenants import accounts
from tenants.models import Activity
from tenants.scoping import account_scope
from tenants.vocabulary import Refused
from tests import world
from tests.partnerships.conftest import hand, in_state, row
from tickets import conversation, lifecycle
from tickets.models import Comment


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def say(company, handover, body):
    return conversation.comment(
        handover.ticket, body, by=company.dispatcher, audience="partner", readers=[handover.counterpart]
    )


@pytest.mark.parametrize("state", ["declined", "expired", "withdrawn", "given_back", "approved"])
def test_a_company_whose_hand_over_is_over_hears_nothing_new(moved):
    for company, handover in ((moved.giver, moved.given()), (moved.taker, moved.taken())):
        with company.scope(), pytest.raises(Refused, match="is over"):
            say(company, handover, "поздно")


@in_state("accepted")
def test_nothing_is_passed_on_to_a_company_whose_hand_over_is_over(w, moved):
    on = hand(w.service, w.sub, moved.taken().ticket)
    with w.service.scope():
        sharing.withdraw(row(w.service, pk=on.pk), by=w.service.dispatcher, reason="сами")
    with w.retail.scope():
        say(w.retail, moved.given(), "от сети")
    delivery.drain()

    with w.service.scope(), pytest.raises(Refused, match="is over"):
        reader = row(w.service, pk=on.pk).counterpart
        conversation.pass_on(Comment.objects.get(), by=w.service.dispatcher, readers=[reader])


@in_state("accepted")
def test_a_comment_on_its_way_when_the_hand_over_ends_is_kept(moved):
    with moved.taker.scope():
        say(moved.taker, moved.taken(), "почти готово")
    with moved.giver.scope():
        sharing.withdraw(moved.given(), by=moved.giver.dispatcher, reason="сами")
    delivery.drain()

    with moved.giver.scope():
        assert Comment.objects.get().body == "почти готово"


@in_state("given_back")
def test_a_delivery_that_comes_too_late_says_so(moved):
    with moved.taker.scope(), pytest.raises(Refused, match="This can't be done now"):
        sharing.deliver(moved.taken(), by=moved.taker.dispatcher, report="сделано")


@in_state("approved")
def test_no_move_is_made_over_a_link_that_has_ended(moved):
    """An approved ticket is not cut with the link; sent back now, it would wait for nobody for ever."""
    with moved.giver.scope():
        parting.end(moved.given().partnership, by=moved.giver.owner)
        with pytest.raises(Refused, match="The link has ended"):
            sharing.send_back(moved.given(), by=moved.giver.dispatcher, reason="не печатает")

    assert moved.given().state == "approved"


@in_state("approved")
def test_an_old_hand_over_is_not_sent_back_while_a_newer_one_runs(w, moved):
    hand(w.retail, w.service, moved.given().ticket)

    with w.retail.scope(), pytest.raises(Refused, match="has this ticket already"):
        sharing.send_back(moved.given(), by=w.retail.dispatcher, reason="не печатает")


@in_state("accepted")
def test_a_nudge_before_the_confirmation_is_a_letter_of_its_own(moved):
    with moved.taker.scope():
        sharing.deliver(moved.taken(), by=moved.taker.dispatcher, report="сделано")
        assert moved.taken().waits_for_confirmation
        ratings.nudge(moved.taken(), by=moved.taker.dispatcher)
    delivery.drain()

    with moved.giver.scope():
        came = InboxLetter.objects.filter(kind__in=["handover.done", "handover.nudged"]).order_by("seq")
        assert [(letter.kind, letter.stage) for letter in came] == [
            ("handover.done", "applied"),
            ("handover.nudged", "applied"),
        ]


def test_a_verb_that_is_not_the_senders_to_do_is_set_aside(pair):
    with pair.giver.scope():
        outbox.write(pair.given(), Answer(), by=pair.giver.dispatcher, kind="handover.done")
    delivery.drain()

    assert pair.taken().state == "offered"
    with pair.taker.scope():
        assert InboxLetter.objects.get(stage="set_aside").reason == "not_theirs"


@pytest.mark.parametrize("see_below", ["hidden", "role"])
def test_the_people_of_a_third_party_stay_unnamed_in_every_letter(w, see_below):
    """What a subcontractor does moves our ticket, and our letter of that tells of us and not of his people."""
    with w.retail.scope():
        ticket = lifecycle.open_ticket("Касса", by=w.retail.dispatcher)
    given = hand(w.retail, w.service, ticket, see_below=see_below)
    delivery.drain()
    with w.service.scope():
        sharing.accept(row(w.service, key=given.key), by=w.service.dispatcher)
        taken = row(w.service, key=given.key)
    on = hand(w.service, w.sub, taken.ticket)
    delivery.drain()
    with w.sub.scope():
        sharing.accept(row(w.sub, key=on.key), by=w.sub.dispatcher)
        said = say(w.sub, row(w.sub, key=on.key), "заменил плату")
    delivery.drain()
    with w.service.scope():
        conversation.pass_on(Comment.objects.get(), by=w.service.dispatcher, readers=[taken.counterpart])
    with w.sub.scope():
        conversation.edit(said, "заменил блок", by=w.sub.dispatcher)
        sharing.deliver(row(w.sub, key=on.key), by=w.sub.dispatcher, report="готово")
    delivery.drain()
    with w.sub.scope():
        conversation.remove(said, by=w.sub.dispatcher)
    delivery.drain()

    with w.retail.scope():
        came = list(InboxLetter.objects.all())
        seen = [f"{letter.kind} {letter.by} {letter.body}" for letter in came]
        seen += [
            f"{line.kind} {line.actor_name} {line.actor_company} {line.details}" for line in Activity.objects.all()
        ]
        seen += [f"{one.author_name} {one.author_company} {one.via}" for one in Comment.objects.all()]
    assert {letter.kind for letter in came} >= {"status.changed", "comment.edited", "comment.removed", "chain.changed"}
    person, company = w.sub.dispatcher.name, w.sub.account.name
    assert [line for line in seen if person in line or company in line] == []


def test_two_companies_that_accept_each_other_at_once_make_one_link(committed):
    here, there = (world.company(slug, slug, slug[:2].upper(), {"owner": (slug, "")}) for slug in ("here", "there"))
    codes = {}
    for company in (here, there):
        with company.scope():
            codes[company.account.slug] = agreement.invite("другая", by=company.owner)[1]

    def accept(company, code):
        try:
            with account_scope(company.account.pk):
                agreement.accept(code, by=company.owner)
            return "linked"
        except Refused as no:
            return "linked already" if no.sentence == agreement.LINKED_ALREADY else str(no)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(accept, here, codes["there"]), pool.submit(accept, there, codes["here"])]

    assert sorted(answer.result() for answer in answers) == ["linked", "linked already"]
    assert Link.objects.count() == 1


def test_what_was_said_with_another_partner_is_not_ticked_by_itself(w):
    with w.service.scope():
        client = accounts.add_client("Клиент", by=w.service.owner)
        ticket = lifecycle.open_ticket("Касса", by=w.service.dispatcher, client=client)
        conversation.comment(ticket, "клиенту", by=w.service.dispatcher, audience="client")
    first = hand(w.service, w.sub, ticket)
    with w.service.scope():
        say(w.service, row(w.service, pk=first.pk), "только Вектору")
        other = world.partner(w.service, w.retail).terms
        other.pass_comments = True
        ticked = cards.usual_share(ticket, other).comments

        assert [Comment.objects.get(pk=pk).body for pk in ticked] == ["клиенту"]
