"""Lengths of time as people type them: “30”, “4 h”, “1 д 2 ч”."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from ..conditions import MINUTES_LIMIT

LONGEST = 40
UNITS = {"d": 24 * 60, "д": 24 * 60, "h": 60, "ч": 60, "m": 1, "м": 1}
WHOLE = re.compile(r"(\s*\d{1,6}\s*[dhmдчм][a-zа-я]*\.?\s*)+")
PART = re.compile(r"(\d+)\s*([dhmдчм])")


class Span(forms.Field):
    """A length of time in minutes; a bare number is minutes, an empty one is nothing."""

    def __init__(self, **options):
        super().__init__(required=False, widget=forms.TextInput(attrs={"maxlength": LONGEST}), **options)

    def prepare_value(self, value):
        return written(value) if isinstance(value, int) else value

    def to_python(self, value):
        text = str(value or "")[:LONGEST].strip().lower()
        if not text:
            return 0
        if not text.isascii() or not text.isdigit():
            if not WHOLE.fullmatch(text):
                raise forms.ValidationError(_("Write a time like “30 m”, “4 h” or “1 d 2 h”."))
            minutes = sum(int(number) * UNITS[unit] for number, unit in PART.findall(text))
        else:
            minutes = int(text)
        if minutes > MINUTES_LIMIT:
            raise forms.ValidationError(_("Ninety days at most."))
        return minutes


def written(minutes):
    """Minutes as they are typed, without loss."""
    days, rest = divmod(minutes, 24 * 60)
    hours, rest = divmod(rest, 60)
    parts = [pgettext("duration", "%(n)d d") % {"n": days}] if days else []
    parts += [pgettext("duration", "%(n)d h") % {"n": hours}] if hours else []
    parts += [pgettext("duration", "%(n)d m") % {"n": rest}] if rest else []
    return " ".join(parts)
