"""Calendars: when the account works. Its hours for whoever counts time, and the verbs that change them."""

import marshal
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from tenants import clock, zones
from tenants.activity import record
from tenants.models import Account
from tenants.scoping import current_account_id
from tenants.timers import clear_timer, on_timer, set_timer
from tenants.vocabulary import SCHEDULE, refuse_unless
from tickets import arranging

from . import hours_text, seeding
from .models import Calendar, Policy
from .vocabulary import CALENDAR_ADDED, CALENDAR_ARCHIVED, CALENDAR_CHANGED, CALENDAR_RESTORED
from .working_time import FIRST, KNOWN, LAST, ROUND_THE_CLOCK, Hours

DAY = timedelta(days=1)
PLAIN = 2  # the form of marshal in which equal values are equal bytes
LONGEST_EVE, LONGEST_NAME, MOST_OWN = 480, 80, 1000
USUAL_WEEK = [[["09:00", "18:00"]]] * 5 + [[], []]
NONE = "—"
AGAIN = "calendar_years"
FACTS = ("name", "zone", "always", "week", "country", "eve_minutes")


def hours_of(calendar):
    """The hours that a calendar stands for; no calendar is around the clock."""
    if calendar is None or calendar.always:
        return ROUND_THE_CLOCK
    # Every ticket brings a calendar of its own out of the database, mostly the same one.
    return understood(marshal.dumps((calendar.zone, calendar.week, calendar.days, calendar.eve_minutes), PLAIN))


@lru_cache(maxsize=KNOWN)
def understood(kept):
    """The hours that the columns of a calendar stand for, worked out once."""
    zone, kept_week, kept_days, eve_minutes = marshal.loads(kept)
    week = tuple(hours_text.minutes(pairs) for pairs in kept_week)
    told = {date.fromisoformat(iso): entry for iso, entry in kept_days.items()}
    eves = {day - DAY for day, entry in told.items() if entry.get("eve")} if eve_minutes else set()
    days = {}
    for day, entry in told.items():
        if "like" not in entry:
            days[day] = hours_text.minutes(entry["hours"])
            continue
        like = date.fromisoformat(entry["like"])
        # Where the weekday that it stands for is free anyway, a moved day is like any of its own.
        like = like if entry["own"] or week[like.weekday()] else day
        usual = week[like.weekday()]
        days[day] = shorter(usual, eve_minutes) if {like, day} & eves else usual
    for day in eves - days.keys():
        if week[day.weekday()]:
            days[day] = shorter(week[day.weekday()], eve_minutes)
    return Hours(zone, week, tuple(sorted(days.items())))


def shorter(spans, minutes):
    """A day's intervals that end so many minutes earlier."""
    kept = list(spans)
    while kept and minutes:
        since, until = kept.pop()
        if until - minutes > since:
            return (*kept, (since, until - minutes))
        minutes -= until - since
    return tuple(kept)


def current():
    """The calendars to choose from."""
    return Calendar.objects.filter(archived_at=None)


def default():
    """The calendar of whoever names none; None where the account has no calendars."""
    return Calendar.objects.filter(is_default=True).first()


@transaction.atomic
def add(name, *, by, zone, week=(), always=False, country="", eve_minutes=0):
    """One more calendar, with the country's holidays in it; the first one is the default."""
    arranging.permit(by)
    alone()
    calendar = Calendar(
        name=arranging.named(Calendar, name),
        zone=checked_zone(zone),
        always=bool(always),
        week=checked_week(week, always),
        country=checked_country(country),
        eve_minutes=checked_eve(eve_minutes),
        is_default=default() is None,
    )
    calendar.days = seeded(calendar)
    arranging.keep(calendar)
    wake(calendar)
    record(calendar, CALENDAR_ADDED, by=by, name=calendar.name)
    return calendar


def add_usual(*, by):
    """The usual working week where the account is: the holidays of its country are free, the day before is shorter."""
    account = Account.objects.get(pk=current_account_id())
    country = seeding.country_of(account.zone)
    with override(account.language):
        name = _("Working week")
    eve = 60 if country == "RU" else 0
    return add(name, by=by, zone=account.zone, week=USUAL_WEEK, country=country, eve_minutes=eve)


