"""What the parts of the interface say about values: pure functions of their arguments, never a query."""

import re
from datetime import timedelta
from zlib import crc32

from django import template
from django.forms import widgets
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

register = template.Library()

HUES = 12
SOON = timedelta(hours=1)
# A quarter left of a long deadline is no hurry yet: orange is for what must be looked at within hours.
SOON_SHARE = 25
SOON_AT_MOST = timedelta(hours=2)
HANDOVER_ICONS = {
    "offered": "clock",
    "accepted": "check",
    "done": "check-circle",
    "approved": "check-badge",
    "returned": "arrow-uturn-left",
    "given_back": "arrow-uturn-left",
    "declined": "x-circle",
    "expired": "clock",
    "withdrawn": "arrow-uturn-left",
    "cut": "link-slash",
}
AUDIENCE_ICONS = {
    "internal": "lock-closed",
    "client": "user",
    "partner": "building-office-2",
    "client_and_partner": "users",
}


@register.filter
def initials(name):
    """Two letters that stand for a person in a circle."""
    words = re.findall(r"\w+", str(name or ""))
    return "".join(word[0] for word in words[:2]).upper() or "?"


@register.filter
def initial(name):
    """One letter that stands for a company in a rounded square."""
    return initials(name)[:1]


@register.filter
def hue(name):
    """The same person has the same colour on every page and in every company."""
    return crc32(str(name or "").encode()) % HUES


