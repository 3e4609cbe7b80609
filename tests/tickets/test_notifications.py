"""Who is told of what happens on a ticket, why and how; never the one who did it, never who may not see it."""

import re
from datetime import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants import accounts, clock
from tenants.activity import record
from tenants.models import Activity, Membership
from tenants.scoping import new_id
from tenants.vocabulary import SCHEDULE, Actor
from tickets import conversation, lifecycle, notifications, statuses, watching
from tickets.models import Counterpart, Notification, Ticket, Watcher
from tickets.vocabulary import COMMENT_KEPT_BACK, Category, Event

from .conftest import Page, opened

PARTNER = Actor(kind="partner", name="Артём", company="Вектор", origin="partner")


def told():
    """Everybody's unread rows: {name: (event, reason, count)}."""
    rows = Notification.objects.filter(read_at=None).select_related("member")
    return {row.member.name.split()[0]: (row.event, row.reason, row.count) for row in rows}


def vector(ticket):
    """A partner on the ticket, without a hand-over behind it."""
    return Counterpart.objects.create(ticket=ticket, label="Вектор", direction="given", state="accepted")


def forget():
    Notification.objects.update(read_at=clock.now())


def test_nobody_is_told_of_his_own_deeds_and_an_assignee_is_told_of_all(inside):
    ticket = lifecycle.open_ticket("Касса", by=inside.dispatcher)
    assert told() == {}, "the only dispatcher opened it"

    lifecycle.assign(ticket, to=inside.agent, by=inside.dispatcher)
    assert told() == {"Мария": ("assigned", "assignee", 1)}
    conversation.comment(ticket, "Срочно", by=inside.dispatcher, audience="internal")
    lifecycle.set_priority(ticket, to="high", by=inside.dispatcher)
    assert told() == {"Мария": ("assigned", "assignee", 3)}, "a flood is one row, and the strongest of it is shown"

    conversation.comment(ticket, "Еду", by=inside.agent, audience="internal")
    assert told() == {"Мария": ("assigned", "assignee", 3), "Анна": ("commented", "watcher", 1)}
    assert {row.member.name for row in Watcher.objects.all()} == {"Мария Титова", "Анна Ковалёва"}


def test_a_new_ticket_is_told_to_its_team_or_to_the_dispatchers(inside):
    lifecycle.open_ticket("Ничья", by=inside.agent)
    assert told() == {"Анна": ("incoming", "dispatch", 1)}

    forget()
    team = accounts.add_team("Кассы", by=inside.owner, members=[inside.agent, inside.observer])
    ours = lifecycle.open_ticket("Наша", by=inside.owner, team=team)
    assert told() == {"Мария": ("incoming", "team", 1), "Нина": ("incoming", "team", 1)}

    forget()
    conversation.comment(ours, "Приняли", by=PARTNER, audience="partner", readers=[vector(ours)])
    assert told() == {"Мария": ("commented", "team", 1), "Нина": ("commented", "team", 1)}, "nobody answers for it yet"

    forget()
    Membership.objects.filter(pk=inside.dispatcher.pk).update(active=False)
    lifecycle.open_ticket("Ночная", by=inside.agent)
    assert told() == {"Игорь": ("incoming", "dispatch", 1)}


def test_who_is_called_by_name_hears_it_as_a_mention_and_once(inside):
    ticket = lifecycle.open_ticket("Касса", by=inside.agent, assignee=inside.agent)
    forget()
    said = conversation.comment(ticket, "@Нина Раева, глянь", by=inside.agent, audience="internal")
    assert told() == {"Нина": ("mentioned", "mention", 1)}

    forget()
    conversation.edit(said, "@Нина Раева и @Анна Ковалёва, гляньте", by=inside.agent)
    assert told() == {"Анна": ("mentioned", "mention", 1)}, "an edit is news to whom it calls anew"


