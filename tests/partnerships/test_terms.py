"""Terms of a link: proposals and answers in every order, what they do to offers, and what people are shown of them."""

from contextlib import nullcontext
from datetime import time

import pytest
from django.utils import translation

from partnerships import accepting, agreeing, conditions, delivery, proposing, sharing
from partnerships.cards import Share
from partnerships.models import Proposal, Terms
from partnerships.protocol import SharedTerms
from tenants import accounts, clock
from tenants.models import Activity
from tenants.scoping import in_account
from tenants.vocabulary import Refused
from tests import world
from tests.partnerships.conftest import hand, into_state, row, text_of
from tickets import conversation, lifecycle
from tickets.models import Comment


def at(company):
    """Inside the company's account, if we are not there yet."""
    return nullcontext() if in_account() else company.scope()


def change(company, other, **terms):
    with at(company):
        return proposing.change_terms(world.partner(company, other), by=company.owner, **terms)


def proposal(company, other, ours):
    with at(company):
        return Proposal.objects.filter(partnership=world.partner(company, other), ours=ours).first()


def states(w):
    """Both rows of the newest proposal of the service company, and the terms on both sides."""
    asked, heard = proposal(w.service, w.sub, True), proposal(w.sub, w.service, False)
    with w.service.scope():
        terms = world.partner(w.service, w.sub).terms
        kept = conditions.told(terms)
    with w.sub.scope():
        partner = world.partner(w.sub, w.service)
        assert (partner.their_version, conditions.theirs(partner)) == (terms.version, kept)
    return asked.state, heard.state, heard.pending, terms.version, terms.accept_minutes


def test_both_sides_know_each_others_terms_from_the_beginning(w):
    for here, there in ((w.service, w.sub), (w.sub, w.service)):
        with here.scope():
            partner = world.partner(here, there)

        assert (partner.their_version, conditions.theirs(partner).zone) == (1, there.account.zone)


def test_what_is_only_ours_is_in_force_at_once_and_what_touches_them_is_asked(w):
    terms = change(w.service, w.sub, relay_up="auto", accept_minutes=30)
    assert (terms.version, terms.relay_up, terms.accept_minutes) == (2, "auto", 60)
    delivery.drain()
    heard = proposal(w.sub, w.service, False)

    with w.sub.scope(), translation.override("en"):
        changes = [(str(one.before), str(one.after)) for one in agreeing.asked(heard, {}).changes]
        proposing.accept(heard, by=w.sub.owner)
        assert proposal(w.sub, w.service, False).pending
    delivery.drain()

    assert changes == [("1 h", "30 m")]
    assert states(w) == ("accepted", "accepted", False, 3, 30)
    with w.service.scope():
        assert world.partner(w.service, w.sub).terms.created_by == w.sub.owner.name


@pytest.mark.parametrize("answer", ["accept", "decline"])
@pytest.mark.parametrize("crossing", ["withdraw", "replace"])
@pytest.mark.parametrize("first", ["service", "sub"])
def test_an_answer_that_crosses_a_change_of_mind_comes_too_late_on_both_sides_alike(w, answer, crossing, first):
    change(w.service, w.sub, accept_minutes=30)
    delivery.drain()

    def asker():
        with w.service.scope():
            if crossing == "withdraw":
                proposing.withdraw(proposal(w.service, w.sub, True), by=w.service.owner)
            else:
                change(w.service, w.sub, accept_minutes=20)

    def answerer():
        with w.sub.scope():
            extra = {"reason": "нет"} if answer == "decline" else {}
            getattr(proposing, answer)(proposal(w.sub, w.service, False), by=w.sub.owner, **extra)

    for act in (asker, answerer) if first == "service" else (answerer, asker):
        act()
    delivery.drain()

    if crossing == "withdraw":
        assert states(w) == ("withdrawn", "withdrawn", False, 1, 60)
    else:
        assert states(w) == ("open", "open", False, 1, 60)
        with w.sub.scope():
            older = Proposal.objects.get(state="replaced")
            assert not older.pending
            proposing.accept(proposal(w.sub, w.service, False), by=w.sub.owner)
        delivery.drain()
        assert states(w) == ("accepted", "accepted", False, 2, 20)


