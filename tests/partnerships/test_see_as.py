"""With another party's eyes: exactly what crossed, and nothing else."""

import re

import pytest

from equipment import registry
from partnerships import delivery, seeing, sharing
from partnerships.cards import Share
from tenants import accounts
from tests.rewind import staged
from tickets import conversation, fields, lifecycle, typology
from tickets.models import Attachment, Comment, Ticket

from .conftest import hand, row, text_of

KEPT = (
    "zqinternalqz",
    "zqsecondqz",
    "zqclientonlyqz",
    "zqagreementqz",
    "zqserialqz",
    "zqnoteqz",
    "zqphoneqz",
    "zqfieldqz",
)


def told(service):
    """A ticket with something of everything on it, and the comment of it that a partner gets."""
    with service.scope():
        client = accounts.add_client("Лукошко-клиент", by=service.owner)
        contact = accounts.add_contact(client, name="Пётр", by=service.owner, phone="zqphoneqz")
        site = registry.add_site(client, name="Магазин 47", code="L-047", by=service.owner)
        device = registry.add_equipment(site, model="К", manufacturer="А", serial_number="zqserialqz", by=service.owner)
        ticket = lifecycle.open_ticket(
            "Касса не печатает",
            by=service.dispatcher,
            description="Ошибка ФН",
            client=client,
            contact=contact,
            site=site,
            equipment=[device],
            agreement="zqagreementqz",
        )
        say = lambda text, audience: conversation.comment(ticket, text, by=service.dispatcher, audience=audience)  # noqa: E731
        say("zqinternalqz", "internal")
        say("zqclientonlyqz", "client")
        shared = say("Сначала клиенту, потом и вам", "client")
        lifecycle.note(ticket, text="zqnoteqz", by=service.dispatcher)
        wanted = typology.add_field("Для нас", by=service.owner, kind="text")
        fields.set_field(ticket, wanted, "zqfieldqz", by=service.dispatcher)
    return ticket, shared


@staged
def talked(w):
    """A ticket that says something to everybody, handed on with a part of it, and answered."""
    service, field = w.service, w.sub
    ticket, shared = told(service)
    given = hand(service, field, ticket, Share(contact_name=True, site=True, comments=(shared.pk,)), message="Возьмите")
    delivery.drain()
    with field.scope():
        taken = row(field, key=given.key)
        sharing.accept(taken, by=field.dispatcher)
        taken = row(field, key=given.key)
        readers = [taken.counterpart]
        conversation.comment(taken.ticket, "Едем", by=field.dispatcher, audience="partner", readers=readers)
        conversation.comment(taken.ticket, "zqtheirownqz", by=field.dispatcher, audience="internal")
    delivery.drain()
    with service.scope():
        given = row(service, pk=given.pk)
        say = lambda text: conversation.comment(  # noqa: E731
            given.ticket, text, by=service.dispatcher, audience="partner", readers=[given.counterpart]
        )
        better, gone = say("Ключ у кассира"), say("zqsecondqz")
        conversation.edit(better, "Ключ у охраны", by=service.dispatcher)
        conversation.remove(gone, by=service.dispatcher)
    delivery.drain()
    w.given, w.number = given, given.ticket.number
    return w


def test_the_partner_is_shown_with_what_really_crossed(talked):
    with talked.service.scope():
        sight = seeing.sight(row(talked.service, pk=talked.given.pk))
        mine = sorted(line.text for line in sight.lines if line.said and not line.theirs)
        theirs = [line.text for line in sight.lines if line.theirs]
    with talked.sub.scope():
        ticket = Ticket.objects.select_related("status").get()
        arrived = Comment.objects.filter(removed_at=None).exclude(came_through=None)
        assert mine == sorted(arrived.values_list("body", flat=True))
        assert (sight.subject, sight.description) == (ticket.subject, ticket.description)
        assert [file.name for file in sight.files] == list(Attachment.objects.values_list("name", flat=True))
    assert mine == sorted(["Возьмите", "Ключ у охраны", "Сначала клиенту, потом и вам"]) and theirs == ["Едем"]
    assert [str(fact["value"]) for fact in sight.facts] == ["Лукошко-клиент", "Магазин 47 (L-047)", "Пётр"]
    assert sight.waiting == 0


def test_the_pages_show_no_canary_and_say_what_is_on_its_way(talked, enter):
    desk = enter(talked.service)

    page = text_of(desk.get(f"handovers/{talked.given.pk}/as/partner/"))
    client = text_of(desk.get(f"tickets/{talked.number}/as/client/"))

    assert [word for word in KEPT if word in page] == [] and "zqtheirownqz" not in page
    assert "Ключ у охраны" in page and "Comment removed" in page and "Едем" in page
    assert [word for word in KEPT if word in client] == ["zqclientonlyqz", "zqagreementqz", "zqphoneqz"]
    assert "Едем" not in client and "Сначала клиенту" in client
    with talked.service.scope():
        given = row(talked.service, pk=talked.given.pk)
        conversation.comment(
            given.ticket, "Ещё слово", by=talked.service.dispatcher, audience="partner", readers=[given.counterpart]
        )
    assert "1 letter is still on its way." in text_of(desk.get(f"handovers/{talked.given.pk}/as/partner/"))


def test_the_sender_is_shown_with_our_own_words_only(talked, enter):
    taken = row(talked.sub, key=talked.given.key)

    page = text_of(enter(talked.sub).get(f"handovers/{taken.pk}/as/partner/"))

    assert "Едем" in page and "zqtheirownqz" not in page and "Ключ у охраны" in page


def test_what_a_partner_said_reaches_the_client_by_name_and_without_the_company(talked, enter):
    with talked.service.scope():
        said = Comment.objects.exclude(came_through=None).get()
        conversation.pass_on(said, by=talked.service.dispatcher, to_client=True)
        name, company = said.author_name, said.author_company

    page = text_of(enter(talked.service).get(f"tickets/{talked.number}/as/client/"))

    assert f"{name} , partner" in page or f"{name}, partner" in page
    assert "Едем" in page and company not in re.sub(r".*Back to the ticket", "", page)


def test_others_have_no_such_eyes(talked, enter):
    assert enter(talked.service, "engineer").get(f"handovers/{talked.given.pk}/as/partner/").status_code == 404
    assert enter(talked.sub).get(f"handovers/{talked.given.pk}/as/partner/").status_code == 404
    assert enter(talked.stranger).get(f"tickets/{talked.number}/as/client/").status_code == 404
    with talked.service.scope():
        bare = lifecycle.open_ticket("Без клиента", by=talked.service.dispatcher)
    answer = enter(talked.service).get(f"tickets/{bare.number}/as/client/", **{"HX-Request": "true"})
    assert answer.status_code == 422 and "no client" in text_of(answer)


@pytest.mark.parametrize("internal", [False, True])
def test_paper_shows_what_is_only_for_us_when_it_is_asked_for(talked, enter, internal):
    page = text_of(enter(talked.service).get(f"tickets/{talked.number}/print/{'?internal' if internal else ''}"))

    for words in ("zqinternalqz", "zqnoteqz", "zqfieldqz", "Ключ у охраны", "Едем"):
        assert (words in page) == internal
    assert "Ошибка ФН" in page and "Сначала клиенту" in page and "zqsecondqz" not in page
