"""Files are sent up before their comment: one person's, for one ticket, for a day."""

from datetime import timedelta

from tenants import clock, timers
from tickets import holding, lifecycle, uploading
from tickets.models import Attachment, Comment, Upload

from .conftest import Page, opened, picture, upload


def send_up(page, ticket, file=None):
    return page.post(f"{ticket.number}/uploads/", {"file": file or picture("касса.jpg")})


def kept(desk):
    with desk.scope():
        return list(Upload.objects.order_by("pk"))


def test_a_file_sent_up_is_shown_and_goes_with_the_comment_that_names_it(desk, agent):
    ticket = opened(desk)
    shown = send_up(agent, ticket)
    file = kept(desk)[0]
    assert shown.status_code == 201 and f'value="{file.pk}"' in shown.content.decode()
    assert "касса.jpg" in agent.get(f"{ticket.number}/").content.decode()
    small = agent.get(f"{ticket.number}/uploads/{file.pk}/preview/")
    assert small.status_code == 200 and small["Content-Type"] == "image/webp"

    agent.post(f"{ticket.number}/comments/", {"audience": "client", "body": "Фото", "uploads": [str(file.pk)]})
    with desk.scope():
        assert [(row.name, row.audience, row.content_type) for row in Attachment.objects.all()] == [
            ("касса.jpg", "client", "image/jpeg")
        ]
    assert kept(desk) == []


def test_a_file_that_is_too_large_or_missing_is_refused_in_words(desk, agent, settings):
    ticket = opened(desk)
    settings.FILE_LIMIT = 10
    large = send_up(agent, ticket, upload("big.bin", b"x" * 11))
    assert large.status_code == 422 and "big.bin is larger than" in large.content.decode()
    assert agent.post(f"{ticket.number}/uploads/").status_code == 422 and kept(desk) == []


def test_its_type_is_what_it_is_and_not_what_it_is_called(desk, agent):
    send_up(agent, opened(desk), upload("photo.jpg", b"<html><script>alert(1)</script></html>"))
    assert not kept(desk)[0].is_picture


def test_only_so_many_wait(desk, agent, monkeypatch):
    monkeypatch.setattr(uploading, "MOST", 2)
    ticket = opened(desk)
    codes = [send_up(agent, ticket, upload(f"{n}.txt", b"x")).status_code for n in range(3)]
    assert codes == [201, 201, 422]


def test_another_persons_file_or_another_tickets_is_as_good_as_none(desk, agent, as_role, stranger):
    ticket, other = opened(desk), opened(desk, "Другая")
    send_up(agent, ticket)
    file = kept(desk)[0]
    word = {"audience": "internal", "body": "Моё", "uploads": [str(file.pk)]}
    owner = as_role("owner")
    for page, number in ((owner, ticket.number), (agent, other.number)):
        assert page.get(f"{number}/uploads/{file.pk}/preview/").status_code == 404
        assert page.post(f"{number}/uploads/{file.pk}/remove/").status_code == 404
        answer = page.post(f"{number}/comments/", word, htmx=True)
        assert answer.status_code == 422 and "not there any more" in answer.content.decode()
    assert send_up(Page(stranger, "owner"), ticket).status_code == 404
    assert send_up(as_role("observer"), ticket).status_code == 422
    spoilt = agent.post(f"{ticket.number}/comments/", {**word, "uploads": ["nonsense"]}, htmx=True)
    assert spoilt.status_code == 422
    with desk.scope():
        assert not Comment.objects.exists() and not Attachment.objects.exists()
    assert kept(desk) == [file]


def test_what_nobody_names_within_a_day_is_swept_and_one_may_take_it_off_before(desk, agent):
    ticket = opened(desk)
    send_up(agent, ticket), send_up(agent, ticket, upload("b.txt", b"b"))
    first, second = kept(desk)
    assert agent.post(f"{ticket.number}/uploads/{first.pk}/remove/").status_code == 204
    assert kept(desk) == [second]
    with clock.at(clock.now() + timedelta(hours=23)):
        timers.ring_due()
    assert kept(desk) == [second]
    with clock.at(clock.now() + timedelta(hours=25)):
        timers.ring_due()
    assert kept(desk) == []


def test_files_of_a_plain_form_wait_when_the_text_is_refused(desk, agent):
    ticket = opened(desk)
    word = {"audience": "nobody", "body": "Фото", "files": [picture("касса.jpg")]}
    refused = agent.post(f"{ticket.number}/comments/", word)
    assert refused.status_code == 422 and "касса.jpg" in refused.content.decode()
    again = {"audience": "client", "body": "Фото", "uploads": [str(kept(desk)[0].pk)]}
    agent.post(f"{ticket.number}/comments/", again)
    with desk.scope():
        assert [file.name for file in Attachment.objects.all()] == ["касса.jpg"]


def test_a_file_that_waits_within_a_comment_is_not_left_out_by_a_late_hand(inside):
    inside.agent.account.hold_seconds = 10
    ticket = lifecycle.open_ticket("Касса", by=inside.agent, client=inside.client)
    file = uploading.send_up(ticket, picture("касса.jpg"), by=inside.agent)
    holding.send(ticket, "", by=inside.agent, segment="client", audience="client", uploads=[file])

    uploading.drop(file)

    assert Upload.objects.get().held_id is not None
