"""Every address x everybody who is not meant to be there; and each role where it is. The table is in routes.py."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from helpdesk import account_urls, urls
from tenants.models import Activity
from tests.walls import cast
from tests.walls.routes import EVERYBODY, ROWS, walk
from tickets.models import Status

OUTSIDE = {
    # name: (what an anonymous visitor gets, what a member of some account gets)
    "home": (302, 302),
    "account_login": (200, 302),
    "account_logout": (302, 200),
    "account_signup": (200, 302),
    "account_inactive": (200, 200),
    "account_reauthenticate": (302, 200),
    "account_reset_password": (200, 200),
    "account_reset_password_done": (200, 200),
    "account_reset_password_from_key": (200, 200),
    "account_reset_password_from_key_done": (200, 200),
    "mfa_authenticate": (302, 302),
    "mfa_login_webauthn": (302, 302),
    "mfa_reauthenticate": (302, 302),
    "mfa_reauthenticate_webauthn": (302, 302),
    "me": (302, 200),
    "usersessions_list": (302, 200),
    "end_other_sessions": (302, 405),
    "end_session": (302, 405),
    "mfa_index": (302, 200),
    "account_change_password": (302, 200),
    "account_set_password": (302, 302),
    "new_email": (302, 200),
    "new_email_confirm": (302, 404),
    "mfa_activate_totp": (302, 200),
    "mfa_deactivate_totp": (302, 404),
    "mfa_view_recovery_codes": (302, 404),
    "mfa_generate_recovery_codes": (302, 200),
    "mfa_download_recovery_codes": (302, 404),
    "mfa_list_webauthn": (302, 302),
    "mfa_add_webauthn": (302, 200),
    "mfa_edit_webauthn": (302, 404),
    "mfa_remove_webauthn": (302, 404),
    "set_language": (405, 405),
    "set_theme": (405, 405),
    "favicon": (302, 302),
    "healthz": (200, 200),
    "readyz": (503, 503),
    "sign_up_confirm": (404, 404),
    "welcome": (404, 404),
    "join_start": (200, 200),
    "join": (404, 404),
    "join_decline": (405, 405),
    "styleguide": (200, 200),
}
ADMIN_REFUSES = {302, 404}


def address(company, name, params, ids, pk=""):
    """The address inside an account, as its people write it."""
    values = {**ids, "pk": getattr(company, pk, None) and getattr(company, pk).pk} if pk else ids
    return reverse(name, kwargs={param: values[param] for param in params}, urlconf="helpdesk.account_urls")


def addresses(company, ids=None, pk_of=None):
    """Every account address with this company's ids: (name, path)."""
    ids = ids or cast.ids(company)
    for name, params in walk(account_urls.urlpatterns):
        yield name, address(pk_of or company, name, params, ids, ROWS[name].pk)


def ask(browser, company, path, method, data=None, **headers):
    return getattr(browser, method)(f"/a/{company.slug}{path}", data or {}, headers=headers)


def test_every_address_has_a_row_and_every_row_an_address():
    assert {name for name, _params in walk(account_urls.urlpatterns)} == set(ROWS)
    inside = {name for name, _params in walk(urls.urlpatterns) if not name.startswith("admin:")}
    assert inside - set(OUTSIDE) == set()
    assert set(OUTSIDE) - inside <= {"styleguide"}


def test_an_address_without_a_row_would_be_noticed():
    from django.urls import path

    extra = [*account_urls.urlpatterns, path("export/<uuid:pk>/", lambda request: None, name="export")]
    assert set(walk(extra)) - set(walk(account_urls.urlpatterns)) == {("export", ("pk",))}


def test_who_is_not_signed_in_is_asked_who_he_is(world):
    middle, wrong = world.companies[1], []
    for name, path in addresses(middle):
        for method in ("get", "post"):
            page = ask(Client(), middle, path, method)
            if page.status_code != 302 or not page["Location"].startswith("/accounts/login/?next="):
                wrong.append((name, method, page.status_code))
            fragment = ask(Client(), middle, path, method, **{"HX-Request": "true"})
            if fragment.status_code != 401 or fragment.content:
                wrong.append((name, method, "fragment", fragment.status_code))
    assert wrong == []


