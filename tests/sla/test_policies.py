"""Policies: the first that fits, why, and what they ask for; written by whoever sets up the account and nobody else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from equipment import registry
from equipment.models import EquipmentModel, Site
from partnerships import presenting
from sla import durations, policies
from sla.models import Calendar, Policy
from sla.vocabulary import Target
from tenants import agreements
from tenants.models import Activity, Agreement
from tenants.vocabulary import Refused
from tests import world
from tickets import lifecycle
from tickets.models import Counterpart, TicketType
from tickets.vocabulary import Priority

pytestmark = pytest.mark.usefixtures("english")
QUICK = {"high": {"response": 15, "resolution": 240}}


def policy(company, name, *, by=None, **facts):
    return policies.add(name, by=by or company.owner, calendar=company.calendar, **facts)


def opened(company, **facts):
    return lifecycle.open_ticket("Касса молчит", by=company.agent, **{"client": company.client, **facts})


def told(kind):
    """What the ledger's lines of this kind say, the oldest first."""
    return [line.details for line in Activity.objects.filter(kind=kind).order_by("pk")]


@pytest.mark.parametrize(
    ("typed", "minutes", "english", "russian"),
    [
        ("4 ч", 240, "4 h", "4 ч"),
        ("30 м", 30, "30 min", "30 мин"),
        ("30 мин.", 30, "30 min", "30 мин"),
        ("1 ч 30 м", 90, "1 h 30 min", "1 ч 30 мин"),
        ("1ч30м", 90, "1 h 30 min", "1 ч 30 мин"),
        ("4h", 240, "4 h", "4 ч"),
        ("1 h, 15 min", 75, "1 h 15 min", "1 ч 15 мин"),
        ("2 часа 5 минут", 125, "2 h 5 min", "2 ч 5 мин"),
        ("1,5 ч", 90, "1 h 30 min", "1 ч 30 мин"),
        ("0.25 h", 15, "15 min", "15 мин"),
        ("240", 240, "4 h", "4 ч"),
        ("1:30", 90, "1 h 30 min", "1 ч 30 мин"),
        ("45\u00a0ч", 2700, "45 h", "45 ч"),
        ("", None, "", ""),
    ],
)
def test_a_span_is_read_as_people_type_it_and_said_as_it_can_be_typed_again(typed, minutes, english, russian):
    assert durations.parse(typed) == minutes
    for language, words in (("en", english), ("ru", russian)):
        with translation.override(language):
            assert durations.say(minutes) == words
            assert durations.parse(words) == minutes


@pytest.mark.parametrize("typed", ["1 д 2 ч", "2 days", "1w", "3 сут", "месяц 1", "2 нед"])
def test_a_span_in_days_is_refused_since_a_working_day_has_no_fixed_length(typed):
    with pytest.raises(Refused) as refused:
        durations.parse(typed)

    assert refused.value.sentence in (durations.NO_DAYS, durations.NOT_READ)


@pytest.mark.parametrize("typed", ["быстро", "4 ч 4 ч", "4 ч 30", "-5 ч", "4 попугая", "ч", "1:75"])
def test_a_span_that_says_nothing_clear_is_refused(typed):
    with pytest.raises(Refused) as refused:
        durations.parse(typed)

    assert refused.value.sentence == durations.NOT_READ


def test_the_first_policy_that_fits_is_the_tickets_and_says_why(company):
    theirs = policy(company, "Верфь", when={"clients": [company.other.pk]})
    urgent = policy(company, "Кассы 4 часа", when={"clients": [company.client.pk], "priorities": ["high"]})
    everybody = policy(company, "Обычная")

    high = policies.choose(opened(company, priority="high", site=company.site, equipment=[company.device]))
    normal = policies.choose(opened(company))
    nobodys = policies.choose(opened(company, client=None))

    assert (high.policy, normal.policy, nobodys.policy) == (urgent, everybody, everybody)
    assert high.because == [
        "SLA “Кассы 4 часа”: client Лукошко, priority High",
        "“Верфь” does not fit: another client",
    ]
    assert normal.because == [
        "SLA “Обычная”: it fits every ticket",
        "“Верфь” does not fit: another client",
        "“Кассы 4 часа” does not fit: another priority",
    ]
    assert [one for one, _missed in nobodys.passed] == [theirs, urgent]


