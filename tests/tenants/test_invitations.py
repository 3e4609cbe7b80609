"""An invitation's way into an account: by mail or by a link, once, for seven days, and for nobody else."""

import re
import threading
from datetime import timedelta

import pytest
from django.core import mail as outgoing
from django.db import connections
from django.test import Client
from django.utils.translation import override

from tenants import accounts, clock, history, inviting, people, postman
from tenants.models import MemberInvitationKey, Membership, Seat, TeamMember, User
from tenants.vocabulary import Refused, Role
from tests import world

ROLES = ("dispatcher", "agent", "engineer", "observer")
NEWCOMER = {"name": "Пётр Новый", "email": "Petr@new.example", "password": "длинный-пароль-42"}


@pytest.fixture
def desk(chain_of_four):
    return chain_of_four.service


@pytest.fixture
def stranger(chain_of_four):
    return chain_of_four.stranger


def invite(desk, by="admin", **facts):
    with desk.scope():
        return inviting.invite(by=desk.people[by], **facts)


def browser(company, role="owner"):
    client = Client()
    client.force_login(User.objects.get(pk=company.people[role].user_id))
    return client


def member(desk, email):
    with desk.scope():
        return Membership.objects.filter(user__email=email).first()


def faceless(answer, code):
    """An answer without its own address and one-time tokens."""
    return re.sub(r'(csrfmiddlewaretoken" value="|CSRFToken": ")\w+', "", answer.content.decode()).replace(code, "")


def test_a_link_lets_a_new_person_in_once(desk):
    with desk.scope():
        team = accounts.add_team("Первая", by=desk.owner)
    _invitation, code = invite(desk, role=Role.AGENT, team=team, restricted=True)
    client = Client()
    page = client.get(f"/welcome/{code}/")
    assert "Меридиан Сервис" in page.content.decode() and page["Cache-Control"].count("no-store") == 1

    answer = client.post(f"/welcome/{code}/", NEWCOMER)

    assert (answer.status_code, answer["Location"]) == (302, "/a/meridian/")
    came = member(desk, "petr@new.example")
    assert (came.name, came.role, came.restricted, came.active) == ("Пётр Новый", "agent", True, True)
    assert client.get("/a/meridian/tickets/").status_code == 200
    with desk.scope(), override("en"):
        assert [row.team_id for row in TeamMember.objects.filter(member=came)] == [team.pk]
        assert "joined as agent" in [line.sentence for line in history.lines("people")]
    assert Client().post(f"/welcome/{code}/", {**NEWCOMER, "email": "b@new.example"}).status_code == 404
    assert not User.objects.filter(email="b@new.example").exists()


def test_every_dead_code_answers_alike(desk, stranger):
    used, revoked, expired, removed = (invite(desk, by=by) for by in ("admin", "admin", "owner", "admin"))
    Client().post(f"/welcome/{used[1]}/", NEWCOMER)
    with desk.scope():
        inviting.revoke(revoked[0], by=desk.admin)
        people.remove(desk.admin, by=desk.owner)
    MemberInvitationKey.objects.filter(invitation_id=expired[0].pk).update(expires_at=clock.now())
    codes = [used[1], revoked[1], expired[1], removed[1], "ABCDE-ABCDE-ABCDE-ABCDE"]
    for client in (Client(), browser(stranger)):
        for method in (client.get, client.post):
            answers = [method(f"/welcome/{code}/", NEWCOMER) for code in codes]
            assert {answer.status_code for answer in answers} == {404}
            assert len({faceless(*pair) for pair in zip(answers, codes, strict=True)}) == 1


def test_an_invitation_by_mail_is_for_that_address_alone(desk, stranger):
    _invitation, code = invite(desk, email=" Owner@Stranger.example ", role=Role.OBSERVER, by="owner")
    other = browser(stranger, "agent")
    assert other.post(f"/welcome/{code}/").status_code == 422
    assert member(desk, stranger.agent.user.email) is None
    known = Client().get(f"/welcome/{code}/").content.decode()
    assert 'name="password"' not in known and f"?next=/welcome/{code}/" in known

    assert browser(stranger).post(f"/welcome/{code}/")["Location"] == "/a/meridian/"
    came = member(desk, "owner@stranger.example")
    assert (came.role, came.user_id) == ("observer", stranger.owner.user_id)
    assert User.objects.get(pk=came.user_id).seats.count() == 2