def test_whoever_may_not_see_the_ticket_is_never_told(inside):
    ticket = lifecycle.open_ticket("Касса", by=inside.agent, assignee=inside.engineer)
    watching.join(ticket.pk, {inside.engineer.pk})
    assert told() == {"Олег": ("assigned", "assignee", 1)} and notifications.unread(inside.engineer) == 1

    lifecycle.assign(ticket, to=inside.agent, by=inside.dispatcher)
    assert notifications.unread(inside.engineer) == 0, "what he was told of he does not see any more"
    forget()
    conversation.comment(ticket, "Тайна", by=inside.dispatcher, audience="internal")
    assert told() == {"Мария": ("commented", "assignee", 1)}


def test_what_could_not_be_sent_is_told_to_its_author_alone(inside):
    ticket = lifecycle.open_ticket("Касса", by=inside.agent, assignee=inside.agent)
    watching.join(ticket.pk, {inside.dispatcher.pk})
    record(ticket, COMMENT_KEPT_BACK, by=SCHEDULE, ticket=ticket, name="Мария", member=str(inside.agent.pk))

    assert told() == {"Мария": ("commented", "author", 1)}


def test_the_turn_that_comes_back_and_the_partners_answer_are_one_row(inside):
    ticket = lifecycle.open_ticket("Касса", by=inside.agent, assignee=inside.agent)
    lifecycle.set_status(ticket, to=statuses.first(Category.WAITING), by=inside.dispatcher)
    forget()
    lifecycle.set_status(ticket, to=statuses.first(Category.OPEN), by=inside.dispatcher)

    assert told() == {"Мария": ("our_turn", "assignee", 1)}


def test_a_flood_costs_as_much_for_one_as_for_many_and_never_more_than_a_few_queries(inside):
    ticket = lifecycle.open_ticket("Касса", by=inside.dispatcher, assignee=inside.agent)

    def cost():
        with CaptureQueriesContext(connection) as spent:
            conversation.comment(ticket, "Ещё", by=inside.dispatcher, audience="internal")
        return len(spent)

    cost()
    alone = cost()
    watching.join(ticket.pk, {inside.owner.pk, inside.observer.pk})
    for n in range(5):
        member = accounts.add_member(
            accounts.person(f"more{n}@x.example"), role="agent", by=inside.owner, name=f"Ещё {n}"
        )
        watching.join(ticket.pk, {member.pk})
    cost()

    assert cost() == alone
    assert set(told().values()) == {("commented", "watcher", 2), ("assigned", "assignee", 5)}


def page(desk, role="agent"):
    browser = Page(desk, role)
    browser.root = f"/a/{desk.slug}/notifications/"
    return browser


def test_the_inbox_shows_what_is_new_with_the_reason_until_it_is_seen(desk):
    ticket = opened(desk, "Касса <не> печатает", by=desk.dispatcher, assignee=desk.agent)
    other = opened(desk, "Другая", by=desk.dispatcher, assignee=desk.agent)
    with desk.scope():
        conversation.comment(ticket, "Между нами", by=desk.dispatcher, audience="internal")
        mine = Notification.objects.get(ticket=ticket)
    agent = page(desk)

    text = agent.get().content.decode()
    assert text.count("told__row") == 2 and 'data-part="bell">2<' in text
    assert "Касса &lt;не&gt; печатает" in text and "you answer for it" in text and "2 events" in text
    assert 'data-audience="internal"' in text and "Между нами" in text

    assert agent.get(f"{mine.pk}/")["Location"] == f"/a/meridian/tickets/{ticket.number}/"
    assert page(desk, "dispatcher").get(f"{mine.pk}/").status_code == 404
    Page(desk, "agent").get(f"{other.number}/")
    assert "You have seen everything" in agent.get().content.decode()
    assert agent.get("?show=all").content.decode().count("told__row") == 2


