"""The hand-over dialog beyond one partner: who stands first, several at once, warnings, templates, other words."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships import candidates, delivery, templates
from partnerships.models import Handover, HandoverTemplate, Link, Partnership, Round, Terms
from tenants import clock
from tenants.models import Account, Activity
from tests.partnerships.conftest import hand, row, text_of
from tests.partnerships.test_hand_over import full, posted, world_partner  # noqa: F401
from tests.rewind import staged
from tickets.models import Ticket

DEVICES = ("site", "contact_name", "description")


def path(ticket, query=""):
    return f"tickets/{ticket.number}/hand-over/{query}"


def told(w, other, **changes):
    """What a partner says of himself, as it was heard."""
    pk = world_partner(w, other)
    with w.service.scope():
        Partnership.objects.filter(pk=pk).update(**changes)


def test_who_suits_best_stands_first_and_is_chosen(w, full, enter):  # noqa: F811
    told(
        w,
        w.sub,
        card={"regions": ["Победы"], "services": ["Кассы"]},
        their_terms={"accept_days": [0, 1, 2, 3, 4, 5, 6]},
    )
    page = enter(w.service).get(path(full))
    rows = page.context["candidates"]

    assert [one["row"].partner.name for one in rows] == ["Вектор", "Лукошко"]
    assert [one["checked"] for one in rows] == [True, False]
    assert "near the site" in text_of(page) and "Победы · 0 tickets of ours with them · Кассы" in text_of(page)

    hand(w.service, w.sub, full)
    rows = enter(w.service).get(path(full)).context["candidates"]

    assert [(one["row"].partner.name, one["row"].blocked) for one in rows] == [
        ("Лукошко", ""),
        ("Вектор", "Вектор has this ticket already."),
    ]
    assert [one["checked"] for one in rows] == [True, False]


def test_figures_are_of_the_last_three_months_and_of_what_one_sees(w, full, enter):  # noqa: F811
    given = hand(w.service, w.sub, full)
    now = clock.now()
    with w.service.scope():
        Handover.objects.filter(pk=given.pk).update(
            state="approved", offered_at=now - timedelta(hours=5), done_at=now - timedelta(hours=1), score=4, due_at=now
        )
        w.service.agent.restricted = True
        w.service.agent.save(update_fields=["restricted"])
    page = enter(w.service).get(path(full))
    first = next(one["row"].record for one in page.context["candidates"] if one["row"].partner.name == "Вектор")

    assert (first.open, first.median, first.rating, first.on_time) == (0, timedelta(hours=4), 4.0, 100)

    with w.service.scope():
        assert candidates.records(w.service.agent) == {}
        Handover.objects.filter(pk=given.pk).update(done_at=now - timedelta(days=91))
        assert candidates.records(w.service.dispatcher) == {}


def test_terms_say_who_may_hand_to_a_partner(w, full, enter):  # noqa: F811
    pk = world_partner(w, w.sub)
    with w.service.scope():
        Terms.objects.filter(partnership=pk).update(handers_roles=["dispatcher"])
    rows = {
        one["row"].partner.name: one["row"] for one in enter(w.service, "agent").get(path(full)).context["candidates"]
    }
    data = posted(enter(w.service).get(path(full, f"?to={world_partner(w, w.sub)}")))
    answer = enter(w.service, "agent").post(path(full), data)

    assert rows["Вектор"].blocked == "The terms with Вектор do not let you hand tickets over: ask an administrator."
    assert answer.status_code == 422 and rows["Вектор"].blocked in text_of(answer)
    with w.service.scope():
        assert not Handover.objects.exists()


def test_the_queries_stay_as_many_for_thirty_partners(w, full, enter):  # noqa: F811
    desk = enter(w.service)

    def count():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = desk.get(path(full))
        return len(asked), len(page.context["candidates"])

    count()
    few, two = count()
    far = [Account.objects.create(slug=f"far{n}", name=f"Далёкие {n}", prefix=f"F{n}") for n in range(30)]
    with w.service.scope():
        for other in far:
            link = Link.objects.create(account_a=w.service.account, account_b=other, since=clock.now())
            made = Partnership.objects.create(link=link, name=other.name, since=clock.now())
            Terms.objects.create(partnership=made, created_at=clock.now(), created_by="")

    assert (count(), two) == ((few, 32), 2)


@staged
def both(w, full):  # noqa: F811
    """The dialog's ticket and the two partners, with whom the terms are not the same."""
    ids = [str(world_partner(w, other)) for other in (w.sub, w.retail)]
    with w.service.scope():
        Terms.objects.filter(partnership=ids[0]).update(pass_contact_phone=False, hand_on="nobody")
    return ids


