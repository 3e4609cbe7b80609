"""Roles are given and taken within bounds, people leave and come back, teams come and go; nobody lifts himself."""

import itertools
import threading

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from tenants import accounts, consequences, history, inviting, people, roles
from tenants.models import Activity, Membership, Seat, Team, TeamGrant, TeamMember, User
from tenants.vocabulary import Refused, Role
from tests import world
from tickets import lifecycle
from tickets.models import Ticket, TicketGrant

ROLES = ("owner", "admin", "dispatcher", "agent", "engineer", "observer")


@pytest.fixture
def desk(chain_of_four):
    return chain_of_four.service


@pytest.fixture
def inside(desk):
    with desk.scope():
        yield desk


def again(member):
    return Membership.objects.get(pk=member.pk)


def told(section="people"):
    with override("en"):
        return [line.sentence for line in reversed(history.lines(section))]


def browser(company, role):
    client = Client()
    client.force_login(User.objects.get(pk=company.people[role].user_id))
    return client


def test_a_role_is_given_told_and_holds_at_once(inside):
    people.change_role(inside.agent, to=Role.DISPATCHER, by=inside.admin)
    people.change_role(inside.agent, to=Role.DISPATCHER, by=inside.admin)

    assert again(inside.agent).role == Role.DISPATCHER
    assert told()[-1] == "changed the role of Мария Титова: agent → dispatcher"
    assert sum("changed the role" in line for line in told()) == 1


VERBS = {
    "change_role": lambda d, by: people.change_role(d.observer, to=Role.AGENT, by=by),
    "set_restricted": lambda d, by: people.set_restricted(d.agent, to=True, by=by),
    "edit": lambda d, by: people.edit(d.observer, name="Иная", title="", by=by),
    "remove": lambda d, by: people.remove(d.observer, by=by),
    "add_member": lambda d, by: accounts.add_member(accounts.person("x@x.example"), role=Role.AGENT, by=by),
    "add_team": lambda d, by: accounts.add_team("Ещё", by=by),
    "edit_team": lambda d, by: people.edit_team(d.team, name="Ещё", line=2, by=by),
    "set_team": lambda d, by: people.set_team(d.team, members=[d.observer], by=by),
    "remove_team": lambda d, by: people.remove_team(d.team, by=by),
}


@pytest.mark.parametrize("verb", VERBS)
def test_only_owners_and_administrators_change_people(inside, verb):
    inside.people["team"] = accounts.add_team("Первая", by=inside.owner)
    before = told(), told("teams")
    for role in ROLES[2:]:
        with pytest.raises(Refused):
            VERBS[verb](inside, inside.people[role])
    assert (told(), told("teams")) == before

    VERBS[verb](inside, inside.admin)
    assert (told(), told("teams")) != before


@pytest.mark.parametrize(
    ("ability", "add"),
    [
        ("registry", lambda d, by: accounts.add_client("Новый клиент", by=by)),
        ("registry", lambda d, by: accounts.add_contact(d.client, name="Контакт", by=by)),
    ],
)
def test_the_registry_grows_by_whom_the_table_lets(inside, ability, add):
    inside.people["client"] = accounts.add_client("Клиент", by=inside.owner)
    for role in ROLES:
        if roles.may(role, ability):
            add(inside, inside.people[role])
        else:
            with pytest.raises(Refused):
                add(inside, inside.people[role])


def test_nobody_changes_his_own_place(inside):
    for who in (inside.owner, inside.admin):
        for verb in (
            lambda one: people.change_role(one, to=Role.AGENT, by=one),
            lambda one: people.remove(one, by=one),
        ):
            with pytest.raises(Refused):
                verb(who)
    assert (again(inside.owner).role, again(inside.admin).role) == (Role.OWNER, Role.ADMIN)


@pytest.mark.parametrize(
    "verb",
    [
        lambda d: people.change_role(d.owner, to=Role.ADMIN, by=d.admin),
        lambda d: people.change_role(d.agent, to=Role.OWNER, by=d.admin),
        lambda d: people.remove(d.owner, by=d.admin),
        lambda d: people.edit(d.owner, name="Не он", title="", by=d.admin),
        lambda d: people.transfer_ownership(to=d.agent, by=d.admin),
        lambda d: people.set_restricted(d.dispatcher, to=True, by=d.owner),
        lambda d: people.change_role(d.agent, to="king", by=d.owner),
    ],
)
def test_an_administrator_does_not_touch_owners_and_only_agents_are_restricted(inside, verb):
    with pytest.raises(Refused):
        verb(inside)
    assert [again(inside.people[role]).role for role in ROLES] == list(ROLES)