def test_a_new_person_can_not_give_another_address_than_the_invited(desk):
    _invitation, code = invite(desk, email="new@new.example")
    Client().post(f"/welcome/{code}/", {**NEWCOMER, "email": "other@new.example"})
    assert (member(desk, "new@new.example").name, member(desk, "other@new.example")) == ("Пётр Новый", None)


def test_somebody_elses_address_and_a_weak_password_come_back_at_their_fields(desk, stranger):
    _invitation, code = invite(desk)
    for field, value in (("email", "owner@stranger.example"), ("password", "12345"), ("name", "")):
        client = Client()
        answer = client.post(f"/welcome/{code}/", {**NEWCOMER, field: value})
        assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
        assert "_auth_user_id" not in client.session
    assert member(desk, "owner@stranger.example") is None


def test_a_member_keeps_his_place_and_the_invitation_its_own(desk):
    _invitation, code = invite(desk, role=Role.OBSERVER)
    assert browser(desk, "agent").post(f"/welcome/{code}/")["Location"] == "/a/meridian/"
    with desk.scope():
        assert (Membership.objects.get(pk=desk.agent.pk).role, inviting.waiting().count()) == ("agent", 1)


def test_a_removed_person_comes_back_by_an_invitation(desk):
    with desk.scope():
        people.remove(desk.agent, by=desk.owner)
    _invitation, code = invite(desk, email=desk.agent.user.email, role=Role.ENGINEER)
    browser(desk, "agent").post(f"/welcome/{code}/")
    back = member(desk, desk.agent.user.email)
    assert (back.pk, back.active, back.role) == (desk.agent.pk, True, "engineer")
    assert Seat.objects.filter(user=back.user, account=desk.account).count() == 1


@pytest.mark.parametrize("role", ROLES)
def test_only_owners_and_administrators_invite(desk, role):
    invitation, _code = invite(desk)
    for verb in (
        lambda by: inviting.invite(by=by),
        lambda by: inviting.resend(invitation, by=by),
        lambda by: inviting.revoke(invitation, by=by),
    ):
        with desk.scope(), pytest.raises(Refused):
            verb(desk.people[role])
    with desk.scope():
        assert inviting.waiting().count() == 1


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"role": Role.OWNER}, "role"),
        ({"role": "king"}, "role"),
        ({"email": "agent@meridian.example"}, "email"),
        ({"email": "twice@new.example"}, "email"),
    ],
)
def test_what_can_not_be_invited_is_a_sentence_at_its_field(desk, facts, field):
    invite(desk, email="twice@new.example")
    with pytest.raises(Refused) as no:
        invite(desk, **facts)
    assert no.value.field == field


def test_who_may_invite_no_more_leaves_no_open_door(desk):
    invite(desk, by="owner", role=Role.OWNER)
    others, _code = invite(desk, by="owner", role=Role.AGENT)
    with desk.scope():
        people.transfer_ownership(to=desk.dispatcher, by=desk.owner)
        assert [one.pk for one in inviting.waiting()] == [others.pk]
        people.change_role(desk.owner, to=Role.AGENT, by=desk.dispatcher)
        assert list(inviting.waiting()) == []


def test_sending_again_kills_the_former_link_and_gives_seven_more_days(desk, monkeypatch):
    invitation, first = invite(desk)
    later = clock.now() + timedelta(days=6)
    monkeypatch.setattr("tenants.clock.now", lambda: later)
    with desk.scope():
        renewed, second = inviting.resend(invitation, by=desk.admin)
    assert renewed.expires_at == later + inviting.VALID
    assert [Client().get(f"/welcome/{code}/").status_code for code in (first, second)] == [404, 200]


