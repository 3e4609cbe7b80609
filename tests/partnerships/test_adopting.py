"""Sites and equipment of the sender: recognised, added with one click, chosen by a person, and known from then on."""

import pytest

from equipment import registry
from equipment.models import Equipment, EquipmentModel, Site
from partnerships import adopting, cards, delivery
from partnerships.cards import Share
from partnerships.models import Alias, Handover, Partnership
from tenants import accounts
from tenants.models import Client
from tenants.vocabulary import Refused
from tests import world
from tests.partnerships.conftest import hand, row, text_of
from tests.rewind import staged
from tickets import lifecycle
from tickets.models import Ticket


@staged
def shops(w):
    """The retail chain's shop with two tills, and a way to hand tickets about them to the service company."""
    with w.retail.scope():
        by = w.retail.dispatcher
        client = accounts.add_client("Наши магазины", by=by)
        w.shop = registry.add_site(client, name="Магазин 47", code="L-047", address="Вологда, ул. Мира, 18", by=by)
        w.tills = [
            registry.add_equipment(
                w.shop, manufacturer="АТЛАС", model="К-220", name=f"касса {n}", serial_number=f"220-{n}00", by=by
            )
            for n in (1, 2)
        ]
    return w


def arrived(shops, subject="Касса молчит", to=None):
    """A ticket about the shop and its first till, handed over: the taker's row."""
    with shops.retail.scope():
        ticket = lifecycle.open_ticket(
            subject,
            by=shops.retail.dispatcher,
            client=shops.shop.client,
            site=shops.shop,
            equipment=shops.tills[:1],
        )
    share = Share(site=True, equipment=(shops.tills[0].pk,))
    given = hand(shops.retail, to or shops.service, ticket, share)
    delivery.drain()
    return row(to or shops.service, key=given.key)


def ours(shops, **facts):
    """A site of the service company's own registry."""
    by = shops.service.dispatcher
    client, _made = Client.objects.get_or_create(name=facts.pop("client", "Лукошко"))
    return registry.add_site(client, **{"name": "Лукошко 47", "by": by, **facts})


def mark(taken, place=0):
    return adopting.mark_of(list(adopting.told_devices(cards.read_card(taken.card)))[place])


def placed(shops, taken):
    """(site, devices) of the co-ticket."""
    with shops.service.scope():
        ticket = Ticket.objects.select_related("site__client", "client").get(pk=taken.ticket_id)
        assert ticket.site is None or ticket.client == ticket.site.client
        return ticket.site, list(ticket.equipment.select_related("model", "site"))


def test_what_is_ours_is_recognised_on_arrival_and_the_history_says_how(shops, enter):
    with shops.service.scope():
        site = ours(shops, code="l 047", client="НАШИ МАГАЗИНЫ")
        till = registry.add_equipment(
            site, model="К-220", manufacturer="Атлас", serial_number="220100", by=shops.service.dispatcher
        )
    taken = arrived(shops)

    assert placed(shops, taken) == (site, [till])
    page = text_of(enter(shops.service).get(f"tickets/{taken.ticket.number}/"))
    assert "changed the site: Лукошко 47 (by its code)" in page
    assert "(by its serial number)" in page and "In our registry: Лукошко 47, by its code" in page


def test_a_doubtful_hit_is_left_to_a_person(shops):
    with shops.service.scope():
        ours(shops, address="г. Вологда, Мира 18", client="Наши магазины", name="А")
        ours(shops, address="Вологда, улица Мира 18", client="Наши магазины", name="Б")
    taken = arrived(shops)

    assert placed(shops, taken) == (None, [])


def test_one_click_adopts_and_the_next_ticket_is_recognised(shops, enter):
    with shops.service.scope():
        Partnership.objects.filter(name=shops.retail.account.name).update(client=ours(shops, name="Прочее").client)
    taken, desk = arrived(shops), enter(shops.service)
    assert desk.post(f"handovers/{taken.pk}/adopt/site/").status_code == 302
    assert desk.post(f"handovers/{taken.pk}/adopt/site/").status_code == 302
    assert desk.post(f"handovers/{taken.pk}/adopt/{mark(taken)}/").status_code == 302
    assert desk.post(f"handovers/{taken.pk}/adopt/{mark(taken)}/").status_code == 302

    site, devices = placed(shops, taken)
    assert (site.name, site.code, site.address, site.client.name) == (
        "Магазин 47",
        "L-047",
        "Вологда, ул. Мира, 18",
        "Лукошко",
    )
    assert [(str(one), one.serial_number, one.site) for one in devices] == [("АТЛАС К-220, касса 1", "220-100", site)]
    with shops.service.scope():
        assert (Site.objects.count(), Equipment.objects.count(), Alias.objects.count()) == (2, 1, 2)
    with shops.retail.scope():
        assert (Site.objects.count(), Equipment.objects.count(), Alias.objects.count()) == (1, 2, 0)

    again = arrived(shops, "Касса опять молчит")
    assert placed(shops, again) == (site, devices)
    with shops.service.scope():
        assert cards.known(Handover.objects.get(pk=again.pk))["how"] == "alias"


def test_without_a_client_for_the_partner_it_is_asked_whose_the_site_is(shops, enter):
    taken, desk = arrived(shops), enter(shops.service)
    path = f"handovers/{taken.pk}/adopt/site/"
    with shops.service.scope():
        with pytest.raises(Refused) as no:
            adopting.adopt_site(taken, by=shops.service.dispatcher)
        client = accounts.add_client("Лукошко", by=shops.service.dispatcher)
    assert no.value.field == "client"
    assert "whose site this is" in text_of(desk.get(path))
    assert desk.post(path, {"client": str(shops.shop.client_id)}).status_code == 422
    assert desk.post(path).status_code == 422
    assert desk.post(path, {"client": str(client.pk)}).status_code == 302
    assert placed(shops, taken)[0].client == client


