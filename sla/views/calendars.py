"""When the account works, on its pages: its calendars, one of them, and a day that is otherwise."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenants import account_settings, clock, history
from tenants.forms import refuse
from tenants.views.dialogs import ask
from tenants.vocabulary import Refused

from .. import almanac, calendars, hours_text, seeding
from ..calendar_forms import CalendarForm, DayForm
from ..models import Calendar

SECTION = "calendars"


@require_safe
def index(request):
    """Every calendar of the account, and a way to begin."""
    account_settings.permit(request.member)
    rows = list(Calendar.objects.all())
    for row in rows:
        row.week_said = hours_text.say_week(row.week)
        row.country_said = seeding.name_of(row.country) if row.country else ""
    context = {
        "rows": [row for row in rows if row.archived_at is None],
        "archived": [row for row in rows if row.archived_at],
        "lines": history.short(SECTION),
        **about(),
    }
    return render(request, "settings/calendars.html", context)


@require_POST
def usual(request):
    """The usual working week, with one press."""
    account_settings.permit(request.member)
    calendar = calendars.add_usual(by=request.member)
    messages.success(request, _("Saved."))
    return redirect("sla:calendar", calendar.pk)


@require_http_methods(["GET", "POST"])
def new(request):
    """One more calendar."""
    account_settings.permit(request.member)
    zone = request.account.zone
    if request.method == "GET":
        return draw(request, CalendarForm(zone=zone, country=seeding.country_of(zone)))
    form = CalendarForm(request.POST, zone=zone)
    if form.is_valid():
        try:
            calendar = calendars.add(**form.wanted, by=request.member)
            messages.success(request, _("Saved."))
            return redirect("sla:calendar", calendar.pk)
        except Refused as refused:
            refuse(form, refused)
    return draw(request, form, status=422)


@require_http_methods(["GET", "POST"])
def one(request, pk):
    """One calendar: its week, its next days, its year, its end and its return."""
    account_settings.permit(request.member)
    calendar = found(pk)
    if request.method == "GET":
        return draw(request, CalendarForm(calendar=calendar))
    do = request.POST.get("do", "save")
    if do in VERBS:
        VERBS[do](calendar, by=request.member)
        messages.success(request, _("Saved."))
        return redirect("sla:calendars" if do == "archive" else calendar_url(calendar))
    form = CalendarForm(request.POST, calendar=calendar)
    if form.is_valid():
        try:
            calendars.change(calendar, by=request.member, **form.wanted)
            messages.success(request, _("Saved."))
            return redirect(calendar_url(calendar))
        except Refused as refused:
            refuse(form, refused)
    return draw(request, form, status=422)


VERBS = {"archive": calendars.archive, "restore": calendars.restore, "default": calendars.make_default}


@require_http_methods(["GET", "POST"])
def day(request, pk):
    """One day that is otherwise: its hours, or its end."""
    account_settings.permit(request.member)
    calendar = found(pk)
    asked = date_of(request.POST.get("was") or request.GET.get("day", ""))
    if request.method == "GET":
        return draw_day(request, calendar, DayForm(initial=facts(calendar, asked)), asked)
    if request.POST.get("do") == "drop":
        if asked is None:
            raise Http404
        calendar = calendars.drop_day(calendar, asked, by=request.member)
        return changed(request, calendar, asked.year)
    form = DayForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            calendar = calendars.set_day(calendar, by=request.member, **said)
            return changed(request, calendar, said["day"].year)
        except Refused as refused:
            refuse(form, refused)
    return draw_day(request, calendar, form, asked, status=422)


def found(pk):
    calendar = Calendar.objects.filter(pk=pk).first()
    if calendar is None:
        raise Http404
    return calendar


def date_of(text):
    """A day that an address or a form names; nonsense names none."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def facts(calendar, asked):
    """A day as its form shows it before anything is typed."""
    told = next((one for one in almanac.of_year(calendar, asked.year) if one.day == asked), None) if asked else None
    return {"day": asked, "name": told.name if told else "", "hours": ", ".join(told.hours) if told else ""}


def calendar_url(calendar):
    return reverse("sla:calendar", args=[calendar.pk])


def year_url(calendar, year):
    return f"{calendar_url(calendar)}?year={year}#days"


def about():
    return {"settings_section": SECTION, "section": "settings", "now": clock.now()}


def draw(request, form, status=200):
    """A calendar's page: what is said of it, and what follows from that."""
    context = about()
    if form.calendar:
        context |= days_of(form.calendar, request.GET.get("year", ""), context["now"])
    return render(request, "settings/calendar.html", {**context, "form": form}, status=status)


def days_of(calendar, asked, now):
    """What follows from a calendar: its next days, and those of a year that are otherwise."""
    first, last = almanac.years(calendar, now)
    year = int(asked[:4]) if asked[:4].isdecimal() and first <= int(asked[:4]) <= last else now.year
    return {
        "calendar": calendar,
        "upcoming": list(almanac.upcoming(calendar, now)),
        "year": year,
        "days": almanac.of_year(calendar, year),
        "former_year": year - 1 if year > first else None,
        "next_year": year + 1 if year < last else None,
    }


def changed(request, calendar, year):
    """The day is otherwise: its year is drawn again under the dialog, or as a page."""
    if not request.htmx:
        return redirect(year_url(calendar, year))
    answer = render(request, "settings/_calendar_changed.html", days_of(calendar, str(year), clock.now()))
    for name, value in (("HX-Retarget", "#days"), ("HX-Reswap", "outerHTML"), ("HX-Trigger", "close-dialog")):
        answer[name] = value
    return answer


def draw_day(request, calendar, form, asked, status=200):
    entry = calendar.days.get(asked.isoformat()) if asked else None
    back = year_url(calendar, asked.year if asked else clock.now().year)
    context = {"form": form, "calendar": calendar, "asked": asked, "entry": entry, "settings_section": SECTION}
    return ask(request, "settings/calendar_day.html", back, status=status, **context)
