"""A new ticket: from the form to the desk, with what was typed kept when it can't be opened."""

import pytest

from equipment import registry
from tenants import accounts
from tenants.models import Client, Contact
from tenants.vocabulary import Refused
from tickets import fields, lifecycle
from tickets.models import Attachment, CustomField, Draft, Ticket, TicketType

from .conftest import opened, picture, upload

FORM = {"subject": "Касса молчит", "priority": "normal"}


def tickets(desk):
    with desk.scope():
        return list(Ticket.objects.select_related("client", "contact", "site").prefetch_related("equipment"))


def test_a_ticket_opens_with_everything_that_was_said(desk, agent):
    answer = agent.post(
        "new/",
        {
            **FORM,
            "description": "С утра",
            "client": str(desk.client.pk),
            "contact": str(desk.contact.pk),
            "site": str(desk.site.pk),
            "equipment": [str(desk.device.pk)],
            "priority": "high",
            "assignee": str(desk.engineer.pk),
            "due_at": "2030-05-06T10:20",
            "files": [picture()],
        },
    )
    ticket = tickets(desk)[0]
    assert answer.status_code == 302 and answer["Location"] == f"/a/meridian/tickets/{ticket.number}/"
    assert (ticket.client, ticket.contact, ticket.site) == (desk.client, desk.contact, desk.site)
    assert ticket.assignee_id == desk.engineer.pk and ticket.priority == "high"
    assert ticket.due_at.isoformat() == "2030-05-06T07:20:00+00:00"
    with desk.scope():
        assert list(ticket.equipment.all()) == [desk.device] and Attachment.objects.count() == 1


def test_a_site_tells_its_client(desk, agent):
    agent.post("new/", {**FORM, "site": str(desk.site.pk)})
    assert tickets(desk)[0].client == desk.client


def test_a_client_and_a_contact_who_are_not_listed_are_added_on_the_way(desk, agent):
    agent.post("new/", {**FORM, "new_client": "Книжный", "new_contact": "Вера", "new_phone": "+7 1"})
    ticket = tickets(desk)[0]
    assert (ticket.client.name, ticket.contact.name, ticket.contact.phone) == ("Книжный", "Вера", "+7 1")


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"subject": "  "}, "This field is required."),
        ({"subject": "я" * 201}, "at most 200"),
        ({"description": "я" * 20_001}, "at most 20000"),
        ({"priority": "urgent"}, "Select a valid choice"),
        ({"due_at": "2001-01-01T10:00"}, "This moment has passed already."),
        ({"due_at": "soon"}, "Enter a valid date/time."),
        ({"new_contact": "Вера"}, "Say which client the new contact belongs to."),
        ({"site": "nonsense"}, "is not a valid"),
    ],
)
def test_what_cannot_be_opened_stays_typed(desk, agent, posted, sentence):
    answer = agent.post("new/", {**FORM, "description": "Долгий рассказ", **posted})
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page
    assert posted.get("description", "Долгий рассказ") in page
    assert tickets(desk) == []


def test_who_and_where_must_belong_to_one_another(desk, agent):
    with desk.scope():
        other = accounts.add_client("Книжный", by=desk.owner)
        shop = registry.add_site(other, name="Советская", by=desk.owner)
    answer = agent.post("new/", {**FORM, "client": str(desk.client.pk), "site": str(shop.pk)})
    assert answer.status_code == 422 and "belongs to another client" in answer.content.decode()
    answer = agent.post("new/", {**FORM, "site": str(shop.pk), "equipment": [str(desk.device.pk)]})
    assert answer.status_code == 422 and "stands at another site" in answer.content.decode()
    assert tickets(desk) == []


def test_another_accounts_rows_are_as_good_as_none(desk, agent, stranger):
    with stranger.scope():
        client = accounts.add_client("Чужие", by=stranger.owner)
        contact = accounts.add_contact(client, name="Чужой", by=stranger.owner)
        site = registry.add_site(client, name="Чужая", by=stranger.owner)
    for name, row in (("client", client), ("contact", contact), ("site", site), ("assignee", stranger.owner)):
        answer = agent.post("new/", {**FORM, name: str(row.pk)})
        assert answer.status_code == 422 and "Select a valid choice" in answer.content.decode()
        assert "Чуж" not in answer.content.decode()
    assert tickets(desk) == []