def test_the_operator_too_leaves_an_account_its_last_owner(inside):
    operator = accounts.person("op@op.example", name="Оператор")
    with pytest.raises(Refused):
        people.remove(inside.owner, by=operator)

    people.change_role(inside.admin, to=Role.OWNER, by=operator)
    people.remove(inside.owner, by=operator)
    assert [one.name for one in Membership.objects.filter(role=Role.OWNER, active=True)] == [inside.admin.name]


def test_ownership_goes_over_and_does_not_come_back_by_itself(inside):
    people.transfer_ownership(to=inside.agent, by=inside.owner)

    assert (again(inside.agent).role, again(inside.owner).role) == (Role.OWNER, Role.ADMIN)
    with pytest.raises(Refused):
        people.transfer_ownership(to=inside.owner, by=inside.owner)
    assert told()[-1] == "handed the account over to Мария Титова"


def test_who_lost_his_rights_a_moment_ago_acts_no_more(inside):
    stale = again(inside.admin)
    people.change_role(inside.admin, to=Role.AGENT, by=inside.owner)

    with pytest.raises(Refused):
        people.remove(inside.observer, by=stale)
    with pytest.raises(Refused):
        inviting.invite(by=stale, role=Role.ADMIN)
    assert again(inside.observer).active and not inviting.waiting().exists()


def test_a_restriction_goes_with_the_role(inside):
    people.set_restricted(inside.agent, to=True, by=inside.admin)
    assert not again(inside.agent).may("see_all")

    people.change_role(inside.agent, to=Role.DISPATCHER, by=inside.admin)
    assert (again(inside.agent).restricted, again(inside.agent).may("see_all")) == (False, True)


def test_who_leaves_gives_his_tickets_back_and_keeps_no_door(desk):
    page = browser(desk, "agent")
    with desk.scope():
        team = accounts.add_team("Первая", by=desk.owner, members=[desk.agent, desk.dispatcher])
        mine, done = (lifecycle.open_ticket(text, by=desk.owner, assignee=desk.agent) for text in ("А", "Б"))
        lifecycle.close(done, by=desk.owner)
        TeamGrant.objects.assign_perm("view_team", desk.agent.user, team)
        TicketGrant.objects.assign_perm("view_ticket", desk.agent.user, mine)
        with override("en"):
            assert consequences.of_losing(desk.agent) == ["1 open ticket goes back to the queue."]
        people.remove(desk.agent, by=desk.admin)

        tickets = Ticket.objects.order_by("number").filter(pk__in=[mine.pk, done.pk])
        assert [ticket.assignee_id for ticket in tickets] == [None, desk.agent.pk]
        assert history_of(mine)[-1] == "assigned: Мария Титова → —"
        assert [row.member_id for row in TeamMember.objects.filter(team=team)] == [desk.dispatcher.pk]
        assert not TeamGrant.objects.filter(user=desk.agent.user).exists()
        assert not TicketGrant.objects.filter(user=desk.agent.user).exists()

        lifecycle.reopen(done, by=desk.owner)
        assert Ticket.objects.get(pk=done.pk).assignee is None
    assert not Seat.objects.filter(user=desk.agent.user, account=desk.account).exists()
    assert page.get(f"/a/{desk.slug}/tickets/").status_code == 404


def history_of(ticket):
    with override("en"):
        return [line.sentence for line in Activity.objects.filter(ticket_id=ticket.pk).exclude(kind="turned")]


def test_who_comes_back_is_the_same_person_with_another_role(inside):
    people.remove(inside.agent, by=inside.admin)
    back = accounts.add_member(inside.agent.user, role=Role.OBSERVER, by=inside.admin)

    assert (back.pk, back.active, back.role, back.name) == (inside.agent.pk, True, Role.OBSERVER, "Мария Титова")
    assert Seat.objects.filter(user=back.user, account=back.account_id).count() == 1


def test_whoever_works_on_tickets_no_more_gives_them_back(inside):
    ticket = lifecycle.open_ticket("А", by=inside.owner, assignee=inside.agent)
    people.change_role(inside.agent, to=Role.OBSERVER, by=inside.admin)

    assert Ticket.objects.get(pk=ticket.pk).assignee is None


