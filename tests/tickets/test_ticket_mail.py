"""What happens on a ticket, as it comes by mail: together, to whoever still may read it, and never twice."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tenants import clock, postman
from tenants.activity import record
from tenants.models import Mail, Timer
from tenants.vocabulary import SCHEDULE, Actor
from tickets import conversation, files, lifecycle, notifications
from tickets.models import Counterpart
from tickets.vocabulary import COMMENT_KEPT_BACK, Event

from .conftest import opened, upload

PARTNER = Actor(kind="partner", name="Артём", company="Вектор", origin="partner")


@pytest.fixture
def post(mailoutbox):
    """The postman comes after two minutes; what he brought: {first name of the address: message}."""

    def come(**span):
        mailoutbox.clear()
        with clock.at(clock.now() + timedelta(**(span or {"minutes": 2}))):
            postman.deliver_due()
        return {message.to[0].split("@")[0]: message for message in mailoutbox}

    return come


@pytest.fixture
def ticket(desk):
    return opened(desk, "Касса <не> печатает", by=desk.dispatcher, assignee=desk.agent)


def say(desk, ticket, words, **facts):
    with desk.scope():
        return conversation.comment(ticket, words, **{"by": desk.dispatcher, "audience": "internal", **facts})


def troubles(desk):
    with desk.scope():
        return sorted(mail.trouble for mail in Mail.objects.all())


def test_what_happens_within_a_minute_is_one_mail_with_all_of_it(desk, ticket, post):
    say(desk, ticket, "Только **между** нами")
    with desk.scope():
        vector = Counterpart.objects.create(ticket=ticket, label="Вектор", direction="given", state="accepted")
    say(desk, ticket, "От партнёра", by=PARTNER, audience="partner", readers=[vector])
    gone = say(desk, ticket, "Беру назад")
    with desk.scope():
        conversation.remove(gone, by=desk.dispatcher)

    assert post(seconds=30) == {}
    mail = post()["agent"]

    assert mail.subject == f"МС-{ticket.number} · Касса <не> печатает"
    page = mail.alternatives[0].content
    for text in (mail.body, page):
        assert "От партнёра" in text and "Вектор" in text and "Беру назад" not in text
        assert "Only us: nobody outside reads this" in text and "Read by: Вектор" in text
        assert "You get this because you answer for it." in text
        assert f"/a/meridian/tickets/{ticket.number}/" in text
    assert "<strong>между</strong>" in page and "Касса &lt;не&gt; печатает" in page
    assert "Только **между** нами" in mail.body
    assert troubles(desk) == ["", ""], "one to the assignee, one to the watcher"
    assert post(minutes=9) == {}


def test_what_was_read_here_or_taken_back_is_not_mailed(desk, ticket, post):
    with desk.scope():
        notifications.read(desk.agent, ticket=ticket)
    assert post() == {} and troubles(desk) == ["read"]

    said = say(desk, ticket, "Ой")
    with desk.scope():
        conversation.remove(said, by=desk.dispatcher)
    assert post() == {} and troubles(desk) == ["gone", "read"]


def test_what_a_colleague_could_not_send_is_in_nobody_elses_mail(desk, ticket, post):
    say(desk, ticket, "Едем")
    with desk.scope():
        record(ticket, COMMENT_KEPT_BACK, by=SCHEDULE, ticket=ticket, name="Анна", member=str(desk.dispatcher.pk))

    brought = post()

    assert "Едем" in brought["agent"].body and "kept back" not in brought["agent"].body
    assert "kept back a comment of Анна" in brought["dispatcher"].body


def test_what_was_under_way_goes_no_further_when_the_ticket_is_taken_from_its_reader(desk, post):
    ticket = opened(desk, by=desk.dispatcher, assignee=desk.engineer)
    say(desk, ticket, "Тайна")
    with desk.scope():
        lifecycle.assign(ticket, to=desk.agent, by=desk.owner)

    brought = post()

    assert set(brought) == {"agent"} and "assigned: Олег Юрьев → Мария Титова" in brought["agent"].body
    assert troubles(desk) == ["", "hidden"]


def test_mails_that_piled_up_behind_a_dead_server_arrive_as_one(desk, ticket, post, settings):
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for n in range(3):
        with clock.at(clock.now() + timedelta(minutes=3 * n)):
            say(desk, ticket, f"Слово {n}")
        assert post(minutes=3 * n + 2) == {}
    settings.EMAIL_BACKEND = working

    mail = post(minutes=30)["agent"]
    assert all(f"Слово {n}" in mail.body for n in range(3))
    assert post(minutes=60) == {} and not Timer.objects.filter(kind="mail").exists()


def test_quiet_hours_are_those_of_the_readers_zone(desk, mailoutbox):
    desk.agent.user.zone = "Asia/Vladivostok"
    desk.agent.user.save()
    with desk.scope():
        notifications.choose(desk.agent, {}, quiet_from=time(22), quiet_to=time(8))
    evening = datetime(2030, 5, 6, 23, 30, tzinfo=ZoneInfo("Asia/Vladivostok"))
    with clock.at(evening):
        opened(desk, by=desk.dispatcher, assignee=desk.agent)
    for hours, brought in ((1, 0), (8, 0), (8.6, 1)):
        with clock.at(evening + timedelta(hours=hours)):
            postman.deliver_due()
        assert len(mailoutbox) == brought


def test_everybody_chooses_what_comes_by_mail(desk, post):
    with desk.scope():
        notifications.choose(desk.agent, {Event.ASSIGNED: (False, True), Event.COMMENTED: (True, False)})
    ticket = opened(desk, by=desk.dispatcher, assignee=desk.agent)
    with desk.scope():
        assert notifications.unread(desk.agent) == 0
    assert "opened the ticket" in post()["agent"].body

    say(desk, ticket, "Слово")
    with desk.scope():
        assert notifications.unread(desk.agent) == 1
    assert post() == {}


def test_a_file_taken_back_before_the_mail_goes_is_not_told(desk, ticket, post):
    assert "agent" in post(), "of the new ticket"
    with desk.scope():
        gone, _kept = (
            files.attach(ticket, upload(name, name.encode()), by=desk.dispatcher) for name in ("акт.txt", "фото.txt")
        )
        files.remove(gone, by=desk.dispatcher)

    told = post()["agent"].message().get_payload(0).get_payload(decode=True).decode()
    assert "фото.txt" in told and "акт.txt" not in told
    with desk.scope():
        files.remove(files.attach(ticket, upload("ещё.txt", b"more"), by=desk.dispatcher), by=desk.dispatcher)

    assert post() == {}
    with desk.scope():
        assert Mail.objects.filter(member=desk.agent).latest("created_at").trouble == "gone"
