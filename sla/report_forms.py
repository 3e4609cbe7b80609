"""What narrows a report, as a form and in words."""

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tenants.models import Team
from tickets import reach
from tickets.models import TicketType

from . import figures
from .models import Tally

SHOWN = 200


class NarrowForm(forms.Form):
    """The days of a report, and of whom it tells."""

    weeks = forms.ChoiceField(label=_("Period"), required=False)
    since = forms.DateField(label=_("from"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("until"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    client = forms.ChoiceField(label=_("Client"), required=False)
    team = forms.ChoiceField(label=_("Team"), required=False)
    partner = forms.ChoiceField(label=_("Partner"), required=False)
    type = forms.ChoiceField(label=_("Type"), required=False)

    def __init__(self, wanted, *, member):
        names = {name: getattr(wanted, name) for name in (*figures.KEYS, "partner")}
        days = {"since": wanted.since, "until": wanted.until, "weeks": wanted.weeks or "days"}
        super().__init__(initial=names | days, prefix=None)
        self.wanted = wanted
        self.fields["weeks"].choices = [*((n, period(n)) for n in figures.PERIODS), ("days", _("from day to day"))]
        for name, rows in (
            ("client", reach.clients_on_tickets_of(member)),
            ("team", Team.objects.order_by("name")),
            ("type", TicketType.objects.order_by("name")),
        ):
            found = [(str(pk), word) for pk, word in rows.values_list("pk", "name")[:SHOWN]]
            self.fields[name].choices = [("", _("any")), *found]
        labels = partners(member, wanted)
        self.fields["partner"].choices = [("", _("any")), *((label, label) for label in labels)]

    @property
    def chips(self):
        """What narrows the report now, in words: [(name, label, value)]."""
        said = []
        for name in (*figures.KEYS, "partner"):
            asked = getattr(self.wanted, name)
            if asked:
                known = dict(self.fields[name].choices)
                said.append((name, self.fields[name].label, known.get(asked, _("unknown"))))
        return said

    @property
    def period(self):
        """The days in words."""
        if self.wanted.weeks:
            return period(self.wanted.weeks)
        return " – ".join(date_format(day, "SHORT_DATE_FORMAT") for day in (self.wanted.since, self.wanted.until))


def period(weeks):
    """So many weeks, the one that runs among them."""
    return ngettext("%(n)d week", "%(n)d weeks", weeks) % {"n": weeks}


def partners(member, wanted):
    """The partners who had tickets in these days."""
    rows = Tally.objects.filter(stale=False, day__range=(wanted.since, wanted.until)).exclude(partner="")
    rows = rows if member.may("export_all") else rows.filter(assignee=member.pk)
    return list(rows.order_by("partner").values_list("partner", flat=True).distinct()[:SHOWN])
