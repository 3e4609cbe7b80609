"""Who asks, where and about what is named anew: what belongs together stays together, and the history says it."""

import pytest

from equipment import registry
from tenants import accounts
from tenants.models import Activity
from tenants.vocabulary import Refused
from tickets import lifecycle, placing


def opened(desk, **facts):
    return lifecycle.open_ticket("Касса не печатает", by=desk.dispatcher, **facts)


def sentences(ticket):
    rows = Activity.objects.filter(ticket_id=ticket.pk).exclude(kind__in=("opened", "turned")).order_by("pk")
    return [(line.kind, line.details["before"], line.details["after"]) for line in rows]


def test_a_site_brings_its_client_and_each_is_told_once(inside):
    ticket = opened(inside)
    placing.place(ticket, site=inside.site, equipment=[inside.device], by=inside.dispatcher)
    placing.place(ticket, site=inside.site, equipment=[inside.device], by=inside.dispatcher)

    standing = placing.standing(ticket)
    assert (standing["client"], standing["site"], standing["equipment"]) == (
        inside.client,
        inside.site,
        [inside.device],
    )
    assert sentences(ticket) == [
        ("site_changed", "—", "Магазин 47"),
        ("equipment_changed", "—", "АТЛАС К-220"),
    ]


def test_what_does_not_belong_together_is_refused_whole(inside):
    ticket, other = opened(inside), accounts.add_client("Зерно", by=inside.owner)
    for facts in (
        {"client": other, "contact": inside.contact},
        {"client": other, "site": inside.site},
        {"site": registry.add_site(other, name="Склад", by=inside.owner), "equipment": [inside.device]},
    ):
        with pytest.raises(Refused):
            placing.place(ticket, by=inside.dispatcher, **facts)
    assert sentences(ticket) == []


def test_a_contact_of_another_client_leaves_with_his_client(inside):
    ticket = opened(inside, client=inside.client, contact=inside.contact)
    other = accounts.add_client("Зерно", by=inside.owner)
    placing.place(ticket, client=other, by=inside.dispatcher)
    assert (placing.standing(ticket)["client"], placing.standing(ticket)["contact"]) == (other, None)


def test_the_dialog_changes_them_by_role(desk, as_role):
    with desk.scope():
        ticket = opened(desk)
    path, page = f"{ticket.number}/about/", as_role("dispatcher")
    shown = page.post(path, {"client": str(desk.client.pk), "site": str(desk.site.pk), "look": "1"})
    assert shown.status_code == 200 and "К-220" in shown.content.decode()
    data = {"client": str(desk.client.pk), "contact": str(desk.contact.pk), "site": str(desk.site.pk)}
    saved = page.post(path, {**data, "equipment": [str(desk.device.pk)], "agreement": "ДС-31"})
    assert saved.status_code == 302
    with desk.scope():
        standing = placing.standing(ticket)
        ticket.refresh_from_db()
    wanted = {"client": desk.client, "contact": desk.contact, "site": desk.site, "equipment": [desk.device]}
    assert (standing, ticket.agreement) == (wanted, "ДС-31")
    assert page.post(path, {"client": "0190aaaa-0000-7000-8000-000000000000"}).status_code == 422
    assert as_role("observer").get(path).status_code == 302
