"""Agreements: which one holds for a ticket, and what is said of them."""

from datetime import UTC, date, datetime

import pytest

from sla import policies
from tenants import agreements, clock
from tenants.models import Activity, Agreement
from tenants.vocabulary import Refused
from tickets import lifecycle

pytestmark = pytest.mark.usefixtures("english")
LIST = "/settings/agreements/"
MAY = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


def signed(company, number, *, client=None, **facts):
    return agreements.add(client or company.client, by=company.owner, number=number, **facts)


def opened(company, **facts):
    return lifecycle.open_ticket("Касса молчит", by=company.agent, **{"client": company.client, **facts})


def told():
    lines = Activity.objects.filter(subject_kind="agreement").order_by("pk")
    return [(line.kind, line.details) for line in lines]


def test_a_ticket_falls_under_the_agreement_it_names_else_under_the_only_one_of_its_day(company):
    with clock.at(MAY):
        old = signed(company, "Д-1", ends_on=date(2026, 5, 19))
        now = signed(company, "Д-2", starts_on=date(2026, 5, 20))
        signed(company, "Д-3", starts_on=date(2026, 5, 21))
        signed(company, "Д-2", client=company.other)

        alone, expired = opened(company), opened(company, agreement="Д-1")
        both = signed(company, "Д-4")
        named, unnamed = opened(company, agreement=" д-4 "), opened(company)
        without = opened(company, client=None, agreement="Д-2")

        # The second was the only one until a fourth came: then only a name says which.
        assert [policies.agreement_of(one) for one in (named, unnamed, without)] == [both, None, None]
        agreements.archive(both, by=company.owner)
        assert [policies.agreement_of(one) for one in (alone, expired, named)] == [now, now, now]
    assert old.ends_on == date(2026, 5, 19)


def test_an_agreement_holds_by_the_accounts_days_and_not_by_those_of_greenwich(company):
    spring = signed(company, "Д-1", ends_on=date(2026, 5, 20))
    with clock.at(datetime(2026, 5, 20, 20, 59, tzinfo=UTC)):
        before = opened(company)
    with clock.at(datetime(2026, 5, 20, 21, 0, tzinfo=UTC)):
        after = opened(company)

    assert (policies.agreement_of(before), policies.agreement_of(after)) == (spring, None)


def test_an_agreement_is_written_down_changed_put_away_and_brought_back(company):
    one = signed(company, " Д-1 ", third_parties="Связь: Ростелеком")

    agreements.change(one, by=company.admin, number="Д-1", ends_on=date(2026, 12, 31), answers_for_others=False)
    agreements.change(one, by=company.admin, number="Д-1")
    agreements.archive(one, by=company.admin)
    agreements.archive(one, by=company.admin)
    agreements.restore(one, by=company.admin)

    name = {"name": "Лукошко, Д-1"}
    assert told() == [
        ("agreement_added", name),
        (
            "agreement_edited",
            name
            | {
                "before": "until —, we answer for third parties",
                "after": "until 12/31/2026, third parties answer for themselves",
            },
        ),
        ("agreement_archived", name),
        ("agreement_restored", name),
    ]


def test_what_can_not_be_agreed_is_refused_at_its_field(company):
    one = signed(company, "Д-1")
    said = []
    for verb in (
        lambda: signed(company, " "),
        lambda: signed(company, "д-1"),
        lambda: signed(company, "Д-2", starts_on=date(2026, 5, 2), ends_on=date(2026, 5, 1)),
        lambda: agreements.change(one, by=company.owner, number=""),
        lambda: agreements.change(one, by=company.owner, third_parties="я" * 2001),
        lambda: agreements.add(None, by=company.owner, number="Д-3"),
        lambda: agreements.archive(one, by=company.dispatcher),
    ):
        with pytest.raises(Refused) as refused:
            verb()
        said.append(refused.value.field)

    assert said == ["number", "number", "ends_on", "number", "third_parties", "client", None]
    assert Agreement.objects.count() == 1


def test_agreements_are_kept_on_their_pages(promising, as_role):
    company, admin = promising.company, as_role()
    empty = admin.get("/settings/agreements/").content.decode()
    sent = {"client": "лукошко", "number": "Д-1", "ends_on": "2026-05-30", "third_parties": "Связь: Ростелеком"}

    wrong = admin.post("/settings/agreements/new/", sent | {"client": promising.stranger.client.name})
    right = admin.post("/settings/agreements/new/", sent)
    with company.scope():
        one = Agreement.objects.get()
    with clock.at(MAY):
        listed = {
            state: [
                "Д-1" in admin.get("/settings/agreements/", {"state": state, "q": q}).content.decode() for q in "лщ"
            ]
            for state in ("", "expiring", "expired", "archived")
        }
    edited = admin.post(f"/settings/agreements/{one.pk}/", {"number": "Д-1/2", "do": "save"})
    archived = admin.post(f"/settings/agreements/{one.pk}/", {"do": "archive"})

    assert "No agreements yet" in empty
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["client"])
    assert {right.status_code, edited.status_code, archived.status_code} == {302}
    yes, no = [True, False], [False, False]
    assert listed == {"": yes, "expiring": yes, "expired": no, "archived": no}
    with company.scope():
        one.refresh_from_db()
        assert (one.number, one.ends_on, one.third_parties, one.answers_for_others) == ("Д-1/2", None, "", False)
        assert one.archived_at is not None


def test_the_list_goes_on_in_pages_by_client_and_number(company):
    rows = [signed(company, f"Д-{n}", client=client) for client in (company.client, company.other) for n in (1, 2)]
    by_name = [rows[2], rows[3], rows[0], rows[1]]
    today = date(2026, 5, 20)

    first = agreements.found(today, most=2)
    second = agreements.found(today, most=2, after=first[1])

    assert (first, second) == (by_name[:3], by_name[2:])