def several(desk, ticket, both, **changes):
    """The dialog with both chosen, after the look that the change of partners asks for."""
    page = desk.get(path(ticket, f"?to={both[1]}"))
    again = desk.post(path(ticket), posted(page, to=both, several="on", mode="race", **changes))
    assert again.status_code == 200 and again.context["fresh_look"]
    return again


def test_several_get_only_what_the_terms_with_all_of_them_pass(w, full, both, enter):  # noqa: F811
    desk = enter(w.service)
    again = several(desk, full, both, message="кто возьмёт")
    form = again.context["form"]

    assert not form["contact_phone"].value() and form["hand_on"].value() == "nobody"
    assert form["message"].value() == "кто возьмёт"
    with w.service.scope():
        assert not Handover.objects.exists()

    data = posted(again)
    shown = desk.post(path(full) + "preview/", data | {"seen_as": both[1]}, **{"HX-Request": "true"})
    assert "How Лукошко will see" in text_of(shown) and "Hand over to 2 partners" in text_of(shown)

    assert desk.post(path(full), data).status_code == 302
    delivery.drain()
    with w.service.scope():
        rows = list(Handover.objects.select_related("partnership").order_by("partnership__name"))
        assert [(one.partnership.name, one.state, one.round.mode, one.hand_on) for one in rows] == [
            ("Вектор", "offered", "race", "nobody"),
            ("Лукошко", "offered", "race", "nobody"),
        ]
    for company in (w.sub, w.retail):
        assert row(company, direction="taken").card["contact"]["phone"] == ""


def test_two_partners_need_the_switch_and_a_way_to_be_asked(w, full, both, enter):  # noqa: F811
    desk = enter(w.service)
    data = posted(several(desk, full, both))
    single = desk.post(path(full), data | {"several": ""})
    nothow = desk.post(path(full), data | {"mode": ""})

    assert single.status_code == nothow.status_code == 422
    assert single.context["form"].errors == {"to": ["Choose one partner, or switch to several."]}
    assert nothow.context["form"].errors == {"mode": ["Choose how the partners are asked."]}
    with w.service.scope():
        assert not Round.objects.exists()


def test_one_after_another_begins_with_the_first_of_the_list(w, full, both, enter):  # noqa: F811
    desk = enter(w.service)
    data = posted(several(desk, full, both)) | {"to": both[::-1], "mode": "sequence"}

    assert desk.post(path(full), data).status_code == 302
    with w.service.scope():
        assert [one.partnership.name for one in Handover.objects.select_related("partnership")] == ["Лукошко"]
        assert Round.objects.get().queue == both[:1]


def test_a_third_partner_is_not_sent_what_two_were_shown(w, full, both, enter):  # noqa: F811
    desk = enter(w.service)
    one = posted(desk.get(path(full, f"?to={both[0]}")))
    answer = desk.post(path(full), one | {"to": both, "several": "on", "mode": "parallel"})

    assert answer.status_code == 200 and answer.context["fresh_look"]
    with w.service.scope():
        assert not Handover.objects.exists()


def test_warnings_that_nobody_read_come_back_once(w, full, enter):  # noqa: F811
    desk = enter(w.service)
    page = desk.get(path(full, f"?to={world_partner(w, w.sub)}"))
    data = posted(page, contact_phone=None, message="Наталья: 8 900 111 22 33, выезд 5000 руб")
    first = desk.post(path(full), data)

    assert first.status_code == 200 and first.context["read_first"]
    assert [one.code for one in first.context["warnings"]] == ["phone", "price"]
    assert "Hand over anyway" in text_of(first) and "выезд 5000 руб" in first.content.decode()
    with w.service.scope():
        assert not Handover.objects.exists()

    seen = posted(first)
    other = desk.post(path(full), seen | {"message": seen["message"] + ", 300 ₽"})
    assert other.context["read_first"]
    assert desk.post(path(full), seen).status_code == 302
    with w.service.scope():
        assert Handover.objects.count() == 1


