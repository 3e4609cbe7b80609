"""The hand-over dialog: what is shown is what arrives, and what is refused keeps what was typed."""

from datetime import datetime, timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from equipment import registry
from partnerships import delivery, parting, sharing
from partnerships.models import Handover, Letter
from tenants import accounts, clock
from tests import world
from tests.partnerships.conftest import hand, in_state, row, text_of
from tests.rewind import staged
from tickets import conversation, files, lifecycle
from tickets.models import Attachment, Comment, Ticket
from tickets.vocabulary import Audience

SECRET = "Говорили между собой"


@staged
def full(w):
    """A ticket that has everything which may cross, and something of each that may not."""
    company = w.service
    with company.scope():
        by = company.dispatcher
        client = accounts.add_client("Ромашка", by=by)
        contact = accounts.add_contact(client, name="Наталья Белова", title="кассир", phone="+7 900 111-22-33", by=by)
        site = registry.add_site(client, name="Магазин 112", code="M-112", address="Победы, 61", hours="9–22", by=by)
        devices = [
            registry.add_equipment(site, model="К-220", name=f"касса {n}", serial_number=f"SN-{n}", by=by)
            for n in (1, 2)
        ]
        ticket = lifecycle.open_ticket(
            "Не уходят чеки",
            by=by,
            description="Счётчик 214",
            client=client,
            contact=contact,
            site=site,
            equipment=devices,
            agreement="ДС-31",
            due_at=clock.now() + timedelta(hours=10),
        )
        for name in ("касса.txt", "счёт.txt"):
            files.attach(ticket, SimpleUploadedFile(name, name.encode()), by=by)
        conversation.comment(
            ticket, SECRET, by=by, audience=Audience.INTERNAL, uploads=[SimpleUploadedFile("тайна.txt", b"secret")]
        )
        conversation.comment(ticket, "Клиент ждёт", by=by, audience=Audience.CLIENT)
    return ticket


def posted(page, **changes):
    """What a browser would send from the dialog as it was drawn."""
    form, data = page.context["form"], {}
    for field in form:
        with timezone.override("Europe/Moscow"):
            value = field.value()
        if value is None or value is False or value == "":
            continue
        if isinstance(value, list | tuple):
            value = [str(item) for item in value]
        if isinstance(value, list) and not value:
            continue
        data[field.html_name] = f"{value:%Y-%m-%dT%H:%M}" if isinstance(value, datetime) else value
    data["warned"] = " ".join(one.digest for one in page.context["warnings"])
    for name, value in changes.items():
        data.pop(name, None)
        if value is not None:
            data[name] = value
    return data


def papers(company):
    """Everything the co-ticket of a company shows of what was passed."""
    with company.scope():
        taken = Handover.objects.select_related("ticket").get(direction="taken")
        said = [comment.body for comment in Comment.objects.filter(ticket=taken.ticket)]
        names = [file.name for file in Attachment.objects.filter(ticket=taken.ticket)]
        return taken, said, names


def facts(card):
    """The card's own values, flat."""
    if isinstance(card, dict):
        return [value for part in card.values() for value in facts(part)]
    if isinstance(card, list):
        return [value for part in card for value in facts(part)]
    return [card] if card else []


def test_the_preview_shows_exactly_what_arrives(w, full, enter):
    desk = enter(w.service)
    page = desk.get(f"tickets/{full.number}/hand-over/")
    with w.service.scope():
        said = Comment.objects.get(ticket=full, audience="client")
        one_file = Attachment.objects.get(ticket=full, name="касса.txt")
        one_device = full.equipment.get(serial_number="SN-1")
    data = posted(
        page,
        to=str(world_partner(w, w.sub)),
        shares_of=str(world_partner(w, w.sub)),
        contact_phone=None,
        files=[str(one_file.pk)],
        comments=[str(said.pk)],
        equipment=[str(one_device.pk)],
        message="Посмотрите сеть",
    )
    shown = unescape(
        desk.post(f"tickets/{full.number}/hand-over/preview/", data, **{"HX-Request": "true"}).content.decode()
    )
    paper, rest = shown.split("data-preview")[1].split("</div>\n<", 1)
    assert desk.post(f"tickets/{full.number}/hand-over/", data).status_code == 302
    delivery.drain()

    taken, said_there, names = papers(w.sub)
    assert taken.ticket.subject in paper and taken.ticket.description in paper
    for value in facts({name: taken.card[name] for name in ("contact", "site", "equipment", "agreement")}):
        assert value in paper, value
    assert set(names) == {"касса.txt"} and "касса.txt" in paper
    assert set(said_there) == {"Клиент ждёт", "Посмотрите сеть"}
    assert all(words in paper for words in said_there)
    for hidden in ("+7 900 111-22-33", "SN-2", "счёт.txt", "тайна.txt", SECRET, "ДС-31"):
        assert hidden not in paper
        assert hidden not in str(taken.card) + taken.ticket.description + str(names) + str(said_there)
    for named in ("счёт.txt", "тайна.txt"):
        assert named in rest
    assert taken.due_at is not None and taken.due_at < full.due_at


