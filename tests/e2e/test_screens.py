"""The pages people look at all day in every dress: theme, language, width; and the main steps without a script."""

from datetime import timedelta
from functools import partial

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from equipment import registry
from partnerships import agreement, delivery, sharing
from partnerships.cards import Share
from partnerships.models import InboxLetter, Lane
from tenants import accounts, clock
from tenants.models import Membership, User
from tenants.scoping import new_id
from tests import world
from tests.conftest import make_chain
from tests.faults import story
from tickets import conversation, lifecycle, tagging, viewing
from tickets.models import Ticket

pytestmark = pytest.mark.e2e

# Every width and theme, every width and language, every theme and language.
DRESSES = {
    "ru": [("light", (1440, 900)), ("dark", (390, 844))],
    "en": [("dark", (1440, 900)), ("light", (390, 844))],
}
BETWEEN = (1024, 768)
MAIN = ("tickets/?queue=all", "tickets/1/", "tickets/2/", "tickets/new/", "partners/")
INSIDE = (
    *MAIN,
    *("tickets/3/", "keys/"),
    *("people/", "people/invite/", "people/invitations/", "people/teams/", "notifications/", "notifications/settings/"),
    *("settings/", "settings/statuses/", "settings/types/", "settings/tags/", "settings/canned/", "settings/mail/"),
    *("settings/history/", "start/", "/me/", "/me/security/", "/me/sessions/"),
    *("partners/invite/", "partners/invitations/", "partners/card/"),
)
LONG = "Достопримечательнейшестроительномонтажное"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
WATCH = "document.addEventListener('securitypolicyviolation', (e) => console.error('CSP', e.violatedDirective))"
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
CUT_SHORT = ("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort")


