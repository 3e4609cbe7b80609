"""What the tests of promises share: one service company with two clients, and somebody who must see nothing of it."""

from types import SimpleNamespace

import pytest
from django.test import Client as Browser
from django.utils import translation

from equipment import registry
from sla import calendars
from tenants import accounts
from tenants.models import User
from tests import world
from tests.rewind import staged

PEOPLE = {role: (role.title(), "") for role in ("owner", "admin", "dispatcher", "agent", "engineer", "observer")}


@staged
def promising():
    """A company that serves two clients and works round the clock, and a stranger."""
    company = world.company("meridian", "Меридиан Сервис", "МС", PEOPLE, language="en")
    with company.scope():
        company.client = accounts.add_client("Лукошко", by=company.owner)
        company.other = accounts.add_client("Верфь", by=company.owner)
        company.site = registry.add_site(company.client, name="Магазин 47", code="L-047", by=company.owner)
        company.device = registry.add_equipment(
            company.site, model="К-220", manufacturer="АТЛАС", serial_number="220-0471938", by=company.owner
        )
        company.calendar = calendars.add("Всегда", by=company.owner, zone="Europe/Moscow", always=True)
    stranger = world.company("stranger", "Посторонний", "ПО", {"owner": ("Чужой", "")}, language="en")
    with stranger.scope():
        stranger.client = accounts.add_client("Чужой клиент", by=stranger.owner)
        stranger.calendar = calendars.add("Чужой", by=stranger.owner, zone="UTC", always=True)
    return SimpleNamespace(company=company, stranger=stranger)


@pytest.fixture(name="company")
def inside(promising):
    """The company's account stays open for the whole test, for verbs called by hand."""
    with promising.company.scope():
        yield promising.company


@pytest.fixture
def english():
    """What verbs say in a test is said in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def as_role(promising):
    """as_role(role) → a browser of that person; paths are those of the account."""

    def of(role="admin"):
        browser = Browser()
        browser.force_login(User.objects.get(pk=promising.company.people[role].user_id))
        root = f"/a/{promising.company.slug}"
        return SimpleNamespace(
            get=lambda path, data=None, **more: browser.get(root + path, data or {}, **more),
            post=lambda path, data=None, **more: browser.post(root + path, data or {}, **more),
        )

    return of