def test_a_refused_file_leaves_neither_the_ticket_nor_the_new_client(desk, agent, settings):
    settings.FILE_LIMIT = 10
    answer = agent.post("new/", {**FORM, "new_client": "Книжный", "files": [upload("big.bin", b"x" * 11)]})
    page = answer.content.decode()
    assert answer.status_code == 422 and "big.bin" in page and "Касса молчит" in page
    with desk.scope():
        assert not Client.objects.filter(name="Книжный").exists() and not Contact.objects.filter(name="Вера").exists()
    assert tickets(desk) == []


def test_the_choice_of_a_client_narrows_the_rest(desk, agent):
    with desk.scope():
        other = accounts.add_client("Книжный", by=desk.owner)
        registry.add_site(other, name="Советская", by=desk.owner)
    part = agent.fragment(f"new/place/?client={other.pk}&subject=x").content.decode()
    assert "Советская" in part and "Магазин 47" not in part and "Ольга" not in part
    narrowed = agent.post("new/", {**FORM, "client": str(other.pk), "narrow": "1"})
    page = narrowed.content.decode()
    assert narrowed.status_code == 200 and "Магазин 47" not in page and "Касса молчит" in page
    assert tickets(desk) == []


def test_open_tickets_of_the_same_site_are_shown(desk, agent):
    opened(desk, "Уже сказали", site=desk.site)
    assert "Уже сказали" in agent.fragment(f"new/place/?site={desk.site.pk}").content.decode()


@pytest.mark.parametrize("role", ["engineer", "observer"])
def test_those_who_open_no_tickets_are_told_so(desk, as_role, role):
    assert as_role(role).post("new/", FORM, htmx=True).status_code == 422
    assert as_role(role).get("new/").status_code == 302
    assert tickets(desk) == []


def test_nobody_is_assigned_who_does_not_work_on_tickets(inside):
    with pytest.raises(Refused) as refused:
        lifecycle.open_ticket("Касса", by=inside.agent, assignee=inside.observer)
    assert refused.value.field == "assignee"


def test_a_hit_fills_in_all_that_follows_from_it(desk, agent):
    opened(desk, contact=desk.contact, site=desk.site)

    device = agent.fragment(f"new/place/?pick=equipment:{desk.device.pk}").context["form"]
    contact = agent.fragment(f"new/place/?pick=contact:{desk.contact.pk}").context["form"]
    client = agent.fragment(f"new/place/?site={desk.site.pk}&pick=client:{desk.client.pk}").context["form"]

    assert [named(form) for form in (device, contact, client)] == [
        (desk.client, desk.site, None, [desk.device]),
        (desk.client, desk.site, desk.contact, []),
        (desk.client, None, None, []),
    ]


def named(form):
    chosen = form.chosen
    return chosen["client"], chosen["site"], chosen["contact"], list(form.devices)


def test_without_a_script_the_search_is_a_button_and_so_is_each_hit(desk, agent):
    found = agent.post("new/", {**FORM, "find": "1", "lookup": "0471938"})
    hit = found.context["groups"][0]["hits"][0]["value"]
    taken = agent.post("new/", {**FORM, "subject": "Набрано до выбора", "pick": hit})

    assert named(taken.context["form"]) == (desk.client, desk.site, None, [desk.device])
    assert taken.context["form"]["subject"].value() == "Набрано до выбора"
    assert tickets(desk) == []


