"""A ticket crosses four companies and comes back; each says and sees only what is his."""

from partnerships import chain, delivery, sharing
from partnerships.cards import Share
from partnerships.models import Handover, InboxLetter
from tests import world
from tickets import conversation, lifecycle
from tickets.models import Comment, Ticket
from tickets.vocabulary import Audience


def only_handover(company, direction):
    return Handover.objects.select_related("ticket__account", "ticket__status", "partnership", "counterpart").get(
        account=company.account, direction=direction
    )


def hand(company, to, ticket, **choices):
    with company.scope():
        choices.setdefault("see_below", "named")
        return sharing.offer(ticket, to=world.partner(company, to), by=company.dispatcher, share=Share(), **choices)


def accept(company):
    with company.scope():
        handover = only_handover(company, "taken")
        sharing.accept(handover, by=company.dispatcher)
        return handover.ticket


def bodies(company):
    with company.scope():
        return list(Comment.objects.values_list("body", flat=True))


def go_down(w):
    """The chain's ticket is handed on until the vendor has it; everybody accepts."""
    with w.retail.scope():
        ticket = lifecycle.open_ticket("Касса не печатает", by=w.retail.dispatcher, description="Ошибка ФН")
    hand(w.retail, w.service, ticket)
    assert delivery.drain()
    for company, to in ((w.service, w.sub), (w.sub, w.vendor)):
        mine = accept(company)
        assert delivery.drain()
        hand(company, to, mine)
        assert delivery.drain()
    accept(w.vendor)
    assert delivery.drain()


def test_the_first_company_follows_the_ticket_to_the_last(chain_of_four):
    w = chain_of_four

    go_down(w)

    with w.retail.scope():
        stops = chain.stops(Ticket.objects.select_related("account", "status", "client").get())
        assert [(s.party, s.name, s.holds) for s in stops] == [
            ("us", "Лукошко", False),
            ("partner", "Меридиан Сервис", False),
            ("far", "Вектор", False),
            ("far", "АТЛАС Сервис", True),
        ]
        assert [s.ref for s in stops] == ["ЛК-1", "МС-1", "ВР-1", "AT-1"]


def test_a_comment_reaches_its_one_reader_and_an_internal_one_nobody(chain_of_four):
    w = chain_of_four
    go_down(w)

    with w.service.scope():
        taken = only_handover(w.service, "taken")
        conversation.comment(taken.ticket, "внутреннее", by=w.service.agent, audience=Audience.INTERNAL)
        conversation.comment(
            taken.ticket,
            "для сети",
            by=w.service.agent,
            audience=Audience.PARTNER,
            readers=[taken.counterpart],
        )
    assert delivery.drain()

    assert bodies(w.retail) == ["для сети"]
    assert bodies(w.sub) == [] and bodies(w.vendor) == [] and bodies(w.stranger) == []


def test_the_work_comes_back_up_and_closes_every_co_ticket(chain_of_four):
    w = chain_of_four
    go_down(w)

    for company, above in ((w.vendor, w.sub), (w.sub, w.service), (w.service, w.retail)):
        with company.scope():
            sharing.deliver(only_handover(company, "taken"), by=company.dispatcher, report="готово")
        assert delivery.drain()
        with above.scope():
            given = only_handover(above, "given")
            assert given.state == "done"
            sharing.approve(given, by=above.dispatcher)
        assert delivery.drain()

    for company in (w.service, w.sub, w.vendor):
        with company.scope():
            assert only_handover(company, "taken").state == "approved"
            assert only_handover(company, "taken").ticket.status.name == "Закрыта"
            assert not InboxLetter.objects.exclude(stage="applied").exists()


def test_who_moved_the_ticket_further_down_is_named_to_nobody_above(chain_of_four):
    w = chain_of_four
    go_down(w)
    with w.vendor.scope():
        sharing.deliver(only_handover(w.vendor, "taken"), by=w.vendor.dispatcher, report="готово")
    assert delivery.drain()

    with w.vendor.scope():
        name = w.vendor.dispatcher.name
    for company, signed in ((w.sub, True), (w.service, False), (w.retail, False)):
        with company.scope():
            assert InboxLetter.objects.filter(by__name=name).exists() == signed
