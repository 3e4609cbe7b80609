"""The client's deadline over a link, and the partner's own: told by the terms alone, moved by nobody in silence."""

from datetime import UTC, datetime, timedelta

import pytest

from partnerships import delivery, nightly, proposing, recard, sharing
from partnerships.cards import Share
from partnerships.models import Handover, InboxLetter, Letter, Link
from partnerships.protocol import BODIES, CardChanged, Offered, read
from sla import calendars, policies
from sla.models import Clock
from tenants import clock
from tenants.models import Activity
from tenants.vocabulary import Refused
from tests import world
from tests.faults import invariants
from tests.partnerships.conftest import hand, row, text_of
from tests.rewind import staged
from tickets import lifecycle, statuses
from tickets.models import Ticket
from tickets.vocabulary import Category, Glyph

# A moment that nobody else has, to the second.
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
OURS = datetime(2026, 3, 5, 16, 41, 13, tzinfo=UTC)
THEIRS = datetime(2026, 3, 5, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def told(company):
    """Everything that came to a company, as text."""
    with company.scope():
        came = InboxLetter.objects.values_list("body", flat=True)
        kept = Handover.objects.values_list("told", "client_due_at")
        return f"{list(came)} {list(kept)}"


def opened(company, **facts):
    with company.scope(), clock.at(NOW):
        return lifecycle.open_ticket("Касса молчит", by=company.dispatcher, due_at=OURS, **facts)


def lines(company, ticket_id, *kinds):
    with company.scope():
        rows = Activity.objects.filter(ticket_id=ticket_id, kind__in=kinds or ("card_changed",)).order_by("pk")
        return [line.details["changes"] for line in rows]


def fresh(company, ticket):
    with company.scope():
        return Ticket.objects.get(pk=ticket.pk)


@staged
def shown(w):
    """The retail chain lets the service company know its client's deadline, and gives it a ticket."""
    world.agree(w.retail, w.service, show_client_due=True)
    ticket = opened(w.retail)
    with clock.at(NOW):
        given = hand(w.retail, w.service, ticket, due_at=THEIRS)
        delivery.drain()
        with w.service.scope():
            sharing.accept(row(w.service, key=given.key), by=w.service.dispatcher)
        delivery.drain()
    w.ticket, w.key, w.pk = ticket, given.key, given.pk
    return w


def given(w):
    return row(w.retail, pk=w.pk)


def taken(w):
    return row(w.service, key=w.key)


def move(w, to):
    with w.retail.scope():
        lifecycle.set_due(w.ticket, to=to, by=w.retail.dispatcher)
    delivery.drain()


def test_without_the_term_nothing_of_it_crosses(w):
    ticket = opened(w.retail)
    with clock.at(NOW):
        pk = hand(w.retail, w.service, ticket, due_at=THEIRS).pk
        delivery.drain()
        with w.retail.scope():
            lifecycle.set_due(ticket, to=OURS + HOUR, by=w.retail.dispatcher)
            lifecycle.set_priority(ticket, to="high", by=w.retail.dispatcher)
        delivery.drain()
        nightly.now(Link.objects.all())
        delivery.drain()

    for moment in (OURS, OURS + HOUR):
        assert moment.isoformat() not in told(w.service)
    with w.service.scope():
        assert list(Handover.objects.values_list("due_at", "client_due_at")) == [(THEIRS, None)]
    with w.retail.scope():
        assert list(Letter.objects.filter(handover=pk, kind="card.changed").values_list("body__client_due_at")) == [
            (None,)
        ]
    assert invariants.broken() == {}


def test_a_leak_would_be_seen(w, monkeypatch):
    from partnerships import cards

    monkeypatch.setattr(cards, "client_due", lambda ticket, handover: ticket.due_at)
    with clock.at(NOW):
        hand(w.retail, w.service, opened(w.retail), due_at=THEIRS)
    delivery.drain()

    assert invariants.broken() == {18: ["lukoshko tells the client’s deadline"]}


def test_the_partner_sees_it_beside_his_own(shown, enter):
    page = text_of(enter(shown.service).get(f"tickets/{taken(shown).ticket.number}/"))
    seen = text_of(enter(shown.retail).get(f"handovers/{shown.pk}/as/partner/"))
    dialog = enter(shown.retail).get(f"handovers/{shown.pk}/card/").content.decode()

    assert (taken(shown).client_due_at, taken(shown).due_at, taken(shown).ticket.due_at) == (OURS, THEIRS, THEIRS)
    assert "Client’s deadline 03/05/2026 7:41 p.m." in page
    assert "client’s deadline: 5 March, 19:41" in page
    assert "Client’s deadline: 5 Mar" in seen and "Client’s deadline: 5 Mar" in dialog


def test_it_follows_ours_and_says_what_it_was(shown):
    move(shown, OURS + HOUR)

    assert (taken(shown).client_due_at, taken(shown).ticket.due_at) == (OURS + HOUR, THEIRS)
    assert lines(shown.service, taken(shown).ticket_id) == [
        [["client_due_at", OURS.isoformat(), (OURS + HOUR).isoformat()]]
    ]
    move(shown, None)
    assert (taken(shown).client_due_at, taken(shown).due_at) == (None, THEIRS)


def test_while_our_clock_stands_still_the_last_word_stays(shown):
    with shown.retail.scope():
        days = calendars.add("Сутки", by=shown.retail.owner, zone="UTC", always=True)
        policies.add("Всем", by=shown.retail.owner, calendar=days, targets={"normal": {"resolution": 48 * 60}})
    with clock.at(NOW):
        move(shown, None)
        due = fresh(shown.retail, shown.ticket).due_at
        for hours, (category, glyph) in ((1, (Category.WAITING, Glyph.CLIENT)), (3, (Category.OPEN, Glyph.OPEN))):
            with clock.at(NOW + hours * HOUR), shown.retail.scope():
                lifecycle.set_status(shown.ticket, to=statuses.first(category, glyph), by=shown.retail.dispatcher)
            delivery.drain()
            if hours == 1:
                assert fresh(shown.retail, shown.ticket).due_at is None
                assert taken(shown).client_due_at == due

    assert taken(shown).client_due_at == due + 2 * HOUR
    assert given(shown).told == taken(shown).told


def test_the_term_is_asked_and_counts_for_new_hand_overs_alone(shown):
    with shown.retail.scope():
        proposing.change_terms(world.partner(shown.retail, shown.service), by=shown.retail.owner, show_client_due=False)
        assert world.partner(shown.retail, shown.service).terms.show_client_due
    delivery.drain()
    world.agree(shown.retail, shown.service, show_client_due=False, return_days=3)
    with clock.at(NOW):
        second = hand(shown.retail, shown.service, opened(shown.retail), due_at=THEIRS)
        delivery.drain()
        move(shown, OURS + HOUR)

    assert taken(shown).client_due_at == OURS + HOUR
    assert row(shown.service, key=second.key).client_due_at is None
    assert invariants.broken() == {}


def test_letters_of_before_read_as_before():
    card = {"subject": "Касса", "description": "", "priority": "normal", "card": {}}

    assert read(CardChanged, card).client_due_at is None
    assert BODIES["handover.offered"] is Offered and Offered.__dataclass_fields__["client_due_at"].default is None


def test_a_told_ticket_of_before_is_not_told_again_for_a_new_fact(w):
    with clock.at(NOW):
        pk = hand(w.retail, w.service, opened(w.retail)).pk
    with w.retail.scope():
        old = {name: value for name, value in row(w.retail, pk=pk).told.items() if name != "client_due_at"}
        Handover.objects.filter(pk=pk).update(told=old)
        recard.tell_anew(row(w.retail, pk=pk).ticket_id, w.retail.dispatcher)

        assert Letter.objects.filter(kind="card.changed").count() == 0


def test_a_deadline_that_is_given_goes_before_our_policy_and_our_own_word_before_it(shown):
    service = shown.service
    with service.scope():
        days = calendars.add("Сутки", by=service.owner, zone="UTC", always=True)
        policies.add("Всем", by=service.owner, calendar=days, targets={"normal": {"resolution": 90}})
        clock_of = Clock.objects.get(ticket=taken(shown).ticket, target="resolution")
    assert (clock_of.source, clock_of.fixed_at) == ("partner", THEIRS)

    def changed(due):
        with shown.retail.scope():
            recard.change(given(shown), share=Share.from_json(given(shown).share), by=shown.retail.owner, due_at=due)
        delivery.drain()
        with service.scope():
            mine = Clock.objects.get(ticket=taken(shown).ticket, target="resolution")
            return (str(mine.source), mine.due_at - NOW)

    with clock.at(NOW):
        # Taken back, our policy says when; given again, it is the partner's word again.
        assert changed(None) == ("policy", 90 * timedelta(minutes=1))
        assert changed(THEIRS + HOUR) == ("partner", THEIRS + HOUR - NOW)
        with service.scope():
            lifecycle.set_due(taken(shown).ticket, to=NOW + HOUR, by=service.dispatcher)
        assert changed(THEIRS + 2 * HOUR) == ("hand", HOUR)
    with service.scope():
        line = Activity.objects.filter(ticket_id=taken(shown).ticket_id, kind="card_changed").order_by("-pk").first()
        assert (line.details["kept"], taken(shown).due_at) == (["due_at"], THEIRS + 2 * HOUR)


def test_what_is_sent_back_keeps_its_deadline_unless_a_new_one_is_given(shown, enter):
    def delivered_and_back(**more):
        with clock.at(NOW + HOUR):
            with shown.service.scope():
                sharing.deliver(taken(shown), by=shown.service.dispatcher, report="готово")
            delivery.drain()
            answer = enter(shown.retail).post(f"handovers/{shown.pk}/return/", {"reason": "не всё", **more})
            delivery.drain()
            return answer

    assert delivered_and_back().status_code == 302
    assert (given(shown).state, given(shown).due_at, taken(shown).due_at) == ("returned", THEIRS, THEIRS)
    assert lines(shown.service, taken(shown).ticket_id) == []

    refused = delivered_and_back(due_at="2026-03-04T10:00")
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["due_at"])
    assert given(shown).state == "done"

    with clock.at(NOW + HOUR):
        enter(shown.retail).post(f"handovers/{shown.pk}/return/", {"reason": "ещё", "due_at": "2026-03-05T19:00"})
        delivery.drain()
    new = datetime(2026, 3, 5, 16, 0, tzinfo=UTC)
    assert (given(shown).state, given(shown).due_at, taken(shown).due_at, taken(shown).ticket.due_at) == (
        "returned",
        new,
        new,
        new,
    )
    for company, pk in ((shown.retail, shown.ticket.pk), (shown.service, taken(shown).ticket_id)):
        assert lines(company, pk) == [[["due_at", THEIRS.isoformat(), new.isoformat()]]]
    assert invariants.broken() == {}


