"""Live pages in real browsers: news within two seconds, nothing torn from the hand, one stream, and rights that end."""

import time

import pytest
from playwright.sync_api import expect

from tenants import accounts, people
from tests import world
from tests.e2e.test_story import Desk
from tickets import conversation, lifecycle
from tickets.models import Status

pytestmark = pytest.mark.e2e

PEOPLE = {"owner": ("Игорь Седых", ""), "agent": ("Мария Титова", ""), "engineer": ("Олег Юрьев", "")}
SUBJECT = "Касса 3 не печатает чеки"
HALF = "Выезжаем сегодня, но сначала"
# Two seconds with the machine to oneself; beside the whole suite more, and still far from the poll's minute.
SOON = 8000
LIVE = "html[data-live]"
HAND = """() => {
  const field = document.querySelector(".composer textarea");
  return [document.activeElement === field, field.value, field.selectionStart, field.selectionEnd, window.scrollY];
}"""


@pytest.fixture
def company(stack):
    """A ticket with a long thread that an engineer works on."""
    made = world.company("meridian", "Меридиан Сервис", "МС", PEOPLE)
    world.at_once(made)
    with made.scope():
        client = accounts.add_client("Лукошко", by=made.owner)
        made.ticket = lifecycle.open_ticket(SUBJECT, by=made.owner, client=client, assignee=made.engineer)
        for n in range(20):
            conversation.comment(made.ticket, f"Слово {n}\n\nи ещё строка", by=made.agent, audience="internal")
    return made


def soon_after(began):
    return max(1, SOON - (time.monotonic() - began) * 1000)


def test_what_others_do_shows_at_once_and_what_one_holds_stays(browser, stack, company):
    agent, engineer = (Desk(browser, stack, company, role) for role in ("agent", "engineer"))
    streams = []
    agent.page.context.on("request", lambda asked: streams.append(asked.url) if asked.url.endswith("/live/") else None)
    agent.ticket()
    engineer.ticket()
    expect(agent.page.locator(LIVE)).to_be_attached()
    expect(engineer.page.locator(LIVE)).to_be_attached()
    expect(agent.page.locator("[data-here]")).to_have_text("Сейчас смотрит Олег Юрьев")

    # A comment comes while the agent is in the middle of a sentence, somewhere up the thread.
    field = agent.page.locator(".composer textarea[name=body]")
    field.fill(HALF)
    field.evaluate("field => field.setSelectionRange(3, 9)")
    agent.page.evaluate("window.scrollTo(0, 120)")
    hand = agent.page.evaluate(HAND)
    engineer.page.locator('.composer__who input[value="internal"]').check(force=True)
    engineer.page.fill(".composer textarea[name=body]", "Уже на месте")
    expect(agent.page.locator("[data-here] [data-typing]")).to_have_text("Олег Юрьев печатает")
    began = time.monotonic()
    engineer.page.locator(".composer button.send:visible").click()
    expect(agent.page.locator(".timeline")).to_contain_text("Уже на месте", timeout=soon_after(began))
    assert agent.page.evaluate(HAND) == hand and hand[:4] == [True, HALF, 3, 9]

    another_tab_follows_over_the_same_stream(agent, stack, company)
    assert len(streams) == 1
    lost_rights_empty_the_page(engineer, company)
    assert [one for one in engineer.trouble if "404" not in one] == []
    assert agent.trouble == []


def another_tab_follows_over_the_same_stream(agent, stack, company):
    """Its row and its numbers."""
    tab = agent.page.context.new_page()
    tab.goto(f"{stack}/a/{company.slug}/tickets/?queue=all")
    expect(tab.locator(LIVE)).to_be_attached()
    expect(tab.locator(".side [data-part=queue-client]")).to_be_hidden()
    with company.scope():
        lifecycle.set_status(company.ticket, to=Status.objects.get(glyph="client"), by=company.owner)
    began = time.monotonic()
    expect(tab.locator("[data-row] .q-status")).to_have_text("Ждём клиента", timeout=soon_after(began))
    expect(tab.locator(".side [data-part=queue-client]")).to_have_text("1", timeout=soon_after(began))


def lost_rights_empty_the_page(engineer, company):
    """The engineer loses the ticket, then his place."""
    with company.scope():
        lifecycle.assign(company.ticket, to=company.agent, by=company.owner)
    expect(engineer.page.locator("h1")).to_have_text("Эта заявка вам больше недоступна", timeout=SOON)
    engineer.sees_not(SUBJECT, "Уже на месте")
    with company.scope():
        people.remove(company.engineer, by=company.owner)
    expect(engineer.page.locator("h1")).to_have_text("У вас больше нет доступа сюда", timeout=SOON)
