"""An invitation with its mail and its terms: sent again, declined, revoked, listed; and who hears of each."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from partnerships import agreement, conditions, delivery, inviting
from partnerships.models import Invitation, InvitationKey, Link, Partnership
from tenants import clock, postman, timers
from tenants.models import User
from tenants.vocabulary import Refused
from tests import world
from tests.partnerships.conftest import text_of


def browser(company, role="owner"):
    client = Client()
    client.force_login(User.objects.get(pk=company.people[role].user_id))
    return client


def post(minutes=2):
    """The postman comes when everything that waits together has come together."""
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        postman.deliver_due()


def brought(mailoutbox, *readers):
    """What each of these got, and nobody else's mail: {reader: [subject]}."""
    found = {reader: [] for reader in readers}
    for message in mailoutbox:
        if message.to[0] in found:
            found[message.to[0]].append(message.subject)
    return found


def test_an_invitation_goes_by_mail_with_a_link_that_no_table_keeps(w, enter, mailoutbox):
    facts = {"name": "Новая служба", "email": "Boss@new.example"}
    page = enter(w.stranger, "owner").post("partners/invite/", facts)
    post()

    made = page.context["made"]
    [mail] = [message for message in mailoutbox if message.to == ["boss@new.example"]]
    assert made["link"] in mail.body and made["code"] in mail.body
    assert mail.extra_headers["Content-Language"] == w.stranger.account.language
    assert text_of(page).count(made["code"]) == 2, "the code, and the link that holds it"
    assert made["square"].startswith("data:image/svg+xml;base64,")
    with w.stranger.scope():
        kept = json.dumps([list(Invitation.objects.values()), list(InvitationKey.objects.values())], default=str)
    assert made["code"] not in kept


def test_sent_again_the_former_code_is_dead_and_one_mail_goes_each_time(w, enter, mailoutbox):
    desk = enter(w.stranger, "owner")
    first = desk.post("partners/invite/", {"name": "Новая", "email": "boss@new.example"}).context["made"]
    post()
    with clock.at(clock.now() + timedelta(days=8)):
        second = desk.post(f"partners/invitations/{first['invitation'].pk}/resend/").context["made"]
        post()

        assert Client().get(f"/join/{first['code']}/").status_code == 404
        assert Client().get(f"/join/{second['code']}/").status_code == 200
    assert [second["code"] in mail.body for mail in mailoutbox if mail.to == ["boss@new.example"]] == [False, True]


def test_one_who_was_written_to_hears_that_the_invitation_was_taken_back(w, enter, mailoutbox):
    desk = enter(w.stranger, "owner")
    asked = desk.post("partners/invite/", {"name": "Новая", "email": "boss@new.example"}).context["made"]["invitation"]
    silent = desk.post("partners/invite/", {"name": "Тихая", "email": "quiet@new.example"}).context["made"][
        "invitation"
    ]
    desk.post(f"partners/invitations/{silent.pk}/revoke/")
    post()
    desk.post(f"partners/invitations/{asked.pk}/revoke/")
    post()

    told = brought(mailoutbox, "boss@new.example", "quiet@new.example")
    assert [len(told[reader]) for reader in told] == [2, 0], "nobody hears of an invitation that never left"


def test_the_terms_of_an_invitation_are_read_before_and_hold_after(w, enter):
    facts = {"name": "АТЛАС", "basis": "own", "pass_site": "on", "accept_minutes": "25"}
    made = enter(w.stranger, "owner").post("partners/invite/", facts).context["made"]
    page = browser(w.vendor).get(f"/join/{made['code']}/")
    theirs = [line["text"] for line in page.context["theirs"]]

    assert theirs[0] == "Passed when a ticket is handed over: subject, site."
    assert "A ticket waits 25 minutes to be accepted." in theirs
    browser(w.vendor).post(f"/join/{made['code']}/", {"account": str(w.vendor.account.pk)})
    delivery.drain()
    with w.stranger.scope():
        ours = Partnership.objects.get()
        assert (ours.terms.pass_site, ours.terms.pass_files, ours.terms.accept_minutes) == (True, False, 25)
        assert conditions.theirs(ours).accept_minutes == 60
    with w.vendor.scope():
        assert conditions.theirs(world.partner(w.vendor, w.stranger)).accept_minutes == 25


def test_the_same_terms_as_with_another_partner(w):
    with w.service.scope():
        known = world.partner(w.service, w.sub)
        known.versions.update(pass_contact_phone=False, accept_from="09:00", accept_until="18:00", return_days=3)
        invitation, _code = agreement.invite("Новая", by=w.service.owner, terms=inviting.same_as(known))
        first = inviting.first_terms(Invitation.objects.get(pk=invitation.pk))

        assert conditions.told(first) == conditions.told(known.terms)


@pytest.mark.parametrize("terms", [{"version": 7}, {"accept_minutes": 0}])
def test_terms_that_there_are_not_are_refused(w, terms):
    with w.stranger.scope(), pytest.raises(Refused):
        agreement.invite("Новая", by=w.stranger.owner, terms=terms)


