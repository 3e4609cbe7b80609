"""The account's own words change with their history; tickets follow or keep theirs; nobody else may touch them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from partnerships.models import MapRow
from sla import turns
from tenants import history, timers
from tenants.models import Activity
from tenants.vocabulary import Refused
from tests import world
from tickets import canned, lifecycle, tags, typology, words
from tickets.models import CannedText, CustomField, Status, Tag, Ticket, TicketTag, TicketType
from tickets.vocabulary import Category

from .conftest import Page, counterpart, opened

SHELVES = ("statuses", "types", "tags", "canned")


def told(section):
    with override("en"):
        return [line.sentence for line in history.short(section)]


def status(name):
    return Status.objects.get(name=name)


def refused(verb, *args, **kwargs):
    with pytest.raises(Refused) as no, override("en"):
        verb(*args, **kwargs)
    return no.value.field


def ticket_in(desk, name, **facts):
    return lifecycle.open_ticket("Касса", by=desk.agent, client=desk.client, status=status(name), **facts)


def test_a_new_account_begins_with_three_types_in_its_language(inside):
    assert [row.name for row in TicketType.objects.all()] == ["Incident", "Request", "Maintenance"]


def test_a_status_is_added_named_drawn_and_placed(inside):
    parts = words.add_status("  Ждём   запчасть ", by=inside.owner, category="waiting", glyph="client", hue="orange")
    parts = words.change_status(
        parts, by=inside.owner, name="Ждём запчасти", category="open", glyph="open", hue="orange"
    )
    words.place_status(parts, up=True, by=inside.owner)
    for _n in range(20):
        words.place_status(parts, up=False, by=inside.owner)

    assert [row.name for row in Status.objects.all()][-2:] == ["Closed", "Ждём запчасти"]
    assert told("statuses") == [
        "moved the status Ждём запчасти in the list",
        "moved the status Ждём запчасти in the list",
        "changed the status Ждём запчасти: waiting, pause, orange → open, half full, orange",
        "renamed the status: Ждём запчасть → Ждём запчасти",
        "added the status Ждём запчасть",
    ]


def test_what_makes_no_status_is_refused_at_its_field(inside):
    right = {"name": "Ждём", "category": "open", "glyph": "open", "by": inside.owner}
    wrong = {"name": "closed", "category": "lost", "glyph": "star", "hue": "pink"}

    assert {name: refused(words.add_status, **{**right, name: value}) for name, value in wrong.items()} == {
        name: name for name in wrong
    }
    assert refused(words.add_status, **{**right, "name": "я" * 61}) == "name"
    assert refused(words.add_status, **{**right, "name": "  "}) == "name"
    assert refused(words.change_status, status("New"), **{**right, "name": "IN PROGRESS", "category": "new"}) == "name"


def test_the_last_status_that_tickets_need_stays(inside):
    """Without it a ticket could not be opened, reopened, resolved or closed."""
    for name in ("New", "Resolved", "Closed"):
        row = status(name)
        refused(words.archive_status, row, by=inside.owner)
        refused(words.change_status, row, by=inside.owner, name=name, category="waiting", glyph=row.glyph)
    for name in ("In progress", "To be accepted"):
        words.archive_status(status(name), by=inside.owner)
    refused(words.archive_status, status("Sent back"), by=inside.owner)
    words.archive_status(status("Waiting for the client"), by=inside.owner)

    ticket = lifecycle.open_ticket("Касса", by=inside.agent)
    ticket = lifecycle.resolve(ticket, by=inside.agent)
    assert lifecycle.reopen(ticket, by=inside.agent).status.name == "Sent back"


def test_open_tickets_of_an_archived_status_go_on_and_finished_ones_keep_it(inside):
    solved = words.add_status("Исправлена", by=inside.owner, category="resolved", glyph="solved")
    waits = [ticket_in(inside, "To be accepted") for _n in range(3)]
    kept = lifecycle.set_status(ticket_in(inside, "New"), to=solved, by=inside.agent)

    row = status("To be accepted")
    assert refused(words.archive_status, row, by=inside.owner) == "replacement"
    for bad in (row, status("Closed")):
        assert refused(words.archive_status, row, by=inside.owner, replacement=bad) == "replacement"
    words.archive_status(row, by=inside.owner, replacement=status("In progress"))
    words.archive_status(row, by=inside.owner, replacement=status("In progress"))
    words.archive_status(solved, by=inside.owner)

    assert {lifecycle.lock(ticket).status.name for ticket in waits} == {"In progress"}
    assert lifecycle.lock(kept).status.name == "Исправлена"
    assert told("statuses")[:2] == [
        "archived the status Исправлена, in its place: —",
        "archived the status To be accepted, in its place: In progress",
    ]
    moves = Activity.objects.filter(ticket_id__in=[ticket.pk for ticket in waits], kind="status_changed")
    assert moves.count() == 3
    for gone in (row, solved):
        refused(lifecycle.set_status, waits[0], to=Status.objects.get(pk=gone.pk), by=inside.agent)
    words.restore_status(row, by=inside.owner)
    assert lifecycle.set_status(waits[0], to=status("To be accepted"), by=inside.agent).status_id == row.pk


def test_many_tickets_follow_a_hundred_at_a_time(desk, monkeypatch):
    monkeypatch.setattr(words, "AT_ONCE", 2)
    with desk.scope():
        for _n in range(5):
            ticket_in(desk, "To be accepted")
        words.archive_status(status("To be accepted"), by=desk.owner, replacement=status("In progress"))
        left = Ticket.objects.filter(status__name="To be accepted").count()

    rung = [timers.ring_due() for _n in range(2)]

    with desk.scope():
        assert (left, Ticket.objects.filter(status__name="In progress").count()) == (3, 5)
        names = {line.actor_name for line in Activity.objects.filter(kind="status_changed")}
    assert names == {desk.owner.name}
    assert (rung[0] >= 2, rung[1]) == (True, 0)


def test_a_status_that_means_something_else_moves_the_turn_of_its_open_tickets(desk):
    with desk.scope():
        parts = words.add_status("Ждём запчасть", by=desk.owner, category="open", glyph="open")
        ticket = ticket_in(desk, "Ждём запчасть")
        words.change_status(parts, by=desk.owner, name=parts.name, category="waiting", glyph="client")
        before = Ticket.objects.get(pk=ticket.pk).turn
        field = refused(words.change_status, parts, by=desk.owner, name=parts.name, category="closed", glyph="closed")

    timers.ring_due()

    with desk.scope():
        assert (before, Ticket.objects.get(pk=ticket.pk).turn, field) == ("us", "client", "category")
        assert turns.holder_of(Ticket.objects.get(pk=ticket.pk)).turn == "client"


def test_the_partners_maps_follow_the_replacement(desk):
    other = world.company("vektor", "Вектор", "ВР", {"owner": ("Артём Шубин", "")})
    world.link(desk, other)
    with desk.scope():
        given = MapRow.objects.filter(status__name="Sent back", side="giver").count()
        words.archive_status(status("Sent back"), by=desk.owner, replacement=status("In progress"))
        words.archive_status(status("To be accepted"), by=desk.owner)

        assert given > 0 and MapRow.objects.filter(status__archived_at__isnull=False).count() == 0
        assert MapRow.objects.filter(side="giver", status__name="In progress").count() == given + 1
        assert MapRow.objects.get(side="giver", handover_state="done").action == "ask"


def test_types_and_fields_are_set_up(inside):
    by = inside.owner
    kind = typology.add_type("Монтаж", by=by)
    field = typology.add_field("Этаж", by=by, kind="number", type=kind)
    typology.change_field(field, by=by, label="Этаж", required=True)
    typology.rename_type(kind, by=by, name="Установка")
    typology.place_type(kind, up=True, by=by)
    first = typology.add_field("Подъезд", by=by, kind="choice", type=kind, choices=["А", "Б"])
    typology.place_field(first, up=True, by=by)
    typology.archive_field(field, by=by)
    typology.archive_type(kind, by=by)

    assert [row.name for row in TicketType.objects.all()] == ["Incident", "Request", "Установка", "Maintenance"]
    assert [row.label for row in CustomField.objects.filter(type=kind)] == ["Подъезд", "Этаж"]
    with override("en"):
        assert [line.sentence for line in history.lines("types")][::-1] == [
            "added the type Монтаж",
            "added the field Этаж",
            "changed the field Этаж: number → number, must be filled in",
            "renamed the type: Монтаж → Установка",
            "moved the type Установка in the list",
            "added the field Подъезд",
            "moved the field Подъезд in the list",
            "archived the field Этаж",
            "archived the type Установка",
        ]
    assert refused(typology.add_field, "подъезд", by=by, kind="text") == "label"
    assert (
        typology.add_field("Этаж", by=by, kind="text").pk and refused(typology.restore_field, field, by=by) == "label"
    )
    assert refused(typology.add_field, "Цвет", by=by, kind="colour") == "kind"
    assert refused(typology.add_field, "Вид", by=by, kind="choice", choices=["один", " один "]) == "choices"
    assert refused(typology.add_field, "Вид", by=by, kind="text", type=TicketType.objects.get(pk=kind.pk)) == "type"


def test_two_tags_become_one_on_every_ticket(inside):
    red, crimson = tags.add_tag("#срочно", by=inside.owner, hue=0), tags.add_tag("Горит", by=inside.owner)
    tickets = [lifecycle.open_ticket("Касса", by=inside.agent) for _n in range(3)]
    TicketTag.objects.bulk_create(
        TicketTag(ticket=ticket, tag=tag)
        for ticket, carried in zip(tickets, ([red], [crimson], [red, crimson]), strict=True)
        for tag in carried
    )

    tags.merge_tags(crimson, into=red, by=inside.owner)
    red = tags.change_tag(red, by=inside.owner, name="Срочно", hue=8)

    assert [[tag.name for tag in ticket.tags.all()] for ticket in tickets] == [["Срочно"]] * 3
    assert told("tags")[:3] == [
        "changed the colour of the tag Срочно: red → blue",
        "renamed the tag: срочно → Срочно",
        "merged the tag Горит into срочно, tickets: 2",
    ]
    assert refused(tags.merge_tags, red, into=red, by=inside.owner) == "into"
    assert refused(tags.merge_tags, crimson, into=red, by=inside.owner) == "into"
    assert refused(tags.add_tag, "СРОЧНО", by=inside.owner) == "name"
    assert refused(tags.add_tag, "тихо", by=inside.owner, hue=12) == "hue"


def test_a_canned_text_is_filled_in_for_the_ticket(desk):
    desk.account.brand = "Мери*диан"
    ticket = opened(desk, site=desk.site, contact=desk.contact)
    counterpart(desk, ticket, label="[Вектор](http://x)")
    with desk.scope():
        body = "{contact}, {Клиент}: {ticket} на {site}, {partner}. {phone} {me} {subject} {мы}"
        canned.add_text("Привет", body, by=desk.owner, audience="client")
        canned.add_text("Без места", "{объект}{ client }", by=desk.owner)
        member = type(desk.agent).objects.select_related("account").get(pk=desk.agent.pk)
        member.account.brand = "Мери*диан"
        bare = lifecycle.open_ticket("Касса", by=desk.agent)

        said = {text["name"]: text for text in canned.texts_for(member, ticket)}
        empty = {text["name"]: text for text in canned.texts_for(member, bare)}

    assert said["Привет"]["body"] == (
        f"Ольга Петренко, Лукошко: МС-{ticket.number} на Магазин 47, \\[Вектор\\](http://x). "
        "+7 900 000-00-00 Мария Титова Касса не печатает Мери\\*диан"
    )
    assert (said["Привет"]["audience"], said["Привет"]["gaps"]) == ("client", False)
    assert (empty["Без места"]["body"], empty["Без места"]["gaps"]) == ("……", True)


def test_what_makes_no_canned_text_is_refused_at_its_field(inside):
    text = canned.add_text("Привет", "Добрый день, {контакт}!", by=inside.owner)

    with override("ru"), pytest.raises(Refused) as no:
        canned.change_text(text, by=inside.owner, name="Привет", body="{имя} и {client} и {цена}", audience="")
    assert (no.value.field, str(no.value.sentence)) == ("body", "Такой подстановки нет: {имя}, {цена}")
    assert refused(canned.add_text, "ПРИВЕТ", "Да", by=inside.owner) == "name"
    assert refused(canned.add_text, "Иной", " ", by=inside.owner) == "body"
    assert refused(canned.add_text, "Иной", "Да", by=inside.owner, audience="all") == "audience"
    canned.change_text(text, by=inside.owner, name="Привет", body="Здравствуйте!", audience="client")
    canned.archive_text(text, by=inside.owner)
    assert told("canned")[:2] == [
        "archived the canned text Привет",
        "changed the canned text Привет: Добрый день, {контакт}! → Здравствуйте! (client)",
    ]
    assert list(canned.current()) == []


def rows_of(desk):
    """One row of each shelf, and what its form sends."""
    return {
        "statuses": (status("Sent back"), {"name": "Назад", "category": "open", "glyph": "returned", "hue": "red"}),
        "types": (TicketType.objects.get(name="Request"), {"name": "Просьба"}),
        "fields": (typology.add_field("Этаж", by=desk.owner, kind="text"), {"label": "Этажи"}),
        "tags": (tags.add_tag("срочно", by=desk.owner), {"name": "Срочно", "hue": "3"}),
        "canned": (canned.add_text("Привет", "Да", by=desk.owner), {"name": "Привет!", "body": "Нет"}),
    }


def lines():
    return Activity.objects.count()


def test_owners_set_up_every_word_by_its_page_and_others_none(desk, stranger):
    with desk.scope():
        rows = rows_of(desk)
        before = lines()
    for role in ("dispatcher", "agent", "engineer", "observer"):
        page = Page(desk, role)
        for shelf, (row, send) in rows.items():
            for path in (f"{shelf}/", f"{shelf}/new/", f"{shelf}/{row.pk}/"):
                assert ask(page, path).status_code == 422, (role, path)
                assert ask(page, path, send).status_code in (405, 422), (role, path)
    outsider = Page(stranger, "owner")
    for shelf, (row, send) in rows.items():
        for path in (f"{shelf}/{row.pk}/", "statuses/../people/"):
            assert ask(outsider, path, send).status_code == 404
    with desk.scope():
        assert lines() == before

    owner = Page(desk, "owner")
    for shelf, (row, send) in rows.items():
        assert ask(owner, f"{shelf}/").status_code == 200
        assert ask(owner, f"{shelf}/{row.pk}/").status_code == 200
        answer = ask(owner, f"{shelf}/{row.pk}/", send)
        assert (answer.status_code, "HX-Redirect" in answer.headers) == (204, True), (shelf, answer.content.decode())
        assert ask(owner, f"{shelf}/{row.pk}/", {"do": "archive"}).status_code == 204
        assert ask(owner, f"{shelf}/{row.pk}/", {"do": "restore"}).status_code == 204
    with desk.scope():
        assert Status.objects.get(pk=rows["statuses"][0].pk).hue == "red"
        assert Tag.objects.get().hue == 3
        assert CannedText.objects.get().body == "Нет"
        assert CustomField.objects.get().label == "Этажи"


def ask(page, path, send=None):
    url = page.root.replace("tickets/", f"settings/{path}")
    headers = {"HX-Request": "true"}
    return page.browser.get(url, headers=headers) if send is None else page.browser.post(url, send, headers=headers)


def test_a_form_says_what_is_wrong_at_its_field_and_keeps_what_was_typed(desk):
    owner = Page(desk, "owner")
    with desk.scope():
        ticket_in(desk, "Sent back")
        back, tag = status("Sent back"), tags.add_tag("срочно", by=desk.owner)
    taken = ask(owner, "statuses/new/", {"name": "closed", "category": "waiting", "glyph": "client"})
    stuck = ask(owner, f"statuses/{back.pk}/", {"name": back.name, "do": "archive"})
    alone = ask(owner, f"tags/{tag.pk}/", {"name": tag.name, "do": "merge", "into": str(tag.pk)})
    strange = ask(owner, "canned/new/", {"name": "Привет", "body": "Добрый день, {имя}"})
    shown = ask(owner, "canned/new/", {"name": "", "body": "**{contact}** <b>", "do": "preview"})

    assert [answer.status_code for answer in (taken, stuck, alone, strange, shown)] == [422, 422, 422, 422, 200]
    assert taken.context["form"].errors == {"name": ["There is one of this name already."]}
    assert 'value="closed"' in taken.content.decode()
    assert "replacement" in stuck.context["form"].errors and stuck.context["ending"]
    assert "into" in alone.context["form"].errors and 'value="merge"' in alone.content.decode()
    assert strange.context["form"].errors == {"body": ["There is no such placeholder: {имя}"]}
    assert "<strong>Vera Somova</strong> &lt;b&gt;" in shown.content.decode()
    assert ask(owner, "types/new/", {"name": ""}).context["form"].errors == {"name": ["This field is required."]}


def test_enter_saves_whatever_else_a_form_can_do(desk):
    """A browser presses the first button of a form: here it is not the one that archives."""
    owner = Page(desk, "owner")
    with desk.scope():
        rows = rows_of(desk)
    for shelf, (row, _send) in rows.items():
        address = owner.root.replace("tickets/", f"settings/{shelf}/{row.pk}/")
        for page in (ask(owner, f"{shelf}/{row.pk}/"), owner.browser.get(address)):
            form = page.content.decode().split('class="dialog__frame')[1]
            buttons = re.findall(r'type="submit" name="do" value="(\w+)"', form)
            assert (buttons[0], buttons[-1], len(buttons) > 2) == ("save", "save", True), shelf


def test_a_list_is_reordered_with_and_without_a_script(desk, django_assert_num_queries):
    owner = Page(desk, "owner")
    with desk.scope():
        first, second = Status.objects.all()[:2]
    url = f"statuses/{second.pk}/"

    moved = ask(owner, url, {"do": "up"})
    plain = owner.browser.post(f"/a/meridian/settings/{url}", {"do": "down"})

    assert moved.status_code == 200 and "<html" not in moved.content.decode()
    assert f'id="up-{second.pk}" aria-disabled="true"' in moved.content.decode()
    assert [row.pk for row in moved.context["rows"]][:2] == [second.pk, first.pk]
    assert plain["Location"] == f"/a/meridian/settings/statuses/#row-{second.pk}"
    with CaptureQueriesContext(connection) as few:
        owner.browser.get("/a/meridian/settings/statuses/")
    with desk.scope():
        assert [row.pk for row in Status.objects.all()[:2]] == [first.pk, second.pk]
        for n in range(30):
            words.add_status(f"Статус {n}", by=desk.owner, category=Category.OPEN, glyph="open")
    with django_assert_num_queries(len(few)):
        assert len(owner.browser.get("/a/meridian/settings/statuses/").context["rows"]) == 38