def test_both_directions_ask_at_once_and_a_letter_that_comes_twice_changes_nothing(w):
    change(w.service, w.sub, accept_minutes=30)
    change(w.sub, w.service, pass_comments=True)
    delivery.drain()
    for here, there in ((w.service, w.sub), (w.sub, w.service)):
        with here.scope():
            proposing.accept(proposal(here, there, False), by=here.owner)
    delivery.drain()
    assert states(w) == ("accepted", "accepted", False, 2, 30)
    with w.sub.scope():
        assert world.partner(w.sub, w.service).terms.pass_comments

    with w.service.scope():
        ours, asked = world.partner(w.service, w.sub), proposal(w.service, w.sub, True)
        body = proposing.LinkTermsAnswered(proposal=asked.key, accepted=True)
        proposing.hear_answer(ours, body, by=w.sub.owner.actor)
        proposing.hear_answer(ours, proposing.LinkTermsAnswered(asked.pk, True), by=w.sub.owner.actor)
    delivery.drain()
    assert states(w) == ("accepted", "accepted", False, 2, 30)


def test_asking_for_what_is_in_force_takes_the_question_back_and_the_end_drops_every_question(w):
    change(w.service, w.sub, accept_minutes=30, return_days=5)
    change(w.service, w.sub, relay_down="auto")
    assert proposal(w.service, w.sub, True).state == "open"
    change(w.service, w.sub, accept_minutes=60, return_days=14)
    delivery.drain()
    assert states(w) == ("withdrawn", "withdrawn", False, 2, 60)

    change(w.service, w.sub, accept_minutes=30)
    delivery.drain()
    from partnerships import parting

    with w.sub.scope():
        parting.end(world.partner(w.sub, w.service), by=w.sub.owner)
    delivery.drain()

    assert [one.state for one in (proposal(w.service, w.sub, True), proposal(w.sub, w.service, False))] == [
        "withdrawn",
        "withdrawn",
    ]
    with pytest.raises(Refused):
        change(w.service, w.sub, relay_up="never")


def test_tickets_under_way_keep_their_terms(pair):
    into_state(pair, "approved")
    with pair.giver.scope():
        partner = world.partner(pair.giver, pair.taker)
    world.agree(pair.giver, pair.taker, return_days=0)
    change(pair.giver, pair.taker, relay_up="auto", masked=True)

    with pair.giver.scope():
        given = row(pair.giver, pk=pair.given().pk)
        assert (given.terms.version, given.terms.relay_up, given.return_days) == (1, "by_hand", 14)
        sharing.send_back(given, by=pair.giver.dispatcher, reason="не то")
        partner.refresh_from_db()
        assert (partner.terms.version, partner.terms.return_days) == (3, 0)


MISTAKES = {
    "accept_minutes": 0,
    "return_days": 91,
    "hand_on": "listed",
    "hand_on_to": ["01900000-0000-7000-8000-000000000000"],
    "accept_from": time(9),
    "handers_roles": ["observer"],
    "accept_days": [7],
    "promises": [{"priority": "high", "response": -1, "resolution": 0}],
    "see_below": "everything",
}


def test_terms_that_make_no_sense_are_refused_at_their_field(w):
    fields = []
    for name, value in MISTAKES.items():
        with pytest.raises(Refused) as no:
            change(w.service, w.sub, **{name: value})
        fields.append(no.value.field)

    assert fields == [{"hand_on": "hand_on_to", "accept_from": "accept_until"}.get(name, name) for name in MISTAKES]
    with w.service.scope():
        assert Terms.objects.filter(partnership=world.partner(w.service, w.sub)).count() == 1


def test_what_a_partner_tells_is_brought_back_to_what_makes_sense():
    told = SharedTerms(accept_days=[-1, 3, 9], accept_from="9", zone="Moon", accept_minutes=-5, see_below="x" * 99)

    assert conditions.heard(told) == SharedTerms(accept_days=[3], accept_minutes=1)