def test_the_mail_is_in_the_readers_language_and_holds_the_only_link(desk, stranger):
    User.objects.filter(pk=stranger.owner.user_id).update(language="en")
    _first, code = invite(desk, email="owner@stranger.example", role=Role.ENGINEER)
    invitation, _code = invite(desk, email="new@new.example", role=Role.ENGINEER)
    gone, _code = invite(desk, email="gone@new.example")
    with desk.scope():
        inviting.resend(invitation, by=desk.admin)
        inviting.revoke(gone, by=desk.admin)

    postman.deliver_due()
    letters = {letter.to[0]: letter for letter in outgoing.outbox}
    assert sorted(letters) == ["new@new.example", "owner@stranger.example"]
    english, russian = letters["owner@stranger.example"], letters["new@new.example"]
    assert (english.subject, russian.subject) == ("Меридиан Сервис invites you", "Меридиан Сервис приглашает вас")
    assert f"/welcome/{code}/" in english.body
    link = re.search(r"/welcome/[A-Z0-9-]+/", russian.body).group()
    assert Client().get(link).status_code == 200
    assert len(outgoing.outbox) == 2


def test_the_link_is_shown_on_one_answer_and_kept_nowhere(desk):
    page, root = browser(desk, "admin"), "/a/meridian/people/"
    answer = page.post(f"{root}invite/", {"email": "", "role": "agent"})
    link = answer.context["link"]
    assert link in answer.content.decode() and "no-store" in answer["Cache-Control"]
    again = page.get(f"{root}invitations/").content.decode()
    code = link.rstrip("/").rsplit("/", 1)[-1]
    assert code not in again
    assert not MemberInvitationKey.objects.filter(hash=code).exists()
    assert page.post(f"{root}invite/", {"email": "x", "role": "agent"}).status_code == 422


def test_wrong_codes_are_counted(desk, settings):
    _invitation, code = invite(desk)
    guesser = Client()
    answers = [guesser.get(f"/welcome/AAAAA-AAAAA-AAAAA-{n:05}/").status_code for n in range(21)]
    assert answers == [404] * 20 + [429]
    assert guesser.get(f"/welcome/{code}/").status_code == 429


def test_two_who_press_at_once_get_one_place(committed):
    company = world.company("first", "Первая", "П", {"owner": ("А", "")})
    users = [accounts.person(f"{name}@x.example", name=name) for name in "бв"]
    with company.scope():
        _invitation, code = inviting.invite(by=company.owner)
    start, outcomes = threading.Barrier(2), []

    def accept(user):
        try:
            start.wait()
            with company.scope():
                inviting.accept(code, user=user)
            outcomes.append("in")
        except Refused:
            outcomes.append("refused")
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=accept, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "refused"]
    with company.scope():
        assert Membership.objects.count() == 2


def test_an_e_mail_that_no_letter_has_proved_gets_no_second_factor(desk):
    """Else whoever typed another's address first could keep him out of it for good."""
    _invitation, by_link = invite(desk)
    _invitation, by_mail = invite(desk, email="anna@new.example")
    squatter, invited = Client(), Client()
    squatter.post(f"/welcome/{by_link}/", NEWCOMER)
    invited.post(f"/welcome/{by_mail}/", {**NEWCOMER, "email": "anna@new.example"})
    closed = [squatter.get(f"/me/security/{way}/").status_code for way in ("app", "passkeys/add")]

    outgoing.outbox.clear()
    owner = Client()
    owner.post("/accounts/password/reset/", {"email": "petr@new.example"})
    link = re.search(r"http://[^/]+(/accounts/password/reset/key/\S+)", outgoing.outbox[0].body)[1]
    form = owner.get(link, follow=True)
    owner.post(form.redirect_chain[-1][0], {"password1": "другой-пароль-43", "password2": "другой-пароль-43"})
    owner.post("/accounts/login/", {"login": "petr@new.example", "password": "другой-пароль-43"})

    assert closed == [302, 302]
    assert invited.get("/me/security/app/").status_code == owner.get("/me/security/app/").status_code == 200
    assert squatter.get("/me/").status_code == 302