@register.filter
def duration(value):
    """How long, as people say it: the two largest units, with the sign of a missed deadline."""
    if value is None or value == "":
        return ""
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    minutes = int(abs(seconds) // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = []
    if days:
        parts.append(pgettext("duration", "%(n)d d") % {"n": days})
    if hours:
        parts.append(pgettext("duration", "%(n)d h") % {"n": hours})
    if not days and (minutes or not hours):
        parts.append(pgettext("duration", "%(n)d m") % {"n": minutes})
    return ("−" if seconds <= -60 else "") + " ".join(parts)


@register.filter
def exactly(seconds):
    """A time to the second, as accounts of time are read: hours, minutes, seconds."""
    minutes, seconds = divmod(int(seconds or 0), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


@register.filter
def filesize(size):
    """A file's size in the unit that leaves at most three digits before the point."""
    size = int(size or 0)
    if size < 1000:
        return ngettext("%(n)d byte", "%(n)d bytes", size) % {"n": size}
    if size < 1000 * 1000:
        return _("%(n)s KB") % {"n": number_format(size // 1000)}
    return _("%(n)s MB") % {"n": number_format(size / 1_000_000, 1)}


@register.filter
def moment(value, now=None):
    """A point in time in the account's own zone, as short as can be said without doubt."""
    if not value:
        return ""
    value, now = timezone.localtime(value), timezone.localtime(now or timezone.now())
    if value.date() == now.date():
        return _("today, %(time)s") % {"time": clock(value)}
    if value.date() == (now - timedelta(days=1)).date():
        return _("yesterday, %(time)s") % {"time": clock(value)}
    if value.year == now.year:
        return date_format(value, pgettext("date format", "j M, H:i"))
    return date_format(value, pgettext("date format", "j M Y, H:i"))


@register.filter
def clock(value):
    """The hour and minute in the account's own zone."""
    return timezone.localtime(value).strftime("%H:%M") if value else ""


@register.filter
def day(value, now=None):
    """The heading that parts one day of a thread from the next."""
    value, now = timezone.localtime(value), timezone.localtime(now or timezone.now())
    date = date_format(value, "j E" if value.year == now.year else "DATE_FORMAT")
    if value.date() == now.date():
        return _("Today, %(date)s") % {"date": date}
    return date


@register.filter
def ago(value, now=None):
    """How long since, for a column of last activity: short, and a date once it is old."""
    if not value:
        return ""
    now = now or timezone.now()
    passed = now - value
    if passed < timedelta(minutes=1):
        return _("now")
    if passed < timedelta(days=1):
        return duration(passed) if passed < timedelta(hours=1) else _hours(passed)
    local, today = timezone.localtime(value), timezone.localtime(now)
    if local.date() == (today - timedelta(days=1)).date():
        return _("yesterday")
    return date_format(local, pgettext("date format", "j M"))


def _hours(passed):
    return pgettext("duration", "%(n)d h") % {"n": passed // timedelta(hours=1)}


@register.simple_tag
def countdown(due_at=None, now=None, started_at=None, paused=False, done=None, left=None):
    """How a deadline stands: its state, the time to print, the share of the ring still to go, and the words for it.

    Where it stands still, `left` is the seconds that there will be.
    """
    now = now or timezone.now()
    # Where a template passes on what it was not given, it is an empty text.
    if left not in (None, "") and not done:
        return {"state": "paused", "text": duration(left) or duration(0), "share": 0}
    ended = done if hasattr(done, "tzinfo") else None
    if done:
        late = bool(ended and due_at and ended > due_at)
        spent = ended - started_at if ended and started_at else None
        text = duration(ended - due_at) if late else duration(spent)
        return {"state": "missed" if late else "done", "text": text, "share": 0}
    left = due_at - (paused if hasattr(paused, "tzinfo") else now)
    if paused:
        return {"state": "paused", "text": duration(left), "share": 0}
    share = _share(left, due_at, started_at)
    if left < timedelta(0):
        return {"state": "late", "text": duration(min(left, -timedelta(minutes=1))), "share": 0}
    soon = share <= SOON_SHARE and left <= SOON_AT_MOST if started_at else left <= SOON
    return {"state": "soon" if soon else "ok", "text": duration(left), "share": share}


def _share(left, due_at, started_at):
    whole = due_at - started_at if started_at else timedelta(days=1)
    return max(0, min(100, round(100 * (left / whole)))) if whole > timedelta(0) else 0


@register.simple_tag
def units():
    """The words by which a page goes on counting: days, hours, minutes, each with its place for the figure."""
    return "|".join(pgettext("duration", word) for word in ("%(n)d d", "%(n)d h", "%(n)d m"))


@register.simple_tag
def ribbon(stations):
    """Widths of the parties' shares of the time, out of a hundred, for one bar."""
    spans = [(station, _seconds(station)) for station in stations]
    spans = [(station, seconds) for station, seconds in spans if seconds > 0]
    total, x, bars = sum(seconds for _station, seconds in spans), 0.0, []
    for station, seconds in spans:
        width = round(100 * seconds / total, 2)
        bars.append({"party": _get(station, "party"), "x": f"{x:.2f}", "width": f"{width:.2f}"})
        x += width
    sentence = ", ".join(f"{_get(station, 'name')} {duration(seconds)}" for station, seconds in spans)
    return {"bars": bars, "sentence": sentence}


def _get(thing, key):
    return thing.get(key) if isinstance(thing, dict) else getattr(thing, key, None)


def _seconds(station):
    held = _get(station, "held")
    return held.total_seconds() if isinstance(held, timedelta) else float(held or 0)


@register.filter
def turn_sentence(parties):
    """The chain of a list row, read aloud: who stands in it and whose move it is."""
    names = ", ".join(str(_get(party, "name") or "") for party in parties)
    holder = next((party for party in parties if _get(party, "turn")), None)
    if holder is None:
        return names
    if _get(holder, "pending"):
        return _("%(names)s. Sent to %(holder)s, not accepted yet") % {
            "names": names,
            "holder": _get(holder, "name"),
        }
    if _get(holder, "party") == "us":
        return _("%(names)s. Our turn") % {"names": names}
    return _("%(names)s. Turn of %(holder)s") % {"names": names, "holder": _get(holder, "name")}


@register.filter
def handover_icon(state):
    """The sign of how a hand-over stands."""
    return HANDOVER_ICONS.get(str(state), "arrows-right-left")


@register.filter
def audience_icon(key):
    """The sign of who will read a text."""
    return AUDIENCE_ICONS.get(str(key), "users")


@register.filter
def dressed(field, size=""):
    """A form field's widget with the classes and the names of its help and error for a screen reader."""
    widget = field.field.widget
    marks = {"placeholder": False}  # the label stands above, a hint below: nothing that vanishes on typing
    if isinstance(widget, widgets.CheckboxInput | widgets.RadioSelect | widgets.CheckboxSelectMultiple):
        marks["class"] = "check"
    elif isinstance(widget, widgets.FileInput):
        marks["class"] = "file-input"
    else:
        marks["class"] = f"input input--{size}" if size else "input"
    told = [f"{field.auto_id}_helptext"] if field.help_text else []
    if field.errors:
        marks["aria-invalid"] = "true"
        told.append(f"{field.auto_id}_error")
    if told:
        marks["aria-describedby"] = " ".join(told)
    return field.as_widget(attrs=marks)


@register.filter
def kind(field):
    """What sort of control a form field is, so that its label stands where people look for it."""
    widget = field.field.widget
    if isinstance(widget, widgets.CheckboxInput):
        return "check"
    if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple):
        return "choices"
    return "hidden" if widget.is_hidden else "input"