def test_a_model_of_ours_is_used_and_a_device_wants_a_site(shops):
    taken = arrived(shops)
    with shops.service.scope():
        by = shops.service.dispatcher
        with pytest.raises(Refused, match="at which site"):
            adopting.adopt_device(taken, mark(taken), by=by)
        site = ours(shops)
        model = EquipmentModel.objects.create(manufacturer="Атлас", name="К-220")
        adopting.choose(taken, "site", site, by=by)
        adopting.adopt_device(taken, mark(taken), by=by)
        assert [device.model for device in taken.ticket.equipment.select_related("model")] == [model]


def test_a_person_chooses_another_and_the_link_learns_it(shops, enter):
    with shops.service.scope():
        wrong, right = ours(shops, code="L-047", client="Наши магазины"), ours(shops, name="Вологда, Мира")
    taken, desk = arrived(shops), enter(shops.service)
    assert placed(shops, taken)[0] == wrong
    path = f"handovers/{taken.pk}/ours/site/"
    assert "Лукошко 47" in text_of(desk.get(path))
    assert "Вологда, Мира" in text_of(desk.get(f"{path}?list&q=Вологда"))
    for pick in ("", f"site:{shops.shop.pk}", f"client:{right.client_id}", "site:x"):
        assert desk.post(path, {"pick": pick}).status_code == 422
    assert desk.post(path, {"pick": f"site:{right.pk}"}).status_code == 302

    assert placed(shops, taken)[0] == right
    assert placed(shops, arrived(shops, "Ещё одна"))[0] == right


def test_what_was_recognised_wrongly_is_let_go_and_forgotten(shops, enter):
    taken, desk = arrived(shops), enter(shops.service)
    with shops.service.scope():
        site = ours(shops)
        adopting.choose(taken, "site", site, by=shops.service.dispatcher)
        adopting.adopt_device(taken, mark(taken), by=shops.service.dispatcher)
    assert desk.post(f"handovers/{taken.pk}/none-of-ours/{mark(taken)}/").status_code == 302
    assert desk.post(f"handovers/{taken.pk}/none-of-ours/site/").status_code == 302

    assert placed(shops, taken) == (None, [])
    with shops.service.scope():
        assert (Alias.objects.count(), Site.objects.count()) == (0, 1)


def test_a_told_site_that_changes_is_recognised_anew(shops):
    from tickets import placing

    with shops.service.scope():
        first = ours(shops, code="L-047", client="Наши магазины")
        second = ours(shops, code="L-048", name="Лукошко 48", client="Наши магазины")
    taken = arrived(shops)
    assert placed(shops, taken)[0] == first
    with shops.retail.scope():
        by = shops.retail.dispatcher
        ticket = Handover.objects.get(key=taken.key).ticket
        other = registry.add_site(shops.shop.client, name="Магазин 48", code="L-048", by=by)
        placing.place(ticket, site=other, equipment=[], by=by)
    delivery.drain()

    assert placed(shops, taken) == (second, [])


def test_the_same_told_twice_in_two_ways_takes_no_more_queries(shops, django_assert_max_num_queries):
    from partnerships import recognising
    from partnerships.protocol import Card, Device
    from partnerships.protocol import Site as Told

    devices = [Device("АТЛАС К-220", f"S{n}00", f"I{n}00") for n in range(30)]
    with shops.service.scope():
        link = world.partner(shops.service, shops.retail)
        with django_assert_max_num_queries(5):
            recognising.recognise(Card(site=Told("x", "L-047", "Вологда, Мира, 18"), equipment=devices), link)


@pytest.mark.parametrize("route", ["adopt/site", "ours/site", "none-of-ours/site"])
def test_strangers_and_the_sender_find_nothing_and_others_are_told_no(shops, enter, route):
    taken = arrived(shops)
    for company in (shops.stranger, shops.retail):
        assert enter(company, "owner").post(f"handovers/{taken.pk}/{route}/").status_code == 404
    assert enter(shops.service, "engineer").post(f"handovers/{taken.pk}/{route}/").status_code == 404
    assert enter(shops.service, "observer").post(f"handovers/{taken.pk}/{route}/").status_code == 302
    with shops.retail.scope():
        given = Handover.objects.get(key=taken.key)
    refused = enter(shops.retail).post(f"handovers/{given.pk}/{route}/", **{"HX-Request": "true"})
    assert refused.status_code == 422 and "for the other company" in text_of(refused)
    assert placed(shops, taken) == (None, [])


def test_a_restricted_agent_chooses_only_what_he_sees(shops, enter):
    from tenants import people
    from tickets import granting

    with shops.service.scope():
        site = ours(shops)
    taken = arrived(shops)
    with shops.service.scope():
        agent, by = shops.service.agent, shops.service.owner
        people.set_restricted(agent, to=True, by=by)
        granting.grant(taken.ticket, to=agent, by=by)
    desk = enter(shops.service, "agent")
    assert "Лукошко 47" not in text_of(desk.get(f"handovers/{taken.pk}/ours/site/?q=Лукошко"))
    assert desk.post(f"handovers/{taken.pk}/ours/site/", {"pick": f"site:{site.pk}"}).status_code == 422
    assert placed(shops, taken)[0] is None
