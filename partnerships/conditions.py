"""The terms of both sides as they are told: ours in force, theirs as last heard. Pure reading."""

import re
from dataclasses import fields, replace
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tickets.vocabulary import Priority

from .models import Partnership
from .protocol import Promise, SharedTerms, Unreadable, read, render
from .vocabulary import DAYS_LIMIT, HOURS_LIMIT, HandOn, SeeBelow

# What of our terms touches the other side, and so is proposed and answered; all else is ours alone.
TOUCHING = tuple(field.name for field in fields(SharedTerms) if field.name != "zone")
HOURS = ("accept_from", "accept_until")
CLOCK = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")
MINUTES_LIMIT = HOURS_LIMIT * 60
LONGEST_LIST, LONGEST_NAME = 100, 160


def kept(terms):
    """What of our terms touches the partner, as a row keeps it: companies by the ids of our links with them."""
    return told_of({name: getattr(terms, name) for name in TOUCHING}, terms.account.zone)


def told_of(values, zone):
    """Values of our terms as they are told, companies still by the ids of our links with them."""
    values = dict(values)
    for name in HOURS:
        values[name] = values[name].strftime("%H:%M") if values[name] else ""
    values["promises"] = [Promise(**promise) for promise in values["promises"]]
    values["hand_on_to"] = [str(pk) for pk in values["hand_on_to"]]
    return SharedTerms(**values, zone=zone)


def named(shared, known=None):
    """The same with companies by the names we know them by: as the partner and our own people read it.

    `known`: the names by the ids of our links, for whoever reads many versions.
    """
    if not shared.hand_on_to:
        return shared
    if known is None:
        known = {str(row.pk): row.name for row in Partnership.objects.filter(pk__in=shared.hand_on_to)}
    return replace(shared, hand_on_to=[known[pk] for pk in shared.hand_on_to if pk in known])


def told(terms):
    """Our terms as the partner is told them: times as text, companies by the names we know them by."""
    return named(kept(terms))


def values_of(shared):
    """Kept terms as a version of ours has them."""
    values = {name: getattr(shared, name) for name in TOUCHING}
    for name in HOURS:
        values[name] = time.fromisoformat(values[name]) if values[name] else None
    values["promises"] = [render(promise) for promise in shared.promises]
    return values


def theirs(partnership):
    """The partner's terms as he last told them; as usual where he has not told any."""
    return from_row(partnership.their_terms)


def from_row(data):
    """Told terms out of a row; as usual where nothing readable is there."""
    try:
        return read(SharedTerms, data)
    except Unreadable:
        return SharedTerms()


def as_kept(shared):
    """Told terms as a row keeps them."""
    return render(shared)


def heard(shared):
    """What a partner tells of his terms, with everything that makes no sense here brought back to the usual."""
    usual = SharedTerms()
    hours = [getattr(shared, name) for name in HOURS]
    hours = hours if all(is_time(text) for text in hours) else ["", ""]
    return replace(
        shared,
        accept_types=short(shared.accept_types),
        accept_regions=short(shared.accept_regions),
        accept_days=sorted({day for day in shared.accept_days if 0 <= day <= 6}),
        accept_from=hours[0],
        accept_until=hours[1],
        zone=shared.zone if is_zone(shared.zone) else "",
        accept_minutes=min(max(shared.accept_minutes, 1), MINUTES_LIMIT),
        promises=[sane(one) for one in shared.promises[:10] if one.priority in Priority.values],
        auto_approve_hours=min(max(shared.auto_approve_hours, 0), HOURS_LIMIT),
        return_days=min(max(shared.return_days, 0), DAYS_LIMIT),
        hand_on=shared.hand_on if shared.hand_on in HandOn.values else usual.hand_on,
        hand_on_to=short(shared.hand_on_to),
        see_below=shared.see_below if shared.see_below in SeeBelow.values else usual.see_below,
    )


def short(names):
    return [name[:LONGEST_NAME] for name in names[:LONGEST_LIST]]


def sane(promise):
    """A promise within what terms may say."""
    times = {name: min(max(getattr(promise, name), 0), MINUTES_LIMIT) for name in ("response", "resolution")}
    return replace(promise, **times)


def is_time(text):
    return CLOCK.fullmatch(text) is not None


def is_zone(name):
    try:
        return bool(ZoneInfo(name))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False
