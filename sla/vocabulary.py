"""The words of deadlines and turns."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tenants.vocabulary import Altered, Change, Named, kind
from tickets.vocabulary import WaitReason


class Target(models.TextChoices):
    """What is promised within a time."""

    RESPONSE = "response", _("first response")
    UPDATE = "update", _("next update")
    ARRIVAL = "arrival", _("arrival on site")
    RESOLUTION = "resolution", _("resolution")


class ClockState(models.TextChoices):
    RUNNING = "running", pgettext_lazy("clock", "running")
    PAUSED = "paused", pgettext_lazy("clock", "paused")
    MET = "met", pgettext_lazy("clock", "met")
    OFF = "off", pgettext_lazy("clock", "off")  # nothing promises it any more


class Source(models.TextChoices):
    """Where a deadline comes from; what was given as a moment goes before what a policy says."""

    POLICY = "policy", _("by the SLA policy")
    HAND = "hand", _("set by hand")
    PARTNER = "partner", _("given by the partner")
    OUTSIDE = "outside", _("given by an outside system")


class Outcome(models.TextChoices):
    """What became of a promise on a ticket that is finished."""

    KEPT = "kept", _("in time")
    MISSED = "missed", _("late")
    EXCUSED = "excused", _("late, not ours")


class Party(models.TextChoices):
    """Who holds a ticket for a while."""

    US = "us", _("we")
    CLIENT = "client", _("client")
    PARTNER = "partner", _("partner")
    FAR = "far", _("partner’s partner")
    NOBODY = "nobody", _("nobody")


class Because(models.TextChoices):
    """Why he holds it."""

    QUEUE = "queue", _("in our queue")
    PERSON = "person", _("with our person")
    ANSWER = "answer", _("the partner’s outcome waits for our answer")
    CLIENT = "client", _("waiting for the client")
    ACCESS = "access", _("waiting for access")
    PRICE = "price", _("waiting for a price to be agreed")
    PART = "part", _("waiting for a part")
    OFFER = "offer", _("offered, not accepted yet")
    WORK = "work", _("the partner works")
    APPROVAL = "approval", _("delivered, waiting to be accepted")
    FINISHED = "finished", _("resolved")


# What may stop a clock that runs in front of the client: he is waited for. A partner who is waited for never does.
STOPPING = (WaitReason.CLIENT, WaitReason.ACCESS, WaitReason.PRICE, WaitReason.PART)
USUALLY_STOPPING = [WaitReason.CLIENT.value, WaitReason.ACCESS.value, WaitReason.PRICE.value]
# Pauses that no status makes: from a delivery or a resolution to the moment the work went on.
DELIVERED, RESOLVED = "delivered", "resolved"
WARNINGS = (50, 75, 90, 100)


@dataclass(frozen=True)
class Turned:
    """Who holds the ticket from now on, and why: what accounts of time are made of."""

    party: str = ""
    because: str = ""
    holder: str = ""
    counterpart: str = ""
    station: str = ""
    member: str = ""
    team: str = ""


@dataclass(frozen=True)
class Rescheduled:
    """Which deadlines are others now, as moments in ISO, and why."""

    target: str = ""
    before: str = ""
    after: str = ""
    why: str = ""


@dataclass(frozen=True)
class Warned:
    """How much of the time was used up when somebody was told."""

    target: str = ""
    percent: int = 0


@dataclass(frozen=True)
class Excused:
    target: str = ""
    reason: str = ""


# What made a deadline another one.
WHY = {
    "priority": _("the priority changed"),
    "client": _("the client changed"),
    "site": _("the site changed"),
    "type": _("the type changed"),
    "equipment": _("the equipment changed"),
    "agreement": _("the agreement changed"),
    "policies": _("the SLA policies changed"),
    "calendars": _("a calendar changed"),
    "agreements": _("an agreement changed"),
    "statuses": _("a status means something else now"),
    "hand": _("the SLA policy counts again"),
}


def deadline_word(kept):
    """A deadline of the history, as the reader writes moments; one that stands still says what is left."""
    if not kept:
        return "—"
    if kept.isdecimal():
        hours, seconds = divmod(int(kept), 3600)
        return gettext("stands still, %(hours)d h %(minutes)d min left") % {"hours": hours, "minutes": seconds // 60}
    return date_format(localtime(datetime.fromisoformat(kept)), "SHORT_DATETIME_FORMAT")


def why_word(code):
    """Why a deadline moved."""
    return WHY.get(code, code)


def target_word(code):
    """What was promised, in the reader's language."""
    return Target(code).label if code in Target.values else code


TURNED = kind("turned", _("the turn went on"), Turned, icon="arrow-path", quiet=True)
RESCHEDULED = kind(
    "rescheduled",
    _("the deadline moved: %(target)s, %(before)s → %(after)s; %(why)s"),
    Rescheduled,
    icon="clock",
    words={"target": target_word, "before": deadline_word, "after": deadline_word, "why": why_word},
)
TIME_WARNED = kind(
    "time_warned",
    _("%(percent)s %% of the time is used up: %(target)s"),
    Warned,
    icon="clock",
    words={"target": target_word},
)
TIME_MISSED = kind(
    "time_missed", _("the deadline was missed: %(target)s"), Warned, icon="fire", words={"target": target_word}
)
TIME_EXCUSED = kind(
    "time_excused",
    _("the delay is not ours: %(target)s — %(reason)s"),
    Excused,
    icon="shield-check",
    words={"target": target_word},
)
TIME_BLAMED = kind(
    "time_blamed",
    _("the delay counts as ours again: %(target)s"),
    Excused,
    icon="shield-check",
    words={"target": target_word},
)
ARRIVED = kind("arrived", _("arrived on site"), icon="map-pin")
CALENDAR_ADDED = kind("calendar_added", _("added the calendar %(name)s"), Named, icon="calendar", section="calendars")
CALENDAR_CHANGED = kind(
    "calendar_changed",
    _("changed the calendar %(name)s: %(before)s → %(after)s"),
    Altered,
    icon="calendar",
    section="calendars",
)
CALENDAR_ARCHIVED = kind(
    "calendar_archived", _("archived the calendar %(name)s"), Named, icon="archive-box", section="calendars"
)
CALENDAR_RESTORED = kind(
    "calendar_restored", _("restored the calendar %(name)s"), Named, icon="calendar", section="calendars"
)
POLICY_ADDED = kind("policy_added", _("added the SLA policy %(name)s"), Named, icon="clock", section="policies")
POLICY_CHANGED = kind(
    "policy_changed", _("changed the SLA policy: %(before)s → %(after)s"), Change, icon="clock", section="policies"
)
POLICY_PLACED = kind(
    "policy_placed", _("moved the SLA policy %(name)s in the list"), Named, icon="arrows-up-down", section="policies"
)
POLICY_ARCHIVED = kind(
    "policy_archived", _("archived the SLA policy %(name)s"), Named, icon="archive-box", section="policies"
)
POLICY_RESTORED = kind(
    "policy_restored", _("restored the SLA policy %(name)s"), Named, icon="clock", section="policies"
)
MATRIX_CHANGED = kind(
    "matrix_changed",
    _("changed how impact and urgency make the priority: %(before)s → %(after)s"),
    Change,
    icon="table-cells",
    section="policies",
)
WEIGHED = kind("weighed", _("weighed the ticket: %(before)s → %(after)s"), Change, icon="scale")
