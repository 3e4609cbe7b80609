"""The composer in a real browser: what is said waits, can be taken back, and goes out with nobody there."""

import pytest
from playwright.sync_api import expect

from tenants import accounts
from tenants.models import Account
from tests import world
from tests.e2e.test_story import Desk, photo
from tickets import conversation, lifecycle
from tickets.models import Comment

pytestmark = pytest.mark.e2e

PATIENCE = 25_000
PEOPLE = {"owner": ("Игорь Седых", ""), "agent": ("Мария Титова", ""), "dispatcher": ("Анна Ковалёва", "")}
SUBJECT = "Касса 3 не печатает чеки"
PASTE = """
() => {
  const carried = new DataTransfer();
  carried.items.add(new File(["строка журнала"], "журнал.txt", { type: "text/plain" }));
  const paste = new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true });
  document.querySelector(".composer textarea").dispatchEvent(paste);
}
"""


@pytest.fixture
def company(stack):
    """A desk with a ticket of its client, whose people have half a minute to think better of it."""
    made = world.company("meridian", "Меридиан Сервис", "МС", PEOPLE)
    with made.scope():
        pause(made, 30)
        made.client = accounts.add_client("Лукошко", by=made.owner)
        made.ticket = lifecycle.open_ticket(SUBJECT, by=made.owner, client=made.client)
    return made


def pause(company, seconds):
    Account.objects.filter(pk=company.account.pk).update(hold_seconds=seconds)


def said(company):
    with company.scope():
        return list(Comment.objects.order_by("created_at").values_list("body", flat=True))


def write(desk, text, audience="client"):
    desk.page.locator(f'.composer__who input[value="{audience}"]').check(force=True)
    desk.page.fill(".composer textarea[name=body]", text)


def test_what_is_said_waits_is_taken_back_and_goes_out_with_nobody_there(browser, stack, company):
    agent, colleague = (Desk(browser, stack, company, role) for role in ("agent", "dispatcher"))
    agent.ticket()
    colleague.ticket()
    sent_with_files_and_taken_back(agent)
    assert said(company) == []

    pause(company, 3)
    asked_about_what_came_in_and_sent_all_the_same(agent, company)

    agent.page.close()
    expect(colleague.page.locator("#timeline")).to_contain_text("Выезжаем сегодня", timeout=PATIENCE)
    expect(colleague.page.locator("#timeline")).to_contain_text("касса-3.jpg")
    assert said(company) == ["Уже позвонили клиенту", "Выезжаем сегодня"]
    assert colleague.trouble == []


def sent_with_files_and_taken_back(agent):
    """A file pasted and one chosen go with the comment, and come back with it after a reload."""
    page, composer, held = agent.page, agent.page.locator(".composer textarea"), agent.page.locator("[data-held]")
    write(agent, "Выезжаем сегодня")
    page.evaluate(PASTE)
    expect(page.locator("#composer-files")).to_contain_text("журнал.txt")
    page.set_input_files(".composer input[type=file]", [photo()])
    expect(page.locator("#composer-files img")).to_have_count(1)
    page.locator(".composer button.send:visible").click()
    expect(held).to_have_count(1)
    expect(composer).to_have_value("")
    page.reload()
    held.get_by_role("button", name="Отменить").click()
    expect(composer).to_have_value("Выезжаем сегодня")
    expect(page.locator("#composer-files li")).to_have_count(2)


def asked_about_what_came_in_and_sent_all_the_same(agent, company):
    """Somebody was quicker: his words are shown, the text stays, and goes out when its author wants."""
    page, composer = agent.page, agent.page.locator(".composer textarea")
    with company.scope():
        conversation.comment(company.ticket, "Уже позвонили клиенту", by=company.dispatcher, audience="internal")
    composer.press("Control+Enter")
    expect(page.locator(".arrived")).to_contain_text("Уже позвонили клиенту")
    expect(composer).to_have_value("Выезжаем сегодня")
    page.get_by_role("button", name="Всё равно отправить").click()
    expect(composer).to_have_value("")


def test_a_draft_follows_its_author_and_a_colleague_is_called_without_the_mouse(browser, stack, company):
    agent = Desk(browser, stack, company, "agent")
    agent.ticket()
    page = agent.page
    write(agent, "", audience="internal")
    page.keyboard.type("@")
    expect(page.locator("#people [data-name]")).to_have_count(3)
    page.keyboard.type("rjd")
    expect(page.locator("#people [data-name]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.type("глянь")
    expect(page.locator("[data-draft-note]")).to_have_text("Черновик сохранён")

    other = Desk(browser, stack, company, "agent")
    other.ticket()
    expect(other.page.locator(".composer textarea")).to_have_value("@Анна Ковалёва глянь")
    other.page.locator(".composer textarea").press("Control+Enter")
    expect(other.page.locator("#timeline .mention")).to_have_text("@Анна Ковалёва")
    assert agent.trouble == other.trouble == []
