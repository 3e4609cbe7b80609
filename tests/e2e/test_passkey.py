"""A passkey from its making to a sign-in without a password, in a browser whose device says yes by itself."""

import re

import pytest
from playwright.sync_api import expect

from tests import world
from tests.e2e.test_screens import Visitor

pytestmark = pytest.mark.e2e

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
    base = stack.replace("127.0.0.1", "localhost")
    visitor = Visitor(browser, base)
    page, desk = visitor.page, re.compile(r"/a/desk/")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    key = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    visitor.sign_in(company, "owner")
    page.goto(f"{base}/me/security/passkeys/add/")
    page.get_by_label("Название").fill("Мой ноутбук")
    page.get_by_role("button", name="Добавить").click()
    expect(page.get_by_role("list", name="Резервные коды").get_by_role("listitem")).to_have_count(10)
    page.goto(f"{base}/me/security/")
    expect(page.get_by_text("Мой ноутбук")).to_be_visible()
    visitor.examine("security")

    page.context.clear_cookies()
    page.goto(f"{base}/accounts/login/")
    page.get_by_label("Рабочая почта").fill("owner@desk.example")
    page.get_by_label("Пароль").fill(world.PASSWORD)
    page.get_by_role("button", name="Войти", exact=True).click()
    expect(page.get_by_role("heading", name="Ещё один шаг")).to_be_visible()
    visitor.examine("second step")
    page.get_by_role("button", name="Использовать ключ доступа").click()
    expect(page).to_have_url(desk)

    page.context.clear_cookies()
    page.goto(f"{base}/accounts/login/")
    page.get_by_role("button", name="Войти с ключом доступа").click()
    expect(page).to_have_url(desk)

    device.send("WebAuthn.clearCredentials", {"authenticatorId": key})
    page.context.clear_cookies()
    page.goto(f"{base}/accounts/login/")
    page.get_by_role("button", name="Войти с ключом доступа").click()
    expect(page.get_by_role("alert")).to_contain_text("Ключ доступа не использован")
    assert visitor.trouble == []
