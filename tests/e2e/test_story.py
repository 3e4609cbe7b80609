"""The main job in a real browser: one ticket, three companies, their four views of it, and a stranger's none."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from equipment import registry
from partnerships import delivery
from partnerships.models import InboxLetter
from tenants import accounts
from tests import world
from tests.conftest import make_chain

pytestmark = pytest.mark.e2e

SUBJECT = "Касса 3 не печатает чеки"
SECRET = "ФН на гарантии, за свой счёт не меняем"
TO_VENDOR = "Посмотрите лог обмена с ФН"
FINDING = "Сбит тайм-аут обмена, ставьте 5.8.2"
ANSWER = "Прошивка стоит, пробили три чека"
PATIENCE = 15_000
CUT_SHORT = ("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort")


def photo():
    buffer = io.BytesIO()
    Image.new("RGB", (320, 240), (40, 60, 50)).save(buffer, "JPEG")
    return {"name": "касса-3.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def pdf():
    buffer = io.BytesIO()
    Image.new("RGB", (200, 280), "white").save(buffer, "PDF")
    return {"name": "Порядок обновления.pdf", "mimeType": "application/pdf", "buffer": buffer.getvalue()}


class Desk:
    """One person at one company's desk, in a browser of his own, whose console must stay quiet."""

    def __init__(self, browser, base, company, role):
        self.base, self.company = base, company
        self.trouble = []
        self.page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ru-RU").new_page()
        self.page.on("console", self.hear)
        self.page.on("response", self.look)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.goto(f"{base}/accounts/login/")
        self.page.fill("input[name=login]", f"{role}@{company.slug}.example")
        self.page.fill("input[name=password]", world.PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(f"**/a/{company.slug}/**")

    def hear(self, message):
        """Leaving a page cuts its poll short, and htmx says so; a bad answer is seen by its status."""
        if message.type in ("error", "warning") and not message.text.startswith(CUT_SHORT):
            self.trouble.append(message.text)

    def look(self, answer):
        if answer.status >= 400:
            self.trouble.append(f"{answer.status} {answer.url}")

    def go(self, path):
        return self.page.goto(f"{self.base}/a/{self.company.slug}/{path}")

    def ticket(self, number=1):
        self.go(f"tickets/{number}/")
        expect(self.page.locator("h1")).to_contain_text(SUBJECT)

    def press(self, verb):
        self.page.locator(f'form[action$="/{verb}/"] button[type=submit]').first.click()

    def say(self, audience, text, *, files=()):
        self.page.locator(f'.composer__who input[value^="{audience}"]').check(force=True)
        self.page.fill(".composer textarea[name=body]", text)
        if files:
            self.page.set_input_files(".composer input[name=files]", list(files))
        self.page.locator(".composer button.send:visible").click()
        for shown in (text, *(file["name"] for file in files)):
            expect(self.page.locator(".timeline")).to_contain_text(shown, timeout=PATIENCE)

    def sees(self, text):
        expect(self.page.locator("main")).to_contain_text(text, timeout=PATIENCE)

    def sees_not(self, *texts):
        source = self.page.content()
        assert [text for text in texts if text in source] == []

    def station(self, name):
        return self.page.locator(".station", has_text=name)


@pytest.fixture
def cast(stack):
    """The four linked companies, the vendor also linked with the service company, a till in the chain's registry."""
    w = make_chain()
    world.link(w.service, w.vendor)
    with w.retail.scope():
        shops = accounts.add_client("Наши магазины", by=w.retail.owner)
        site = registry.add_site(
            shops, name="Магазин 47", code="047", address="Вологда, ул. Мира, 18", by=w.retail.owner
        )
        registry.add_equipment(
            site, model="К-220", manufacturer="АТЛАС", name="касса 3", serial_number="220-0471938", by=w.retail.owner
        )
        accounts.add_contact(shops, name="Ольга Николаевна", phone="+7 817 000-00-00", by=w.retail.owner)
    assert delivery.drain()
    return w


def test_a_ticket_crosses_three_companies_and_comes_back(browser, stack, cast):
    chain = Desk(browser, stack, cast.retail, "dispatcher")
    service = Desk(browser, stack, cast.service, "agent")
    vendor = Desk(browser, stack, cast.vendor, "dispatcher")
    stranger = Desk(browser, stack, cast.stranger, "owner")

    the_chain_opens_a_ticket_and_hands_it_over(chain)
    looks(service, sees=["касса-3.jpg", "Магазин 47"], not_=["+7 817 000-00-00"])

    the_service_company_accepts_asks_inside_and_hands_on(service)
    looks(chain, sees=["АТЛАС Сервис"], not_=[SECRET, TO_VENDOR])
    looks(
        vendor,
        sees=["касса-3.jpg", "220-0471938", TO_VENDOR],
        not_=[SECRET, "Ольга Николаевна", "+7 817 000-00-00"],
    )

    the_vendor_works_and_delivers(vendor)
    looks(service, sees=[FINDING, "Порядок обновления.pdf"])
    looks(chain, not_=[FINDING, SECRET, "Порядок обновления.pdf"])

    the_service_company_approves_answers_and_delivers(service)
    looks(vendor, sees=["Хорошо и быстро"], not_=[SECRET, ANSWER])

    the_chain_approves(chain)
    service.ticket()
    expect(service.page.locator(".ticket-head")).to_contain_text("Закрыта", timeout=PATIENCE)
    nothing_leaked_and_nothing_waits(stack, cast, stranger, (chain, service, vendor))


def looks(desk, *, sees=(), not_=()):
    """Open the ticket at this desk: this is there, that is not even in the page's source."""
    desk.ticket()
    for text in sees:
        desk.sees(text)
    desk.sees_not(*not_)


def nothing_leaked_and_nothing_waits(stack, cast, stranger, desks):
    for number in range(1, 4):
        assert stranger.go(f"tickets/{number}/").status == 404
    assert stranger.page.goto(f"{stack}/a/meridian/tickets/1/").status == 404
    for desk in desks:
        assert desk.trouble == []
    for company in (cast.retail, cast.service, cast.vendor):
        with company.scope():
            assert not InboxLetter.objects.exclude(stage="applied").exists()


def the_chain_opens_a_ticket_and_hands_it_over(chain):
    page = chain.page
    chain.go("tickets/new/")
    page.fill("[name=subject]", SUBJECT)
    page.fill("[name=description]", "На экране ошибка ФН 0x15, перезагружали дважды.")
    page.select_option("[name=client]", label="Наши магазины")
    page.select_option("[name=site]", index=1)
    page.select_option("[name=contact]", index=1)
    page.wait_for_load_state("networkidle")
    page.locator("input[name=equipment]").first.check()
    page.set_input_files("input[name=files]", [photo()])
    page.locator("main form button[type=submit].btn--primary").first.click()
    page.wait_for_url(re.compile(r"/tickets/1/$"))
    chain.sees("касса-3.jpg")
    page.locator('a[href$="/tickets/1/hand-over/"]').first.click()
    dialog = page.locator("#dialog")
    dialog.locator("[name=contact_phone]").uncheck()
    dialog.locator(".ho-more > summary").click()
    dialog.locator("[name=see_below]").select_option("named")
    dialog.locator("[name=message]").fill("Очередь до холодильников")
    dialog.locator("button[type=submit].btn--primary").click()
    expect(chain.station("Меридиан Сервис")).to_be_visible(timeout=PATIENCE)
    expect(chain.station("Меридиан Сервис")).to_contain_text("МС-1", timeout=PATIENCE)


def the_service_company_accepts_asks_inside_and_hands_on(service):
    page = service.page
    service.press("accept")
    expect(page.locator('form[action$="/accept/"]')).to_have_count(0, timeout=PATIENCE)
    service.say("internal", SECRET)
    page.locator('a[href$="/tickets/1/hand-over/"]').first.click()
    dialog = page.locator("#dialog")
    dialog.locator("label", has_text="АТЛАС Сервис").locator("input[type=radio]").check(force=True)
    for name in ("contact_name", "site"):
        dialog.locator(f"[name={name}]").uncheck()
    dialog.locator("[name=given_equipment]").check()
    dialog.locator("[name=message]").fill(TO_VENDOR)
    expect(dialog).to_contain_text("220-0471938")
    assert SECRET not in dialog.inner_html()
    dialog.locator("button[type=submit].btn--primary").click()
    expect(service.station("АТЛАС Сервис")).to_contain_text("AT-1", timeout=PATIENCE)


def the_vendor_works_and_delivers(vendor):
    page = vendor.page
    vendor.press("accept")
    expect(page.locator('form[action$="/accept/"]')).to_have_count(0, timeout=PATIENCE)
    # The giver's confirmation shows by itself: until then nothing is offered.
    expect(page.locator('a[href$="/done/"]').first).to_be_visible(timeout=PATIENCE)
    vendor.say("partner", FINDING, files=[pdf()])
    page.locator('a[href$="/done/"]').first.click()
    dialog = page.locator("#dialog")
    dialog.locator("[name=report]").fill("Исправление приложено")
    dialog.locator("button[type=submit]").last.click()
    expect(page.locator(".ticket-head")).to_contain_text("Решена", timeout=PATIENCE)


def the_service_company_approves_answers_and_delivers(service):
    page = service.page
    service.press("approve")
    expect(page.locator('form[action$="/approve/"]')).to_have_count(0, timeout=PATIENCE)
    page.locator('a[href$="/rate/"]').first.click()
    dialog = page.locator("#dialog")
    dialog.locator('input[name=score][value="5"]').dispatch_event("click")
    dialog.locator("[name=text]").fill("Хорошо и быстро")
    dialog.locator("button[type=submit]").last.click()
    service.sees("Хорошо и быстро")
    service.say("partner", ANSWER)
    page.locator('a[href$="/done/"]').first.click()
    dialog.locator("[name=report]").fill("Касса печатает")
    dialog.locator("button[type=submit]").last.click()
    expect(page.locator(".ticket-head")).to_contain_text("Решена", timeout=PATIENCE)


def the_chain_approves(chain):
    chain.ticket()
    chain.sees(ANSWER)
    chain.sees("Касса печатает")
    chain.sees_not(SECRET, FINDING, TO_VENDOR)
    chain.press("approve")
    expect(chain.page.locator('form[action$="/approve/"]')).to_have_count(0, timeout=PATIENCE)