def test_every_condition_is_asked_and_all_of_them_must_be_met(company):
    kind = TicketType.objects.first()
    signed = agreements.add(company.client, by=company.owner, number="Д-1")
    agreements.add(company.other, by=company.owner, number="Д-1")
    pier = registry.add_site(company.other, name="Причал", by=company.owner)
    registry.add_equipment(pier, model="Весы", by=company.owner)
    asked = {
        "clients": [company.client.pk],
        "agreements": [signed.pk],
        "sites": [company.site.pk],
        "types": [kind.pk],
        "priorities": ["high", "critical"],
        "models": [company.device.model_id],
    }
    facts = {"site": company.site, "type": kind, "priority": "high", "equipment": [company.device], "agreement": "д-1"}
    for name, other in others(company).items():
        policy(company, name, when=asked | {name: [other]})
    whole = policy(company, "Всё", when=asked)

    choice = policies.choose(opened(company, **facts))

    assert choice.policy == whole
    assert [(one.name, missed) for one, missed in choice.passed] == [(name, (name,)) for name in others(company)]
    assert choice.why == (
        "SLA “Всё”: client Лукошко, agreement Д-1, site Магазин 47, "
        f"type {kind.name}, priority High, equipment АТЛАС К-220"
    )


def others(company):
    """For each condition something that the ticket has not."""
    return {
        "clients": company.other.pk,
        "agreements": Agreement.objects.get(client=company.other).pk,
        "sites": Site.objects.get(client=company.other).pk,
        "types": TicketType.objects.last().pk,
        "priorities": "low",
        "models": EquipmentModel.objects.exclude(pk=company.device.model_id).get().pk,
    }


def test_a_ticket_taken_from_a_partner_falls_under_the_policy_of_that_partner_also_by_his_new_name(promising):
    company, stranger = promising.company, promising.stranger
    world.link(company, stranger)
    with company.scope():
        theirs = policy(company, "Чужие", when={"partners": [stranger.account.name]})
        policy(company, "Обычная")
        taken, given = opened(company), opened(company)
        label = {"label": stranger.account.name, "state": "accepted"}
        Counterpart.objects.create(ticket=taken, direction="taken", **label)
        Counterpart.objects.create(ticket=given, direction="given", **label)

        assert policies.choose(taken).why == "SLA “Чужие”: partner Посторонний"
        assert policies.choose(given).policy.name == "Обычная"

        presenting.hear(world.partner(company, stranger), name="Иначе", card=None, by=company.owner)

        theirs.refresh_from_db()
        assert theirs.when == {"partners": ["Иначе"]}


def test_choosing_costs_as_many_queries_for_fifty_policies_and_tickets_as_for_one(company):
    tickets = [opened(company, site=company.site, equipment=[company.device]) for _n in range(5)]
    agreements.add(company.client, by=company.owner, number="Д-1")
    every = {"agreements": [agreements.add(company.other, by=company.owner, number="Д-9").pk], "partners": []}
    policy(company, "Первая", when=every | {"models": [company.device.model_id]})

    with CaptureQueriesContext(connection) as one:
        policies.choose_all([tickets[0].pk])
    Policy.objects.bulk_create(
        Policy(name=f"П{n}", position=n + 1, calendar=company.calendar, when={"clients": [str(company.other.pk)]})
        for n in range(50)
    )
    with CaptureQueriesContext(connection) as many:
        found = policies.choose_all([ticket.pk for ticket in tickets])

    assert len(one) == len(many) == 3
    assert {len(choice.passed) for choice in found.values()} == {51}


