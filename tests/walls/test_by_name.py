"""Who sees by name sees that and nothing else: one ticket granted, every address tried, every canary listened for."""

import itertools
import re

import pytest
from django.test import Client

from helpdesk import account_urls
from tenants.models import Mail
from tests.walls import cast
from tests.walls.routes import ROWS, walk
from tests.walls.test_canary import sung
from tests.walls.test_routes import address, ask
from tickets.models import Notification, Ticket
from tickets.querysets import TicketQuerySet

# The ticket that was granted, and what everybody in a company may know: whom it invites, who wrote the terms of a
# link, and the account's own words for teams, tags, fields, texts, views and models of equipment.
KNOWN = {"other", "invited", "author", "crew", "tag", "field", "cannedname", "canned", "view", "model", "calendar"}
ABOUT_TICKETS = {"handover", "letter", "round"}
# An answer without the frame around it is drawn in a third of the time; the frame is looked at with the queues.
FRAGMENT = {"HX-Request": "true"}
QUEUES = ("our_turn", "mine", "unassigned", "overdue", "partners", "all", "finished")


def routes():
    """The addresses with a row; that each has one is another wall."""
    return [(name, params) for name, params in walk(account_urls.urlpatterns) if name in ROWS]


def send_of(company, name):
    """What the table sends, with ids of this company."""
    ids = {"status": company.ticket.status_id, "client": company.client.pk, "agent2": company.agent2.pk}
    return {key: value.format(**ids) for key, value in ROWS[name].send.items()}


@pytest.mark.parametrize("who", cast.BY_NAME)
def test_another_ticket_is_not_there_under_any_address(world, who):
    middle, wrong, tried = world.companies[1], [], 0
    browser, hidden = cast.sign_in(Client(), middle, who), cast.ids(middle)
    for name, params in routes():
        about = ROWS[name].pk
        if "number" not in params and about not in ABOUT_TICKETS:
            continue
        # Its own things under its own number, and under the number that he does see.
        ways = [hidden, hidden | {"number": middle.own_number}] if len(params) > 1 else [hidden]
        for ids, method in itertools.product(ways, ("get", "post")):
            path = address(middle, name, params, ids, about)
            with cast.undone():
                answer = ask(browser, middle, path, method, send_of(middle, name), **FRAGMENT)
            tried += 1
            if answer.status_code not in (404, 405) or sung(answer.content.decode().replace(path, "")):
                wrong.append((name, method, answer.status_code))
    assert wrong == [] and tried > 70


def pages(company, who):
    """Every page he can open, asked for what he must not find: (address, code, what is in it)."""
    browser = cast.sign_in(Client(), company, who)
    site, client = company.site.pk, company.client.pk
    seeking = {"q": "zq", "site": site, "client": client, "to": company.ticket.number, "partner": "zq"}
    for name, params in routes():
        about = ROWS[name].pk
        if about and not getattr(company, about, None):
            continue
        ids = cast.ids(company, company.own_number)
        path = f"/a/{company.slug}{address(company, name, params, ids, about)}"
        code, text = opened(browser.get(path, seeking | ROWS[name].send, headers=FRAGMENT))
        yield path, code, text.replace(path, "")
    number = f"{company.account.prefix}-{company.ticket.number}"
    asked = [f"?queue={code}" for code in QUEUES] + [f"?q={words}" for words in ("zq", "internal", number, number[3:])]
    for query in asked:
        yield query, *opened(browser.get(f"/a/{company.slug}/tickets/{query}"))


def opened(answer):
    """The code of an answer and all that it says; a stream that never ends says nothing by itself."""
    if answer.streaming and answer.is_async:
        return answer.status_code, ""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, body.decode(errors="replace") + str(answer.headers)


@pytest.mark.parametrize("who", cast.BY_NAME)
def test_no_page_sings_of_what_was_not_granted(world, who):
    middle, leaks, heard, seen = world.companies[1], set(), set(), 0
    # The number alone would tell that there is such a ticket.
    number = re.compile(rf"{middle.account.prefix}-{middle.ticket.number}\b")
    for path, code, text in pages(middle, who):
        seen += code == 200
        birds = sung(text)
        heard |= birds
        leaks |= {(path, *bird) for bird in birds if bird[0] != middle.slug or bird[1] not in KNOWN}
        leaks |= {(path, found) for found in number.findall(text) if "?q=" not in path}
    assert sorted(leaks) == []
    assert seen > 20 and ("middle", "other") in heard


@pytest.mark.parametrize("who", cast.BY_NAME)
def test_nobody_is_told_of_what_was_not_granted(world, who):
    for company in world.companies:
        with company.scope():
            person = company.people[who]
            told = Notification.objects.filter(member=person).values_list("ticket__number", flat=True)
            mailed = Mail.objects.filter(member=person).values_list("ticket_id", flat=True)
            granted = set(Ticket.objects.filter(grants__user_id=person.user_id).values_list("pk", flat=True))
            assert set(told) <= {company.own_number} and set(mailed) <= granted | {None} and granted


def test_a_leak_would_be_heard(world, monkeypatch):
    """The wall itself: with the condition gone, the same walk finds pages and words."""
    monkeypatch.setattr(TicketQuerySet, "visible_to", lambda self, member: self)
    middle = world.companies[1]

    birds = {bird for _path, _code, text in pages(middle, "engineer2") for bird in sung(text)}
    page = ask(cast.sign_in(Client(), middle, "engineer2"), middle, f"/tickets/{middle.ticket.number}/", "get")

    assert ("upper", "subject") in birds
    assert {("middle", "internal"), ("middle", "note"), ("upper", "description")} <= sung(page.content.decode())
