"""Mail is written with its cause and leaves once: in the reader's language, in its thread, whatever the server does."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from helpdesk import email_url
from tenants import clock, mail, postman
from tenants.models import Mail, Membership, Timer
from tenants.vocabulary import Refused
from tests import world
from tests.post_office import open_office

PIECES = {
    "probe.subject.txt": "{% load i18n %}{% translate 'owner' %} {{ word }}",
    "probe.txt": "{{ word }} {% url 'tickets:list' %} {{ at|date:'H:i' }}",
    "probe.html": "<p>{{ word }}</p><a href='{{ site }}{% url \"tickets:list\" %}'>{{ account.name }}</a>",
}


@pytest.fixture
def templates(settings, tmp_path):
    """A kind of mail of the tests' own."""
    (tmp_path / "mail").mkdir()
    for name, text in PIECES.items():
        (tmp_path / "mail" / name).write_text(text)
    ours = {**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}
    settings.TEMPLATES = [ours]


@pytest.fixture
def tellers(monkeypatch):
    monkeypatch.setattr(mail, "TELLERS", tellers := {})
    monkeypatch.setattr("tenants.envelope.TELLERS", tellers)
    return tellers


def company(slug="desk", **options):
    return world.company(slug, f"Стол {slug}", "СТ", {"owner": ("Вера", ""), "agent": ("Мария", "")}, **options)


@pytest.fixture
def desk(db, templates):
    return company(languages={"agent": "en"})


def told(desk, *, key="once", member=None, word="Слово", **facts):
    with desk.scope():
        return mail.send("probe", key=key, member=member or desk.owner, word=word, **facts)


def row(desk, key="once"):
    with desk.scope():
        return Mail.objects.get(key=key)


def later(minutes):
    return clock.now() + timedelta(minutes=minutes)


def test_a_mail_is_drawn_for_its_reader_when_it_goes(desk, tellers, settings, mailoutbox):
    settings.BASE_URL = "https://help.example"
    tellers["probe"] = lambda letter: {"at": clock.now().replace(hour=12, minute=0)}
    told(desk)
    told(desk, key="english", member=desk.agent)
    desk.owner.user.language, desk.owner.user.zone = "ru", "Asia/Vladivostok"
    desk.owner.user.save()

    postman.deliver_due()

    english, russian = sorted(mailoutbox, key=lambda message: message.to)
    assert (russian.to, russian.subject) == (["owner@desk.example"], "владелец Слово")
    assert (english.to, english.subject) == (["agent@desk.example"], "owner Слово")
    assert russian.body == "Слово /a/desk/tickets/ 22:00\n"
    assert russian.alternatives[0].content == (
        "<p>Слово</p><a href='https://help.example/a/desk/tickets/'>Стол desk</a>"
    )
    assert mailoutbox[0].from_email == "=?utf-8?b?0KHRgtC+0LsgZGVzaw==?= <coticket@localhost>"
    sent = row(desk)
    assert sent.sent_at and sent.details == {} and sent.attempts == 1 and not Timer.objects.exists()


def test_the_same_cause_told_twice_is_one_mail(desk, mailoutbox):
    assert told(desk) and told(desk, word="Другое") is None

    postman.deliver_due()
    told(desk)
    postman.deliver_due()

    assert [message.subject for message in mailoutbox] == ["владелец Слово"]


def test_a_change_that_is_undone_tells_nobody(desk, mailoutbox):
    with pytest.raises(ZeroDivisionError), desk.scope():
        mail.send("probe", key="once", member=desk.owner, word="Слово")
        raise ZeroDivisionError

    postman.deliver_due()

    assert mailoutbox == [] and not Timer.objects.exists()


