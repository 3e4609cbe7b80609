"""One service company with a client, a shop and a register, and a stranger; a browser for each of its people."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from PIL import Image

from equipment import registry
from tenants import accounts
from tenants.models import User
from tenants.scoping import account_scope
from tests import world
from tests.rewind import staged
from tickets import lifecycle
from tickets.models import Counterpart

STAFF = {
    "owner": ("Игорь Седых", "директор"),
    "dispatcher": ("Анна Ковалёва", ""),
    "agent": ("Мария Титова", ""),
    "engineer": ("Олег Юрьев", ""),
    "observer": ("Нина Раева", ""),
}


@staged
def desk():
    """The company whose desk is tested, with its client's shop and its register."""
    company = world.company("meridian", "Меридиан Сервис", "МС", STAFF, language="en")
    world.at_once(company)
    with company.scope():
        company.client = accounts.add_client("Лукошко", by=company.owner)
        company.contact = accounts.add_contact(
            company.client, name="Ольга Петренко", by=company.owner, title="директор магазина", phone="+7 900 000-00-00"
        )
        company.site = registry.add_site(
            company.client, name="Магазин 47", code="L-047", address="Вологда, Мира 18", by=company.owner
        )
        company.device = registry.add_equipment(
            company.site, model="К-220", manufacturer="АТЛАС", serial_number="220-0471938", by=company.owner
        )
    return company


@staged
def stranger():
    """A company that must never see anything."""
    return world.company("stranger", "Посторонний", "ПО", {"owner": ("Егор Чужой", "")}, language="en")


@pytest.fixture
def inside(desk):
    """The desk's account stays open for the whole test, for verbs called by hand."""
    with desk.scope():
        yield desk


def opened(desk, subject="Касса не печатает", *, by=None, **facts):
    """A ticket of the desk, from inside or outside of its scope."""
    with account_scope(desk.account.pk):
        facts.setdefault("client", desk.client)
        return lifecycle.open_ticket(subject, by=by or desk.agent, **facts)


def counterpart(desk, ticket, label="Вектор", direction="given", **facts):
    """Another company on the ticket, as a hand-over would put it there."""
    with account_scope(desk.account.pk):
        return Counterpart.objects.create(
            ticket=ticket, label=label, direction=direction, state=facts.pop("state", "accepted"), **facts
        )


class Page:
    """A person's browser inside the account."""

    def __init__(self, company, role):
        self.browser, self.root = Browser(), f"/a/{company.slug}/tickets/"
        self.browser.force_login(User.objects.get(pk=company.people[role].user_id))

    def get(self, path="", **options):
        return self.browser.get(self.root + path, **options)

    def post(self, path, data=None, *, htmx=False, **options):
        headers = {"HX-Request": "true"} if htmx else {}
        return self.browser.post(self.root + path, data or {}, headers=headers, **options)

    def fragment(self, path):
        return self.browser.get(self.root + path, headers={"HX-Request": "true"})


@pytest.fixture
def agent(desk):
    return Page(desk, "agent")


@pytest.fixture
def as_role(desk):
    return lambda role: Page(desk, role)


def picture(name="photo.jpg", size=(40, 30), kind="JPEG"):
    """A real picture of this size."""
    body = BytesIO()
    Image.new("RGB", size, (200, 40, 40)).save(body, kind)
    return SimpleUploadedFile(name, body.getvalue())


def upload(name, body):
    return SimpleUploadedFile(name, body)