def test_a_team_is_made_changed_filled_and_removed_with_a_line_each(inside):
    team = accounts.add_team(" Первая ", by=inside.admin)
    other = accounts.add_team("Вторая", by=inside.admin)
    people.edit_team(team, name="Кассы", line=2, by=inside.admin)
    people.set_team(team, members=[inside.agent, inside.engineer], by=inside.admin)
    people.set_team(team, members=[inside.engineer], by=inside.admin)
    for name, line, field in (("Вторая", 2, "name"), (" ", 2, "name"), ("Кассы", 4, "line")):
        with pytest.raises(Refused) as no:
            people.edit_team(team, name=name, line=line, by=inside.admin)
        assert no.value.field == field
    ticket = lifecycle.open_ticket("А", by=inside.owner, team=team)
    people.remove_team(team, by=inside.admin)

    assert [one.name for one in Team.objects.all()] == [other.name]
    assert Ticket.objects.get(pk=ticket.pk).team is None
    assert told("teams")[2:] == [
        "changed the team Кассы: Первая, 1 → Кассы, 2",
        *sorted(f"put {name} into the team Кассы" for name in ("Мария Титова", "Олег Юрьев")),
        "took Мария Титова out of the team Кассы",
        "removed the team Кассы",
    ]


def test_two_owners_do_not_unmake_each_other_at_once(committed):
    company = world.company("first", "Первая", "П", {"owner": ("А", ""), "owner2": ("Б", "")})
    start, outcomes = threading.Barrier(2), []

    def unmake(member, by):
        try:
            start.wait()
            with company.scope():
                people.change_role(member, to=Role.AGENT, by=by)
            outcomes.append("done")
        except Refused:
            outcomes.append("refused")
        finally:
            connections["default"].close()

    pairs = itertools.permutations([company.owner, company.owner2])
    threads = [threading.Thread(target=unmake, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]
    with company.scope():
        assert Membership.objects.filter(role=Role.OWNER, active=True).count() == 1


def test_every_ability_has_its_words_and_each_role_its_meaning():
    assert roles.WORDS.keys() == roles.ABILITIES.keys()
    for role in Role:
        meaning = roles.meaning(role)
        assert sorted(map(str, meaning["may"] + meaning["may_not"])) == sorted(map(str, roles.WORDS.values()))
    assert roles.meaning(Role.OWNER)["may_not"] == []
    assert roles.WORDS["see_all"] in roles.meaning(Role.AGENT, restricted=True)["may_not"]


def test_the_list_is_narrowed_searched_and_costs_the_same_for_many(desk, django_assert_num_queries):
    page = browser(desk, "admin")
    root = f"/a/{desk.slug}/people/"

    def names(query):
        return [one.name for one in page.get(root + query).context["rows"]]

    with desk.scope():
        team = accounts.add_team("Первая", by=desk.owner, members=[desk.engineer])
        people.remove(desk.observer, by=desk.admin)
    assert names("?role=agent") == ["Мария Титова"]
    assert names(f"?team={team.pk}") == ["Олег Юрьев"]
    assert names("?state=left") == ["Нина Раева"]
    assert names("?q=ГАЙ") == names("?q=admin@meridian") == ["Семён Гай"]
    assert names("?role=king&team=1") == names("")
    assert len(names("")) == 5
    with CaptureQueriesContext(connections["default"]) as few:
        page.get(root)
    with desk.scope():
        for n in range(60):
            accounts.add_member(accounts.person(f"m{n}@m.example", name=f"Я {n:02}"), role=Role.AGENT, by=desk.owner)
    with django_assert_num_queries(len(few)):
        first = page.get(root)
    second = page.get(first.context["next_url"])
    seen = [one.name for one in [*first.context["rows"], *second.context["rows"]]]
    assert len(seen) == len(set(seen)) == 65


def test_the_pages_change_people_and_a_stale_session_is_asked_again(desk, monkeypatch):
    page, root = browser(desk, "admin"), f"/a/{desk.slug}/people/"
    mine = f"{root}{desk.agent.pk}/"
    assert page.post(f"{mine}role/", {"role": "observer"}).status_code == 302
    assert page.post(f"{mine}edit/", {"name": "Мария Т.", "title": "старшая"}).status_code == 302
    refused = page.post(f"{mine}role/", {"role": "owner"}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    with desk.scope():
        now = again(desk.agent)
        assert (now.role, now.name, now.title) == ("observer", "Мария Т.", "старшая")

    monkeypatch.setattr("tenants.signin.is_fresh", lambda request: False)
    asked = page.post(f"{mine}remove/")
    assert asked["Location"].startswith("/accounts/reauthenticate/?next=")
    with desk.scope():
        assert again(desk.agent).active
