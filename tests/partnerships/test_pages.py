"""Every page of links and hand-overs is drawn, for whoever may see it, without a single error."""

import pytest

from tests.partnerships.conftest import in_state, text_of

STATES = ("offered", "accepted", "declined", "expired", "withdrawn", "done", "approved", "returned", "given_back")


@pytest.mark.parametrize("state", STATES)
def test_both_ticket_pages_show_the_chain_in_every_state(moved, enter):
    for company, number in ((moved.giver, moved.number), (moved.taker, moved.taken().ticket.number)):
        page = enter(company).get(f"tickets/{number}/")
        assert page.status_code == 200
        words = text_of(page)
        assert moved.taker.account.name in words and moved.giver.account.name in words


@pytest.mark.parametrize("role", ["owner", "dispatcher", "agent", "engineer", "observer"])
def test_partner_pages_open_for_every_role(pair, enter, role):
    desk, partner = enter(pair.taker, role), pair.taken().partnership
    for path in ("partners/", f"partners/{partner.pk}/"):
        page = desk.get(path)
        assert page.status_code == 200
        assert ("Link a company" in text_of(page)) == (role == "owner")


@pytest.mark.parametrize("route", ["decline", "withdraw", "give-back", "return", "done", "rate", "rating-answer"])
def test_dialogs_open_as_pages_and_as_fragments(pair, enter, route):
    side = pair.given() if route in ("withdraw", "return", "rate") else pair.taken()
    company = pair.giver if side.is_given else pair.taker
    desk = enter(company)
    page = desk.get(f"handovers/{side.pk}/{route}/")
    fragment = desk.get(f"handovers/{side.pk}/{route}/", **{"HX-Request": "true"})
    assert page.status_code == fragment.status_code == 200
    assert b"<html" in page.content and b"<html" not in fragment.content
    assert b"style=" not in page.content and b"onclick" not in page.content


@in_state("done")
def test_the_letters_of_a_link_are_listed(moved, enter):
    page = enter(moved.giver).get(f"partners/{moved.given().partnership.pk}/")
    assert page.content.count(b"<tr>") > 6
    assert page.context["letters"][0].letter > page.context["letters"][-1].letter
    assert {one.outward for one in page.context["letters"]} == {True, False}


@in_state("done")
def test_letters_are_paged_without_loss(moved, enter, monkeypatch):
    from partnerships import correspondence

    desk, path = enter(moved.giver), f"partners/{moved.given().partnership.pk}/"
    whole = [one.letter for one in desk.get(path).context["letters"]]
    monkeypatch.setattr(correspondence, "PAGE", 3)
    seen, before = [], ""
    while before is not None:
        page = desk.get(f"{path}?before={before}" if before else path)
        seen += [one.letter for one in page.context["letters"]]
        before = page.context["following"] or None
    assert seen == whole
    assert desk.get(f"{path}?before=nonsense").status_code == 404
