"""Impact and urgency make the priority where an account wants that."""

import pytest

from sla import matrix
from sla.models import Matrix
from tenants import accounts, people
from tenants.models import Activity
from tenants.vocabulary import Refused
from tickets import lifecycle
from tickets.models import Ticket

pytestmark = pytest.mark.usefixtures("english")
GRID = {f"{impact}-{urgency}": gives for impact, row in matrix.USUAL.items() for urgency, gives in row.items()}


def opened(company, **facts):
    return lifecycle.open_ticket("Касса молчит", by=company.agent, **facts)


def on(company):
    return matrix.change(on=True, cells=matrix.USUAL, by=company.owner)


def told(ticket):
    lines = Activity.objects.filter(ticket_id=ticket.pk).exclude(kind__in=("opened", "turned")).order_by("pk")
    return [(line.kind, line.details["before"], line.details["after"]) for line in lines]


def test_weighing_a_ticket_makes_its_priority_in_one_line_of_history(company):
    ticket = opened(company)
    on(company)

    matrix.weigh(ticket, impact="high", urgency="high", by=company.agent)
    matrix.weigh(ticket, impact="high", urgency="high", by=company.agent)
    matrix.weigh(ticket, impact="medium", urgency="high", by=company.agent)
    weighed = matrix.weigh(ticket, impact="high", urgency="medium", by=company.agent)

    assert (weighed.impact, weighed.urgency, weighed.priority) == ("high", "medium", "high")
    assert told(ticket) == [
        ("priority_changed", "Normal", "Critical (impact high, urgency high)"),
        ("priority_changed", "Critical", "High (impact medium, urgency high)"),
        ("weighed", "impact medium, urgency high", "impact high, urgency medium"),
    ]


def test_turning_it_on_changes_no_ticket_and_is_told_once(company):
    ticket = opened(company, priority="low")

    on(company)
    on(company)
    matrix.change(on=False, cells=matrix.USUAL, by=company.owner)

    ticket.refresh_from_db()
    assert (ticket.priority, ticket.impact, ticket.urgency) == ("low", "", "")
    grid = "Critical · High · Normal / High · Normal · Low / Normal · Low · Low"
    lines = Activity.objects.filter(kind="matrix_changed").order_by("pk")
    assert [(line.details["before"], line.details["after"]) for line in lines] == [
        (f"off: {grid}", f"on: {grid}"),
        (f"on: {grid}", f"off: {grid}"),
    ]


def test_who_may_not_and_what_can_not_be_is_refused(company):
    ticket = opened(company)
    with pytest.raises(Refused) as asleep:
        matrix.weigh(ticket, impact="low", urgency="low", by=company.agent)
    on(company)
    said = []
    for verb in (
        lambda: matrix.weigh(ticket, impact="huge", urgency="low", by=company.agent),
        lambda: matrix.weigh(ticket, impact="low", urgency="", by=company.agent),
        lambda: matrix.weigh(ticket, impact="low", urgency="low", by=company.observer),
        lambda: matrix.weigh(ticket, impact="low", urgency="low", by=company.engineer),
        lambda: matrix.change(on=True, cells={"high": {"high": "critical"}}, by=company.owner),
        lambda: matrix.change(on=False, cells=matrix.USUAL, by=company.dispatcher),
    ):
        with pytest.raises(Refused) as refused:
            verb()
        said.append(refused.value.field)

    assert str(asleep.value) == "Impact and urgency are not used here."
    assert said == ["impact", "urgency", None, None, "low-low", None]
    assert told(ticket) == []


def test_the_grid_is_set_up_on_its_page_and_used_on_tickets(promising, as_role):
    company, admin, agent = promising.company, as_role(), as_role("agent")
    with company.scope():
        ticket = opened(company)
    head = f"/tickets/{ticket.number}/"
    before = [agent.get(head).content.decode(), agent.get("/tickets/new/").content.decode()]

    saved = admin.post("/settings/policies/matrix/", GRID | {"on": "on", "low-low": "normal"})
    after = [agent.get(head).content.decode(), agent.get("/tickets/new/").content.decode()]
    weighed = agent.post(f"{head}priority/", {"impact": "low", "urgency": "high"})
    seen = as_role("observer").get(head).content.decode()
    new = agent.post("/tickets/new/", {"subject": "Новая", "impact": "high", "urgency": "medium"})

    assert [page.count('name="impact"') for page in before + after] == [0, 0, 1, 1]
    assert ("Urgency" in seen, 'name="impact"' in seen) == (True, False)
    assert 'name="priority"' in before[1] and 'name="priority"' not in after[1]
    assert (saved.status_code, weighed.status_code, new.status_code) == (302, 302, 302)
    with company.scope():
        assert Matrix.objects.get().cells["low"]["low"] == "normal"
        assert list(Ticket.objects.order_by("number").values_list("impact", "urgency", "priority")) == [
            ("low", "high", "normal"),
            ("high", "medium", "high"),
        ]


def test_a_team_is_led_until_its_lead_leaves(promising, as_role):
    company, admin = promising.company, as_role()
    with company.scope():
        team = accounts.add_team("Смена", by=company.owner)
    sent = {"name": "Смена", "line": "1", "lead": company.agent.pk}

    led = admin.post(f"/people/teams/{team.pk}/edit/", sent)
    again = admin.post(f"/people/teams/{team.pk}/edit/", sent)

    assert (led.status_code, again.status_code) == (302, 302)
    assert "lead: Agent" in admin.get(f"/people/teams/{team.pk}/").content.decode()
    with company.scope():
        line = Activity.objects.get(kind="team_led")
        assert line.details == {"name": "Смена", "before": "—", "after": "Agent"}
        people.remove(company.agent, by=company.owner)
        team.refresh_from_db()
        assert team.lead is None