def test_warnings_are_shown_while_one_types(w, full, enter):  # noqa: F811
    desk = enter(w.service)
    data = posted(desk.get(path(full)), message="не больше 5000 руб")
    shown = desk.post(path(full) + "preview/", data, **{"HX-Request": "true"})
    digest = shown.context["warnings"][0].digest

    assert (
        "The text names an amount: 5000 руб" in text_of(shown)
        and f'name="warned" value="{digest} "' in shown.content.decode()
    )
    assert desk.post(path(full), data | {"warned": digest}).status_code == 302


def test_the_partner_reads_the_words_that_were_chosen_for_him(w, full, enter):  # noqa: F811
    desk = enter(w.service)
    page = desk.get(path(full, f"?to={world_partner(w, w.sub)}"))
    data = posted(page, wording="Кассы не шлют чеки", wish_from="2030-01-10T10:00", wish_until="2030-01-10T14:00")
    shown = desk.post(path(full) + "preview/", data, **{"HX-Request": "true"})

    assert "with changes" in text_of(shown) and "The description as we wrote it" in text_of(shown)
    assert desk.post(path(full), data | {"checklist": "Фото\n\n Фото \nАкт подписан"}).status_code == 302
    delivery.drain()
    taken = row(w.sub, direction="taken")
    with w.sub.scope():
        assert taken.ticket.description == "Кассы не шлют чеки"
    assert [line["text"] for line in taken.checklist] == ["Фото", "Акт подписан"]
    assert taken.wish_until - taken.wish_from == timedelta(hours=4)
    with w.service.scope():
        assert Ticket.objects.get(pk=full.pk).description == "Счётчик 214"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"wish_from": "2030-01-10T10:00", "wish_until": "2030-01-10T09:00"}, "wish_until"),
        ({"hand_on": "listed"}, "hand_on_to"),
        ({"checklist": "х" * 201}, "checklist"),
        ({"checklist": "\n".join(map(str, range(31)))}, "checklist"),
        ({"hand_on": "everybody"}, "hand_on"),
    ],
)
def test_what_can_not_be_is_said_at_its_field(w, full, enter, changes, field):  # noqa: F811
    desk = enter(w.service)
    answer = desk.post(path(full), posted(desk.get(path(full)), **changes))

    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
    with w.service.scope():
        assert not Handover.objects.exists()


def test_it_may_be_handed_on_to_those_who_are_named(w, full, both, enter):  # noqa: F811
    desk = enter(w.service)
    data = posted(desk.get(path(full, f"?to={both[0]}")), hand_on="listed", hand_on_to=[both[1]])
    shown = desk.post(path(full) + "preview/", data, **{"HX-Request": "true"})

    assert "May be handed on: Лукошко." in text_of(shown)
    assert desk.post(path(full), data).status_code == 302
    delivery.drain()
    taken = row(w.sub, direction="taken")
    assert (taken.hand_on, [one["name"] for one in taken.hand_on_to]) == ("listed", ["Лукошко"])


VISIT = {
    "name": "Выезд",
    "site": "on",
    "message": "Нужен выезд",
    "due_minutes": "4 h",
    "hand_on": "nobody",
    "checklist": "Фото\nАкт",
}


@staged
def template(w, both):
    """A template of the link with the subcontractor."""
    with w.service.scope():
        return templates.add(
            Partnership.objects.get(pk=both[0]),
            by=w.service.owner,
            name="Выезд",
            share={"site": True},
            message="Нужен выезд",
            due_minutes=240,
            hand_on="nobody",
            checklist=["Фото", "Акт"],
        )