def test_a_no_is_heard_once_and_ends_the_code(w, enter, mailoutbox):
    with w.stranger.scope():
        invitation, code = agreement.invite("АТЛАС", by=w.stranger.owner)
    post()
    mailoutbox.clear()
    chosen = {"account": str(w.vendor.account.pk)}
    assert browser(w.vendor, "dispatcher").post(f"/join/{code}/decline/", chosen).status_code == 302
    assert browser(w.vendor).post(f"/join/{code}/decline/", chosen).status_code == 200
    assert browser(w.vendor).post(f"/join/{code}/decline/", chosen).status_code == 404
    timers.ring_due()
    timers.ring_due()
    post()

    assert Client().get(f"/join/{code}/").status_code == 404
    assert not Link.objects.filter(account_a=w.stranger.account).exists()
    told = brought(mailoutbox, "owner@stranger.example", "owner@atlas.example")
    assert [len(told[reader]) for reader in told] == [1, 0], "his own deed is no news to the owner who did it"
    [mail] = [message for message in mailoutbox if message.to == ["owner@stranger.example"]]
    assert "АТЛАС declined our invitation" in mail.body
    with w.stranger.scope():
        assert inviting.state_of(Invitation.objects.get(pk=invitation.pk)) == "declined"
        with pytest.raises(Refused):
            inviting.resend(invitation, by=w.stranger.owner)
        with pytest.raises(Refused):
            inviting.revoke(invitation, by=w.stranger.owner)


def test_a_stranger_is_asked_to_sign_in_before_he_may_say_no(w):
    with w.stranger.scope():
        _invitation, code = agreement.invite("АТЛАС", by=w.stranger.owner)

    answer = Client().post(f"/join/{code}/decline/", {"account": str(w.vendor.account.pk)})

    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    assert browser(w.vendor).post(f"/join/{code}/decline/", {"account": str(w.sub.account.pk)}).status_code == 302
    assert Client().get(f"/join/{code}/").status_code == 200


def test_the_list_says_what_became_of_each(w, enter):
    with w.stranger.scope():
        rows = {}
        for name in ("Ждёт", "Да", "Нет", "Назад", "Истекло"):
            rows[name] = agreement.invite(name, by=w.stranger.owner)
        inviting.revoke(rows["Назад"][0], by=w.stranger.owner)
        Invitation.objects.filter(name="Истекло").update(expires_at=clock.now() - timedelta(hours=1))
    with w.vendor.scope():
        agreement.accept(rows["Да"][1], by=w.vendor.owner)
    with w.sub.scope():
        inviting.decline(rows["Нет"][1], by=w.sub.owner)
    delivery.drain()
    timers.ring_due()
    desk = enter(w.stranger, "owner")

    states = dict.fromkeys(("open", "accepted", "declined", "revoked", "expired"))
    for state in states:
        page = desk.get(f"partners/invitations/?state={state}")
        states[state] = [row.name for row, said in page.context["rows"] if said == state]
    assert states == {
        "open": ["Ждёт"],
        "accepted": ["Да"],
        "declined": ["Нет"],
        "revoked": ["Назад"],
        "expired": ["Истекло"],
    }
    assert len(desk.get("partners/invitations/").context["rows"]) == 5
    assert desk.get("partners/invitations/?before=no-id").status_code == 404
    others = enter(w.service, "owner").get("partners/invitations/").context["rows"]
    assert [row.name for row, _state in others] == ["Вектор"]


@pytest.mark.parametrize("verb", ["resend", "revoke"])
def test_an_accepted_invitation_is_over(w, verb):
    with w.stranger.scope():
        invitation, code = agreement.invite("АТЛАС", by=w.stranger.owner)
    with w.vendor.scope():
        agreement.accept(code, by=w.vendor.owner)

    with w.stranger.scope(), pytest.raises(Refused, match="not open"):
        getattr(inviting, verb)(invitation, by=w.stranger.owner)


def test_an_invitation_of_a_suspended_company_opens_nothing(w):
    with w.stranger.scope():
        _invitation, code = agreement.invite("АТЛАС", by=w.stranger.owner)
    type(w.stranger.account).objects.filter(pk=w.stranger.account.pk).update(suspended_at=clock.now())

    assert browser(w.vendor).get(f"/join/{code}/").status_code == 404
    with w.vendor.scope(), pytest.raises(Refused):
        agreement.accept(code, by=w.vendor.owner)


def test_both_heads_get_one_mail_about_a_new_link_each_in_his_language(w, mailoutbox):
    User.objects.filter(email="owner@atlas.example").update(language="ru")
    operator = User.objects.create_user("operator@installation.example", is_staff=True)
    agreement.link(w.stranger.account, w.vendor.account, by=operator)
    delivery.drain()
    with w.vendor.scope():
        again = Partnership.objects.get(name="Посторонний")
    post()

    told = brought(mailoutbox, "owner@stranger.example", "owner@atlas.example")
    assert [len(told[reader]) for reader in told] == [1, 1]
    languages = {mail.to[0]: mail.extra_headers["Content-Language"] for mail in mailoutbox}
    assert (languages["owner@stranger.example"], languages["owner@atlas.example"]) == ("en", "ru")
    assert again.state == "active"