def test_an_offer_that_does_not_fit_waits_for_a_person_and_the_ticket_says_why(w):
    with w.sub.scope():
        world_team = accounts.add_team("Выезд", by=w.sub.owner, members=[w.sub.agent])
    today = clock.now().astimezone().weekday()
    world.agree(
        w.sub,
        w.service,
        auto_accept=True,
        accept_types=["Поломка"],
        accept_regions=["Вологда"],
        accept_days=[(today + 3) % 7],
        see_below="hidden",
    )
    change(w.sub, w.service, default_team=world_team, default_assignee=w.sub.agent)
    with w.service.scope():
        ticket = lifecycle.open_ticket("Касса", by=w.service.dispatcher)
    given = hand(w.service, w.sub, ticket, see_below="named")
    delivery.drain()

    with w.sub.scope():
        taken = row(w.sub, key=given.key)
        note = Activity.objects.filter(ticket_id=taken.ticket_id, kind="noted").get().details["note"]
        assert (taken.state, taken.ticket.team, taken.ticket.assignee) == ("offered", world_team, w.sub.agent)
    assert note.count(";") == 3 and "регион" not in note.split(";")[0]


def test_an_offer_that_fits_is_taken_and_somebody_who_left_gets_nothing(w):
    world.agree(w.sub, w.service, auto_accept=True)
    change(w.sub, w.service, default_assignee=w.sub.agent)
    with w.sub.scope():
        type(w.sub.agent).objects.filter(pk=w.sub.agent.pk).update(active=False)
        assert accepting.receivers(world.partner(w.sub, w.service).terms) == {"team": None, "assignee": None}
    with w.service.scope():
        ticket = lifecycle.open_ticket("Касса", by=w.service.dispatcher)
    given = hand(w.service, w.sub, ticket)
    delivery.drain()

    with w.sub.scope():
        taken = row(w.sub, key=given.key)
        notes = Activity.objects.filter(ticket_id=taken.ticket_id, kind="noted").count()
        assert (taken.state, taken.ticket.assignee, notes) == ("accepted", None, 1)


def test_only_those_whom_the_terms_name_hand_over(w):
    with w.service.scope():
        crew = accounts.add_team("Кассы", by=w.service.owner, members=[w.service.agent])
        ticket = lifecycle.open_ticket("Касса", by=w.service.dispatcher)
    change(w.service, w.sub, handers_teams=[str(crew.pk)])

    with w.service.scope():
        with pytest.raises(Refused):
            sharing.offer(ticket, to=world.partner(w.service, w.sub), by=w.service.dispatcher, share=Share())
        for who in (w.service.agent, w.service.owner):
            other = lifecycle.open_ticket("Касса", by=w.service.dispatcher)
            sharing.offer(other, to=world.partner(w.service, w.sub), by=who, share=Share())


def test_names_and_files_that_the_terms_keep_here_cross_by_no_way(pair):
    """A canary in the name of whoever works on it: it stays out of every letter that goes up."""
    world.agree(pair.taker, pair.giver, back_names=False, back_files=False)
    into_state(pair, "declined")
    with pair.taker.scope():
        people = type(pair.taker.dispatcher).objects.filter(pk=pair.taker.dispatcher.pk)
        people.update(name="Канарейкина")
        pair.taker.dispatcher.name = "Канарейкина"
    with pair.giver.scope():
        ticket = lifecycle.open_ticket("Касса", by=pair.giver.dispatcher)
    given = hand(pair.giver, pair.taker, ticket)
    delivery.drain()
    with pair.taker.scope():
        taken = row(pair.taker, key=given.key)
        sharing.accept(taken, by=pair.taker.dispatcher)
        conversation.comment(
            taken.ticket, "едем", by=pair.taker.dispatcher, audience="partner", readers=[taken.counterpart]
        )
        sharing.deliver(row(pair.taker, key=given.key), by=pair.taker.dispatcher, report="готово")
    delivery.drain()

    with pair.giver.scope():
        said = Comment.objects.filter(ticket=ticket).order_by("pk")
        assert [(one.author_name, one.author_company) for one in said] == [("", pair.taker.account.name)] * 2
        assert not Activity.objects.filter(ticket_id=ticket.pk, actor_name__contains="Канарейкина").exists()


def posted(page, **more):
    """What the form of the terms would send."""
    form = page.context["form"]
    data = {}
    for field in form:
        value = field.value()
        if value is not None and value is not False and value not in ("", []):
            data[field.html_name] = "on" if value is True and field.name != "auto_accept" else value
    return data | more


