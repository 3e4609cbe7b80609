"""What people may send to say when they work: explicit fields, each mistake at its field."""

from django import forms
from django.utils import dates
from django.utils.translation import gettext_lazy as _

from tenants import zones
from tenants.vocabulary import Refused

from . import hours_text, seeding
from .calendars import LONGEST_EVE, LONGEST_NAME, USUAL_WEEK
from .hours_text import EXAMPLE


class HoursField(forms.CharField):
    """The hours of one day as people type them; what is clean is as calendars keep it."""

    def __init__(self, **options):
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(required=False, max_length=200, widget=widget, **options)

    def clean(self, value):
        try:
            return hours_text.parse(super().clean(value))
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused


class CalendarForm(forms.Form):
    """A calendar: its name, its clock, its week, and whose holidays it keeps."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    zone = forms.ChoiceField(label=_("Time zone"), widget=zones.ZoneSelect)
    always = forms.BooleanField(label=_("Around the clock, every day"), required=False)
    country = forms.ChoiceField(
        label=_("Holidays of"),
        required=False,
        help_text=_("Days off and working days that were moved come in by themselves, two years ahead."),
    )
    eve_minutes = forms.IntegerField(
        label=_("Shorter before a holiday by, minutes"), min_value=0, max_value=LONGEST_EVE, required=False
    )

    def __init__(self, *args, calendar=None, zone="", country="", **kwargs):
        initial = self.facts(calendar) if calendar else {"zone": zone, "country": country, **typed(USUAL_WEEK)}
        super().__init__(*args, initial=initial, **kwargs)
        self.calendar = calendar
        for day, name in dates.WEEKDAYS.items():
            self.fields[f"day_{day}"] = HoursField(label=name)
        self.fields["zone"].choices = zones.choices()
        self.fields["country"].choices = [("", _("nobody’s")), *seeding.choices()]

    @staticmethod
    def facts(calendar):
        """What the form starts with."""
        names = ("name", "zone", "always", "country", "eve_minutes")
        return {**{name: getattr(calendar, name) for name in names}, **typed(calendar.week)}

    @property
    def week(self):
        """The seven fields of the week."""
        return [self[f"day_{day}"] for day in range(7)]

    @property
    def wanted(self):
        """What the verb is asked for."""
        said = self.cleaned_data
        return {
            "name": said["name"],
            "zone": said["zone"],
            "always": said["always"],
            "week": [said[f"day_{day}"] for day in range(7)],
            "country": said["country"],
            "eve_minutes": said["eve_minutes"] or 0,
        }


class DayForm(forms.Form):
    """A day with hours of its own."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    name = forms.CharField(label=_("What day it is"), max_length=LONGEST_NAME, required=False)
    hours = HoursField(label=_("Hours"), help_text=_("Nothing: a day off. Else as in the week: %s") % EXAMPLE)


def typed(week):
    """A week as the fields show it."""
    return {f"day_{day}": hours_text.say(pairs) for day, pairs in enumerate(week)}
