"""What people may send to say what is promised: explicit fields, each mistake at its field."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.vocabulary import Refused
from tickets.models import TicketType
from tickets.vocabulary import URGENCIES, Priority, WaitReason, Weight

from . import calendars, durations, policies, said
from .fitting import CONDITIONS
from .models import Calendar
from .vocabulary import STOPPING, USUALLY_STOPPING, Target

TICKED = {"class": "check"}
# What can be many: it is looked for, and what was found is ticked.
FOUND = ("clients", "agreements", "sites", "models")
LABELS = {
    "clients": _("Clients"),
    "agreements": _("Agreements"),
    "sites": _("Sites"),
    "types": _("Types"),
    "priorities": _("Priorities"),
    "models": _("Equipment models"),
    "partners": _("Partners who hand tickets over to us"),
}


class Span(forms.CharField):
    """Hours and minutes as people type them, kept as minutes; empty promises nothing."""

    def __init__(self, **options):
        super().__init__(required=False, max_length=40, **options)

    def clean(self, value):
        text = super().clean(value)
        try:
            minutes = durations.parse(text)
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused
        if minutes is not None and not 0 < minutes <= policies.A_YEAR:
            raise forms.ValidationError(policies.NOT_SO_LONG)
        return minutes

    def prepare_value(self, value):
        return durations.say(value) if isinstance(value, int) else value


class Ticked(forms.MultipleChoiceField):
    """Any number of things that are ticked; whether they exist here is the verb's question."""

    def __init__(self, **options):
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple(attrs=TICKED), **options)

    def valid_value(self, value):
        return True


class PolicyForm(forms.Form):
    """A promise: on which hours, to whom, what, and what stops its clocks."""

    name = forms.CharField(label=_("Name"), max_length=80)
    calendar = forms.ModelChoiceField(
        Calendar.objects, label=_("Calendar"), empty_label=None, help_text=_("Its hours are the hours that count.")
    )
    stops = Ticked(
        label=_("What stops the clocks"),
        choices=[(reason.value, WaitReason(reason).label) for reason in STOPPING],
        initial=USUALLY_STOPPING,
        help_text=_("A status that waits for this stops them. Waiting for a partner never does."),
    )

    def __init__(self, *args, row=None, **kwargs):
        self.row = row
        super().__init__(*args, initial={**self.facts(row), **(kwargs.pop("initial", None) or {})}, **kwargs)
        self.fields["calendar"].queryset = calendars.current() | Calendar.objects.filter(pk=row and row.calendar_id)
        for name in CONDITIONS:
            self.fields[name] = Ticked(label=LABELS[name])
        self.fields["types"].choices = [(str(one.pk), one.name) for one in TicketType.objects.filter(archived_at=None)]
        self.fields["priorities"].choices = list(reversed(Priority.choices))
        self.fields["partners"].choices = [(name, name) for name in policies.partner_names()]
        self.offer()
        for priority, target in cells():
            self.fields[f"{priority}-{target}"] = Span(label=f"{Target(target).label}, {Priority(priority).label}")

    @staticmethod
    def facts(row):
        """What the form starts with."""
        if row is None:
            default = calendars.default()
            return {"calendar": default and default.pk}
        spans = {f"{priority}-{target}": row.targets.get(priority, {}).get(target) for priority, target in cells()}
        return {"name": row.name, "calendar": row.calendar_id, "stops": row.stops, **row.when, **spans}

    def offer(self):
        """What is ticked already stands on offer, under its name."""
        ticked = {name: self.ticked(name) for name in CONDITIONS}
        names = said.names_of([ticked])
        for name, codes in ticked.items():
            offered = dict(self.fields[name].choices)
            more = {code: code if name == "partners" else names[name].get(code) for code in codes}
            offered |= {code: word for code, word in more.items() if word and code not in offered}
            self.fields[name].choices = list(offered.items())

    def ticked(self, name):
        """The codes that are ticked so far, whether or not the rest of the form is right."""
        if not self.is_bound:
            return list(self.initial.get(name, ()))
        return list(dict.fromkeys(self.data.getlist(name)))

    @property
    def found(self):
        """The conditions that are looked for, as far as anything is ticked or wrong there."""
        return [self[name] for name in FOUND if self.fields[name].choices or self[name].errors]

    @property
    def table(self):
        """The spans as they are typed: [(priority, [field of each target])], the most urgent first."""
        return [
            (priority, [self[f"{priority}-{target}"] for target in Target.values])
            for priority in reversed(Priority.values)
        ]

    @property
    def wanted(self):
        """What the verb is asked for."""
        data = self.cleaned_data
        targets = {}
        for priority, target in cells():
            if data[f"{priority}-{target}"]:
                targets.setdefault(priority, {})[target] = data[f"{priority}-{target}"]
        when = {name: data[name] for name in CONDITIONS}
        return {
            "name": data["name"],
            "calendar": data["calendar"],
            "when": when,
            "targets": targets,
            "stops": data["stops"],
        }


def cells():
    """Every priority with every target."""
    return [(priority, target) for priority in Priority.values for target in Target.values]


class MatrixForm(forms.Form):
    """Nine priorities, and whether they are used."""

    on = forms.BooleanField(
        label=_("Impact and urgency make the priority"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "check"}),
        help_text=_("They are chosen in place of the priority. Tickets that are there stay as they are."),
    )

    def __init__(self, *args, matrix, **kwargs):
        cells = {f"{impact}-{urgency}": gives for impact, row in matrix.cells.items() for urgency, gives in row.items()}
        super().__init__(*args, initial={"on": matrix.on, **cells}, **kwargs)
        for impact in Weight:
            for urgency in Weight:
                said_so = {"impact": impact.label, "urgency": URGENCIES[urgency]}
                self.fields[f"{impact}-{urgency}"] = forms.ChoiceField(
                    label=_("Impact %(impact)s, urgency %(urgency)s") % said_so,
                    choices=list(reversed(Priority.choices)),
                )

    @property
    def columns(self):
        """The words over the grid, from high to low."""
        return list(reversed(URGENCIES.values()))

    @property
    def grid(self):
        """The grid as it is drawn: [(impact, [field of each urgency])], from high to low."""
        high_to_low = list(reversed(Weight))
        return [(impact, [self[f"{impact}-{urgency}"] for urgency in high_to_low]) for impact in high_to_low]

    @property
    def wanted(self):
        """What the verb is asked for."""
        cells = {
            impact: {urgency: self.cleaned_data[f"{impact}-{urgency}"] for urgency in Weight.values}
            for impact in Weight.values
        }
        return {"on": self.cleaned_data["on"], "cells": cells}