@transaction.atomic
def change(calendar, *, by, **wanted):
    """The calendar says something else from now on; days that people wrote stay, those of a country follow it."""
    arranging.permit(by)
    calendar = arranging.locked(calendar)
    before = {name: getattr(calendar, name) for name in FACTS}
    always = bool(wanted.get("always", calendar.always))
    checks = {
        "name": lambda name: arranging.named(Calendar, name, but=calendar),
        "zone": checked_zone,
        "always": bool,
        "week": lambda week: checked_week(week, always),
        "country": checked_country,
        "eve_minutes": checked_eve,
    }
    for name, value in wanted.items():
        setattr(calendar, name, checks[name](value))
    checked_week(calendar.week, always)
    if calendar.country != before["country"]:
        calendar.days = seeded(calendar)
    arranging.keep(calendar)
    wake(calendar)
    with override(language()):
        for name in FACTS:
            if getattr(calendar, name) != before[name]:
                say = SAID[name]
                tell(calendar, by, say(before[name]), say(getattr(calendar, name)), was=before["name"])
    return calendar


@transaction.atomic
def archive(calendar, *, by):
    """Nobody chooses the calendar any more; one that a policy counts by, and the default among others, stay."""
    arranging.permit(by)
    alone()
    calendar = arranging.locked(calendar)
    used = Policy.objects.filter(calendar=calendar, archived_at=None).first()
    counted = _("The SLA policy “%(name)s” counts by this calendar. Give it another one first.") % {"name": used}
    refuse_unless(used is None, counted)
    if calendar.is_default:
        others = current().exclude(pk=calendar.pk).exists()
        refuse_unless(not others, _("This is the default calendar. Make another one the default first."))
        Calendar.objects.filter(pk=calendar.pk).update(is_default=False)
    return arranging.archive(calendar, CALENDAR_ARCHIVED, by=by)


@transaction.atomic
def restore(calendar, *, by):
    """The calendar can be chosen again; where there is no default it becomes it."""
    arranging.permit(by)
    alone()
    calendar = arranging.restore(calendar, CALENDAR_RESTORED, by=by)
    if default() is None:
        Calendar.objects.filter(pk=calendar.pk).update(is_default=True)
    return arranging.locked(calendar)


@transaction.atomic
def make_default(calendar, *, by):
    """Whoever names no calendar goes by this one from now on."""
    arranging.permit(by)
    alone()
    calendar = arranging.locked(calendar)
    refuse_unless(calendar.archived_at is None, arranging.GONE)
    if calendar.is_default:
        return calendar
    former = default()
    Calendar.objects.filter(is_default=True).update(is_default=False)
    Calendar.objects.filter(pk=calendar.pk).update(is_default=True)
    with override(language()):
        before = _("the default was %(name)s") % {"name": former.name} if former else NONE
        tell(calendar, by, before, _("the default"))
    return arranging.locked(calendar)


@transaction.atomic
def set_day(calendar, day, *, by, name="", hours=()):
    """One day has hours of its own, or none; no country's holidays change it."""
    arranging.permit(by)
    calendar = arranging.locked(calendar)
    refuse_unless(FIRST <= day.year <= LAST, _("There is no such day in any calendar."), "day")
    entry = {"name": checked_day_name(name), "own": True, "hours": hours_text.checked(list(hours), "hours")}
    keep_day(calendar, day, entry, by=by)
    return calendar


@transaction.atomic
def drop_day(calendar, day, *, by):
    """What a person wrote about a day is gone; a country's day that is dropped is worked as its weekday is."""
    arranging.permit(by)
    calendar = arranging.locked(calendar)
    entry = calendar.days.get(day.isoformat())
    refuse_unless(entry is not None, _("This day is no longer in the calendar."))
    if entry["own"]:
        keep_day(calendar, day, country_days(calendar).get(day.isoformat()), by=by)
    else:
        keep_day(calendar, day, {"name": entry["name"], "own": True, "like": day.isoformat()}, by=by)
    return calendar


@on_timer(AGAIN)
def extend(calendar_id):
    """Holidays are known for two years ahead, and moved ones as soon as the library knows them."""
    calendar = Calendar.objects.select_for_update(no_key=True).filter(pk=calendar_id).first()
    if calendar is None or not calendar.country:
        return
    before, calendar.days = calendar.days, seeded(calendar)
    if calendar.days != before:
        calendar.save(update_fields=["days"])
    # Days that are only called otherwise move no deadline.
    if nameless(calendar.days) != nameless(before):
        with override(language()):
            tell(calendar, SCHEDULE, years(before), years(calendar.days))
    wake(calendar)