def world_partner(w, other):
    with w.service.scope():
        return world.partner(w.service, other).pk


def test_ticked_words_and_files_say_that_the_partner_reads_them(w, full, enter):
    desk = enter(w.service)
    page = desk.get(f"tickets/{full.number}/hand-over/?to={world_partner(w, w.sub)}")
    with w.service.scope():
        said = Comment.objects.get(ticket=full, audience="client")
    assert desk.post(f"tickets/{full.number}/hand-over/", posted(page, comments=[str(said.pk)])).status_code == 302
    with w.service.scope():
        said.refresh_from_db()
        assert said.audience == "client_and_partner"
        assert {f.audience for f in Attachment.objects.filter(ticket=full, comment=None)} == {"partner"}
        assert Comment.objects.get(body=SECRET).audience == "internal"


def test_an_internal_comment_and_its_file_can_never_be_ticked(w, full, enter):
    desk = enter(w.service)
    page = desk.get(f"tickets/{full.number}/hand-over/")
    with w.service.scope():
        secret = Comment.objects.get(body=SECRET)
        file = Attachment.objects.get(name="тайна.txt")
    assert str(secret.pk) not in page.content.decode() and str(file.pk) not in page.content.decode()
    for ticks in ({"comments": [str(secret.pk)]}, {"files": [str(file.pk)]}):
        answer = desk.post(f"tickets/{full.number}/hand-over/", posted(page, message="не потеряй меня", **ticks))
        assert answer.status_code == 422 and "не потеряй меня" in answer.content.decode()
    with w.service.scope():
        assert not Handover.objects.exists()


def test_the_share_itself_never_holds_internal_words(w, full):
    """Past the form as well: the verb passes nothing internal, whatever it is given."""
    from partnerships.cards import Share

    with w.service.scope():
        secret, file = Comment.objects.get(body=SECRET), Attachment.objects.get(name="тайна.txt")
    hand(w.service, w.sub, full, Share(comments=(secret.pk,), files=(file.pk,)))
    delivery.drain()
    _taken, said, names = papers(w.sub)
    assert said == [] and names == []
    with w.service.scope():
        assert SECRET not in str(list(Letter.objects.values_list("body", flat=True)))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"due_at": "2020-01-01T10:00"}, "deadline has passed"),
        ({"accept_by": "2020-01-01T10:00"}, "time to accept has passed"),
        ({"due_at": "завтра"}, ""),
        ({"to": "0190aaaa-0000-7000-8000-000000000000"}, ""),
        ({"to": None}, ""),
    ],
)
def test_a_refusal_comes_back_at_its_field_with_what_was_typed(w, full, enter, changes, sentence):
    desk = enter(w.service)
    page = desk.get(f"tickets/{full.number}/hand-over/")
    answer = desk.post(f"tickets/{full.number}/hand-over/", posted(page, message="длинное письмо", **changes))
    assert answer.status_code == 422
    assert "длинное письмо" in answer.content.decode()
    assert sentence in text_of(answer) and set(answer.context["form"].errors) == set(changes)
    with w.service.scope():
        assert not Handover.objects.exists() and not Comment.objects.filter(body="длинное письмо").exists()


def test_without_partners_the_dialog_shows_a_way_on(w, enter):
    with w.stranger.scope():
        ticket = lifecycle.open_ticket("Одни", by=w.stranger.dispatcher)
    page = enter(w.stranger).get(f"tickets/{ticket.number}/hand-over/")
    assert page.status_code == 200 and b"partners/" in page.content and b'name="to"' not in page.content


@in_state("accepted")
def test_a_circle_is_refused_in_plain_words(moved, enter, w):
    number = moved.taken().ticket.number
    desk = enter(w.service)
    with w.service.scope():
        back = world.partner(w.service, w.retail).pk
    page = desk.get(f"tickets/{number}/hand-over/?to={back}")
    assert "already came from Лукошко" in text_of(page)
    answer = desk.post(f"tickets/{number}/hand-over/", posted(page))
    assert answer.status_code == 422 and "already came from Лукошко" in text_of(answer)


def test_a_longer_circle_is_refused_at_the_third_company(w, enter):
    world.link(w.sub, w.retail)
    with w.retail.scope():
        ticket = lifecycle.open_ticket("Круг", by=w.retail.dispatcher)
    for giver, taker in ((w.retail, w.service), (w.service, w.sub)):
        hand(giver, taker, ticket)
        delivery.drain()
        taken = row(taker, direction="taken")
        with taker.scope():
            sharing.accept(taken, by=taker.dispatcher)
        delivery.drain()
        ticket = taken.ticket
    with w.sub.scope():
        above = world.partner(w.sub, w.retail).pk
    answer = enter(w.sub).get(f"tickets/{ticket.number}/hand-over/?to={above}")
    assert "already came from Лукошко" in text_of(answer)