def test_nobody_s_clock_starts_anew_on_the_way_through_three_companies(w):
    """GLPI 1911."""
    with clock.at(NOW):
        ticket = opened(w.retail)
        first = hand(w.retail, w.service, ticket, due_at=THEIRS)
        delivery.drain()
    steps = [
        (w.service, "accept", {}),
        (w.service, "hand", {"due_at": THEIRS - 2 * HOUR}),
        (w.sub, "decline", {"reason": "далеко"}),
        (w.service, "hand", {"due_at": THEIRS - 2 * HOUR}),
        (w.sub, "accept", {}),
        (w.sub, "deliver", {"report": "готово"}),
        (w.service, "send_back", {"reason": "не всё"}),
        (w.sub, "give_back", {"reason": "нет запчасти"}),
        (w.service, "deliver", {"report": "сделали сами"}),
        (w.retail, "send_back", {"reason": "ещё раз"}),
        (w.service, "give_back", {"reason": "не можем"}),
    ]
    below = []
    for hours, (company, verb, said) in enumerate(steps, start=1):
        with clock.at(NOW + hours * HOUR):
            if verb == "hand":
                hand(w.service, w.sub, row(w.service, key=first.key).ticket, **said)
                below.append((NOW + hours * HOUR, THEIRS - 2 * HOUR))
            else:
                act(company, verb, **said)
            delivery.drain()

        assert clocks(w.retail) == [(NOW, OURS)], verb
        assert clocks(w.service) == [(NOW, THEIRS)], verb
        assert clocks(w.sub) == below, verb
    assert row(w.retail, pk=first.pk).due_at == row(w.service, key=first.key).due_at == THEIRS