def test_mails_of_one_ticket_are_a_thread_and_say_that_a_machine_wrote_them(desk, mailoutbox, settings):
    settings.BASE_URL = "https://help.example"
    ours, other = uuid4(), uuid4()
    for n, ticket in enumerate((ours, ours, other)):
        told(desk, key=f"mail {n}", ticket_id=ticket)
    postman.deliver_due()

    in_order = sorted(mailoutbox, key=lambda message: message.extra_headers["Message-ID"])
    first, second, third = (message.message() for message in in_order)
    assert first["References"] == first["In-Reply-To"] == second["References"] != third["References"]
    assert len({message["Message-ID"] for message in (first, second, third)}) == 3
    assert ours.hex not in first["References"] and str(ours) not in first["References"]
    assert (first["Auto-Submitted"], first["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert first["List-Id"] == "<desk.help.example>" and first["Message-ID"].endswith("@help.example>")


def test_nothing_that_people_type_becomes_a_header(desk, mailoutbox):
    word = "Да\r\nBcc: thief@evil.example\x00\u2028Subject: x"
    told(desk, word=word.replace("\0", ""))
    desk.account.name = "Фирма\r\nBcc: thief@evil.example"
    desk.account.save()

    postman.deliver_due()

    written = mailoutbox[0].message()
    assert mailoutbox[0].subject == "владелец Да Bcc: thief@evil.example Subject: x"
    assert written["Bcc"] is None and len(written.get_all("Subject")) == 1


def test_with_the_server_down_nothing_is_lost_and_nothing_doubled(desk, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for n in range(3):
        told(desk, key=f"mail {n}", word=str(n))

    postman.deliver_due()
    postman.deliver_due()
    assert list(Timer.objects.order_by("-attempts").values_list("attempts", flat=True)) == [1, 0, 0], "all wait for it"
    tries = []
    for minute in range(1, 90):
        with clock.at(later(minute)):
            postman.deliver_due()
        tries.append(sum(Timer.objects.values_list("attempts", flat=True)))
    with desk.scope():
        assert {mail.why(one.trouble)[0] for one in Mail.objects.all()} == {mail.TROUBLES["server"]}
        assert not Mail.objects.exclude(sent_at=None, dropped_at=None).exists()
    assert tries[0] == 2 and 20 < tries[-1] < 60, "one try a round, and fewer as time goes by"

    with open_office(settings) as office, clock.at(later(120)):
        postman.deliver_due()
        postman.deliver_due()
    assert sorted(message["Subject"] for message in office.taken) == [f"владелец {n}" for n in range(3)]
    assert office.calls == 1


def test_two_workers_at_once_send_each_mail_once(committed, templates, settings):
    here, there = company("here"), company("there")
    for n in range(6):
        told(here, key=f"mail {n}", word=f"здесь {n}")
    told(there, key="theirs", word="там")

    def work():
        postman.deliver_due()
        connection.close()

    with open_office(settings) as office:
        office.slowness = 0.05
        workers = [threading.Thread(target=work) for _ in range(2)]
        for thread in workers:
            thread.start()
        for thread in workers:
            thread.join()

    subjects = [message["Subject"] for message in office.taken]
    assert sorted(subjects) == [f"владелец здесь {n}" for n in range(6)] + ["владелец там"]
    # Two are on their way at any time: theirs is of the second pair at the latest.
    assert "владелец там" in subjects[:4], "no account's flood keeps another waiting"


def test_whoever_is_killed_after_the_servers_yes_repeats_the_same_message(desk, settings):
    """The one window: the server took it and we could not write that down."""
    told(desk)
    with open_office(settings) as office:
        office.hangs_up_after_taking = True
        postman.deliver_due()
        with clock.at(later(5)):
            postman.deliver_due()
            postman.deliver_due()

    first, second = office.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert row(desk).attempts == 2 and row(desk).sent_at


def test_an_address_refused_for_good_is_given_up_and_may_be_tried_again_by_a_person(desk, settings):
    told(desk)
    told(desk, key="next", member=desk.agent)
    with open_office(settings) as office:
        office.refusals["owner@desk.example"] = "550 no such person"
        postman.deliver_due()
        refused = row(desk)
        assert (refused.dropped_at is None, mail.why(refused.trouble)) == (
            False,
            (mail.TROUBLES["refused"], "550 no such person"),
        )
        with desk.scope():
            with pytest.raises(Refused):
                mail.send_again(refused, by=desk.agent)
            office.refusals["owner@desk.example"] = "450 come later"
            mail.send_again(refused, by=desk.owner)
        postman.deliver_due()
        assert mail.why(row(desk).trouble) == (mail.TROUBLES["later"], "450 come later") and not row(desk).dropped_at
        office.refusals.clear()
        with clock.at(later(5)):
            postman.deliver_due()
    assert office.readers == ["agent@desk.example", "owner@desk.example"]


def test_who_may_not_know_it_any_more_is_not_told(desk, tellers, mailoutbox):
    @mail.teller("probe", "Probe")
    def tell(letter):
        raise mail.Untold("hidden") if letter.details["word"] == "тайна" else mail.Later(later(60))

    told(desk, word="тайна")
    told(desk, key="night", word="ночь")
    told(desk, key="left", member=desk.agent)
    with desk.scope():
        Membership.objects.filter(pk=desk.agent.pk).update(active=False)
    postman.deliver_due()

    assert [row(desk, key).trouble for key in ("once", "left")] == ["hidden", "left"]
    assert Timer.objects.get().subject_id == row(desk, "night").pk and row(desk, "night").attempts == 0
    tellers.clear()
    with clock.at(later(61)):
        postman.deliver_due()
    assert [message.subject for message in mailoutbox] == ["владелец ночь"]


def test_one_that_can_not_be_written_keeps_nobody_else_waiting_and_a_suspended_account_waits(desk, mailoutbox):
    with desk.scope():
        mail.send("nothing_like_it", key="bad", member=desk.owner)
    told(desk)
    postman.deliver_due()
    assert [message.subject for message in mailoutbox] == ["владелец Слово"]
    assert row(desk, "bad").trouble == "failed: TemplateDoesNotExist"

    told(desk, key="parked")
    desk.account.suspended_at = clock.now()
    desk.account.save()
    postman.deliver_due()
    assert row(desk, "parked").attempts == 0


@pytest.mark.parametrize(
    ("url", "backend", "facts"),
    [
        ("smtp+tls://me:p%40ss@mail.example", "smtp", ("mail.example", 587, "me", "p@ss", True, False)),
        ("smtps://mail.example:4465?timeout=3", "smtp", ("mail.example", 4465, "", "", False, True)),
        ("file:///var/spool/a%20b", "filebased", None),
        ("console:", "console", None),
    ],
)
def test_one_line_says_how_mail_leaves(url, backend, facts):
    given = email_url.settings_of(url)

    assert given["EMAIL_BACKEND"].split(".")[-2] == backend
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS", "EMAIL_USE_SSL")
    assert facts is None or tuple(given[name] for name in names) == facts


@pytest.mark.parametrize("url", ["", "mail.example", "https://mail.example", "smtp://", "smtp://host:port"])
def test_a_line_that_says_nothing_stops_the_start(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        email_url.settings_of(url)
