"""The operator's room: accounts and links through the owners' own verbs, one door in, nothing of an account inside."""

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships import delivery
from partnerships.models import Lane, Link, Partnership
from tenants import account_settings
from tenants.models import Account, User
from tests import world
from tests.rewind import staged


@pytest.fixture
def operator(db, client):
    user = User.objects.create_user("operator@installation.example", "a-long-password", is_staff=True)
    client.force_login(user)
    return user


@staged
def two():
    return [
        world.company(slug, slug, slug[:2].upper(), {"owner": (f"Owner {slug}", "")}) for slug in ("north", "south")
    ]


def test_two_accounts_are_linked_by_the_operator(operator, two, client):
    north, south = two

    answer = client.post(
        reverse("admin:partnerships_link_add"), {"inviter": north.account.pk, "invited": south.account.pk}
    )
    delivery.drain()

    assert answer.status_code == 302
    for company, other in ((north, south), (south, north)):
        with company.scope():
            assert [(row.name, row.state) for row in Partnership.objects.all()] == [(other.account.name, "active")]


def test_linking_twice_or_with_oneself_is_a_sentence_at_the_form(operator, two, client):
    north, south = two
    with_itself = {"inviter": north.account.pk, "invited": north.account.pk}
    both = {"inviter": north.account.pk, "invited": south.account.pk}
    client.post(reverse("admin:partnerships_link_add"), both)

    answers = [client.post(reverse("admin:partnerships_link_add"), data) for data in (with_itself, both)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [bool(answer.context["form"].errors) for answer in answers] == [True, True]
    assert Link.objects.count() == 1


def test_an_account_is_opened_and_a_taken_address_refused(operator, client):
    wanted = {"name": "Восток", "slug": "vostok", "owner": "boss@vostok.example", "language": "ru"}

    answers = [client.post(reverse("admin:tenants_account_add"), wanted) for _twice in range(2)]

    assert [answer.status_code for answer in answers] == [302, 200]
    assert Account.objects.filter(slug="vostok").count() == 1


def test_the_room_has_one_door_and_it_is_the_throttled_one(two, client):
    assert client.get("/platform/login/").url.startswith(reverse("account_login"))
    client.force_login(User.objects.get(pk=two[0].owner.user_id))

    assert [client.get(path).status_code for path in ("/platform/login/", "/platform/tenants/account/")] == [404, 302]


def test_nothing_of_an_account_is_for_sale_here(operator, client):
    page = client.get(reverse("admin:index"))

    assert {model["object_name"] for app in page.context["app_list"] for model in app["models"]} == {
        "Account",
        "Link",
        "User",
    }


def test_links_in_trouble_come_first_with_figures_of_their_lanes(operator, client):
    companies = [
        world.company(slug, f"Фирма {slug}", slug.upper(), {"owner": (slug, "")}) for slug in ("aa", "bb", "cc", "dd")
    ]
    first = companies[0]
    for other in companies[1:]:
        world.link(first, other)
    quiet, waits, stuck = Link.objects.order_by("since", "pk")
    with first.scope():
        account_settings.change(first.account, by=first.owner, name="Иначе")
    Lane.objects.filter(link=quiet).update(delivered=F("written"), applied=F("written"), waits_since=None)
    Lane.objects.filter(link=stuck, sender=first.account).update(stuck=True)

    with CaptureQueriesContext(connection) as few:
        page = client.get(reverse("admin:partnerships_link_changelist"))
    rows = [(row.pk, row.on_their_way, row.waiting_since is None, row.stuck) for row in page.context["cl"].result_list]

    assert rows == [(stuck.pk, 1, False, 1), (waits.pk, 1, False, 0), (quiet.pk, 0, True, 0)]
    assert not [query["sql"] for query in few if "partnerships_partnership" in query["sql"]], "nothing of an account"
    assert shown(client, q="Фирма dd") == [stuck.pk]
    Link.objects.filter(pk=quiet.pk).update(state="paused")
    assert shown(client, state__exact="paused") == [quiet.pk]
    with CaptureQueriesContext(connection) as fewer:
        shown(client, q="Фирма dd")
    assert len(few) == len(fewer)


def shown(client, **asked):
    """The links that the list shows for this question."""
    page = client.get(reverse("admin:partnerships_link_changelist"), asked)
    return [row.pk for row in page.context["cl"].result_list]


def test_a_lane_says_since_when_it_waits_and_when_it_last_moved(two):
    north, south = two
    world.link(north, south)
    lanes_of = Lane.objects.filter(sender=south.account)
    moved = lanes_of.get().moved_at
    assert moved and lanes_of.get().waits_since is None

    with south.scope():
        account_settings.change(south.account, by=south.owner, name="Юг")
    waits = lanes_of.get().waits_since
    with south.scope():
        account_settings.change(south.account, by=south.owner, name="Южнее")
    assert waits and lanes_of.get().waits_since == waits

    delivery.drain()
    assert lanes_of.get().waits_since is None and lanes_of.get().moved_at > moved
