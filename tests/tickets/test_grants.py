"""Restricted agents and engineers see what they were granted by name, everywhere, and lose it at once."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from equipment import registry
from tenants import accounts, bell, people
from tenants.models import Activity, Membership
from tenants.scoping import account_scope
from tenants.vocabulary import Refused, Role
from tests.rewind import staged
from tickets import access, conversation, granting, lifecycle, load, queue, reach, watching
from tickets.models import Ticket

from .conftest import Page, opened, picture


@staged
def heaps(desk):
    """A second client with a shop, a team, a restricted agent, and a ticket in each heap."""
    with account_scope(desk.account.pk):
        user = accounts.person("agent2@meridian.example", name="Дмитрий Ланин", language="en")
        desk.people["agent2"] = accounts.add_member(user, role=Role.AGENT, by=desk.owner, name="Дмитрий Ланин")
        desk.people["agent2"] = people.set_restricted(desk.agent2, to=True, by=desk.owner)
        other = accounts.add_client("ТрансКама", by=desk.owner)
        yard = registry.add_site(other, name="колонна 2", code="П-2", by=desk.owner)
        team = accounts.add_team("Кассы", by=desk.owner)
    lone = {"client": None}
    return SimpleNamespace(
        client=desk.client,
        site=yard,
        team=team,
        other=other,
        of_client=opened(desk, "У клиента", site=desk.site, contact=desk.contact, equipment=[desk.device]),
        of_site=opened(desk, "На объекте", client=other, site=yard),
        of_team=opened(desk, "У группы", team=team, **lone),
        assigned=opened(desk, "Свой", assignee=desk.people["agent2"], **lone),
        single=opened(desk, "Один", **lone),
        hidden=opened(desk, "Тайна", client=other),
    )


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def seen(member):
    """The subjects of what a member sees."""
    return set(access.visible_tickets(member).values_list("subject", flat=True))


def reread(member):
    return Membership.objects.select_related("user", "account").get(pk=member.pk)


@pytest.mark.parametrize("role", ["agent2", "engineer"])
def test_a_team_a_client_a_site_or_a_ticket_is_seen_when_granted_and_not_after(desk, heaps, role):
    with desk.scope():
        member, by = desk.people[role], desk.owner
        own = {"Свой"} if role == "agent2" else set()
        assert seen(member) == own
        for thing, shown in (
            (heaps.client, "У клиента"),
            (heaps.site, "На объекте"),
            (heaps.team, "У группы"),
            (heaps.single, "Один"),
        ):
            assert granting.grant(thing, to=member, by=by) and not granting.grant(thing, to=member, by=by)
            assert seen(member) == own | {shown}

            assert granting.revoke(thing, to=member, by=by) and not granting.revoke(thing, to=member, by=by)
            assert seen(member) == own


def test_who_sees_a_ticket_is_the_mirror_of_what_each_member_sees(desk, heaps, django_assert_num_queries):
    with desk.scope():
        granting.grant(heaps.client, to=desk.agent2, by=desk.owner)
        granting.grant(heaps.site, to=desk.engineer, by=desk.owner)
        granting.grant(heaps.single, to=desk.engineer, by=desk.agent)
        for ticket in Ticket.objects.all():
            with django_assert_num_queries(1):
                seeing = set(access.who_sees(ticket))
            assert seeing == {one for one in Membership.objects.all() if access.sees(one, ticket)}, ticket


def test_only_administrators_grant_heaps_and_whoever_may_assign_grants_a_ticket(desk, heaps):
    with desk.scope():
        for by in (desk.dispatcher, desk.agent, desk.engineer, desk.observer):
            with pytest.raises(Refused):
                granting.grant(heaps.client, to=desk.agent2, by=by)
        for by in (desk.engineer, desk.observer):
            with pytest.raises(Refused):
                granting.grant(heaps.single, to=desk.agent2, by=by)
        with pytest.raises(Refused):
            granting.grant(heaps.single, to=desk.engineer, by=desk.agent2)
        for to in (desk.owner, desk.dispatcher, desk.observer):
            with pytest.raises(Refused, match="sees every ticket"):
                granting.grant(heaps.client, to=to, by=desk.owner)
        with pytest.raises(Refused, match="not restricted"):
            granting.grant(heaps.single, to=desk.agent, by=desk.owner)

        assert granting.grant(heaps.single, to=desk.engineer, by=desk.agent)
        assert granting.grant(heaps.assigned, to=desk.engineer, by=desk.agent2)


def test_grants_stand_in_the_history_of_the_member_and_of_the_ticket(desk, heaps):
    with desk.scope():
        granting.grant(heaps.client, to=desk.agent2, by=desk.owner)
        granting.revoke(heaps.client, to=desk.agent2, by=desk.owner)
        granting.grant(heaps.single, to=desk.agent2, by=desk.agent)

        of_member = Activity.objects.filter(subject_id=desk.agent2.pk).order_by("-pk")[:2]
        of_ticket = Activity.objects.filter(ticket_id=heaps.single.pk).order_by("-pk")[0]

        assert [(row.kind, row.sentence) for row in of_member] == [
            ("grant_revoked", "no longer lets Дмитрий Ланин see the tickets of the client Лукошко"),
            ("granted", "lets Дмитрий Ланин see the tickets of the client Лукошко"),
        ]
        assert of_ticket.sentence == "lets Дмитрий Ланин see the ticket"


def test_bringing_somebody_to_a_ticket_shows_it_to_him(desk, heaps):
    with desk.scope():
        watching.watch(heaps.hidden, member=desk.agent2, by=desk.agent)
        lifecycle.assign(heaps.single, to=desk.engineer, by=desk.agent)

        assert seen(desk.agent2) == {"Свой", "Тайна"}
        assert seen(desk.engineer) == {"Один"}
        with pytest.raises(Refused):
            watching.watch(heaps.of_team, member=desk.engineer, by=desk.agent2)
        lifecycle.assign(heaps.single, to=None, by=desk.agent)
        assert seen(desk.engineer) == set()


def test_open_pages_are_told_whenever_somebody_sees_more_or_less(desk, heaps, monkeypatch):
    rung = []
    monkeypatch.setattr(bell, "rights_changed", rung.append)
    with desk.scope():
        engineer, agent2 = desk.engineer.user_id, desk.agent2.user_id
        granting.grant(heaps.client, to=desk.agent2, by=desk.owner)
        granting.grant(heaps.client, to=desk.agent2, by=desk.owner)
        granting.revoke(heaps.client, to=desk.agent2, by=desk.owner)
        lifecycle.assign(heaps.assigned, to=desk.engineer, by=desk.owner)
        lifecycle.assign(heaps.assigned, to=desk.dispatcher, by=desk.owner)

    assert rung == [agent2, agent2, agent2, engineer, engineer]


def test_lists_counts_filters_and_searches_know_nothing_else(desk, heaps):
    with desk.scope():
        for ticket in (heaps.hidden, heaps.of_client):
            conversation.comment(ticket, "подшипник", by=desk.agent, audience="internal")
        granting.grant(heaps.client, to=desk.agent2, by=desk.owner)
        member = reread(desk.agent2)

        assert queue.counts(member) == {
            "our_turn": 2, "mine": 1, "unassigned": 1, "overdue": 0, "partners": 0, "client": 0, "all": 2
        }  # fmt: skip
        assert [row.name for row in reach.clients_on_tickets_of(member)] == ["Лукошко"]
        rows = queue.page(member, queue.Wanted(queue="all", phrase="подшипник", sort="updated")).rows
        assert [row["ticket"].subject for row in rows] == ["У клиента"]
        number = str(heaps.hidden.number)
        assert queue.page(member, queue.Wanted(phrase=number, sort="updated")).rows == []

    page = Page(desk, "agent2")
    text = page.get("?queue=all").content.decode()
    assert "У клиента" in text and "Тайна" not in text and "ТрансКама" not in text
    with desk.scope():
        granting.revoke(heaps.client, to=desk.agent2, by=desk.owner)
    text = page.get("?queue=all").content.decode()
    assert "У клиента" not in text and "Лукошко" not in text


@pytest.mark.parametrize("role", ["agent2", "engineer"])
def test_a_grant_taken_back_ends_every_way_in_at_the_next_request(desk, heaps, role):
    with desk.scope():
        said = conversation.comment(heaps.single, "Фото", by=desk.agent, audience="internal", uploads=[picture()])
        granting.grant(heaps.single, to=desk.people[role], by=desk.owner)
        file = said.attachments.get()
        ways = [
            reverse(f"tickets:{name}", args=[heaps.single.number, *more], urlconf="helpdesk.account_urls")
            for name, *more in (("ticket",), ("file", file.pk, file.name), ("file_preview", file.pk))
        ]
    page = Page(desk, role)
    root = f"/a/{desk.slug}"
    assert [page.browser.get(root + way).status_code for way in ways] == [200, 200, 200]
    drawn = page.get(f"{heaps.single.number}/")
    assert drawn.context["can_work"] and 'name="body"' in drawn.content.decode()
    said = {"audience": "internal", "body": "Слово"}
    assert page.post(f"{heaps.single.number}/comments/", said, htmx=True).status_code in (200, 204)

    with desk.scope():
        granting.revoke(heaps.single, to=desk.people[role], by=desk.owner)

    assert [page.browser.get(root + way).status_code for way in ways] == [404, 404, 404]
    assert page.post(f"{heaps.single.number}/comments/", said, htmx=True).status_code == 404
    with desk.scope(), pytest.raises(Refused):
        conversation.comment(heaps.single, "Слово", by=desk.people[role], audience="internal")


def test_a_restricted_agent_opens_tickets_where_he_will_see_them(desk, heaps):
    with desk.scope():
        granting.grant(heaps.site, to=desk.agent2, by=desk.owner)
        by = reread(desk.agent2)
        assert lifecycle.open_ticket("А", by=by, site=heaps.site, client=heaps.other).number
        assert lifecycle.open_ticket("Б", by=by, assignee=by).number
        for facts in (
            {},
            {"client": heaps.other},
            {"client": heaps.client, "assignee": by},
            {"site": desk.site, "assignee": by},
            {"equipment": [desk.device], "assignee": by},
            {"contact": desk.contact, "assignee": by},
        ):
            with pytest.raises(Refused):
                lifecycle.open_ticket("В", by=by, **facts)

    page = Page(desk, "agent2")
    text = page.get("new/").content.decode()
    assert "колонна 2" in text and "ТрансКама" in text and "Лукошко" not in text and "Магазин 47" not in text
    form = {"subject": "Г", "priority": "normal", "client": str(heaps.client.pk)}
    foreign = page.post("new/", form)
    form["client"] = "01900000-0000-7000-8000-000000000000"
    nobodys = page.post("new/", form)
    assert foreign.status_code == nobodys.status_code == 422
    assert foreign.context["form"].errors == nobodys.context["form"].errors


def test_loads_count_only_what_the_reader_sees(desk, heaps):
    with desk.scope():
        for ticket in (heaps.hidden, heaps.of_client, heaps.of_site):
            lifecycle.assign(ticket, to=desk.agent, by=desk.owner)
        granting.grant(heaps.client, to=desk.agent2, by=desk.owner)

        def loads(reader):
            return {row.name: row.open for row in load.workers(reader) if row.open}

        assert loads(desk.owner) == {"Мария Титова": 3, "Дмитрий Ланин": 1}
        assert loads(reread(desk.agent2)) == {"Мария Титова": 1, "Дмитрий Ланин": 1}


def test_who_gives_his_ticket_away_is_led_to_his_list(desk, heaps):
    page = Page(desk, "agent2")

    fragment = page.post(f"{heaps.assigned.number}/assign/", {"to": ""}, htmx=True)

    assert (fragment.status_code, fragment["HX-Redirect"]) == (204, page.root)
    assert page.get(f"{heaps.assigned.number}/").status_code == 404


def test_an_administrator_ticks_what_a_person_sees_and_takes_it_back(desk, heaps):
    page = Page(desk, "owner")
    url = f"grants/{desk.agent2.pk}/"
    back = f"/a/{desk.slug}/people/{desk.agent2.pk}/"
    client, site = f"client:{heaps.client.pk}", f"site:{heaps.site.pk}"

    found = page.get(url, data={"q": "ко"}).content.decode()
    assert site in found and client in found and f"team:{heaps.team.pk}" not in found
    refused = page.post(url, {"thing": ["client:nothing", "planet:1"]}, htmx=True)
    assert refused.status_code == 422
    assert page.post(url, {"thing": [client, site]})["Location"] == back
    person = page.browser.get(back).content.decode()
    assert "Лукошко" in person and "колонна 2" in person

    with desk.scope():
        assert seen(reread(desk.agent2)) == {"Свой", "У клиента", "На объекте"}
    assert page.post(url, {"revoke": client})["Location"] == back
    with desk.scope():
        assert seen(reread(desk.agent2)) == {"Свой", "На объекте"}
    for role in ("dispatcher", "agent", "agent2"):
        assert Page(desk, role).post(url, {"thing": client}, htmx=True).status_code == 422


def test_a_session_left_open_grants_nothing_before_its_owner_has_proved_himself(desk, heaps, monkeypatch):
    monkeypatch.setattr("tenants.signin.is_fresh", lambda request: False)

    answer = Page(desk, "owner").post(f"grants/{desk.agent2.pk}/", {"thing": f"client:{heaps.client.pk}"})

    assert answer.status_code == 302 and f"people%2F{desk.agent2.pk}" in answer["Location"]
    with desk.scope():
        assert seen(reread(desk.agent2)) == {"Свой"}


def test_a_ticket_is_shown_to_somebody_from_its_own_page(desk, heaps):
    page, url = Page(desk, "agent"), f"{heaps.hidden.number}/grant/"
    asked = page.get(url).content.decode()
    assert str(desk.agent2.pk) in asked and str(desk.engineer.pk) in asked and str(desk.dispatcher.pk) not in asked

    assert page.post(url, {"to": [str(desk.engineer.pk)]}, htmx=True).status_code == 204
    with desk.scope():
        assert seen(desk.engineer) == {"Тайна"}
    assert page.post(url, {"revoke": str(desk.engineer.pk)}, htmx=True).status_code == 204
    with desk.scope():
        assert seen(desk.engineer) == set()
    assert Page(desk, "agent2").get(url).status_code == 404


def test_who_sees_nothing_yet_is_told_how_tickets_come_to_him(desk, heaps):
    text = Page(desk, "engineer").get("?queue=all").content.decode()

    assert "No ticket is yours yet" in text and "the desk is ready" not in text


def test_a_list_asks_as_often_however_much_was_granted(desk, heaps):
    page = Page(desk, "agent2")

    def asks():
        with CaptureQueriesContext(connection) as asked:
            assert page.get("?queue=all").status_code == 200
        return len(asked)

    asks()
    few = asks()
    with desk.scope():
        for n in range(8):
            granting.grant(accounts.add_client(f"Клиент {n}", by=desk.owner), to=desk.agent2, by=desk.owner)
        for thing in (heaps.client, heaps.site, heaps.team, heaps.single):
            granting.grant(thing, to=desk.agent2, by=desk.owner)
    # Rows of tickets with something to show ask once for all of them.
    assert asks() - few <= 1