def test_the_list_takes_as_many_queries_for_one_policy_as_for_many(promising, as_role):
    company, admin = promising.company, as_role()
    asked = {"clients": [company.client.pk], "sites": [company.site.pk], "models": [company.device.model_id]}

    def drawn(upto):
        with company.scope():
            for n in range(Policy.objects.count(), upto):
                policy(company, f"П{n}", when=asked, targets=QUICK)
        with CaptureQueriesContext(connection) as queries:
            assert admin.get("/settings/policies/").content.decode().count("promises__place") == upto
        return len(queries)

    drawn(1)
    assert drawn(1) == drawn(12)


def test_a_policy_promises_in_working_seconds_by_priority(company):
    ours = policy(company, "Кассы", targets=QUICK)

    assert policies.promised(ours, "high") == {Target.RESPONSE: 900, Target.RESOLUTION: 14_400}
    assert policies.promised(ours, Priority.LOW) == {}
    assert policies.promised(None, "high") == {}


def test_a_policy_is_changed_in_one_line_of_history_that_says_what_was_before(company):
    ours = policy(company, "Кассы", targets=QUICK)

    changed = policies.change(
        ours,
        by=company.admin,
        name="Кассы 8",
        targets={"high": {"resolution": 480}},
        when={"clients": [company.client.pk]},
    )
    policies.change(changed, by=company.admin, name="Кассы 8", stops=["part", "client", "access", "price"])
    policies.change(changed, by=company.admin, stops=["client", "access", "price", "part"])

    assert told("policy_changed") == [
        {
            "before": "Кассы, every ticket, first response: High 15 min; resolution: High 4 h",
            "after": "Кассы 8, client Лукошко, resolution: High 8 h",
        },
        {
            "before": "Кассы 8, the client, access to the site, a price to be agreed",
            "after": "Кассы 8, the client, access to the site, a price to be agreed, a part",
        },
    ]


def test_policies_stand_in_an_order_and_an_archived_one_is_asked_no_more(company):
    first, second = policy(company, "Первая"), policy(company, "Вторая")
    ticket = opened(company)

    policies.place(second, up=True, by=company.owner)
    policies.place(second, up=True, by=company.owner)
    placed = policies.choose(ticket).policy
    policies.archive(second, by=company.owner)
    policies.archive(second, by=company.owner)
    left = policies.choose(ticket)
    policies.restore(second, by=company.owner)

    assert (placed, left.policy, left.passed) == (second, first, ())
    assert policies.choose(ticket).policy == second
    assert [len(told(f"policy_{word}")) for word in ("placed", "archived", "restored")] == [1, 1, 1]


def test_what_is_not_ours_is_refused_in_the_words_for_what_is_nobodys(promising):
    company, stranger = promising.company, promising.stranger
    with stranger.scope():
        foreign = Calendar.objects.get(pk=stranger.calendar.pk)
    with company.scope():
        ours, said = policy(company, "Наша"), {}
        for whose in (stranger.client.pk, ours.pk, "нет", "\0"):
            with pytest.raises(Refused) as refused:
                policies.change(ours, by=company.owner, when={"clients": [whose]})
            said[whose] = (str(refused.value), refused.value.field)
        for facts, field in (
            ({"when": {"partners": ["Никто"]}}, "partners"),
            ({"when": {"priorities": ["urgent"]}}, "priorities"),
            ({"targets": {"high": {"resolution": -1}}}, "high-resolution"),
            ({"targets": {"high": {"resolution": policies.A_YEAR + 1}}}, "high-resolution"),
            ({"stops": ["partner"]}, "stops"),
            ({"calendar": None}, "calendar"),
            ({"name": " "}, "name"),
        ):
            with pytest.raises(Refused) as refused:
                policies.change(ours, by=company.owner, **facts)
            assert refused.value.field == field
        with pytest.raises(Refused):
            policies.add("НАША", by=company.owner, calendar=company.calendar)

        assert set(said.values()) <= {
            ("There is no such client.", "clients"),
            ("Null characters are not allowed.", "clients"),
        }
        assert told("policy_changed") == []
    assert foreign.name == "Чужой"


