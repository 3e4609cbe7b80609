"""The time zones that people choose from."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from .clock import now

REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
SELECTED = mark_safe(" selected")
NO_SUCH_ZONE = _("There is no such time zone.")


@cache
def names():
    """The zones that people choose from, looked for on the disk once."""
    return frozenset(name for name in available_timezones() if name == "UTC" or name.split("/")[0] in REGIONS)


def exists(name):
    """Whether a zone of this name is one that people choose."""
    return name in names()


def offset(name):
    """How far the zone is from UTC now, in minutes."""
    return int(now().astimezone(ZoneInfo(name)).utcoffset().total_seconds() // 60)


def said(name):
    """The zone as it stands in a list: its distance from UTC, then its name."""
    minutes = offset(name)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours:02}:{rest:02} · {name.replace('_', ' ')}"


class ZoneSelect(forms.Select):
    """Four hundred options drawn at once: a template for each would take longer than the rest of the page."""

    def render(self, name, value, attrs=None, renderer=None):
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, SELECTED if key == chosen else "", word) for key, word in self.choices),
        )
        whole = {**self.build_attrs(self.attrs, attrs), "name": name}
        return format_html("<select{}>{}</select>", flatatt(whole), options)


def choices(empty=""):
    """Every zone in the order of its distance from UTC; `empty` words the choice of none."""
    ordered = sorted(names(), key=lambda name: (offset(name), name))
    return [*([("", empty)] if empty else []), *((name, said(name)) for name in ordered)]
