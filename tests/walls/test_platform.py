"""The operator's room: accounts and links through the owners' own verbs, one door in, nothing of an account inside."""

import pytest
from django.urls import reverse

from partnerships import delivery
from partnerships.models import Link, Partnership
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