@pytest.mark.parametrize("who", ["stranger", "upper", "lower"])
def test_members_of_other_companies_find_nothing_under_our_addresses(world, who):
    middle = world.companies[1]
    company = world.stranger if who == "stranger" else next(c for c in world.companies if c.slug == who)
    browser, wrong = cast.sign_in(Client(), company, "owner"), []
    for name, path in addresses(middle):
        for method in ("get", "post"):
            with cast.undone():
                answer = ask(browser, middle, path, method)
            if answer.status_code != 404:
                wrong.append((name, method, answer.status_code))
    assert wrong == []


MISSING = uuid.UUID("01900000-0000-7000-8000-000000000000")


class Nowhere:
    """Ids that nobody has."""

    invitation = partnership = proposal = handover = letter = template = place = crew = observer = agent = agent2 = (
        tag
    ) = type("Row", (), {"pk": MISSING})()
    notification = mailed = round = calendar = agreement = policy = tag
    ids = {"number": 999, "name": "nothing.txt", "shelf": "tags", "what": "site"}
    ids |= dict.fromkeys(("comment_id", "file_id", "held_id", "upload_id", "view_id"), MISSING)


def faceless(answer, *own):
    """An answer without what was asked for and without one-time tokens."""
    text = re.sub(r'(csrfmiddlewaretoken" value="|CSRFToken": ")\w+', "", answer.content.decode())
    for word in own:
        text = text.replace(word, "…")
    return answer.status_code, text


@pytest.mark.parametrize("who", ["upper", "stranger"])
def test_ids_of_others_answer_exactly_like_ids_that_nobody_has(world, who):
    """Also the partner's own: what both companies work on has another id on each side."""
    middle = world.companies[1]
    other = world.stranger if who == "stranger" else world.companies[0]
    browser, wrong, tried = cast.sign_in(Client(), middle, "owner"), [], 0
    theirs = dict(addresses(middle, cast.ids(other, other.own_number), pk_of=other if who == "upper" else None))
    nobodys = dict(addresses(middle, Nowhere.ids, pk_of=Nowhere))
    mixed = dict(addresses(middle, {**cast.ids(other), "number": middle.ticket.number}, pk_of=Nowhere))
    for name, named in walk(account_urls.urlpatterns):
        params = set(named) - {"shelf"}  # a sort of words is nobody's
        if not params or (who == "stranger" and "pk" in params):
            continue
        for method in ("get", "post"):
            answers = []
            for path in (theirs[name], nobodys[name], mixed[name] if len(params) > 1 else nobodys[name]):
                with cast.undone():
                    answers.append(faceless(ask(browser, middle, path, method, ROWS[name].send), path))
            tried += 1
            if answers[0] != answers[1] or answers[2][0] != answers[1][0] or answers[1][0] not in (404, 405):
                wrong.append((name, method, [code for code, _text in answers]))
    assert wrong == [] and tried > 30


# What one of these does by itself in the cast's world; the others need a state that their own tests make.
CHANGES = {
    "clocks:excuse",
    "start_done",
    "start_client",
    "people:invite",
    "people:resend",
    "people:revoke",
    "people:team_add",
    "people:team_edit",
    "people:team_people",
    "people:team_remove",
    "people:edit",
    "people:role",
    "people:restrict",
    "people:remove",
    "people:transfer",
    "settings:account",
    "words:new",
    "words:one",
    "settings:agreement",
    "settings:agreement_new",
    "sla:matrix",
    "sla:policy",
    "sla:policy_new",
    "sla:calendar",
    "sla:calendar_day",
    "sla:calendar_new",
    "sla:calendar_usual",
    "tickets:bulk",
    "tickets:view_rename",
    "tickets:view_remove",
    "tickets:new",
    "tickets:grants",
    "tickets:grant",
    "tickets:status",
    "tickets:assign",
    "tickets:priority",
    "tickets:due",
    "tickets:reword",
    "tickets:tags",
    "tickets:comment",
    "tickets:comment_edit",
    "tickets:comment_remove",
    "tickets:file_remove",
    "tickets:held_send",
    "partnerships:invite",
    "partnerships:card",
    "partnerships:compare",
    "partnerships:resend",
    "partnerships:revoke",
    "partnerships:map_usual",
    "partnerships:pause",
    "partnerships:terms_accept",
    "partnerships:terms_decline",
    "partnerships:end",
    "partnerships:done",
    "partnerships:give_back",
    "partnerships:visit",
    "partnerships:letter_skip",
    "partnerships:heap_nudge",
    "partnerships:round_stop",
    "partnerships:template",
    "partnerships:template_add",
    "partnerships:template_remove",
}