def test_a_call_brings_its_client_contact_site_and_equipment_into_the_registry(desk, agent):
    made = {"new_client": "Книжный", "new_contact": "Вера", "new_phone": "+7 911 000-11-22", "new_site": "Склад"}
    agent.post("new/", {**FORM, **made, "new_code": "К-1", "new_model": "К-220", "new_serial": "77-1"})

    ticket = tickets(desk)[0]
    with desk.scope():
        device = ticket.equipment.get()
    assert (ticket.client.name, ticket.contact.phone, ticket.site.code) == ("Книжный", "+7 911 000-11-22", "К-1")
    assert (device.serial_number, device.site_id) == ("77-1", ticket.site_id)


def test_the_same_phone_or_serial_number_is_not_written_down_twice_by_chance(desk, agent):
    same = {
        "client": str(desk.client.pk),
        "site": str(desk.site.pk),
        "new_contact": "Оля",
        "new_phone": "8 900 0000000",
    }
    serial = {"new_model": "К-220", "new_serial": "220 0471938"}

    warned = agent.post("new/", {**FORM, **same, **serial})
    meant = agent.post("new/", {**FORM, **same, "anyway": "on"})

    assert warned.status_code == 422
    assert [field for field, _kind, _row in warned.context["form"].twins] == ["new_phone", "new_serial"]
    assert meant.status_code == 302 and tickets(desk)[0].contact.name == "Оля"


def test_open_tickets_of_the_place_are_shown_the_same_device_first(desk, agent):
    first = opened(desk, "Касса гудит", site=desk.site, equipment=[desk.device])
    second = opened(desk, "Принтер не печатает", site=desk.site)
    opened(desk, "Чужое место")

    place = agent.fragment(f"new/place/?site={desk.site.pk}&equipment={desk.device.pk}").context["similar"]
    words = agent.fragment(f"new/similar/?site={desk.site.pk}&subject=принтеры молчат").context["similar"]
    instead = agent.post("new/", {**FORM, "description": "Звонили ещё раз", "instead": str(first.number)})

    assert [one.pk for one in place] == [first.pk, second.pk]
    assert [one.pk for one in words] == [second.pk, first.pk]
    assert instead["Location"] == f"/a/meridian/tickets/{first.number}/"
    with desk.scope():
        draft = Draft.objects.get()
    assert (draft.ticket_id, draft.member_id, draft.body) == (
        first.pk,
        desk.agent.pk,
        "Касса молчит\n\nЗвонили ещё раз",
    )


def test_a_stranger_s_rows_answer_as_those_that_are_not_there(desk, agent, stranger):
    with stranger.scope():
        client = accounts.add_client("Чужой клиент", by=stranger.owner)
        theirs = lifecycle.open_ticket("Чужая", by=stranger.owner, client=client)

    picked = agent.fragment(f"new/place/?pick=client:{client.pk}")
    junk = agent.fragment("new/place/?pick=client:x&drop=nothing")
    instead = agent.post("new/", {**FORM, "instead": str(theirs.number)})

    assert named(picked.context["form"]) == named(junk.context["form"]) == (None, None, None, [])
    assert instead.status_code == 404


def test_the_account_s_own_questions_follow_the_type(desk, agent):
    with desk.scope():
        kind = TicketType.objects.create(name="Монтаж")
        field = CustomField.objects.create(type=kind, label="Этаж", kind="number", required=True)
    name = fields.name_of(field)

    asked = agent.fragment(f"new/fields/?type={kind.pk}").context["custom"]
    missing = agent.post("new/", {**FORM, "type": str(kind.pk)})
    agent.post("new/", {**FORM, "type": str(kind.pk), name: "3", "tags": "Срочно, ночь"})

    ticket = tickets(desk)[0]
    assert [one.name for one in asked] == [name] and missing.status_code == 422
    with desk.scope():
        assert (ticket.type, ticket.custom) == (kind, {str(field.pk): 3})
        assert [tag.name for tag in ticket.tags.order_by("name")] == ["Срочно", "ночь"]


def test_one_call_is_followed_by_the_next(desk, agent):
    answer = agent.post("new/", {**FORM, "next": "another"}, follow=True)

    assert answer.redirect_chain == [("/a/meridian/tickets/new/", 302)]
    assert "МС-1 is open." in answer.content.decode()
