"""The words of what was told of a ticket, and of the visit: the ledger's lines about them."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.formats import date_format, time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from tenants.vocabulary import kind
from tickets.vocabulary import Priority

# The facts of protocol.CardChanged one by one, in the order in which people read them.
FACTS = {
    "subject": _("subject"),
    "description": _("description"),
    "priority": _("priority"),
    "type": _("type"),
    "due_at": _("deadline"),
    "client_due_at": _("client’s deadline"),
    "wish": _("wished time of the visit"),
    "client": _("client"),
    "site": _("site"),
    "address": _("address"),
    "hours": _("hours"),
    "contact": _("contact"),
    "phone": _("phone"),
    "equipment": _("equipment"),
    "agreement": _("agreement number"),
}


@dataclass(frozen=True)
class Recarded:
    """What the giver told anew: [fact, before, after] as text and codes; `kept` is what stayed as we had it."""

    giver: str = ""
    taker: str = ""
    changes: list = field(default_factory=list)
    kept: list = field(default_factory=list)


@dataclass(frozen=True)
class Visit:
    """When somebody comes and who, as `spanned` keeps it; `before` when he was to come until now."""

    starts: str = ""
    who: str = ""
    note: str = ""
    before: str = ""


def named(changes):
    """The changed facts by their names."""
    return ", ".join(str(FACTS[fact]) for fact, _before, _after in changes if fact in FACTS)


def span(value):
    """Two stored moments as the reader writes them: the day once, where both are of one day."""
    starts, _sep, until = value.partition("/")
    try:
        starts, until = (localtime(datetime.fromisoformat(one)) if one else None for one in (starts, until))
    except ValueError:
        return value
    if not (starts and until):
        return date_format(starts or until, "SHORT_DATETIME_FORMAT") if starts or until else ""
    if starts.date() == until.date():
        return f"{date_format(starts, 'SHORT_DATETIME_FORMAT')}–{time_format(until, 'H:i')}"
    return f"{date_format(starts, 'SHORT_DATETIME_FORMAT')} – {date_format(until, 'SHORT_DATETIME_FORMAT')}"


def spanned(starts, until):
    """Two moments as they are stored for `span`."""
    return f"{starts.isoformat() if starts else ''}/{until.isoformat() if until else ''}" if starts or until else ""


def value_word(fact, value):
    """One value of a fact in the reader's language."""
    if fact == "priority" and value in Priority.values:
        return str(Priority(value).label)
    return span(value) if fact in ("due_at", "client_due_at", "wish") else value


def of_whom(name):
    """Who comes, behind the moment; some companies name nobody."""
    return f", {name}" if name else ""


CARD_CHANGED = kind(
    "card_changed",
    _("changed what was handed over: %(changes)s"),
    Recarded,
    icon="pencil-square",
    words={"changes": named},
)
CARD_LATE = kind(
    "card_late",
    _("changed the ticket after the hand-over was over, nothing of it was taken: %(changes)s"),
    Recarded,
    icon="exclamation-triangle",
    words={"changes": named},
)
VISIT_PLANNED = kind(
    "visit_planned",
    _("planned the visit: %(starts)s%(who)s"),
    Visit,
    icon="calendar-days",
    words={"starts": span, "who": of_whom},
)
VISIT_MOVED = kind(
    "visit_moved",
    _("changed the visit: %(before)s → %(starts)s%(who)s"),
    Visit,
    icon="calendar-days",
    words={"before": span, "starts": span, "who": of_whom},
)
VISIT_CANCELLED = kind(
    "visit_cancelled", _("called the visit off: %(before)s"), Visit, icon="x-mark", words={"before": span}
)