def test_each_role_may_what_the_table_says(world):
    """Who may is let in; who may not gets no page, and no line of the ledger comes of it."""
    middle, wrong, changed = world.companies[1], [], set()
    with middle.scope():
        ids = {"status": Status.objects.filter(category="waiting").first().pk}
    ids |= {"ticket": middle.ticket.pk, "client": middle.client.pk, "agent2": middle.agent2.pk}
    ids |= {"calendar": middle.calendar.pk, "client_name": middle.client.name}
    for role in sorted(EVERYBODY):
        browser = cast.sign_in(Client(), middle, role)
        for name, path in addresses(middle):
            row = ROWS[name]
            send = {key: value.format(**ids) for key, value in row.send.items()}
            for method, may in (("get", row.read), ("post", row.write)):
                with cast.undone():
                    before = lines(middle)
                    answer = ask(browser, middle, path, method, send, **{"HX-Request": "true"})
                    wrote = lines(middle) - before
                if wrote and role == "owner":
                    changed.add(name)
                verdict = judge(answer, role in may, bool(may), wrote)
                if verdict:
                    wrong.append((role, name, method, answer.status_code, verdict))
    assert not wrong, "\n".join(map(str, wrong))
    assert sorted(changed ^ CHANGES) == [], sorted(changed)


def lines(company):
    with company.scope():
        return Activity.objects.count()


NO_RIGHT = ("Ваша роль", "Только владельц", "Только автор")


def judge(answer, may, anybody_may, wrote):
    """What is wrong with this answer for somebody who may, or who may not; None when it is right."""
    text = "" if answer.streaming else answer.content.decode()
    if not anybody_may:
        return None if answer.status_code == 405 else "the method should not exist"
    if may:
        refused = any(phrase in text for phrase in NO_RIGHT)
        return None if answer.status_code in (200, 204, 302, 422) and not refused else "should be let in"
    kept_out = answer.status_code in (302, 403, 404, 422) and not wrote
    return None if kept_out else f"should be kept out, wrote {wrote}"


def test_what_lies_outside_of_accounts_lets_in_whom_the_table_says(world):
    member, wrong = cast.sign_in(Client(), world.stranger, "owner"), []
    samples = {"uidb36": "0", "key": "set-password", "code": "AAAAA-BBBBB", "token": "spoilt", "pk": 1}
    for name, params in walk(urls.urlpatterns):
        if name.startswith("admin:"):
            continue
        path = reverse(name, kwargs={param: samples[param] for param in params}, urlconf="helpdesk.urls")
        codes = (Client().get(path).status_code, member.get(path).status_code)
        if codes != OUTSIDE[name]:
            wrong.append((name, codes))
    assert wrong == []


def test_the_operators_room_is_shut_for_everybody_else(world):
    member, tried = cast.sign_in(Client(), world.stranger, "owner"), 0
    for name, params in walk(urls.urlpatterns):
        if not name.startswith("admin:") or name in ("admin:login", "admin:jsi18n", "admin:None"):
            continue
        kwargs = {param: "tenants" if param == "app_label" else "1" for param in params if param != "url"}
        if "url" in params:
            continue
        path = reverse(name, kwargs=kwargs, urlconf="helpdesk.urls")
        for browser in (Client(), member):
            answer = browser.get(path)
            assert answer.status_code in ADMIN_REFUSES, (name, answer.status_code)
            tried += 1
    assert tried > 10
