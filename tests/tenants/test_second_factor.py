"""The second proof: a real code of an app opens once, a recovery code once, and a guess is slowed down."""

import time
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from tenants import second_factor, signin
from tenants.models import User
from tests import world
from tests.rewind import staged

EMAIL = "agent@desk.example"


@staged
def desk():
    return world.company("desk", "Стол", "СТ", {"owner": ("Вера", ""), "agent": ("Анна", "")})


def code(secret, shift=0):
    """What an app that learned the secret shows now, or some steps away."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + shift))


def password_said(email=EMAIL):
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": world.PASSWORD})
    return client


def say(client, word):
    return client.post("/accounts/code/", {"code": word})


def is_in(client):
    return client.get("/me/").status_code == 200


@pytest.fixture
def guarded(desk):
    """The secret of an app that is asked for, and the recovery codes."""
    mine = password_said()
    secret = mine.get("/me/security/app/").context["form"].secret
    answer = mine.post("/me/security/app/", {"code": code(secret, -1)})
    assert answer["Location"] == "/me/security/codes/"
    return secret, mine.get("/me/security/codes/").context["unused_codes"]


def test_a_code_of_the_app_is_asked_for_after_the_password(guarded):
    secret, _codes = guarded
    mine = password_said()

    before = is_in(mine)
    wrong = say(mine, "000000")
    between = is_in(mine)
    right = say(mine, f" {code(secret)[:3]} {code(secret)[3:]}")

    assert (before, between, is_in(mine)) == (False, False, True)
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (200, ["code"])
    assert (right.status_code, right["Location"]) == (302, "/")


def test_a_code_that_was_used_opens_nothing_for_as_long_as_it_would_fit(guarded):
    secret, _codes = guarded
    seen = code(secret)
    say(password_said(), seen)
    # Allauth remembers a used code for half a minute, which is shorter than it fits with clocks that go wrong.
    cache.delete(f"allauth.mfa.totp.used?user={User.objects.get(email=EMAIL).pk}&code={seen}")

    spy = password_said()
    answers = [say(spy, seen), say(spy, f"{seen[:3]}-{seen[3:]}")]

    assert [list(answer.context["form"].errors) for answer in answers] == [["code"]] * 2
    assert not is_in(spy)


def test_a_recovery_code_opens_once_when_the_phone_is_lost(guarded):
    _secret, codes = guarded

    first, second = password_said(), password_said()
    say(first, codes[0])
    say(second, codes[0])

    assert (len(codes), is_in(first), is_in(second)) == (10, True, False)
    assert first.get("/me/security/codes/").context["unused_codes"] == codes[1:]
    assert first.get("/me/security/codes/file/").content.decode().split() == codes[1:]


def test_guessing_is_slowed_down_for_the_right_code_too(guarded):
    secret, _codes = guarded
    for _n in range(4):
        spy = password_said()
        say(spy, "000000"), say(spy, "111111")

    mine = password_said()
    answer = say(mine, code(secret))

    assert not is_in(mine)
    assert answer.context["form"].errors["code"] == [
        "Слишком много попыток. Подождите несколько минут и попробуйте снова."
    ]


def test_the_secret_is_locked_where_it_lies_and_another_key_opens_it_to_nobody(guarded, settings):
    secret, _codes = guarded
    kept = Authenticator.objects.get(user__email=EMAIL, type="totp").data["secret"]
    adapter = second_factor.SecondFactorAdapter()
    settings.SECRET_KEY = "another"
    second_factor.locks.cache_clear()
    try:
        unreadable = adapter.decrypt(kept)
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "newer", ["t", "another"]
        second_factor.locks.cache_clear()
        locked = adapter.encrypt(secret)
        assert adapter.decrypt(locked) == secret
    finally:
        settings.SECRET_KEY_FALLBACKS = []
        second_factor.locks.cache_clear()

    assert secret not in kept and unreadable != secret and len(unreadable) == len(secret)


def test_with_the_last_proof_the_recovery_codes_go_and_the_person_is_told(guarded, mailoutbox):
    secret, _codes = guarded
    mine = password_said()
    say(mine, code(secret))

    answer = mine.post("/me/security/app/off/")

    assert (answer.status_code, Authenticator.objects.count()) == (302, 0)
    assert [(letter.to, "код из приложения больше не спрашивается" in letter.body) for letter in mailoutbox] == [
        ([EMAIL], True)
    ]
    assert is_in(password_said())


def test_an_old_session_is_proved_anew_by_a_code(guarded):
    secret, codes = guarded
    mine = password_said()
    say(mine, codes[0])
    session = mine.session
    session[signin.SIGNED_IN_AT] = 0
    session["account_authentication_methods"] = []
    session.save()

    asked = mine.get("/accounts/reauthenticate/?next=/me/security/app/off/")
    before = mine.get("/me/security/app/off/")
    wrong = mine.post("/accounts/reauthenticate/code/", {"code": "000000"})
    right = mine.post("/accounts/reauthenticate/code/", {"code": code(secret), "next": "/me/security/app/off/"})

    assert [way["id"] for way in asked.context["reauthentication_alternatives"]] == ["mfa_reauthenticate"]
    assert (before.status_code, wrong.status_code) == (302, 200)
    assert (right.status_code, right["Location"]) == (302, "/me/security/app/off/")
    assert mine.get("/me/security/app/off/").status_code == 200


def test_an_operator_helps_who_lost_phone_and_codes(guarded):
    _secret, codes = guarded
    elsewhere = password_said()
    say(elsewhere, codes[0])

    call_command("forget_second_factor", EMAIL.upper(), stdout=StringIO())

    assert [is_in(elsewhere), is_in(password_said())] == [False, True]
    with pytest.raises(CommandError, match="nobody signs in"):
        call_command("forget_second_factor", "nobody@desk.example")


def test_keys_and_codes_of_somebody_else_do_not_exist(guarded):
    hers = password_said("owner@desk.example")
    alien = Authenticator.objects.get(user__email=EMAIL, type="totp").pk

    paths = (f"passkeys/{alien}/", f"passkeys/{alien}/remove/", "codes/", "codes/file/", "app/off/")

    assert [hers.get(f"/me/security/{path}").status_code for path in paths] == [404] * len(paths)


@pytest.mark.parametrize("credential", ["", "{}", "[]", '"x"', '{"response": {"userHandle": "?"}}', "{"])
def test_a_passkey_that_is_none_is_a_message_at_the_sign_in(desk, credential):
    client = Client()
    client.get("/accounts/login/passkey/", headers={"Accept": "application/json"})

    answer = client.post("/accounts/login/passkey/", {"credential": credential})

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert not is_in(client)


def test_a_passkey_is_offered_only_where_a_browser_could_keep_it(desk):
    pages = [Client(SERVER_NAME=host).get("/accounts/login/").content.decode() for host in ("localhost", "127.0.0.1")]

    assert ["passkey-login" in page for page in pages] == [True, False]