@pytest.mark.parametrize("role", ["dispatcher", "agent", "engineer", "observer"])
def test_only_owners_and_administrators_promise(company, role):
    ours, by = policy(company, "Наша"), company.people[role]

    for verb in (
        lambda: policy(company, "Иная", by=by),
        lambda: policies.change(ours, by=by, name="Иная"),
        lambda: policies.place(ours, up=True, by=by),
        lambda: policies.archive(ours, by=by),
        lambda: policies.restore(ours, by=by),
        lambda: policies.start_usual(by=by),
    ):
        with pytest.raises(Refused) as refused:
            verb()
        assert str(refused.value) == "Only owners and administrators change the settings."


def test_an_account_begins_with_a_usual_policy_once(promising, as_role):
    with promising.company.scope():
        Calendar.objects.update(archived_at=None)
        Calendar.objects.all().delete()
    empty = as_role().get("/settings/policies/").content.decode()

    pressed = as_role().post("/settings/policies/usual/")
    again = as_role().post("/settings/policies/usual/", follow=True)

    assert "Nothing is promised yet" in empty
    assert pressed["Location"] == "/a/meridian/settings/policies/"
    assert "There are SLA policies already." in again.content.decode()
    with promising.company.scope():
        ours = Policy.objects.get()
        assert (ours.name, ours.calendar.is_default) == ("Usual", True)
        assert policies.promised(ours, "low") == {Target.RESPONSE: 4 * 3600, Target.RESOLUTION: 45 * 3600}


def test_a_policy_is_written_on_its_page_and_found_again(promising, as_role):
    company, admin = promising.company, as_role()
    sent = {
        "name": "Кассы 4 часа",
        "calendar": company.calendar.pk,
        "clients": [company.client.pk],
        "priorities": ["high", "critical"],
        "high-resolution": "4 ч",
        "high-response": "0,25 h",
        "stops": ["client"],
        "do": "save",
    }

    wrong = admin.post("/settings/policies/new/", sent | {"high-resolution": "1 день", "sites": ["чужой"]})
    right = admin.post("/settings/policies/new/", sent)

    assert (wrong.status_code, wrong.context["form"].errors.keys()) == (422, {"high-resolution"})
    assert right.status_code == 302
    with company.scope():
        ours = Policy.objects.get()
        assert ours.when == {"clients": [str(company.client.pk)], "priorities": ["high", "critical"]}
        assert (ours.targets, ours.stops) == (QUICK, ["client"])
        ticket = opened(company, priority="high")
    drawn = admin.get(f"/settings/policies/{ours.pk}/").content.decode()
    assert 'value="4 h"' in drawn and 'value="15 min"' in drawn
    listed = admin.get("/settings/policies/", {"ticket": ticket.ref})
    assert (listed.context["choice"].policy, listed.context["promises"]) == (
        ours,
        [("first response", "15 min"), ("resolution", "4 h")],
    )
    assert "There is no such ticket." in admin.get("/settings/policies/", {"ticket": "777"}).content.decode()


def test_what_can_be_many_is_looked_for_and_ticked_by_a_press_without_losing_what_was_typed(promising, as_role):
    company, admin = promising.company, as_role()
    typed = {"name": "Кассы", "calendar": company.calendar.pk, "high-resolution": "4 попугая", "q": "47"}

    found = admin.get("/settings/policies/find/", {"q": "L-047"}).context["groups"]
    looked = admin.post("/settings/policies/new/", typed | {"enter": "1"})
    picked = admin.post("/settings/policies/new/", typed | {"pick": f"sites:{company.site.pk}"})
    fragment = admin.post(
        "/settings/policies/new/", typed | {"pick": f"sites:{company.site.pk}"}, headers={"HX-Request": "true"}
    )
    foreign = admin.post("/settings/policies/new/", typed | {"pick": f"clients:{promising.stranger.client.pk}"})

    assert [(group["name"], [hit[1] for hit in group["hits"]]) for group in found] == [
        ("sites", ["L-047 · Магазин 47"])
    ]
    assert [group["name"] for group in looked.context["groups"]] == ["sites"]
    assert picked.context["form"]["sites"].value() == [str(company.site.pk)]
    assert 'value="4 попугая"' in picked.content.decode()
    assert fragment.content.decode().count("checked") == 1
    assert "Чужой клиент" not in foreign.content.decode()
