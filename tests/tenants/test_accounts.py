"""An account opens and people come into it; what can't be is said in a sentence and leaves nothing."""

import pytest

from tenants import accounts
from tenants.models import Account, Activity, Client, Contact, Membership, Seat, Team, User
from tenants.scoping import account_scope
from tenants.vocabulary import Refused, Role
from tests import world
from tests.rewind import staged


@staged
def owner():
    return accounts.person("owner@example.org", name="Вера", password="долгий-пароль")


@pytest.fixture
def desk(owner):
    account = accounts.open_account("desk", name="Наш стол", owner=owner)
    with account_scope(account.pk):
        account.boss = Membership.objects.get()
        yield account


def test_an_account_starts_with_its_owner_its_prefix_and_its_first_lines(owner):
    account = accounts.open_account("desk", name="  Наш стол ", owner=owner)

    assert (account.name, account.prefix, account.url) == ("Наш стол", "НС", "/a/desk/")
    with account_scope(account.pk):
        boss = Membership.objects.get()
        assert (boss.user, boss.role, boss.name) == (owner, Role.OWNER, "Вера")
        assert [line.kind for line in Activity.objects.all()] == ["member_added", "account_created"]
    assert Seat.objects.filter(user=owner, account=account).count() == 1


@pytest.mark.parametrize("slug", ["", "a", "Desk", "-desk", "desk_1", "стол", "d" * 41, "a/b", "desk\n"])
def test_a_bad_address_is_refused_and_leaves_no_account(owner, slug):
    with pytest.raises(Refused) as no:
        accounts.open_account(slug, name="Стол", owner=owner)

    assert no.value.field == "slug"
    assert not Account.objects.exists()


def test_a_taken_address_is_refused_and_the_first_stays(owner):
    first = accounts.open_account("desk", name="Первый", owner=owner)

    with pytest.raises(Refused, match=r"занят|taken"):
        accounts.open_account("desk", name="Второй", owner=owner)

    assert list(Account.objects.all()) == [first]


def test_a_person_is_one_user_however_the_address_is_typed(owner):
    assert accounts.person(" Owner@Example.ORG ") == owner
    assert User.objects.count() == 1
    assert owner.check_password("долгий-пароль")


def test_nobody_is_a_member_twice(desk):
    user = accounts.person("agent@example.org", name="Мария")
    accounts.add_member(user, role=Role.AGENT, by=desk.boss)

    with pytest.raises(Refused) as no:
        accounts.add_member(user, role=Role.OWNER, by=desk.boss)

    assert no.value.field == "email"
    assert Membership.objects.get(user=user).role == Role.AGENT
    assert Seat.objects.filter(user=user).count() == 1


def test_teams_clients_and_contacts_leave_a_line_each(desk):
    before = Activity.objects.count()
    team = accounts.add_team("Первая линия", by=desk.boss, members=[desk.boss])
    client = accounts.add_client(" Лукошко ", by=desk.boss)
    contact = accounts.add_contact(client, name="Ольга", by=desk.boss, phone="1")
    same = accounts.add_client("Лукошко", by=desk.boss)

    assert list(team.members.all()) == [desk.boss] and same == client
    assert (Team.objects.count(), Client.objects.count(), Contact.objects.count()) == (1, 1, 1)
    assert contact.actor.company == "Лукошко"
    assert [line.sentence for line in Activity.objects.all()[before:]] != []
    assert Activity.objects.count() == before + 3


@pytest.mark.parametrize("what", ["client", "contact"])
def test_a_nameless_client_or_contact_is_refused(desk, what):
    client = accounts.add_client("Лукошко", by=desk.boss)
    with pytest.raises(Refused) as no:
        if what == "client":
            accounts.add_client("  ", by=desk.boss)
        else:
            accounts.add_contact(client, name=" ", by=desk.boss)
    assert no.value.field == "name"
    assert Contact.objects.count() == 0


def test_one_person_sits_in_two_accounts_with_two_roles(db):
    one = world.company("one", "Первая", "П", {"owner": ("Он", "")})
    two = world.company("two", "Вторая", "В", {"owner": ("Она", "")})
    guest = accounts.person("guest@example.org", name="Гость")
    for company, role in ((one, Role.AGENT), (two, Role.OBSERVER)):
        with company.scope():
            accounts.add_member(guest, role=role, by=company.owner)

    for company, role in ((one, Role.AGENT), (two, Role.OBSERVER)):
        with company.scope():
            assert Membership.objects.get(user=guest).role == role
            assert Membership.objects.count() == 2
    assert guest.seats.count() == 2
