import time
from django.test import Client
from tests.conftest import make_chain
from tests.partnerships.test_hand_over import full as full_fixture
from tests.partnerships.conftest import hand, into_state, row
from partnerships import delivery as dl, agreement, sharing, ratings
from tenants.models import User
from tickets import lifecycle
import pytest
full = full_fixture
class delivery:
    @staticmethod
    def drain():
        time.sleep(1.5); dl.drain(); time.sleep(1); dl.drain()

@pytest.fixture
def w(committed):
    return make_chain()

def test_shots(w, full, stack, page, context):
    c = Client(); c.force_login(User.objects.get(pk=w.service.people["owner"].user_id))
    context.add_cookies([{"name": "sessionid", "value": c.cookies["sessionid"].value, "url": stack}])
    logs = []
    page.on("console", lambda m: logs.append(m.text)); page.on("pageerror", lambda e: logs.append(str(e)))
    with w.retail.scope():
        t = lifecycle.open_ticket("Касса не печатает", by=w.retail.dispatcher, description="Ошибка ФН")
    hand(w.retail, w.service, t, see_below="named"); delivery.drain()
    taken = row(w.service, direction="taken")
    with w.service.scope():
        sharing.accept(taken, by=w.service.dispatcher)
    delivery.drain()
    first = hand(w.service, w.sub, taken.ticket, see_below="named"); delivery.drain()
    theirs = row(w.sub, direction="taken")
    with w.sub.scope():
        sharing.decline(theirs, by=w.sub.dispatcher, reason="Нет инженера на этой неделе")
    delivery.drain()
    second = hand(w.service, w.sub, taken.ticket, see_below="named"); delivery.drain()
    theirs = row(w.sub, key=second.key)
    with w.sub.scope():
        sharing.accept(theirs, by=w.sub.dispatcher)
    delivery.drain()
    hand(w.sub, w.vendor, theirs.ticket, see_below="named"); delivery.drain()
    last = row(w.vendor, direction="taken")
    with w.vendor.scope():
        sharing.accept(last, by=w.vendor.dispatcher)
    delivery.drain()
    page.goto(f"{stack}/a/meridian/tickets/{taken.ticket.number}/")
    page.screenshot(path="/tmp/shots/chain4.png", full_page=True)
    page.goto(f"{stack}/a/meridian/tickets/?queue=all"); page.screenshot(path="/tmp/shots/list.png")
    page.goto(f"{stack}/a/meridian/tickets/{full.number}/")
    page.keyboard.press("h")
    page.wait_for_selector("#mirror .paper")
    page.locator("#dialog textarea[name=message]").fill("Посмотрите настройки сети")
    page.wait_for_timeout(1500)
    page.screenshot(path="/tmp/shots/dialog.png")
    page.locator("#dialog input[name=due_at]").fill("2020-01-01T10:00")
    page.locator("#dialog footer button.btn--primary").click()
    page.wait_for_timeout(1000)
    page.screenshot(path="/tmp/shots/dialog_refused.png")
    page.set_viewport_size({"width": 390, "height": 840})
    page.wait_for_timeout(300)
    page.screenshot(path="/tmp/shots/dialog_phone.png")
    page.goto(f"{stack}/a/meridian/tickets/{taken.ticket.number}/"); page.screenshot(path="/tmp/shots/ticket_phone.png")
    page.goto(f"{stack}/a/meridian/partners/"); page.screenshot(path="/tmp/shots/partners_phone.png", full_page=True)
    page.locator(".pane-item").last.click(); page.wait_for_timeout(500)
    page.screenshot(path="/tmp/shots/partner_phone.png", full_page=True)
    print("CONSOLE", [l for l in logs if "inline style" not in l])
    assert 0
