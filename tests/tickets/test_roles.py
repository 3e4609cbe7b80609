"""Who may do what, route by route: a page that exists answers, what is forbidden says so, what isn't yours isn't."""

import pytest

from tickets import conversation
from tickets.models import Ticket

from .conftest import Page, opened, picture

ROLES = ("owner", "dispatcher", "agent", "engineer", "observer")
DESK = {"owner", "dispatcher", "agent"}
WORK = DESK | {"engineer"}

# route, form (None reads), who may on a ticket assigned to the engineer
ROUTES = [
    ("", None, set(ROLES)),
    ("{n}/", None, set(ROLES)),
    ("{n}/files/{file}/photo.jpg", None, set(ROLES)),
    ("{n}/files/{file}/preview/", None, set(ROLES)),
    ("new/", None, DESK),
    ("new/place/", None, DESK),
    ("new/", {"subject": "Ещё", "priority": "normal"}, DESK),
    ("{n}/status/", {"to": "{status}"}, WORK),
    ("{n}/resolve/", {}, WORK),
    ("{n}/assign/", {"to": ""}, DESK),
    ("{n}/priority/", {"to": "low"}, DESK),
    ("{n}/due/", {"due_at": ""}, DESK),
    ("{n}/close/", {}, DESK),
    ("{n}/comments/", {"audience": "internal", "body": "Слово"}, WORK),
    ("{n}/files/", {"files": "picture"}, WORK),
]


def fresh(desk):
    """A ticket of the engineer's with a picture on it."""
    ticket = opened(desk, assignee=desk.engineer)
    with desk.scope():
        said = conversation.comment(ticket, "Фото", by=desk.agent, audience="client", uploads=[picture()])
        return {"n": ticket.number, "file": said.attachments.get().pk, "status": ticket.status_id, "said": said.pk}


def ask(page, route, form, row):
    path = route.format(**row)
    if form is None:
        return page.browser.get(page.root + path, headers={"HX-Request": "true"})
    filled = {name: value.format(**row) for name, value in form.items()}
    if "files" in filled:
        filled["files"] = [picture()]
    return page.post(path, filled, htmx=True)


@pytest.mark.parametrize(("route", "form", "may"), ROUTES)
def test_a_role_may_do_exactly_what_the_table_says(desk, as_role, route, form, may):
    for role in ROLES:
        status = ask(as_role(role), route, form, fresh(desk)).status_code
        assert status in ({200, 204, 302} if role in may else {422}), (role, status)


def of_tickets():
    return [(route, form) for route, form, _may in ROUTES if "{n}" in route]


def test_an_engineer_finds_nothing_of_others_tickets(desk, as_role):
    row = fresh(desk)
    with desk.scope():
        Ticket.objects.update(assignee=None)
    for route, form in of_tickets():
        assert ask(as_role("engineer"), route, form, row).status_code == 404, route


def test_a_stranger_finds_nothing_here_nor_under_his_own_roof(desk, stranger):
    row, outsider = fresh(desk), Page(stranger, "owner")
    for root in (outsider.root, f"/a/{desk.slug}/tickets/"):
        outsider.root = root
        for route, form in of_tickets():
            assert ask(outsider, route, form, row).status_code == 404, (root, route)
