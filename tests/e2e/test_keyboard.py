"""A day without the mouse, in the Russian layout: every key is known by its place, whatever letter it writes."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from equipment.models import Equipment
from partnerships import delivery, sharing
from partnerships.cards import Share
from tenants import accounts, clock
from tests import world
from tests.conftest import make_chain
from tests.e2e.test_story import Desk
from tests.faults import story
from tickets import lifecycle
from tickets.models import Comment, Ticket

pytestmark = pytest.mark.e2e

SUBJECT = "Касса 3 не печатает чеки"
# The physical key, and what it writes in the Russian layout.
RUSSIAN = dict(
    zip((f"Key{letter}" for letter in "QWERTYUIOPASDFGHJKLZXCVBNM"), "йцукенгшщзфывапролдячсмить", strict=True)
)
PLAIN = {"Enter": ("Enter", 13), "Escape": ("Escape", 27), "ArrowDown": ("ArrowDown", 40), "ArrowUp": ("ArrowUp", 38)}
SHIFT, CTRL = 8, 2


class Keyboard:
    """A Russian keyboard: the browser is told the place and the letter, as the system would tell it."""

    def __init__(self, page):
        self.page, self.wire = page, page.context.new_cdp_session(page)

    def press(self, *codes, held=0, key=None):
        for code in codes:
            written = key or RUSSIAN.get(code) or PLAIN.get(code, (code.removeprefix("Digit"),))[0]
            number = PLAIN[code][1] if code in PLAIN else ord(code[-1]) if code[:3] in ("Key", "Dig") else 191
            text = {"Enter": "\r"}.get(code, written if len(written) == 1 and not held & CTRL else "")
            common = {"code": code, "key": written, "windowsVirtualKeyCode": number, "modifiers": held}
            self.wire.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": text, **common})
            self.wire.send("Input.dispatchKeyEvent", {"type": "keyUp", **common})

    def write(self, text):
        self.page.keyboard.insert_text(text)


@pytest.fixture
def company(stack):
    """A desk with work that its partner has delivered, and three tickets that nobody has taken."""
    w = make_chain()
    made, by = w.service, w.service.dispatcher
    made.partner = w.sub
    with made.scope():
        client = accounts.add_client("Тёплый хлеб", by=by)
        made.ticket = lifecycle.open_ticket(SUBJECT, by=by, client=client)
        due = clock.now() + timedelta(hours=5)
        for n in range(3):
            lifecycle.open_ticket(f"Сканер {n} молчит", by=by, client=client, due_at=due + timedelta(hours=n))
        share = Share(equipment=tuple(Equipment.objects.values_list("pk", flat=True)))
        sharing.offer(made.ticket, to=world.partner(made, w.sub), by=by, share=share)
    carried()
    with w.sub.scope():
        handover = Ticket.objects.get(subject=SUBJECT).handovers.get()
        sharing.accept(handover, by=w.sub.dispatcher)
        sharing.deliver(handover, by=w.sub.dispatcher, report="Заменили головку")
    carried()
    return made


def carried():
    """The letters have arrived; the stack's own worker may have had them in its hands."""
    assert delivery.drain()
    story.wait(lambda: story.unfinished() == 0, seconds=15)


def test_a_ticket_is_worked_from_search_to_approval_without_the_mouse(browser, stack, company):
    desk = Desk(browser, stack, company, "dispatcher")
    keyboard = Keyboard(desk.page)
    the_map_of_the_keys_is_shown_and_leaves_no_trace(desk, keyboard)
    two_tickets_are_taken_at_once(desk, keyboard, company)
    a_ticket_is_found_and_worked_on(desk, keyboard, company)
    partners_work_is_accepted(desk, keyboard, company)
    file = desk.page.request.get(f"{stack}/a/{company.slug}/tickets/list.csv?q=касса").text()
    assert SUBJECT in file and desk.trouble == []


def focused(page):
    return page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name || ''")


def the_map_of_the_keys_is_shown_and_leaves_no_trace(desk, keyboard):
    page = desk.page
    keyboard.press("KeyG", "KeyP")
    page.wait_for_url("**queue=partners**")
    keyboard.press("KeyG", "KeyT")
    page.wait_for_url("**/tickets/")
    keyboard.press("KeyJ")
    expect(page.locator("[data-cursor] .subject")).to_have_text("Сканер 0 молчит")
    keyboard.press("Digit7", held=SHIFT, key="?")
    expect(page.locator("#dialog")).to_contain_text("Передать партнёру")
    keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    assert focused(page) == "Сканер 0 молчит"


def two_tickets_are_taken_at_once(desk, keyboard, company):
    page = desk.page
    keyboard.press("KeyX", "KeyJ")
    keyboard.press("KeyX", held=SHIFT)
    expect(page.locator("[data-ticked]")).to_have_text("2")
    keyboard.press("KeyA")
    expect(page.locator("#bulk-assign button").first).to_be_focused()
    keyboard.press("ArrowDown", "ArrowUp", "Enter")
    expect(page.locator("[data-toast]")).to_contain_text("2 заявки")
    with company.scope():
        mine = Ticket.objects.filter(assignee=company.dispatcher).order_by("number")
        assert list(mine.values_list("subject", flat=True)) == ["Сканер 0 молчит", "Сканер 1 молчит"]
    # With nothing ticked the key means the row under the cursor.
    keyboard.press("KeyJ", "KeyJ", "KeyJ", "KeyI")
    expect(page.locator("[data-toast]")).to_contain_text("1 заявка")
    with company.scope():
        assert Ticket.objects.get(subject="Сканер 2 молчит").assignee_id == company.dispatcher.pk


def a_ticket_is_found_and_worked_on(desk, keyboard, company):
    page = desk.page
    keyboard.press("KeyC")
    expect(page.locator("#lookup")).to_be_focused()
    keyboard.press("Escape")
    # "/" stands with Shift on the key of the backslash, and the new ticket's page has no search of its own.
    keyboard.press("Backslash", held=SHIFT, key="/")
    expect(page.locator("#search")).to_be_focused()
    keyboard.write("касса")
    keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    keyboard.press("KeyJ", "Enter")
    expect(page.locator("h1")).to_contain_text(SUBJECT)
    keyboard.press("KeyI")
    expect(page.locator("#ticket-state")).to_contain_text("Анна Ковалёва")
    keyboard.press("KeyP")
    expect(page.locator("#priority-menu [aria-current]")).to_be_focused()
    keyboard.press("ArrowUp", "Enter")
    expect(page.locator("#ticket-state [popovertarget=priority-menu]")).to_contain_text("Высокий")
    keyboard.press("KeyS")
    expect(page.locator("#status-menu [aria-current]")).to_be_focused()
    keyboard.press("Escape")
    expect(page.locator("#status-menu")).to_be_hidden()
    keyboard.press("Digit1")
    expect(page.locator(".composer textarea")).to_be_focused()
    keyboard.write("Проверьте, что чек читается")
    keyboard.press("Enter", held=CTRL)
    expect(page.locator("#timeline")).to_contain_text("Проверьте, что чек читается")
    with company.scope():
        assert [row.body for row in Comment.objects.filter(audience="internal")] == ["Проверьте, что чек читается"]


def partners_work_is_accepted(desk, keyboard, company):
    page = desk.page
    keyboard.press("Escape", "KeyB")
    expect(page.locator("#dialog textarea")).to_be_focused()
    keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    keyboard.press("KeyY")
    expect(page.locator("form[action$='/approve/']")).to_have_count(0)
    with company.scope():
        assert [row.state for row in company.ticket.handovers.all()] == ["approved"]