def test_all_are_read_at_once_and_that_can_be_taken_back(desk):
    for n in range(3):
        opened(desk, f"Заявка {n}", by=desk.dispatcher, assignee=desk.agent)
    agent = page(desk)

    done = agent.post("read/", follow=True).content.decode()
    undo = re.search(r'action="/a/meridian/notifications/(unread/\?at=[^"]+)"', done)[1]
    with desk.scope():
        assert notifications.unread(desk.agent) == 0
        conversation.comment(Notification.objects.first().ticket, "Ещё", by=desk.dispatcher, audience="internal")
    assert agent.post("unread/?at=nonsense").status_code == 404
    page(desk, "dispatcher").post(undo)
    with desk.scope():
        assert notifications.unread(desk.agent) == 1, "nobody takes back what another did"
    agent.post(undo)
    with desk.scope():
        assert notifications.unread(desk.agent) == 3, "and what came meanwhile stays the one row of its ticket"


def test_the_inbox_goes_by_pages_and_costs_the_same_for_one_and_for_many(desk, monkeypatch):
    monkeypatch.setattr(notifications, "PAGE", 3)
    agent = page(desk)

    def cost():
        with CaptureQueriesContext(connection) as spent:
            agent.get()
        return len(spent)

    def happen(number):
        ticket = opened(desk, f"Заявка {number}", by=desk.dispatcher, assignee=desk.agent)
        with desk.scope():
            conversation.comment(ticket, "Слово", by=desk.dispatcher, audience="internal")

    happen(0)
    one = cost()
    for number in range(1, 5):
        happen(number)
    assert cost() == one

    first = agent.get().content.decode()
    assert re.findall(r"<b>(Заявка \d)</b>", first) == ["Заявка 4", "Заявка 3", "Заявка 2"]
    rest = agent.get(re.search(r'href="/a/meridian/notifications/(\?before=[^"]+)"', first)[1]).content.decode()
    assert re.findall(r"<b>(Заявка \d)</b>", rest) == ["Заявка 1", "Заявка 0"]
    assert agent.get("?before=nonsense").status_code == 404


def test_a_member_says_what_he_wants_to_hear_of_and_when(desk):
    agent = page(desk)
    assert agent.get("settings/").content.decode().count("checked") == 9 + 7

    wanted = {"assigned_inbox": "on", "assigned_mail": "on", "moved_mail": "on"}
    half = agent.post("settings/", {**wanted, "quiet_from": "22:00"})
    assert half.status_code == 422 and "Give both times, or neither." in half.content.decode()
    agent.post("settings/", {**wanted, "quiet_from": "22:00", "quiet_to": "08:00"})

    with desk.scope():
        told = {event: (inbox, mail) for event, inbox, mail in notifications.channels(desk.agent) if inbox or mail}
        member = Membership.objects.get(pk=desk.agent.pk)
        others = notifications.channels(desk.dispatcher)
    assert told == {Event.ASSIGNED: (True, True), Event.MOVED: (False, True)}
    assert (member.quiet_from, member.quiet_to) == (time(22), time(8))
    assert ("assigned", True, True) in others and ("moved", True, False) in others


def test_the_bell_stops_counting_at_ninety_nine(desk):
    with desk.scope():
        ticket = lifecycle.open_ticket("Касса", by=desk.dispatcher)
        about = {"event": "moved", "reason": "watcher", "first_at": clock.now(), "last_at": clock.now()}
        for number in range(notifications.MOST + 5):
            copy = Ticket.objects.get(pk=ticket.pk)
            copy.pk, copy.number = new_id(), 9000 + number
            copy.save(force_insert=True)
            Notification.objects.create(member=desk.agent, ticket=copy, activity_id=activity_of(ticket), **about)
    assert 'data-part="bell">99+<' in page(desk).get("settings/").content.decode()


def activity_of(ticket):
    return Activity.objects.filter(ticket_id=ticket.pk).values_list("pk", flat=True).first()
