"""When an account works: its week, a country's holidays with their moved days, days of its own, and who may say so."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client as Browser
from django.utils.translation import override

from sla import almanac, calendars, hours_text, seeding
from sla.models import Calendar, Policy
from sla.working_time import ROUND_THE_CLOCK, add, elapsed
from tenants import clock, history, timers
from tenants.models import Account, Activity, Timer, User
from tenants.vocabulary import Refused
from tests import world
from tests.rewind import staged

STAFF = {role: (role.title(), "") for role in ("owner", "admin", "dispatcher", "agent", "engineer", "observer")}
NINE_TO_SIX = [[["09:00", "13:00"], ["14:00", "18:00"]]] * 5 + [[], []]
# What the production calendar of the country says: working hours a year of a week of forty, and its short days.
NORMS = {
    2020: (1979, "04-30 05-08 06-11 11-03 12-31"),
    2021: (1972, "02-20 04-30 06-11 11-03"),
    2022: (1973, "02-22 03-05 11-03"),
    2023: (1973, "02-22 03-07 11-03"),
    2024: (1979, "02-22 03-07 05-08 06-11 11-02"),
    2025: (1972, "03-07 04-30 06-11 11-01"),
    2026: (1972, "04-30 05-08 06-11 11-03"),
    2027: (1972, "02-20 04-30 06-11 11-03"),
}
# Days off that the government moved: the free day, and the day of the weekend it comes from.
MOVED = {
    2020: "01-04>05-04 01-05>05-05",
    2021: "01-02>11-05 01-03>12-31 02-20>02-22",
    2022: "01-01>05-03 01-02>05-10 03-05>03-07",
    2023: "01-01>02-24 01-08>05-08",
    2024: "01-06>05-10 01-07>12-31 04-27>04-29 11-02>04-30 12-28>12-30",
    2025: "01-04>05-02 01-05>12-31 02-23>05-08 03-08>06-13 11-01>11-03",
    2026: "01-03>01-09 01-04>12-31",
    2027: "01-02>11-05 01-03>12-31 02-20>02-22",
}


@staged
def office():
    return world.company("office", "Контора", "КО", STAFF, language="en")


@staged
def stranger():
    return world.company("stranger", "Посторонний", "ПО", {"owner": ("Чужой", "")}, language="en")


@pytest.fixture
def inside(office):
    with office.scope():
        yield office


def russian(**wanted):
    days = seeding.days_of("RU", "ru", 2028)
    return Calendar(**{"zone": "Europe/Moscow", "week": NINE_TO_SIX, "days": days, "eve_minutes": 60, **wanted})


def usual(inside, **wanted):
    facts = {"zone": "Europe/Moscow", "week": NINE_TO_SIX, "country": "RU", "eve_minutes": 60, **wanted}
    return calendars.add(facts.pop("name", "Дни"), by=inside.owner, **facts)


def refused(verb, *args, **kwargs):
    with pytest.raises(Refused) as no, override("en"):
        verb(*args, **kwargs)
    return no.value.field


def told():
    with override("en"):
        return [line.sentence for line in history.lines("calendars")][::-1]


@pytest.mark.parametrize("year", NORMS)
def test_a_russian_year_has_the_working_hours_that_are_published(year):
    hours, (norm, short) = calendars.hours_of(russian()), NORMS[year]
    new_year = datetime(year, 1, 1, tzinfo=UTC)

    seven_hours = [
        f"{day:%m-%d}" for day, spans in hours.days if day.year == year and sum(b - a for a, b in spans) == 7 * 60
    ]

    assert elapsed(hours, new_year, new_year.replace(year=year + 1)) == norm * 3600
    assert " ".join(seven_hours) == short


@pytest.mark.parametrize("year", MOVED)
def test_days_that_were_moved_are_free_and_their_saturdays_worked(year):
    hours = calendars.hours_of(russian(eve_minutes=0))

    for move in MOVED[year].split():
        source, free = (date.fromisoformat(f"{year}-{day}") for day in move.split(">"))
        assert hours.on(free) == ()
        worked = seeding.days_of("RU", "ru", 2028).get(source.isoformat(), {}).get("like") == free.isoformat()
        # A holiday on a weekend moves by itself; a plain Saturday that moves is worked instead.
        assert hours.on(source) == (hours.week[0] if worked else ())
        assert worked == (source.isoformat() not in fixed_holidays(year))


def fixed_holidays(year):
    fixed = {"02-23", "03-08", "05-01", "05-09", "06-12", "11-04", *(f"01-0{n}" for n in range(1, 9))}
    return {f"{year}-{day}" for day in fixed}


def test_a_moved_saturday_works_like_the_day_it_stands_for():
    week = [[["08:00", "12:00"]], [], [], [], [["09:00", "18:00"]], [["10:00", "16:00"]], []]
    hours = calendars.hours_of(russian(week=week))

    assert hours.on(date(2024, 12, 28)) == ((480, 720),)  # like Monday the 30th
    assert hours.on(date(2024, 11, 2)) == ((600, 960),)  # Tuesday is free here: as any Saturday
    assert hours.on(date(2021, 2, 20)) == ((480, 660),)  # like the Monday before a holiday
    assert calendars.shorter(((540, 780), (840, 870)), 60) == ((540, 750),)
    assert calendars.shorter(((540, 580),), 60) == ()


def test_a_calendar_is_made_changed_and_put_away_with_its_history(inside):
    owner = inside.owner
    days = usual(inside)
    nights = calendars.add("Ночи", by=owner, zone="Asia/Omsk", week=[[["22:00", "06:00"]]] * 7)
    days = calendars.change(days, by=owner, name="Будни", zone="Europe/Samara", eve_minutes=0)
    days = calendars.change(days, by=owner, week=[[["09:00", "18:00"]]] * 5, always=False, country="RU")
    nights = calendars.make_default(nights, by=owner)
    calendars.make_default(nights, by=owner)
    days = calendars.archive(Calendar.objects.get(pk=days.pk), by=owner)

    assert told() == [
        "added the calendar Дни",
        "added the calendar Ночи",
        "changed the calendar Дни: Дни → Будни",
        "changed the calendar Дни: Europe/Moscow → Europe/Samara",
        "changed the calendar Дни: before a holiday shorter by 60 min → before a holiday shorter by 0 min",
        "changed the calendar Будни: Mon–Fri 9:00–13:00, 14:00–18:00 → Mon–Fri 9:00–18:00",
        "changed the calendar Ночи: the default was Будни → the default",
        "archived the calendar Будни",
    ]
    assert (calendars.default().pk, list(calendars.current())) == (nights.pk, [nights])
    assert refused(calendars.make_default, days, by=owner) is None
    days = calendars.restore(days, by=owner)
    assert (days.archived_at, days.is_default) == (None, False)


def test_the_last_calendar_can_go_and_then_every_hour_counts(inside):
    only = usual(inside, country="")

    calendars.archive(only, by=inside.owner)

    assert calendars.default() is None
    assert calendars.hours_of(calendars.default()) == ROUND_THE_CLOCK
    assert calendars.restore(only, by=inside.owner).is_default


def test_a_calendar_that_is_needed_stays(inside):
    days, other = usual(inside), usual(inside, name="Иной")
    Policy.objects.create(name="Кассы 4 часа", calendar=other)

    with pytest.raises(Refused) as no, override("ru"):
        calendars.archive(other, by=inside.owner)

    assert str(no.value.sentence) == "По этому календарю считает SLA «Кассы 4 часа». Сначала дайте ему другой."
    refused(calendars.archive, days, by=inside.owner)
    assert Activity.objects.filter(kind="calendar_archived").count() == 0


def test_what_makes_no_calendar_is_refused_at_its_field(inside):
    right = {"name": "Дни", "zone": "UTC", "week": NINE_TO_SIX}
    usual(inside, country="")

    assert refused(calendars.add, **{**right, "name": "дни"}, by=inside.owner) == "name"
    right["name"] = "Иной"
    for name, value, field in (
        ("zone", "Mars/Base", "zone"),
        ("country", "QQ", "country"),
        ("eve_minutes", 481, "eve_minutes"),
        ("week", [[], [["09:00", "13:00"], ["12:00", "18:00"]]], "day_1"),
        ("week", [[["9", "18"]]], "day_0"),
        ("week", [[["24:00", "06:00"]]], "day_0"),
        ("week", [[]] * 7, "day_0"),
        ("week", NINE_TO_SIX + NINE_TO_SIX, "day_0"),
    ):
        assert refused(calendars.add, **{**right, name: value}, by=inside.owner) == field, value
    assert Calendar.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("9-18", "9:00–18:00"),
        ("09:00 – 13:00; 14.00—18.30", "9:00–13:00, 14:00–18:30"),
        ("14-18,9-13", "9:00–13:00, 14:00–18:00"),
        ("22-6", "22:00–6:00"),
        ("18–24", "18:00–24:00"),
        ("0-24", "0:00–24:00"),
        ("  ", ""),
    ],
)
def test_hours_are_read_as_people_type_them(typed, said):
    assert hours_text.say(hours_text.parse(typed)) == said


@pytest.mark.parametrize("typed", ["25:00–26:00", "9:60–18", "9", "с 9 до 18", "9-13, 12-18", "24-6", "9-10," * 13])
def test_hours_that_nobody_can_read_are_refused(typed):
    assert refused(hours_text.parse, typed, "day_3") == "day_3"


def test_days_of_ones_own_outlive_the_country_and_its_years(inside):
    owner = inside.owner
    calendar = usual(inside)
    calendars.set_day(calendar, date(2026, 5, 9), by=owner, name="Дежурим", hours=[["10:00", "14:00"]])
    calendars.set_day(calendar, date(2026, 7, 1), by=owner, name="День  компании")
    calendars.drop_day(calendar, date(2026, 6, 12), by=owner)
    calendar = calendars.change(calendar, by=owner, country="DE")

    own = {iso: entry for iso, entry in calendar.days.items() if entry["own"]}
    hours = calendars.hours_of(calendar)
    assert list(own) == ["2026-05-09", "2026-06-12", "2026-07-01"]
    assert [hours.on(date(2026, month, day)) for month, day in ((5, 9), (6, 12), (7, 1), (10, 3), (11, 4))] == [
        ((600, 840),),
        hours.week[4],
        (),
        (),
        hours.week[2],
    ]
    calendar = calendars.change(calendar, by=owner, country="RU")
    calendar = calendars.drop_day(calendar, date(2026, 5, 9), by=owner)
    assert calendar.days["2026-05-09"]["eve"] and not calendar.days["2026-05-09"]["own"]
    calendar = calendars.drop_day(calendar, date(2026, 7, 1), by=owner)
    assert "2026-07-01" not in calendar.days
    assert refused(calendars.drop_day, calendar, date(2026, 7, 1), by=owner) is None
    assert refused(calendars.set_day, calendar, date(1950, 1, 1), by=owner) == "day"
    assert told()[1:4] == [
        "changed the calendar Дни: May 9, 2026: day off (Victory Day) → May 9, 2026: 10:00–14:00 (Дежурим)",
        "changed the calendar Дни: July 1, 2026: day off (День компании)",
        "changed the calendar Дни: June 12, 2026: day off (Russia Day) → June 12, 2026: as the weekday (Russia Day)",
    ]


def test_holidays_are_known_two_years_ahead_year_after_year(office):
    with office.scope(), clock.at(datetime(2026, 12, 20, 9, tzinfo=UTC)):
        calendar = usual(office)
        calendars.set_day(calendar, date(2026, 7, 1), by=office.owner)
        assert max(calendar.days)[:4] == "2028"
    for moment in (datetime(2027, 1, 1, 0, 1, tzinfo=UTC), datetime(2027, 2, 1, 0, 1, tzinfo=UTC)):
        with clock.at(moment):
            timers.ring_due()
            with office.scope():
                Account.objects.filter(pk=office.account.pk).update(language="ru")
                grown = Calendar.objects.get(pk=calendar.pk)
                assert (max(grown.days)[:4], grown.days["2026-07-01"]["own"]) == ("2029", True)

    with office.scope():
        lines = Activity.objects.filter(kind="calendar_changed", actor_kind="schedule")
        # In February the days are only called otherwise.
        assert [line.details["after"][:21] for line in lines] == ["holidays of 2020–2029"]
        assert grown.days["2027-05-09"]["name"] == "День Победы"
        assert Timer.objects.get(kind="calendar_years").due_at == datetime(2027, 3, 1, tzinfo=UTC)
        calendars.change(grown, by=office.owner, country="")
        assert not Timer.objects.filter(kind="calendar_years").exists()


def test_the_usual_week_is_that_of_the_accounts_place(inside):
    calendar = calendars.add_usual(by=inside.owner)
    hours = calendars.hours_of(calendar)

    eve = datetime(2026, 6, 11, 13, tzinfo=UTC)  # a Thursday, 16:00 in Moscow, open until 17:00
    assert (calendar.name, calendar.zone, calendar.country) == ("Working week", "Europe/Moscow", "RU")
    assert add(hours, eve, 2 * 3600) == datetime(2026, 6, 15, 7, tzinfo=UTC)
    assert refused(calendars.add_usual, by=inside.owner) == "name"


def test_the_next_days_are_told_as_deadlines_count_them(inside):
    night = usual(inside, week=[[["22:00", "06:00"]]] * 7, zone="Europe/Berlin", country="")
    told = list(almanac.upcoming(night, datetime(2026, 3, 28, 12, tzinfo=UTC), 3))

    assert [one.hours for one in told] == [("0:00–6:00", "22:00–24:00")] * 3
    always = calendars.change(night, by=inside.owner, always=True)
    assert [one.hours for one in almanac.upcoming(always, clock.now(), 2)] == [("0:00–24:00",)] * 2
    eve = [one for one in almanac.of_year(usual(inside, name="Россия"), 2026) if one.kind == "eve"]
    assert [one.iso for one in eve] == ["2026-04-30", "2026-05-08", "2026-06-11", "2026-11-03"]
    assert [one.hours for one in eve][:1] == [("9:00–13:00, 14:00–17:00",)]


class Page:
    def __init__(self, company, role="owner"):
        self.browser, self.root = Browser(), f"/a/{company.slug}/settings/calendars/"
        self.browser.force_login(User.objects.get(pk=company.people[role].user_id))

    def get(self, path="", **headers):
        return self.browser.get(self.root + path, headers=headers)

    def post(self, path="", *, headers=None, **send):
        return self.browser.post(self.root + path, send, headers=headers)


HTMX = {"HX-Request": "true"}
WEEK = {"zone": "Asia/Omsk", "day_0": "9:00–13:00, 14:00–18:00", "day_4": "9–17", "country": "RU", "eve_minutes": ""}


def test_a_calendar_is_set_up_on_its_pages(office, django_assert_max_num_queries):
    page = Page(office)
    assert b"Start with the usual working week" in page.get().content
    first = page.post("usual/")
    second = page.post("new/", name="Омск", **WEEK)
    with office.scope():
        omsk = Calendar.objects.get(name="Омск")
    assert (first.status_code, second["Location"]) == (302, f"/a/{office.slug}/settings/calendars/{omsk.pk}/")

    saved = page.post(f"{omsk.pk}/", name="Омск", **{**WEEK, "day_5": "10–14"})
    page.post(f"{omsk.pk}/day/", day="2026-07-01", hours="", name="Праздник")
    dropped = page.post(f"{omsk.pk}/day/", was="2026-05-01", do="drop", headers=HTMX)
    assert (dropped["HX-Retarget"], dropped["HX-Trigger"]) == ("#days", "close-dialog")
    assert [one.kind for one in dropped.context["days"] if one.iso == "2026-05-01"] == ["own"]
    page.post(f"{omsk.pk}/", do="default")
    with office.scope():
        omsk = Calendar.objects.get(name="Омск")
        assert (saved.status_code, omsk.week[5], omsk.is_default) == (302, [["10:00", "14:00"]], True)
        assert omsk.days["2026-07-01"] == {"name": "Праздник", "own": True, "hours": []}
        assert omsk.days["2026-05-01"]["like"] == "2026-05-01"
    with django_assert_max_num_queries(20):
        shown = page.get(f"{omsk.pk}/?year=2021").content.decode()
    assert "Праздник" not in shown and "moved working day" in shown
    assert "Праздник" in page.get(f"{omsk.pk}/?year=2026").content.decode()
    assert page.get(f"{omsk.pk}/?year=99999999999").context["year"] == clock.now().year
    day = page.get(f"{omsk.pk}/day/?day=2026-07-01")
    assert day.context["form"].initial["name"] == "Праздник"
    # Enter presses the first of them.
    assert re.findall(r'type="submit" name="do" value="(\w+)"', day.content.decode()) == ["save", "drop", "save"]
    assert page.get(f"{omsk.pk}/day/?day=2026-02-31").context["asked"] is None
    assert page.post(f"{omsk.pk}/", do="archive", headers=HTMX).status_code == 422
    with django_assert_max_num_queries(16):
        assert b"Mon 9:00" in page.get().content


def test_mistakes_stand_at_their_fields_and_what_was_typed_stays(office):
    page = Page(office)
    page.post("usual/")
    wrong = {"day_0": "25–26", "day_1": "9–13, 12–18", "day_2": "утром", "zone": "Mars/Base", "eve_minutes": "999"}

    answer = page.post("new/", name="working week", **{**WEEK, **wrong})
    again = page.post("new/", name="working week", **WEEK)
    empty = page.post("new/", name="Иной", zone="UTC")

    assert answer.status_code == again.status_code == empty.status_code == 422
    assert answer.context["form"].errors == {
        "day_0": ["There is no such time: 25:00."],
        "day_1": ["These hours overlap: 9:00–13:00 and 12:00–18:00."],
        "day_2": ["Write hours like this: 9:00–13:00, 14:00–18:00."],
        "zone": ["Select a valid choice. Mars/Base is not one of the available choices."],
        "eve_minutes": ["Ensure this value is less than or equal to 480."],
    }
    assert 'value="утром"' in answer.content.decode()
    assert again.context["form"].errors == {"name": ["There is one of this name already."]}
    assert empty.context["form"].errors == {"day_0": ["Say on which days you work, and when."]}


def test_nobody_else_sets_up_calendars(office, stranger):
    Page(office).post("usual/")
    with office.scope():
        calendar, before = Calendar.objects.get(), Activity.objects.count()
    addresses = ("", "new/", f"{calendar.pk}/", f"{calendar.pk}/day/?day=2026-05-09")

    for role in ("dispatcher", "agent", "engineer", "observer"):
        for path in addresses:
            assert Page(office, role).get(path, **HTMX).status_code == 422, (role, path)
            answer = Page(office, role).post(path, name="Иной", headers=HTMX, **WEEK)
            assert answer.status_code in (405, 422), (role, path)
    for path in addresses:
        assert Page(stranger).browser.get(f"/a/office/settings/calendars/{path}").status_code == 404
        if str(calendar.pk) in path:
            assert Page(stranger).get(path).status_code == Page(stranger).post(path, do="default").status_code == 404
    for verb in (calendars.archive, calendars.make_default, calendars.restore):
        with office.scope():
            assert refused(verb, calendar, by=office.dispatcher) is None
    with office.scope():
        assert Activity.objects.count() == before
        assert refused(calendars.set_day, calendar, date(2026, 5, 9) + timedelta(1), by=office.agent) is None