def test_the_form_saves_proposes_and_shows_what_was_asked(w, enter):
    desk = enter(w.service, "owner")
    with w.service.scope():
        path = f"partners/{world.partner(w.service, w.sub).pk}/"
    page = desk.get(path)
    same = desk.post(f"{path}terms/", posted(page))
    more = {
        "relay": "masked",
        "accept_minutes": "1 ч 30 м",
        "response_critical": "15",
        "accept_regions": "Вологда, Череповец",
        "accept_days": ["0", "1", "2", "5"],
        "accept_from": "09:00",
        "accept_until": "18:00",
    }
    wrong = desk.post(f"{path}terms/", posted(page, accept_minutes="скоро", default_team="9"))
    done = desk.post(f"{path}terms/", posted(page, **more))

    assert (same.status_code, wrong.status_code, done.status_code) == (302, 422, 302)
    assert sorted(wrong.context["form"].errors) == ["accept_minutes", "default_team"]
    with w.service.scope():
        terms = world.partner(w.service, w.sub).terms
        assert (terms.version, terms.relay_up, terms.masked, terms.accept_minutes) == (2, "auto", True, 60)
    words = text_of(desk.get(path))
    assert "1 h → " not in words and "1 h 30 m" in words and "Mon–Wed, Sat, 09:00–18:00" in words
    assert desk.get(path).context["form"]["accept_minutes"].value() == "1 h 30 m"


def test_the_partner_reads_the_difference_in_his_language_and_answers(w, enter):
    change(w.service, w.sub, pass_contact_phone=False, hand_on="nobody")
    delivery.drain()
    pk = proposal(w.sub, w.service, False).pk
    with w.sub.scope():
        path = f"partners/{world.partner(w.sub, w.service).pk}/"
    with translation.override("ru"):
        russian = [
            (str(one.label), str(one.before), str(one.after))
            for one in agreeing.asked(proposal(w.sub, w.service, False), {}).changes
        ]

    assert "may be handed on to anyone to nobody" in text_of(enter(w.sub, "owner").get(path)).replace(
        "was ", ""
    ).replace("becomes ", "")
    assert russian == [
        ("передаёт: телефон контактного лица", "да", "нет"),
        ("заявки можно передавать дальше", "кому угодно", "никому"),
    ]
    assert enter(w.sub).post(f"proposals/{pk}/accept/").status_code == 302
    assert enter(w.service, "owner").post(f"proposals/{pk}/accept/").status_code == 404
    desk = enter(w.sub, "owner")
    assert desk.post(f"proposals/{pk}/decline/", {"reason": " "}).status_code == 422
    assert desk.post(f"proposals/{pk}/decline/", {"reason": "Телефон нужен"}).status_code == 302
    assert desk.post(f"proposals/{pk}/withdraw/", **{"HX-Request": "true"}).status_code == 422
    delivery.drain()
    assert states(w)[:4] == ("declined", "declined", False, 1)
    with w.service.scope():
        ours = f"partners/{world.partner(w.service, w.sub).pk}/"
    for page in (ours, f"{ours}terms/history/"):
        assert "Телефон нужен" in text_of(enter(w.service, "observer").get(page))


@pytest.mark.parametrize(
    ("grade", "words"),
    [
        ("nothing", ""),
        ("role", "Works on it a partner of ours"),
        ("name", "Works on it Вектор"),
        ("status", "Works on it Вектор accepted"),
    ],
)
def test_the_client_sees_of_the_partner_what_the_terms_let_him(w, enter, grade, words):
    change(w.service, w.sub, client_sees=grade)
    with w.service.scope():
        client = accounts.add_client("Клиент", by=w.service.owner)
        ticket = lifecycle.open_ticket("Касса", by=w.service.dispatcher, client=client)
    given = hand(w.service, w.sub, ticket)
    delivery.drain()
    with w.sub.scope():
        sharing.accept(row(w.sub, key=given.key), by=w.sub.dispatcher)
    delivery.drain()

    page = text_of(enter(w.service).get(f"tickets/{ticket.number}/as/client/"))

    seen = page.partition("nothing said to partners alone.")[2]
    assert (words in seen, "Works on it" in seen, "Вектор" in seen) == (
        True,
        grade != "nothing",
        grade in ("name", "status"),
    )