def test_a_template_fills_the_dialog_and_what_was_typed_stays(w, full, both, template, enter):  # noqa: F811
    desk = enter(w.service)
    page = desk.get(path(full, f"?to={both[0]}"))
    filled = desk.post(path(full), posted(page, template=str(template.pk), apply="1", accept_by="2030-01-10T10:00"))
    form = filled.context["form"]

    assert filled.status_code == 200 and not filled.context["fresh_look"]
    assert [name for name in DEVICES if form[name].value()] == ["site"]
    assert (form["message"].value(), form["hand_on"].value()) == ("Нужен выезд", "nobody")
    assert form["checklist"].value() == "Фото\nАкт" and not form["equipment"].value()
    assert 3.9 < (form.initial["due_at"] - clock.now()) / timedelta(hours=1) <= 4
    assert f"{form.initial['accept_by']:%F %R %Z}" == "2030-01-10 07:00 UTC"
    assert "Победы, 61" in text_of(filled)

    typed = desk.post(path(full), posted(page, template=str(template.pk), apply="1", message="Своё"))
    assert typed.context["form"]["message"].value() == "Своё"
    opened = desk.get(path(full, f"?to={both[0]}&template={template.pk}"))
    assert opened.context["form"]["message"].value() == "Нужен выезд"
    assert desk.post(path(full), posted(opened)).status_code == 302
    with w.service.scope():
        assert Handover.objects.get().share["description"] is False


def test_a_template_of_another_partner_fills_nothing_and_hands_nothing_over(w, full, both, template, enter):  # noqa: F811
    desk = enter(w.service)
    page = desk.get(path(full, f"?to={both[1]}"))
    for chosen in (str(template.pk), ""):
        answer = desk.post(path(full), posted(page, template=chosen, apply="1"))
        assert answer.status_code == 200 and not answer.context["form"]["message"].value()
    with w.service.scope():
        assert not Handover.objects.exists()


def test_templates_are_kept_by_whoever_sets_the_terms(w, both, template, enter):
    owner, partner = enter(w.service, "owner"), f"partners/{both[0]}/"
    assert "Нужен выезд · deadline after 4 h · 2 lines to tick" in text_of(owner.get(partner))
    for role in ("dispatcher", "observer"):
        desk = enter(w.service, role)
        assert "Выезд" in text_of(desk.get(partner)) and "templates/new/" not in desk.get(partner).content.decode()
        assert desk.post(f"{partner}templates/new/", VISIT | {"name": "Другой"}).status_code == 302
    with w.service.scope():
        assert HandoverTemplate.objects.count() == 1

    twice = owner.post(f"{partner}templates/new/", VISIT | {"name": "выезд"})
    assert twice.status_code == 422 and twice.context["form"].errors == {
        "name": ["There is a template of this name already."]
    }
    assert owner.get(f"templates/{template.pk}/").context["form"]["checklist"].value() == "Фото\nАкт"
    assert owner.post(f"templates/{template.pk}/", VISIT | {"message": "Иначе", "checklist": ""}).status_code == 302
    assert owner.get(f"templates/{template.pk}/delete/").status_code == 200
    with w.service.scope():
        kept = HandoverTemplate.objects.get()
        assert (kept.message, kept.checklist, kept.share["site"], kept.share["description"]) == (
            "Иначе",
            [],
            True,
            False,
        )
    assert enter(w.sub, "owner").get(f"templates/{template.pk}/").status_code == 404
    assert owner.post(f"templates/{template.pk}/delete/").status_code == 302
    with w.service.scope():
        assert not HandoverTemplate.objects.exists()
        kinds = Activity.objects.filter(kind__startswith="template_").order_by("at").values_list("kind", flat=True)
        assert list(kinds) == ["template_added", "template_changed", "template_removed"]


def test_a_race_is_made_of_two_at_least(w, full, both, enter):  # noqa: F811
    """With the switch on and one chosen it is an ordinary hand-over."""
    desk = enter(w.service)
    data = posted(desk.get(path(full, f"?to={both[0]}")), several="on", mode="race")

    assert desk.post(path(full), data).status_code == 302
    with w.service.scope():
        assert Handover.objects.get().round is None
