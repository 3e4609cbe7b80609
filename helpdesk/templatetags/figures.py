"""How reports write figures: hours, shares and changes. Pure functions of their arguments."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
NONE = "—"


@register.filter
def hours(seconds):
    """A time of many tickets: minutes below the hour, hours and minutes below the day, whole hours above."""
    if seconds is None:
        return NONE
    minutes = round(seconds / MINUTE)
    whole, rest = divmod(minutes, 60)
    if seconds >= DAY:
        whole, rest = round(seconds / HOUR), 0
    parts = [pgettext("duration", "%(n)d h") % {"n": whole}] if whole else []
    if rest or not whole:
        parts.append(pgettext("duration", "%(n)d m") % {"n": rest})
    return " ".join(parts)


@register.filter
def percent(value, places=0):
    """A share in a hundred."""
    return NONE if value is None else _("%(value)s %%") % {"value": figure(value, places)}


@register.filter
def figure(value, places=1):
    """A number with at most so many places, in the reader's writing."""
    if value is None:
        return NONE
    value = round(value, places)
    return number_format(value, 0 if value == int(value) else places)


@register.filter
def size(value):
    """How much it changed, whichever way."""
    return abs(value)


@register.filter
def tone(share):
    """The colour of a share of what was in time."""
    return "ok" if share >= 90 else "soon" if share >= 80 else "late"
