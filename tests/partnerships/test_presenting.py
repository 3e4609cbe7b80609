"""A company says what it does and how it is called; its partners read that, and nothing of theirs breaks."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partnerships import agreement, delivery, presenting, sharing
from partnerships.models import InboxLetter, Letter, Partnership
from partnerships.protocol import Company
from tenants import account_settings, clock, postman, timers
from tenants.models import Activity
from tenants.vocabulary import Refused
from tests import world
from tests.partnerships.conftest import hand, row, text_of
from tickets import lifecycle
from tickets.models import Counterpart, Ticket

CARD = {
    "about": "Чиним кассы",
    "regions": "Вологда\n Череповец \nВологда",
    "services": "кассы\nвесы",
    "hours": "9–18",
    "contact_name": "Артём Шубин",
    "phone": "+7 8172 50-00-00",
    "email": "art@vektor.example",
}


def kinds(company, *wanted):
    with company.scope():
        return list(Activity.objects.filter(kind__in=wanted).order_by("pk").values_list("kind", flat=True))


def test_partners_read_the_card_on_their_page_and_whoever_is_invited_does_too(w, enter):
    assert enter(w.sub, "owner").post("partners/card/", CARD).status_code == 302
    enter(w.sub, "owner").post("partners/card/", CARD)
    delivery.drain()

    with w.service.scope():
        theirs = world.partner(w.service, w.sub)
        told = presenting.card_of(theirs)
    assert (told.about, told.regions, told.services) == ("Чиним кассы", ["Вологда", "Череповец"], ["кассы", "весы"])
    page = text_of(enter(w.service).get(f"partners/{theirs.pk}/"))
    assert all(word in page for word in ("Чиним кассы", "Вологда, Череповец", "Артём Шубин", "+7 8172 50-00-00"))
    assert kinds(w.service, "partner_card_changed") == ["partner_card_changed"]
    with w.sub.scope():
        _invitation, code = agreement.invite("Новая", by=w.sub.owner)
    assert "Чиним кассы" in text_of(Client().get(f"/join/{code}/"))


def test_a_new_link_begins_with_both_cards(w):
    for company, about in ((w.stranger, "Ищем сбои"), (w.vendor, "Делаем кассы")):
        with company.scope():
            presenting.present(by=company.owner, about=about)
    world.link(w.stranger, w.vendor)

    for company, other, about in ((w.stranger, w.vendor, "Делаем кассы"), (w.vendor, w.stranger, "Ищем сбои")):
        with company.scope():
            assert presenting.card_of(world.partner(company, other)).about == about


@pytest.mark.parametrize("role", ["dispatcher", "agent", "engineer", "observer"])
def test_only_those_who_link_write_the_card(w, enter, role):
    desk = enter(w.service, role)

    assert desk.get("partners/card/").status_code == desk.post("partners/card/", CARD).status_code == 302
    with w.service.scope():
        assert presenting.company() == Company()


@pytest.mark.parametrize(
    "said", [{"about": "я" * 301}, {"regions": ["я" * 81]}, {"services": [str(n) for n in range(41)]}]
)
def test_a_card_has_its_measure(w, said):
    with w.service.scope(), pytest.raises(Refused):
        presenting.present(by=w.service.owner, **said)


def rename(company, name):
    with company.scope():
        account_settings.change(company.account, by=company.owner, name=name)
    delivery.drain()


def open_with(w, n):
    for number in range(n):
        with w.service.scope():
            ticket = lifecycle.open_ticket(f"Заявка {number}", by=w.service.dispatcher)
        hand(w.service, w.sub, ticket)
    delivery.drain()


def test_a_new_name_goes_to_partners_and_their_tickets_under_way_follow(w, enter, mailoutbox):
    open_with(w, 1)
    with w.service.scope():
        partner = world.partner(w.service, w.sub)
        since = set(Ticket.objects.values_list("turn_since", flat=True))
    with clock.at(clock.now() + timedelta(minutes=1)):
        rename(w.sub, "Вектор и сыновья")

    with w.service.scope():
        assert Partnership.objects.get(pk=partner.pk).name == "Вектор и сыновья"
        assert set(Counterpart.objects.values_list("label", flat=True)) == {"Вектор и сыновья"}
        shown = set(Ticket.objects.values_list("partner_label", "turn_holder"))
        assert shown == {("Вектор и сыновья", "Вектор и сыновья")}
        assert set(Ticket.objects.values_list("turn_since", flat=True)) == since, "a name is no move"
    assert enter(w.service).get(f"partners/{partner.pk}/").status_code == 200
    with w.vendor.scope():
        assert Partnership.objects.filter(name="Вектор и сыновья").count() == 1
    with clock.at(clock.now() + timedelta(minutes=5)):
        postman.deliver_due()
    heads = ("owner@meridian.example", "admin@meridian.example", "owner@atlas.example", "owner@vektor.example")
    told = [message.to[0] for message in mailoutbox if "Вектор и сыновья" in message.body and message.to[0] in heads]
    assert sorted(told) == sorted(heads[:3]), "the partners' heads once each; the owner who did it knows"


def test_a_new_name_at_the_end_of_a_chain_is_read_at_its_beginning(w):
    with w.retail.scope():
        ticket = lifecycle.open_ticket("Вниз", by=w.retail.dispatcher)
    first = hand(w.retail, w.service, ticket, see_below="named")
    delivery.drain()
    taken = row(w.service, key=first.key)
    with w.service.scope():
        sharing.accept(taken, by=w.service.dispatcher)
    delivery.drain()
    into = hand(w.service, w.sub, taken.ticket)
    delivery.drain()

    rename(w.sub, "Вектор и сыновья")
    timers.ring_due()
    delivery.drain()

    assert [told["name"] for told in row(w.retail, pk=first.pk).below] == ["Вектор и сыновья"]
    assert row(w.service, pk=into.pk).state == "offered"


def test_the_same_letter_twice_is_heard_once(w):
    rename(w.sub, "Вектор-2")
    with w.service.scope():
        row = InboxLetter.objects.filter(kind="link.card").latest("received_at")
        partner = Partnership.objects.get(name="Вектор-2")
        for _again in range(2):
            presenting.hear(partner, name="Вектор-2", card=None, by=w.service.owner)
    assert row.stage == "applied"
    assert kinds(w.service, "partner_renamed") == ["partner_renamed"]


def test_an_ended_link_hears_nothing_more(w):
    with w.sub.scope():
        partner = world.partner(w.sub, w.vendor)
        Partnership.objects.filter(pk=partner.pk).update(state="ended")
        before = set(Letter.objects.values_list("pk", flat=True))
        presenting.present(by=w.sub.owner, about="Иное")
        told = Letter.objects.exclude(pk__in=before).values_list("kind", "lane__receiver__slug")

        assert set(told) == {("link.card", w.service.slug)}


def test_a_new_name_costs_the_same_however_many_tickets_bear_it(w):
    def asked(before, after):
        with w.service.scope(), CaptureQueriesContext(connection) as queries:
            presenting.hear(Partnership.objects.get(name=before), name=after, card=None, by=w.service.owner)
        return len(queries)

    open_with(w, 1)
    asked("Вектор", "Первый")
    before = asked("Первый", "Вектор")
    open_with(w, 1)

    assert asked("Вектор", "Первый") == before


def test_whoever_has_no_card_yet_reads_why_to_write_one(w, enter):
    assert "Nothing yet" in text_of(enter(w.service, "owner").get("partners/"))
