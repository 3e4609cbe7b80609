"""A passkey from its making to a sign-in without a password, in a browser whose device says yes by itself."""

import re

import pytest
from playwright.sync_api import expect

from tests import world
from tests.e2e.test_screens import Visitor

pytestmark = pytest.mark.e2e

DESK = re.compile(r"/a/desk/")
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_added_asked_for_and_opens_without_the_password(browser, stack):
    company = world.company("desk", "Стол", "СТ", {"owner": ("Вера", "")})
    # Browsers keep passkeys for a name, not for an address of figures.
    visitor = Visitor(browser, stack.replace("127.0.0.1", "localhost"))
    page = visitor.page
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    key = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    visitor.sign_in(company, "owner")
    add(visitor, "Мой ноутбук")
    after_the_password(visitor)
    instead_of_the_password(visitor)
    expect(page).to_have_url(DESK)

    device.send("WebAuthn.clearCredentials", {"authenticatorId": key})
    instead_of_the_password(visitor)
    expect(page.get_by_role("alert")).to_contain_text("Ключ доступа не использован")
    assert visitor.trouble == []


def add(visitor, name):
    """A passkey, and the recovery codes that come with the first of them."""
    page = visitor.page
    page.goto(f"{visitor.base}/me/security/passkeys/add/")
    page.get_by_label("Название").fill(name)
    page.get_by_role("button", name="Добавить").click()
    expect(page.get_by_role("list", name="Резервные коды").get_by_role("listitem")).to_have_count(10)
    page.goto(f"{visitor.base}/me/security/")
    expect(page.get_by_text(name)).to_be_visible()
    visitor.examine("security", page.reload)


def at_the_door(visitor):
    visitor.page.context.clear_cookies()
    visitor.page.goto(f"{visitor.base}/accounts/login/")


def after_the_password(visitor):
    page = visitor.page
    at_the_door(visitor)
    page.get_by_label("Рабочая почта").fill("owner@desk.example")
    page.get_by_label("Пароль").fill(world.PASSWORD)
    page.get_by_role("button", name="Войти", exact=True).click()
    expect(page.get_by_role("heading", name="Ещё один шаг")).to_be_visible()
    visitor.examine("second step", page.reload)
    page.get_by_role("button", name="Использовать ключ доступа").click()
    expect(page).to_have_url(DESK)


def instead_of_the_password(visitor):
    at_the_door(visitor)
    visitor.page.get_by_role("button", name="Войти с ключом доступа").click()