class Visitor:
    """A browser that writes down everything a page should not do."""

    def __init__(self, browser, base, *, language="ru", scripts=True):
        self.base, self.dresses, self.trouble = base, DRESSES[language], []
        self.page = browser.new_context(
            viewport={"width": 1440, "height": 900},
            locale={"ru": "ru-RU", "en": "en-GB"}[language],
            timezone_id="Europe/Moscow",
            reduced_motion="reduce",
            java_script_enabled=scripts,
        ).new_page()
        if scripts:
            self.page.add_init_script(WATCH)
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("request", self.look)

    def hear(self, message):
        if message.type in ("error", "warning") and not message.text.startswith(CUT_SHORT):
            self.trouble.append(message.text)

    def look(self, request):
        if not request.url.startswith((self.base, "data:")):
            self.trouble.append(f"outside: {request.url}")

    def sign_in(self, company, role):
        self.page.goto(f"{self.base}/accounts/login/")
        self.page.fill("input[name=login]", f"{role}@{company.slug}.example")
        self.page.fill("input[name=password]", world.PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(f"**/a/{company.slug}/**")

    def examine(self, name, reach, *, whole=True):
        """Nobody meets a barrier here, and nothing sticks out sideways; `whole=False` asks for the widths only.

        `reach` opens the page anew for each dress: one that is dressed again while it is open keeps some old colours.
        """
        found = []
        for theme, size in self.dresses if whole else self.dresses[1:]:
            self.page.emulate_media(color_scheme=theme)
            self.fit(size)
            reach()
            if whole:
                # As tall as the page: what a sticky bar happens to cover is a matter of scrolling.
                height = self.page.evaluate("document.documentElement.scrollHeight")
                self.fit((size[0], max(height, size[1])))
                for one in Axe().run(self.page, options=RULES).response["violations"]:
                    found.append((theme, size[0], one["id"], [node["target"] for node in one["nodes"]]))
            found += self.sticks_out(size[0])
        self.fit(BETWEEN)
        found += self.sticks_out(BETWEEN[0])
        assert (name, found, self.trouble) == (name, [], [])

    def fit(self, size):
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.evaluate(DRAWN)

    def sticks_out(self, width):
        over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return [(width, "over", over)] if over else []


@pytest.fixture
def cast(stack):
    """A ticket that a partner works on, one nobody has accepted yet, and an invitation on its way."""
    w = make_chain()
    User.objects.filter(email="admin@meridian.example").update(language="en")
    by = w.service.dispatcher
    with w.service.scope():
        client = accounts.add_client("Тёплый хлеб", by=by)
        site = registry.add_site(client, name="пекарня 3", code="П3", address="Вологда, Воркутинская, 16", by=by)
        tills = [
            registry.add_equipment(site, model="М-5", name=f"касса {n}", serial_number=f"М5-30040{n}", by=by)
            for n in (1, 2)
        ]
        contact = accounts.add_contact(client, name="Алла Белова", phone="+7 817 200-00-00", by=by)
        about = {"client": client, "site": site, "contact": contact, "equipment": tills}
        w.ticket = lifecycle.open_ticket("Касса не печатает чек", by=by, description="Ошибка 0x15", **about)
        conversation.comment(w.ticket, "Проверьте гарантию", by=by, audience="internal")
        w.waiting = lifecycle.open_ticket("Сканер читает через раз", by=by, **about)
        partner = world.partner(w.service, w.sub)
        share = Share(site=True, contact_name=True, equipment=tuple(till.pk for till in tills))
        for ticket in (w.ticket, w.waiting):
            given = sharing.offer(ticket, to=partner, by=by, share=share, due_at=clock.now() + timedelta(hours=5))
        long_words(w.service, by)
        _invitation, w.code = agreement.invite("Касса-Плюс", by=w.service.owner)
    assert delivery.drain()
    # The stack's own worker may have the letters in its hands.
    story.wait(lambda: story.unfinished() == 0, seconds=15)
    with w.sub.scope():
        taken = Ticket.objects.get(subject=w.ticket.subject)
        sharing.accept(taken.handovers.get(), by=w.sub.dispatcher)
    assert delivery.drain()
    set_aside(w, partner, given.key)
    return w


def set_aside(w, partner, key):
    """A letter of the subcontractor's that no version of ours can read."""
    lane = Lane.objects.get(handover=key, sender=w.sub.account.pk)
    at = lane.written + 1
    Lane.objects.filter(pk=lane.pk).update(written=at, delivered=at, stuck=True, waits_since=clock.now())
    about = {"lane": lane, "handover_key": lane.handover, "seq": at, "version": 9, "kind": "comment.added"}
    moments = {"sent_at": clock.now(), "received_at": clock.now()}
    with w.service.scope():
        InboxLetter.objects.create(letter=new_id(), stage="set_aside", reason="unknown version", **about, **moments)
    w.health = f"partners/{partner.pk}/health/"


def long_words(company, by):
    """A ticket that has been talked about for months, by people and about things with very long names."""
    client = accounts.add_client(f"{LONG} управление", by=by)
    site = registry.add_site(client, name=f"{LONG} депо", address=f"{LONG}, 16", by=by)
    about = {"client": client, "site": site, "assignee": company.agent, "due_at": clock.now() + timedelta(days=400)}
    ticket = lifecycle.open_ticket(f"{LONG * 3} не печатает", by=by, description=LONG * 9, **about)
    Membership.objects.filter(pk=company.agent.pk).update(name=f"{LONG} Константин")
    for n in range(200):
        text = f"{LONG * 5}\n\n`{LONG * 4}`\n\nhttps://{LONG}.example/{LONG * 3}" if n > 195 else f"Заметка {n}"
        conversation.comment(ticket, text, by=by, audience="client" if n % 2 else "internal")
    tagging.tag(ticket, LONG[:40], by=by)
    viewing.keep(f"{LONG} виды"[:60], {"queue": "all"}, by=company.owner, shared=True)


def test_every_screen_is_clean_in_every_dress(browser, stack, cast):
    for language in DRESSES:
        outside(browser, stack, cast, language)
        inside(browser, stack, cast, language)


def outside(browser, stack, cast, language):
    """What somebody sees before he has signed in."""
    visitor = Visitor(browser, stack, language=language)
    for path in ("/accounts/login/", f"/join/{cast.code}/"):
        visitor.examine(f"{path} {language}", partial(visitor.page.goto, stack + path))
    visitor.page.context.close()


def inside(browser, stack, cast, language):
    """A desk at work: the list, tickets short and long, the forms, what is set up, and what is missing."""
    visitor = Visitor(browser, stack, language=language)
    visitor.sign_in(cast.service, "owner" if language == "ru" else "admin")
    page, home = visitor.page, f"{stack}/a/{cast.service.slug}"
    expect(page.locator("html")).to_have_attribute("lang", language)
    for path in INSIDE:
        url = f"{stack}{path}" if path[0] == "/" else f"{home}/{path}"
        # Another language makes words longer and seldom a barrier.
        whole = language == "ru" or path in MAIN
        visitor.examine(f"{path} {language}", partial(there, page, url), whole=whole)
    visitor.examine(f"hand-over {language}", partial(handing_over, page, f"{home}/tickets/1/"))
    for path in (cast.health, cast.health.replace("health", "compared")):
        visitor.examine(f"{path} {language}", partial(there, page, f"{home}/{path}"))
    visitor.examine(f"404 {language}", partial(nowhere, visitor, f"{home}/tickets/999/"))
    page.context.close()


def there(page, url):
    assert page.goto(url).status == 200, url


def handing_over(page, url):
    page.goto(url)
    page.locator('a[href$="/hand-over/"]').first.click()
    expect(page.locator("#dialog [data-preview]")).to_be_visible()


def nowhere(visitor, url):
    visitor.page.goto(url)
    assert [text for text in visitor.trouble if "404" not in text] == []
    visitor.trouble.clear()


def test_the_main_steps_need_no_script(browser, stack, cast):
    giver, taker = (Visitor(browser, stack, scripts=False) for _ in range(2))
    giver.sign_in(cast.service, "dispatcher")
    page = giver.page
    page.get_by_role("link", name="Новая заявка").first.click()
    page.fill("[name=subject]", "Весы не взвешивают")
    page.select_option("[name=client]", label="Тёплый хлеб")
    page.locator("button[name=narrow]").click()
    expect(page.locator("[name=subject]")).to_have_value("Весы не взвешивают")
    page.locator("input[name=equipment]").first.check()
    page.locator("main form button.btn--primary").click()
    expect(page.locator("h1")).to_contain_text("Весы не взвешивают")

    page.locator('.composer__who input[value="internal"]').check(force=True)
    page.fill(".composer textarea", "Клиент ждёт до обеда")
    page.locator(".composer button.send:visible").click()
    expect(page.locator(".timeline")).to_contain_text("Клиент ждёт до обеда")

    page.locator('a[href$="/hand-over/"]').first.click()
    page.locator("label", has_text="Вектор").locator("input[type=radio]").check(force=True)
    page.locator("button[name=look]").click()
    page.locator("button.btn--primary").last.click()
    expect(page.locator(".station", has_text="Вектор")).to_be_visible()

    taker.sign_in(cast.sub, "dispatcher")
    soon(taker.page, f"{stack}/a/{cast.sub.slug}/tickets/", "Весы не взвешивают")
    taker.page.get_by_role("link", name="Весы не взвешивают").click()
    assert "Клиент ждёт до обеда" not in taker.page.content()
    taker.page.locator('form[action$="/accept/"] button').click()
    soon(page, page.url, "заявка принята")
    assert giver.trouble == taker.trouble == []


def soon(page, address, text, patience=50):
    """Letters take a moment, and a page without scripts looks only when it is asked to."""
    for _ in range(patience):
        page.goto(address)
        if page.locator("main", has_text=text).count():
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"{text} did not come")