def act(company, verb, **said):
    """A verb of the company's newest hand-over that it fits: the giver's below, the taker's above."""
    with company.scope():
        rows = Handover.objects.select_related("partnership", "ticket__account", "ticket__status")
        ours = "given" if verb == "send_back" else "taken"
        mine = rows.filter(direction=ours).order_by("-offered_at").first()
        getattr(sharing, verb)(mine, by=company.dispatcher, **said)


def clocks(company):
    """From when and until when the clocks of a company's tickets run."""
    with company.scope():
        found = Clock.objects.filter(target="resolution").order_by("started_at")
        return list(found.values_list("started_at", "fixed_at"))


@pytest.mark.parametrize("role", ["engineer", "observer"])
def test_who_may_not_send_back_gives_no_deadline_either(shown, enter, role):
    with shown.service.scope(), clock.at(NOW):
        pk = sharing.offer(
            taken(shown).ticket,
            to=world.partner(shown.service, shown.sub),
            by=shown.service.dispatcher,
            share=Share(),
            due_at=THEIRS,
        ).pk
    with clock.at(NOW):
        delivery.drain()
        with shown.sub.scope():
            for verb in ("accept", "deliver"):
                getattr(sharing, verb)(row(shown.sub), by=shown.sub.dispatcher)
        delivery.drain()
        with pytest.raises(Refused), shown.service.scope():
            mine, person = row(shown.service, pk=pk), shown.service.people[role]
            sharing.send_back(mine, by=person, reason="нет", due_at=THEIRS + HOUR)
        more = {"reason": "нет", "due_at": "2026-03-06T10:00"}
        answers = [
            enter(company, who).post(f"handovers/{pk}/return/", more)
            for company, who in ((shown.service, role), (shown.sub, "dispatcher"), (shown.stranger, "owner"))
        ]

    assert [answer.status_code for answer in answers][1:] == [404, 404]
    assert (row(shown.service, pk=pk).state, row(shown.service, pk=pk).due_at) == ("done", THEIRS)


def test_an_answer_that_comes_too_late_moves_no_clock_of_ours(shown):
    with clock.at(NOW + HOUR):
        with shown.service.scope():
            sharing.deliver(taken(shown), by=shown.service.dispatcher, report="готово")
        with shown.retail.scope():
            sharing.withdraw(given(shown), by=shown.retail.dispatcher, reason="сделаем сами")
        delivery.drain()

    assert (given(shown).state, taken(shown).state) == ("withdrawn", "withdrawn")
    assert (clocks(shown.retail), given(shown).due_at) == ([(NOW, OURS)], THEIRS)
    assert fresh(shown.retail, shown.ticket).due_at == OURS
