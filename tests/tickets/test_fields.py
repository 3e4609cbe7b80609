"""What an account asks of its tickets: typed, checked, kept, shown, and still there when nobody asks any more."""

from types import SimpleNamespace

import pytest
from django import forms
from django.utils.translation import override

from tenants.models import Activity
from tenants.vocabulary import Refused
from tickets import fields, lifecycle, typology
from tickets.fields import name_of
from tickets.models import CustomField, TicketType


def opened(desk, **facts):
    return lifecycle.open_ticket("Касса не печатает", by=desk.agent, client=desk.client, **facts)


@pytest.fixture
def asked(inside):
    """A type with a field of each kind, and one field that every ticket has."""
    by = inside.owner
    repair = typology.add_type("Ремонт", by=by)
    made = SimpleNamespace(
        type=repair,
        act=typology.add_field("Номер акта", by=by, kind="text"),
        fault=typology.add_field("Что сломано", by=by, kind="long", type=repair),
        hours=typology.add_field("Наработка, ч", by=by, kind="number", type=repair),
        bought=typology.add_field("Куплено", by=by, kind="date", type=repair),
        block=typology.add_field(
            "Узел", by=by, kind="choice", type=repair, choices=["Платёж", "Печать", "  Печать ", ""], required=True
        ),
        covered=typology.add_field("По гарантии", by=by, kind="yes", type=repair),
    )
    return made


def typed(asked, **values):
    return {name_of(getattr(asked, name)): value for name, value in values.items()}


FULL = {"act": "А-17", "fault": "Гудит\nи греется", "hours": "1 204,5", "bought": "2024-03-09", "block": "Печать"}


def kept(asked, **values):
    return {str(getattr(asked, name).pk): value for name, value in values.items()}


def test_each_kind_of_value_is_kept_as_json_has_it(asked):
    values = fields.clean(asked.type, typed(asked, **FULL, covered="no"))

    assert values == kept(
        asked, act="А-17", fault="Гудит\nи греется", hours=1204.5, bought="2024-03-09", block="Печать", covered=False
    )
    assert fields.clean(asked.type, typed(asked, block="Печать", hours="12", bought="09.03.2024")) == kept(
        asked, block="Печать", hours=12, bought="2024-03-09"
    )
    assert fields.clean(None, typed(asked, act="А-17", block="Печать")) == kept(asked, act="А-17")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("block", ""),
        ("block", "Мотор"),
        ("hours", "много"),
        ("hours", "1e99"),
        ("bought", "31.02.2024"),
        ("covered", "maybe"),
        ("act", "а" * 301),
        ("fault", "а\0б"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(asked, name, value):
    with pytest.raises(Refused) as refused:
        fields.clean(asked.type, typed(asked, **{**FULL, name: value}))

    assert refused.value.field == name_of(getattr(asked, name))
    assert str(refused.value.sentence).startswith(getattr(asked, name).label + ": ")


def test_a_form_has_the_fields_of_the_type_in_order_and_starts_with_what_is_kept(asked):
    form = forms.Form()
    form.fields.update(fields.form_fields(asked.type, kept(asked, block="Мотор", covered=True, hours=0.5)))

    labels = ["Номер акта", "Что сломано", "Наработка, ч", "Куплено", "Узел", "По гарантии"]
    assert [field.label for field in form.fields.values()] == labels
    assert [field.label for field in fields.form_fields(None).values()] == ["Номер акта"]
    block = form.fields[name_of(asked.block)]
    assert (block.initial, [value for value, _word in block.choices]) == ("Мотор", ["", "Платёж", "Печать", "Мотор"])
    assert form.fields[name_of(asked.covered)].initial == "yes"


def test_a_ticket_shows_its_fields_and_archived_ones_while_they_say_something(asked, inside):
    ticket = opened(inside, type=asked.type, custom=fields.clean(asked.type, typed(asked, **FULL, covered="yes")))
    typology.archive_field(asked.hours, by=inside.owner)
    typology.archive_field(asked.act, by=inside.owner)

    with override("en"):
        assert {fact["label"]: fact["value"] for fact in fields.shown(ticket)} == {
            "Номер акта": "А-17",
            "Что сломано": "Гудит\nи греется",
            "Наработка, ч": "1204.5",
            "Куплено": "March 9, 2024",
            "Узел": "Печать",
            "По гарантии": "Yes",
        }
    assert [fact["label"] for fact in fields.shown(opened(inside))] == []
    assert fields.field_or_none(ticket, asked.hours.pk) is None
    assert fields.field_or_none(ticket, asked.block.pk) == asked.block
    assert fields.field_or_none(opened(inside), asked.block.pk) is None
    assert fields.field_or_none(ticket, "x") is None


def test_a_field_of_a_ticket_changes_with_what_it_was(asked, inside):
    ticket = opened(inside, type=asked.type)

    ticket = fields.set_field(ticket, asked.bought, "2024-03-09", by=inside.agent)
    ticket = fields.set_field(ticket, asked.bought, "2024-03-09", by=inside.agent)
    ticket = fields.set_field(ticket, asked.bought, "", by=inside.agent)
    with pytest.raises(Refused):
        fields.set_field(ticket, asked.block, "", by=inside.agent)
    with pytest.raises(Refused):
        fields.set_field(opened(inside), asked.bought, "2024-03-09", by=inside.agent)
    for nobody in (inside.observer, inside.engineer):
        with pytest.raises(Refused):
            fields.set_field(ticket, asked.act, "А-1", by=nobody)

    told = Activity.objects.filter(ticket_id=ticket.pk, kind="field_changed").order_by("id")
    assert [line.details for line in told] == [
        {"field": "Куплено", "before": "—", "after": "March 9, 2024"},
        {"field": "Куплено", "before": "March 9, 2024", "after": "—"},
    ]
    assert lifecycle.lock(ticket).custom == {}


def test_a_ticket_of_another_type_keeps_what_was_filled_in(asked, inside):
    ticket = opened(inside, type=asked.type, custom=kept(asked, block="Печать", act="А-17"))
    incident = TicketType.objects.get(name="Incident")

    ticket = fields.set_type(ticket, to=incident, by=inside.agent)
    assert [fact["value"] for fact in fields.shown(ticket)] == ["А-17"]
    ticket = fields.set_type(ticket, to=asked.type, by=inside.agent)
    assert [fact["value"] for fact in fields.shown(ticket) if fact["value"]] == ["А-17", "Печать"]
    typology.archive_type(incident, by=inside.owner)
    with pytest.raises(Refused):
        fields.set_type(ticket, to=TicketType.objects.get(name="Incident"), by=inside.agent)
    with pytest.raises(Refused):
        fields.set_type(ticket, to=None, by=inside.engineer)

    told = Activity.objects.filter(ticket_id=ticket.pk, kind="type_changed").order_by("id")
    assert [(line.details["before"], line.details["after"]) for line in told] == [
        ("Ремонт", "Incident"),
        ("Incident", "Ремонт"),
    ]


def test_asking_costs_one_query_however_many_fields_there_are(asked, inside, django_assert_num_queries):
    ticket = opened(inside, type=asked.type)
    for n in range(20):
        typology.add_field(f"Поле {n}", by=inside.owner, kind="text", type=asked.type)

    with django_assert_num_queries(1):
        fields.form_fields(asked.type)
    with django_assert_num_queries(1):
        fields.shown(ticket)
    assert CustomField.objects.count() == 26
