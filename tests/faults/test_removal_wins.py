"""Nothing outranks a removal: not a later wording, in no order, over no number of companies, by no second way."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from partnerships import delivery, forgetting, proposing, sharing
from partnerships.models import Handover, Lane, Letter
from tests import world
from tests.faults import invariants, story
from tests.rewind import staged
from tickets import conversation
from tickets.models import Comment
from tickets.vocabulary import Audience


def take_on(giver, taker, ticket=None):
    """The ticket goes down, with the words of whoever is above passed on by themselves; gives the key."""
    key = story.offer(giver, taker, ticket=ticket, client_replies="auto").key
    assert delivery.drain()
    with taker.scope():
        sharing.accept(story.handover(taker, "taken", key=key), by=taker.owner)
    assert delivery.drain()
    return key


def ticket_of(company, key):
    with company.scope():
        return Handover.objects.select_related("ticket").get(key=key).ticket


@staged
def chain():
    """Alfa's words went down over beta to gamma."""
    alfa, beta, gamma = story.linked("alfa", "beta", "gamma")
    first = take_on(alfa, beta)
    take_on(beta, gamma, ticket_of(beta, first))
    said = story.say(alfa, "given", "сказано зря")
    assert delivery.drain()
    return SimpleNamespace(alfa=alfa, beta=beta, gamma=gamma, said=said)


def reword(company, said, text="и всё же", revision=9, **which):
    """A wording that the author's company should never have written any more."""
    with company.scope():
        mine = story.handover(company, "given", **which)
        lane = story.lanes.next_place(mine.partnership.link_id, mine.key, company.account.pk)
        Letter.objects.create(
            lane=lane,
            handover=mine,
            seq=lane.written,
            kind="comment.edited",
            body={"id": str(said.origin_id), "text": text, "revision": revision},
            sent_at=timezone.now(),
        )


def remove(company, said):
    with company.scope():
        conversation.remove(Comment.objects.get(pk=said.pk), by=company.owner)


def stands(company, said):
    """How these words read at a company, one for each of its tickets: the text, and whether it was taken back."""
    with company.scope():
        rows = Comment.objects.filter(origin_id=said.origin_id).order_by("id")
        return [(row.body, row.removed_at is not None) for row in rows]


GONE = [("", True)]


@pytest.mark.parametrize("carried_between", [True, False])
@pytest.mark.parametrize("order", ["removal first", "wording first"])
def test_a_wording_and_a_removal_in_both_orders_leave_the_removal(chain, order, carried_between):
    deeds = [lambda: remove(chain.alfa, chain.said), lambda: reword(chain.alfa, chain.said)]
    for deed in deeds if order == "removal first" else deeds[::-1]:
        deed()
        assert not carried_between or delivery.drain()
    assert delivery.drain()

    assert [stands(company, chain.said) for company in (chain.alfa, chain.beta, chain.gamma)] == [GONE] * 3
    with chain.alfa.scope():
        forgetting.forget_letters(chain.said.ticket_id, {str(chain.said.origin_id)})
    assert invariants.broken("quiet") == {}


def test_a_wording_that_comes_after_the_removal_is_told_to_nobody_below(chain):
    remove(chain.alfa, chain.said)
    assert delivery.drain()

    reword(chain.alfa, chain.said)
    assert delivery.drain()

    with chain.beta.scope():
        told = Letter.objects.filter(handover__direction="given").exclude(kind__startswith="handover.")
        kinds = list(told.order_by("seq").values_list("kind", flat=True))
        assert [kind for kind in kinds if kind.startswith("comment.")] == ["comment.added", "comment.removed"]
    assert "и всё же" not in str([stands(company, chain.said) for company in (chain.beta, chain.gamma)])


def test_a_company_between_can_not_bring_back_what_was_taken_back_above(chain):
    remove(chain.alfa, chain.said)
    assert delivery.drain()

    reword(chain.beta, chain.said, text="по-нашему")
    assert delivery.drain()

    assert [stands(company, chain.said) for company in (chain.alfa, chain.beta, chain.gamma)] == [GONE] * 3


@staged
def diamond():
    """One ticket of alfa goes to beta and to gamma, and both hand it on to delta, who hears each word twice."""
    alfa, beta, gamma, delta = story.companies("alfa", "beta", "gamma", "delta")
    for left, right in ((alfa, beta), (alfa, gamma), (beta, delta), (gamma, delta)):
        world.link(left, right)
    for company, other in ((alfa, beta), (alfa, gamma)):
        with company.scope():
            proposing.change_terms(world.partner(company, other), by=company.owner, hand_on="anyone")
    first = take_on(alfa, beta)
    ticket = ticket_of(alfa, first)
    second = take_on(alfa, gamma, ticket)
    below = take_on(beta, delta, ticket_of(beta, first)), take_on(gamma, delta, ticket_of(gamma, second))
    with alfa.scope():
        readers = [row.counterpart for row in Handover.objects.select_related("counterpart")]
        said = conversation.comment(ticket, "всем", by=alfa.owner, audience=Audience.PARTNER, readers=readers)
    assert delivery.drain()
    return SimpleNamespace(alfa=alfa, beta=beta, gamma=gamma, delta=delta, said=said, below=below)


def test_in_a_diamond_each_way_brings_its_own_removal_and_no_wording_revives_either(diamond):
    d = diamond
    assert stands(d.delta, d.said) == [("всем", False)] * 2
    remove(d.alfa, d.said)
    Lane.objects.filter(sender=d.beta.account).update(next_attempt_at=timezone.now() + timedelta(hours=1))
    assert delivery.drain()
    assert sorted(stands(d.delta, d.said)) == [("", True), ("всем", False)]

    reword(d.gamma, d.said)
    reword(d.beta, d.said, revision=3)
    story.time_passes()
    assert delivery.drain()

    assert stands(d.delta, d.said) == GONE * 2
    for company in (d.alfa, d.beta, d.gamma):
        assert stands(company, d.said) == GONE


def test_in_a_diamond_one_way_can_not_take_back_what_the_other_brought(diamond):
    """Gamma knows the id too; its word counts on the ticket that came through it and on no other."""
    d = diamond
    with d.gamma.scope():
        mine = story.handover(d.gamma, "given")
    story.drop(d.gamma, "given", "comment.removed", {"id": str(d.said.origin_id)})
    assert delivery.drain()

    with d.delta.scope():
        by_way = {
            row.partnership.name: Comment.objects.get(ticket=row.ticket_id, origin_id=d.said.origin_id).body
            for row in Handover.objects.select_related("partnership")
        }
    assert by_way == {"Beta": "всем", "Gamma": ""} and mine.key in d.below
