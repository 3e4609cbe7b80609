"""What was handed over changes: the partner sees the difference, and what he wrote himself stays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from equipment import registry
from partnerships import delivery, proposing, recard, seeing, sharing
from partnerships.cards import Share
from partnerships.models import InboxLetter, Letter
from tenants import accounts, clock
from tenants.models import Activity
from tenants.vocabulary import Refused
from tests.partnerships.conftest import hand, in_state, into_state, row, text_of
from tickets import lifecycle, placing
from tickets.models import Counterpart, Ticket

SECRET = "+7 900 777-77-77"


def reworded(company, ticket, subject, description="Ошибка ФН"):
    with company.scope():
        lifecycle.reword(ticket, subject=subject, description=description, by=company.dispatcher)
    delivery.drain()


def changed(pair, share=None, **times):
    """The giver changes what he handed over."""
    with pair.giver.scope():
        given = pair.given()
        kept = {name: getattr(given, name) for name in ("due_at", "wish_from", "wish_until")}
        share = share or Share.from_json(given.share)
        recard.change(given, share=share, by=pair.giver.dispatcher, **kept | times)
    delivery.drain()


def lines(company, ticket_id, kind="card_changed"):
    """The changed facts of each such line of a ticket: [{fact: (before, after)}]."""
    with company.scope():
        rows = Activity.objects.filter(ticket_id=ticket_id, kind=kind).order_by("pk")
        return [{fact: (was, now) for fact, was, now in line.details["changes"]} for line in rows]


def letters(company, kind="card.changed"):
    with company.scope():
        return Letter.objects.filter(kind=kind).count()


def test_a_change_crosses_in_one_letter_and_is_told_as_a_difference(pair, enter):
    reworded(pair.giver, pair.given().ticket, "Касса молчит", "Ошибка ФН 235")
    reworded(pair.giver, pair.given().ticket, "Касса молчит", "Ошибка ФН 235")

    taken = pair.taken()
    assert (taken.ticket.subject, taken.ticket.description) == ("Касса молчит", "Ошибка ФН 235")
    assert lines(pair.taker, taken.ticket_id) == [
        {"subject": ("Касса не печатает", "Касса молчит"), "description": ("Ошибка ФН", "Ошибка ФН 235")}
    ]
    assert letters(pair.giver) == 1
    page = enter(pair.taker).get(f"tickets/{taken.ticket.number}/").content.decode()
    assert "<del>" in page and "Касса не печатает</del>" in page and "Касса молчит</ins>" in page
    assert page.count("changed the subject") == 0


def test_what_the_taker_wrote_himself_stays(pair):
    reworded(pair.taker, pair.taken().ticket, "ККТ: нет печати")
    reworded(pair.giver, pair.given().ticket, "Касса молчит", "Ошибка 1")

    taken = pair.taken()
    assert (taken.ticket.subject, taken.ticket.description) == ("ККТ: нет печати", "Ошибка 1")
    with pair.taker.scope():
        line = Activity.objects.get(ticket_id=taken.ticket_id, kind="card_changed")
        assert line.details["kept"] == ["subject"]
    with pair.giver.scope():
        assert pair.given().ticket.subject == "Касса молчит"
    assert letters(pair.taker) == 0


def test_priority_and_deadline_follow_until_the_taker_sets_his_own(pair):
    soon = clock.now() + timedelta(hours=5)
    changed(pair, due_at=soon)
    with pair.giver.scope():
        lifecycle.set_priority(pair.given().ticket, to="high", by=pair.giver.dispatcher)
    delivery.drain()
    taken = pair.taken()
    assert (taken.due_at, taken.ticket.due_at, taken.ticket.priority) == (soon, soon, "high")

    mine = soon - timedelta(hours=2)
    with pair.taker.scope():
        lifecycle.set_due(taken.ticket, to=mine, by=pair.taker.dispatcher)
    changed(pair, due_at=soon + timedelta(hours=1))
    taken = pair.taken()
    assert (taken.due_at, taken.ticket.due_at) == (soon + timedelta(hours=1), mine)
    with pair.taker.scope():
        assert Counterpart.objects.get(pk=taken.counterpart_id).due_at == soon + timedelta(hours=1)


def test_what_is_not_ticked_never_crosses_and_what_is_unticked_goes(pair):
    with pair.giver.scope():
        by = pair.giver.dispatcher
        client = accounts.add_client("Наши магазины", by=by)
        contact = accounts.add_contact(client, name="Ольга", phone=SECRET, by=by)
        site = registry.add_site(client, name="Магазин 47", code="L-047", address="Мира, 18", by=by)
        placing.place(pair.given().ticket, client=client, contact=contact, site=site, by=by)
    delivery.drain()
    assert letters(pair.giver) == 0

    changed(pair, share=Share(contact_name=True, site=True))
    card = pair.taken().card
    assert card["contact"] == {"name": "Ольга", "title": "", "phone": ""} and card["site"]["code"] == "L-047"
    with pair.taker.scope():
        assert SECRET not in str(list(InboxLetter.objects.values_list("body", flat=True)))

    changed(pair, share=Share(description=False, contact_name=True))
    taken = pair.taken()
    assert (taken.card["site"], taken.ticket.description) == (None, "")
    assert lines(pair.taker, taken.ticket_id)[-1] == {
        "description": ("Ошибка ФН", ""),
        "client": ("Наши магазины", ""),
        "site": ("Магазин 47 (L-047)", ""),
        "address": ("Мира, 18", ""),
    }


def test_a_chain_of_three_passes_the_change_on_once(w, pair):
    into_state(pair, "accepted")
    hand(w.service, w.sub, pair.taken().ticket)
    delivery.drain()
    reworded(pair.giver, pair.given().ticket, "Касса молчит", "Ошибка 2")

    last = row(w.sub, direction="taken")
    assert (last.ticket.subject, last.ticket.description) == ("Касса молчит", "Ошибка 2")
    assert (letters(w.retail), letters(w.service), letters(w.sub)) == (1, 1, 0)

    reworded(w.service, pair.taken().ticket, "ККТ молчит", "Ошибка 2")
    reworded(pair.giver, pair.given().ticket, "Касса опять молчит", "Ошибка 2")
    last = row(w.sub, direction="taken")
    assert (pair.taken().ticket.subject, last.ticket.subject) == ("ККТ молчит", "ККТ молчит")
    assert (letters(w.retail), letters(w.service)) == (2, 2)


@in_state("approved")
def test_an_approved_ticket_still_hears_of_it(moved):
    reworded(moved.giver, moved.given().ticket, "Касса молчит")
    assert moved.taken().ticket.subject == "Касса молчит"


def test_a_change_that_meets_a_closed_row_is_a_note(pair):
    with pair.giver.scope():
        lifecycle.reword(pair.given().ticket, subject="Поздно", description="Ошибка ФН", by=pair.giver.dispatcher)
    with pair.taker.scope():
        sharing.decline(pair.taken(), by=pair.taker.dispatcher, reason="далеко")
    delivery.drain()

    taken = pair.taken()
    assert (taken.state, taken.ticket.subject) == ("declined", "Касса не печатает")
    assert lines(pair.taker, taken.ticket_id, "card_late") == [{"subject": ("Касса не печатает", "Поздно")}]
    assert lines(pair.taker, taken.ticket_id) == []
    reworded(pair.giver, pair.given().ticket, "Уже ни к чему")
    assert letters(pair.giver) == 1


@pytest.mark.parametrize(
    ("times", "field"),
    [
        ({"due_at": -1}, "due_at"),
        ({"wish_from": 5, "wish_until": 4}, "wish_until"),
        ({"wish_from": -5, "wish_until": -4}, "wish_until"),
        ({"wish_until": 4}, "wish_from"),
        ({"wish_from": -4}, "wish_from"),
    ],
)
def test_times_that_make_no_sense_are_refused_at_their_field(pair, times, field):
    moments = {name: clock.now() + timedelta(hours=hours) for name, hours in times.items()}
    with pytest.raises(Refused) as no:
        changed(pair, **moments)
    assert no.value.field == field
    assert letters(pair.giver) == 0


def test_files_and_comments_stay_as_they_were_passed(pair):
    before = pair.given().share
    wish = clock.now() + timedelta(days=1)
    changed(pair, share=Share(site=True, comments=(pair.given().pk,)), wish_from=wish)
    assert (pair.given().share["comments"], pair.given().share["site"]) == (before["comments"], True)
    assert pair.taken().wish_from == wish
    changed(pair)
    assert letters(pair.giver) == 1


def test_the_taker_and_a_closed_hand_over_can_not_be_told_anew(pair):
    with pair.taker.scope(), pytest.raises(Refused):
        recard.change(pair.taken(), share=Share(), by=pair.taker.dispatcher)
    into_state(pair, "withdrawn")
    with pytest.raises(Refused):
        changed(pair)


@in_state("accepted")
def test_whom_the_terms_let_hand_nothing_over_passes_no_more_of_it_later(moved, enter):
    path = f"tickets/{moved.given().ticket.number}/"
    assert "/card/" in enter(moved.giver).get(path).content.decode()
    with moved.giver.scope():
        proposing.change_terms(moved.given().partnership, by=moved.giver.owner, handers_roles=["agent"])

    with pytest.raises(Refused, match="do not let you hand tickets over"):
        changed(moved, share=Share(site=True))
    assert f"{moved.given().pk}/card/" not in enter(moved.giver).get(path).content.decode()


def test_the_partners_eyes_see_it_as_it_is_now(pair):
    reworded(pair.giver, pair.given().ticket, "Касса молчит")
    with pair.giver.scope():
        seen = seeing.sight(pair.given())
    assert seen.subject == "Касса молчит"
    assert [line.text for line in seen.lines if not line.said] == ["The ticket was changed: subject"]


def test_the_dialog_shows_the_difference_and_saves_it(pair, enter):
    desk, path = enter(pair.giver), f"handovers/{pair.given().pk}/card/"
    page = desk.get(path)
    assert page.status_code == 200 and "Nothing is new to the partner" in text_of(page)
    shown = desk.post(f"{path}preview/", {"wording": "Не печатает чеки", "description": "on"})
    assert "Ошибка ФН</del>" in shown.content.decode() and "Не печатает чеки</ins>" in shown.content.decode()
    late = desk.post(path, {"description": "on", "due_at": "2020-01-01T10:00"})
    assert late.status_code == 422 and "deadline has passed" in text_of(late)

    assert desk.post(path, {"description": "on", "wording": "Не печатает чеки"}).status_code == 302
    delivery.drain()
    assert pair.taken().ticket.description == "Не печатает чеки"
    assert pair.given().ticket.description == "Ошибка ФН"
    assert "/card/" in enter(pair.giver).get(f"tickets/{pair.number}/").content.decode()
    assert enter(pair.taker).get(f"handovers/{pair.taken().pk}/card/").status_code == 302


def test_the_given_card_marks_what_is_new_until_somebody_answers(pair, enter):
    changed(pair, wish_from=clock.now() + timedelta(days=1))
    number = pair.taken().ticket.number
    mark = '<span class="tag" data-tone="soon">changed</span>'
    assert mark in enter(pair.taker).get(f"tickets/{number}/").content.decode()
    with pair.taker.scope():
        sharing.accept(pair.taken(), by=pair.taker.dispatcher)
    assert mark not in enter(pair.taker).get(f"tickets/{number}/").content.decode()


def test_the_same_letter_over_again_changes_nothing(pair):
    reworded(pair.giver, pair.given().ticket, "Касса молчит")
    with pair.taker.scope():
        from partnerships import protocol, rehearing
        from partnerships.moves import lock_both
        from tenants.vocabulary import Actor

        body = protocol.read(protocol.CardChanged, pair.taken().told)
        by = Actor(kind="partner", name="", company="Лукошко", origin="partner")
        before = Ticket.objects.get(pk=pair.taken().ticket_id)
        rehearing.hear_card(lock_both(pair.taken()), body, by=by)
        rehearing.hear_card(lock_both(pair.taken()), replace(body), by=by)
        assert Ticket.objects.get(pk=before.pk).updated_at == before.updated_at
    assert len(lines(pair.taker, pair.taken().ticket_id)) == 1