def test_an_offered_ticket_is_accepted_before_it_is_handed_on(pair, enter, w):
    page = enter(w.service).get(f"tickets/{pair.taken().ticket.number}/hand-over/")
    assert "Accept the ticket before you hand it on" in text_of(page)


def test_a_paused_link_and_a_finished_ticket_take_nothing(w, full, enter):
    desk = enter(w.service)
    page = desk.get(f"tickets/{full.number}/hand-over/?to={world_partner(w, w.sub)}")
    data = posted(page)
    with w.service.scope():
        parting.pause(world.partner(w.service, w.sub), by=w.service.owner)
    answer = desk.post(f"tickets/{full.number}/hand-over/", data)
    assert answer.status_code == 422 and "not active" in text_of(answer)
    assert [one["row"].blocked for one in answer.context["candidates"]][-1] == "The link with Вектор is not active."
    with w.service.scope():
        parting.resume(world.partner(w.service, w.sub), by=w.service.owner)
        lifecycle.resolve(Ticket.objects.get(pk=full.pk), by=w.service.dispatcher)
    answer = desk.post(f"tickets/{full.number}/hand-over/", data)
    assert answer.status_code == 422 and "finished ticket" in text_of(answer)


def test_ticks_made_for_one_partner_are_not_sent_to_another_unseen(w, full, enter):
    """Other terms, other ticks: the change of partner shows them before anything leaves."""
    world.agree(w.service, w.sub, pass_contact_phone=False)
    desk, other = enter(w.service), world_partner(w, w.sub)
    page = desk.get(f"tickets/{full.number}/hand-over/?to={world_partner(w, w.retail)}")
    data = posted(page, to=str(other), message="всё то же")
    assert data["contact_phone"]
    shown = desk.post(f"tickets/{full.number}/hand-over/preview/", data, **{"HX-Request": "true"})
    paper, follows = shown.content.decode().split('<span id="ho-mark"')
    assert "hx-swap-oob" in follows and "+7 900" not in paper
    again = desk.post(f"tickets/{full.number}/hand-over/", data)
    assert again.status_code == 200 and "всё то же" in again.content.decode()
    assert not again.context["form"]["contact_phone"].value()
    with w.service.scope():
        assert not Handover.objects.exists()
    assert desk.post(f"tickets/{full.number}/hand-over/", posted(again)).status_code == 302


def test_several_partners_at_once_each_read_their_own(w, enter):
    with w.service.scope():
        ticket = lifecycle.open_ticket("Двоим", by=w.service.dispatcher)
    first = hand(w.service, w.sub, ticket)
    second = hand(w.service, w.retail, ticket)
    delivery.drain()
    with w.service.scope():
        conversation.comment(
            ticket, "только Вектору", by=w.service.agent, audience=Audience.PARTNER, readers=[first.counterpart]
        )
    delivery.drain()
    with w.sub.scope():
        assert Comment.objects.filter(body="только Вектору").exists()
    with w.retail.scope():
        assert not Comment.objects.exists()
    page = enter(w.service).get(f"tickets/{ticket.number}/")
    words = text_of(page)
    assert "Вектор" in words and "Лукошко" in words
    assert page.content.decode().count(f"/handovers/{first.pk}/withdraw/") == 1
    assert page.content.decode().count(f"/handovers/{second.pk}/withdraw/") == 1
    again = enter(w.service).get(f"tickets/{ticket.number}/hand-over/?to={world_partner(w, w.sub)}")
    assert "has this ticket already" in text_of(again)


def test_the_usual_comments_follow_the_terms(w, full, enter):
    desk, other = enter(w.service), world_partner(w, w.sub)
    path = f"tickets/{full.number}/hand-over/?to={other}"
    assert not desk.get(path).context["form"]["comments"].value()
    world.agree(w.service, w.sub, pass_comments=True)
    with w.service.scope():
        outward = Comment.objects.get(ticket=full, audience="client")
    assert list(desk.get(path).context["form"]["comments"].value()) == [outward.pk]


def test_without_a_script_a_button_shows_the_page_and_hands_nothing_over(w, full, enter):
    desk = enter(w.service)
    page = desk.get(f"tickets/{full.number}/hand-over/")
    look = desk.post(f"tickets/{full.number}/hand-over/", posted(page, look="1", agreement="on", message="Привет"))
    assert look.status_code == 200 and not look.context["fresh_look"]
    paper = unescape(look.content.decode()).split("data-preview")[1]
    assert "ДС-31" in paper and "Привет" in paper
    with w.service.scope():
        assert not Handover.objects.exists()
