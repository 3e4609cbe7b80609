"""Administrators see what mail went and what did not; what it told is nowhere, and nobody else sees even that."""

import pytest
from django.test import Client

from tenants import clock, inviting, mail, outgoing, postman
from tenants.models import Mail, User
from tests import world

PEOPLE = {"owner": ("Вера", ""), "admin": ("Семён", ""), "agent": ("Мария", "")}


@pytest.fixture
def desk(db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    company = world.company("desk", "Стол", "СТ", PEOPLE, language="en")
    with company.scope():
        inviting.invite(email="new@desk.example", role="agent", by=company.owner)
    return company


def browser(company, role="admin"):
    client = Client()
    client.force_login(User.objects.get(pk=company.people[role].user_id))
    return client


def page(company, query="", role="admin"):
    return browser(company, role).get(f"/a/{company.slug}/settings/mail/{query}").content.decode()


def test_a_mail_that_can_not_leave_says_why_and_is_tried_again_by_hand(desk, settings, mailoutbox):
    postman.deliver_due()
    text = page(desk)
    assert "new@desk.example" in text and "the mail server does not answer" in text and "/welcome/" not in text

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert "keeps mail to itself" in page(desk)
    postman.deliver_due()
    assert mailoutbox == [], "its pause is not over"
    with desk.scope():
        waiting = Mail.objects.get()
    browser(desk).post(f"/a/desk/settings/mail/{waiting.pk}/again/")
    postman.deliver_due()

    assert [message.to for message in mailoutbox] == [["new@desk.example"]]
    assert "sent" in page(desk, "?state=sent") and "new@desk.example" not in page(desk, "?state=waiting")
    assert (
        browser(desk)
        .post(f"/a/desk/settings/mail/{waiting.pk}/again/", follow=True)
        .content.decode()
        .count("This mail was sent.")
        == 1
    )


def test_the_list_goes_by_pages_newest_first(desk, monkeypatch):
    monkeypatch.setattr(outgoing, "PAGE", 2)
    with desk.scope():
        for n in range(3):
            mail.send("member_invited", key=f"more {n}", email=f"more{n}@desk.example")
        first = outgoing.page()
        second = outgoing.page(before=first.next)
        troubled = outgoing.page("trouble")
    assert [row.email.partition("@")[0] for row in first.rows + second.rows] == ["more2", "more1", "more0", "new"]
    assert second.next is None and troubled.rows == []


def test_whoever_watches_over_the_installation_learns_how_much_waits_and_nothing_else(desk):
    with clock.at(clock.now()):
        postman.deliver_due()
    assert Client().get("/readyz").json()["mail"] == {"due": 1, "failing": 1}