def nameless(days):
    return {iso: {**entry, "name": ""} for iso, entry in days.items()}


def alone():
    """Which calendar is the default is decided by one at a time."""
    Account.objects.select_for_update(no_key=True).get(pk=current_account_id())


def keep_day(calendar, day, entry, *, by):
    """Write one day down, or take it out, with its line of history."""
    before = calendar.days.get(day.isoformat())
    if entry == before:
        return
    days = {**calendar.days, day.isoformat(): entry}
    calendar.days = dict(sorted((iso, told) for iso, told in days.items() if told is not None))
    own = sum(told["own"] for told in calendar.days.values())
    refuse_unless(own <= MOST_OWN, _("There are too many days of your own in this calendar."), "day")
    calendar.save(update_fields=["days"])
    with override(language()):
        tell(calendar, by, say_day(day, before), say_day(day, entry))


def seeded(calendar):
    """The days of a calendar: what people wrote, and the country's days beside it."""
    own = {iso: entry for iso, entry in calendar.days.items() if entry["own"]}
    return dict(sorted({**country_days(calendar), **own}.items()))


def country_days(calendar):
    """What the calendar's country says by itself."""
    if not calendar.country:
        return {}
    return seeding.days_of(calendar.country, language(), clock.now().year + seeding.AHEAD)


def wake(calendar):
    """Look at the country's days again on the first of every month."""
    if not calendar.country:
        clear_timer(AGAIN, calendar)
        return
    now = clock.now()
    following = date(now.year + now.month // 12, now.month % 12 + 1, 1)
    set_timer(AGAIN, calendar, datetime(following.year, following.month, 1, tzinfo=UTC))


def language():
    """The language in which the account keeps what it writes down."""
    return Account.objects.values_list("language", flat=True).get(pk=current_account_id())


def tell(calendar, by, before, after, was=""):
    record(calendar, CALENDAR_CHANGED, by=by, name=was or calendar.name, before=before or NONE, after=after or NONE)


def say_day(day, entry):
    """A day as the history tells it."""
    if entry is None:
        return NONE
    hours = _("as the weekday") if "like" in entry else hours_text.say(entry["hours"]) or _("day off")
    return f"{date_format(day, 'DATE_FORMAT')}: {hours}" + (f" ({entry['name']})" if entry["name"] else "")


def years(days):
    """For which years a country's days are known."""
    known = sorted(iso[:4] for iso, entry in days.items() if not entry["own"])
    return _("holidays of %(first)s–%(last)s, days: %(count)s") % {
        "first": known[0] if known else NONE,
        "last": known[-1] if known else NONE,
        "count": len(known),
    }


SAID = {
    "name": str,
    "zone": str,
    "always": lambda always: _("around the clock") if always else _("by the week"),
    "week": hours_text.say_week,
    "country": lambda country: _("holidays: %(country)s") % {"country": seeding.name_of(country)} if country else NONE,
    "eve_minutes": lambda minutes: _("before a holiday shorter by %(minutes)s min") % {"minutes": minutes},
}


def checked_zone(zone):
    refuse_unless(zones.exists(zone), zones.NO_SUCH_ZONE, "zone")
    return zone


def checked_country(country):
    known = country == "" or country in seeding.codes()
    refuse_unless(known, _("The holidays of this country are not known."), "country")
    return country


def checked_eve(minutes):
    right = isinstance(minutes, int) and 0 <= minutes <= LONGEST_EVE
    refuse_unless(right, _("From 0 to 480 minutes."), "eve_minutes")
    return minutes


def checked_day_name(name):
    name = " ".join(name.replace("\0", "").split())
    refuse_unless(len(name) <= LONGEST_NAME, _("The name is too long."), "name")
    return name


def checked_week(week, always=False):
    """Seven days of which at least one is worked."""
    refuse_unless(len(week) <= 7, _("A week has seven days."), "day_0")
    days = [hours_text.checked(pairs, f"day_{day}") for day, pairs in enumerate(week)]
    days += [[] for _day in range(7 - len(days))]
    refuse_unless(always or any(days), gettext_lazy("Say on which days you work, and when."), "day_0")
    return days
