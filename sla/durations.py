"""Spans of working time as people type them, in either language, and as they read them back."""

import re

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from tenants.vocabulary import Refused

HOUR = 60
# The beginning of a word says its unit; "m" and "м" are minutes, since nobody promises months.
UNITS = {"h": HOUR, "ч": HOUR, "m": 1, "м": 1}
LONGER = ("d", "w", "mon", "y", "д", "нед", "сут", "мес", "г", "лет")
PART = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?\s*([a-zа-яё]*)\.?")
CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)")
NOT_READ = _("Write hours and minutes: “4 h”, “1 h 30 min”, or minutes alone: “240”.")
NO_DAYS = _("Write hours, not days: a working day has no fixed length.")


def parse(text):
    """How many whole minutes a text means, or None where it says nothing; Refused where it can't be read."""
    text = " ".join(text.lower().replace("\xa0", " ").split())
    if not text:
        return None
    clock = CLOCK.fullmatch(text)
    if clock:
        return int(clock[1]) * HOUR + int(clock[2])
    parts = list(PART.finditer(text))
    if not parts or PART.sub("", text).strip(" ,"):
        raise Refused(NOT_READ)
    minutes, seen = 0, set()
    for part in parts:
        unit = unit_of(part[3], alone=len(parts) == 1)
        if unit in seen:
            raise Refused(NOT_READ)
        seen.add(unit)
        minutes += int(part[1]) * unit + int((part[2] or "0").ljust(2, "0")) * unit // 100
    return minutes


def unit_of(word, *, alone):
    """How many minutes one of this unit has; a figure without a unit is minutes, and stands alone."""
    if word.startswith(LONGER):
        raise Refused(NO_DAYS)
    if (word and word[0] not in UNITS) or (not word and not alone):
        raise Refused(NOT_READ)
    return UNITS[word[0]] if word else 1


def say(minutes):
    """So many minutes in hours and minutes, in the reader's language, as they can be typed again."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, HOUR)
    parts = [pgettext("duration", "%(n)d h") % {"n": hours}] if hours else []
    parts += [pgettext("duration", "%(n)d min") % {"n": rest}] if rest else []
    return " ".join(parts)
