"""Hours as people type and read them (9:00–13:00, 14:00–18:00), and as calendars keep them: [["09:00", "13:00"]]."""

import re

from django.utils import dates
from django.utils.translation import gettext as _

from tenants.vocabulary import refuse_unless

PAIR = re.compile(r"^(\d{1,2})(?:[:.](\d{2}))?\s*[-‐‑‒–—−]\s*(\d{1,2})(?:[:.](\d{2}))?\Z")
APART = re.compile(r"[,;\n]+")
DAY = 24 * 60
MOST = 12
EXAMPLE = "9:00–13:00, 14:00–18:00"


def parse(text, field=None):
    """What somebody typed for one day, as it is kept; nothing typed is a day without work."""
    parts = [part.strip() for part in APART.split(text) if part.strip()]
    refuse_unless(len(parts) <= MOST, _("Twelve intervals a day at most."), field)
    found = []
    for part in parts:
        match = PAIR.match(part)
        refuse_unless(match, _("Write hours like this: %(example)s.") % {"example": EXAMPLE}, field)
        since = clock_time(match[1], match[2], field, latest=DAY - 1)
        until = clock_time(match[3], match[4], field, latest=DAY)
        found.append([kept(since), kept(until)])
    return checked(found, field)


def clock_time(hour, minute, field, latest):
    """The minutes from midnight that somebody typed."""
    typed = int(hour) * 60 + int(minute or 0)
    right = int(minute or 0) < 60 and typed <= latest
    refuse_unless(right, _("There is no such time: %(time)s.") % {"time": f"{hour}:{minute or '00'}"}, field)
    return typed


def checked(pairs, field=None):
    """The intervals of one day in their order, none inside another."""
    right = isinstance(pairs, list | tuple) and len(pairs) <= MOST and all(is_pair(pair) for pair in pairs)
    refuse_unless(right, _("Write hours like this: %(example)s.") % {"example": EXAMPLE}, field)
    pairs = sorted([list(pair) for pair in pairs], key=lambda pair: minutes([pair]))
    spans = minutes(pairs)
    for n in range(1, len(spans)):
        refuse_unless(
            spans[n - 1][1] <= spans[n][0],
            _("These hours overlap: %(first)s and %(second)s.")
            % {"first": say([pairs[n - 1]]), "second": say([pairs[n]])},
            field,
        )
    return pairs


def is_pair(pair):
    return (
        isinstance(pair, list | tuple)
        and len(pair) == 2
        and all(isinstance(one, str) and re.match(r"^(?:[01]\d|2[0-3]):[0-5]\d\Z", one) for one in pair)
    )


def kept(typed):
    return f"{typed // 60 % 24:02}:{typed % 60:02}"


def minutes(pairs):
    """Kept intervals in minutes from midnight; an end at or before its start is on the next day."""
    spans = []
    for since, until in pairs:
        begins, ends = (int(one[:2]) * 60 + int(one[3:]) for one in (since, until))
        spans.append((begins, ends if ends > begins else ends + DAY))
    return tuple(spans)


def say(pairs):
    """Kept intervals as people read them."""
    return say_minutes(minutes(pairs))


def say_minutes(spans):
    """Intervals in minutes as people read them; the end of a day is 24:00, one after it is on the next day."""
    return ", ".join(f"{said(since)}–{said(until if until <= DAY else until - DAY)}" for since, until in spans)


def said(at):
    return f"{at // 60}:{at % 60:02}"


def say_week(week):
    """A whole week on one line, days that are alike together: “Mon–Fri 9:00–18:00; Sat 10:00–14:00”."""
    runs = []
    for day, pairs in enumerate(week):
        if runs and runs[-1][2] == pairs:
            runs[-1][1] = day
        else:
            runs.append([day, day, pairs])
    names = dates.WEEKDAYS_ABBR
    return "; ".join(
        f"{names[first]}{f'–{names[last]}' if last > first else ''} {say(pairs)}"
        for first, last, pairs in runs
        if pairs
    )
