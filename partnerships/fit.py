"""How well a partner suits a ticket, in figures to order by and in words to read. Pure over what it is given."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .hours import is_open
from .protocol import Company, SharedTerms

NEAR, APART, KNOWS, MISSES = 40, -20, 30, -20
REFUSES, CLOSED, ASKED_US = -60, -10, -90
# Words that stand in the names of many regions and tell none from another.
GENERIC = {"область", "обл", "край", "республика", "респ", "город", "г", "гор", "район", "р", "н", "округ"}
GENERIC |= {"region", "city", "town", "district", "area", "county"}


@dataclass(frozen=True)
class Wanted:
    """What the ticket needs."""

    address: str = ""
    things: tuple = ()
    type: str = ""
    client_id: object = None


@dataclass(frozen=True)
class Record:
    """How the partner did so far: what is open with him, and the last three months."""

    open: int = 0
    median: timedelta | None = None
    rating: float | None = None
    on_time: int | None = None


@dataclass(frozen=True)
class Fit:
    """How well it suits: the more, the earlier in the list; and why, in small words."""

    score: float
    near: bool = False
    words: list = field(default_factory=list)


def weigh(card: Company, their: SharedTerms, record: Record, wanted: Wanted, now: datetime, *, client_id=None):
    """A partner against a ticket; `client_id`: the client of ours that stands for the partner."""
    asked_us = client_id is not None and client_id == wanted.client_id
    regions = [*card.regions, *their.accept_regions]
    near = bool(wanted.address and region_of(wanted.address, regions))
    known = service_of(wanted.things, [*card.services, *([card.about] if card.about else [])])
    types = [one.casefold() for one in their.accept_types]
    no_type = bool(wanted.type and types and wanted.type.casefold() not in types)
    no_place = bool(wanted.address and their.accept_regions and not region_of(wanted.address, their.accept_regions))
    closed = not is_open(their, now)
    apart = bool(wanted.address and regions) and not near
    score = (
        NEAR * near
        + APART * apart
        + (KNOWS if known else MISSES * bool(card.services and wanted.things))
        + REFUSES * (no_type + no_place)
        + CLOSED * closed
    )
    words = [
        ", ".join(card.regions[:3]) or card.about,
        ngettext("%(n)d ticket of ours with them", "%(n)d tickets of ours with them", record.open) % {"n": record.open},
        known if known != card.about else "",
        _("it is their own ticket") if asked_us else "",
        _("do not take this type") if no_type else "",
        _("do not take this region") if no_place else "",
        _("not working now") if closed else "",
    ]
    return Fit(score + merit(record) + ASKED_US * asked_us, near and not asked_us, [word for word in words if word])


def merit(record: Record):
    """What the past and the load add: quick, well rated and in time is better, much to do is worse."""
    swift = 10 * max(0.0, 1 - record.median / timedelta(days=2)) if record.median is not None else 0
    liked = 10 * (record.rating - 3) if record.rating is not None else 0
    timely = (record.on_time - 80) / 4 if record.on_time is not None else 0
    return swift + liked + timely - min(record.open, 20) / 2


def region_of(address, regions):
    """The first of the regions that the address lies in by its words; empty when none."""
    place = f" {' '.join(plain(address))} "
    for region in regions:
        for part in re.split(r"[,;/]|\s(?:и|and)\s", region):
            name = " ".join(word for word in plain(part) if word not in GENERIC)
            if name and f" {name} " in place:
                return region
    return ""


def service_of(things, services):
    """The service that names most of the things: a maker, a model, a kind; empty when none names any."""
    words = {word for thing in things for word in plain(thing) if len(word) > 1}
    named = {one: sum(any(akin(told, word) for word in words) for told in set(plain(one))) for one in services}
    best = max(named, key=named.get, default="")
    return best if best and named[best] else ""


def akin(word, other):
    """Whether two words are the same but for their ending."""
    if word == other:
        return len(word) > 2 or not word.isdigit()
    stem = max(4, min(len(word), len(other)) - 2)
    return len(word) >= stem and len(other) >= stem and word[:stem] == other[:stem]


def plain(text):
    return re.findall(r"\w+", text.casefold().replace("ё", "е"))
