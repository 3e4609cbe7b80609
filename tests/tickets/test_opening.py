"""A new ticket: from the form to the desk, with what was typed kept when it can't be opened."""

import pytest

from equipment import registry
from tenants import accounts
from tenants.models import Client, Contact
from tenants.vocabulary import Refused
from tickets import lifecycle
from tickets.models import Attachment, Ticket

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
