"""The holidays of a country, as the library knows them: days off, days off that were moved, and who works for them."""

from datetime import date
from functools import lru_cache

import holidays
from babel import Locale
from babel.core import get_global
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

FIRST, AHEAD = 2020, 2
# The library's names for the account's languages; what nobody put into Russian is read in English.
SPOKEN = {"en": ("en_US", "en_GB", "en"), "ru": ("ru", "en_US", "en_GB")}
LONGEST = 80


@lru_cache
def codes():
    """The countries whose holidays are known."""
    return frozenset(code for code in holidays.list_supported_countries() if len(code) == 2) - {"UK"}


def choices():
    """The countries by their names in the reader's language."""
    names = Locale.parse(get_language() or "en", sep="-").territories
    return sorted(((code, names.get(code, code)) for code in codes()), key=lambda one: one[1].casefold())


def name_of(country):
    """What a country is called in the reader's language."""
    return Locale.parse(get_language() or "en", sep="-").territories.get(country, country)


def country_of(zone):
    """The country in which a time zone lies; nothing where it lies in none."""
    found = get_global("zone_territories").get(zone, "")
    return found if found in codes() else ""


@lru_cache(maxsize=64)
def days_of(country, language, last):
    """A country's days that are otherwise, from 2020 to a year, as a calendar keeps them."""
    known = holidays.country_holidays(country, years=range(FIRST, last + 1), language=spoken(country, language))
    moved = moves(known, last)
    days = {}
    for day, name in known.items():
        days[day.isoformat()] = {"name": name[:LONGEST], "own": False, "hours": [], "eve": day not in moved}
    with override(language):
        for free, worked in moved.items():
            if worked in known.weekend_workdays:
                days[worked.isoformat()] = {"name": instead_of(free), "own": False, "like": free.isoformat()}
    return days


def instead_of(free):
    """Why a day of the weekend is worked."""
    return _("works instead of %(day)s") % {"day": date_format(free, "DATE_FORMAT")}


def moves(known, last):
    """Days off that were moved: {the free day: the day it was moved from}."""
    moved = {}
    for year in range(FIRST - 1, last + 1):
        entries = getattr(known, "special_public_holidays", {}).get(year, ())
        for entry in entries if entries and isinstance(entries[0], tuple) else [entries]:
            if len(entry) >= 4 and isinstance(entry[2], int):
                month, day, from_month, from_day, *from_year = entry
                moved[date(year, month, day)] = date(from_year[0] if from_year else year, from_month, from_day)
    return moved


def spoken(country, language):
    """The library's name for a language, where it has this country's holidays in it; else the country's own."""
    offered = holidays.list_localized_countries().get(country, [])
    return next((one for one in SPOKEN.get(language, ()) if one in offered), None)
