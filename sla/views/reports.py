"""Reports as pages: where the time went, what was in time, who did what; each number leads to its tickets."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tickets.views.exporting import sheet

from .. import charts, ended, figures, partner_figures, report_tables, tallies
from ..report_forms import NarrowForm
from ..vocabulary import Target


@require_safe
def chain(request):
    """Where the time of tickets went, from the client to the far end of the chain."""
    member, wanted = asked(request)
    weeks, partners = figures.by_week(member, wanted), partner_figures.told(member, wanted)
    stacks = [
        {
            "week": week,
            "total": week.median / 3600,
            "parts": [(name, week.held.get(name, 0) / 3600) for name in figures.HELD],
        }
        for week in weeks
    ]
    context = {
        "chart": charts.columns(stacks, figures.goal()),
        "line": attained(weeks),
        "partners": partners,
        "change": report_tables.change(weeks, partners),
        "missed": missed(member, wanted),
    }
    return draw(request, "chain", wanted, weeks, **context)


@require_safe
def deadlines(request):
    """What was promised and kept, by week, by client and by partner, and why the rest was not."""
    member, wanted = asked(request)
    weeks = figures.by_week(member, wanted)
    context = {
        "line": attained(weeks),
        "clients": figures.by_client(member, wanted),
        "partners": [row for row in figures.by_partner(member, wanted) if row["name"]],
        "missed": missed(member, wanted),
        "targets": [(code, label, wanted.address("target", target=code)) for code, label in Target.choices],
    }
    return draw(request, "deadlines", wanted, weeks, **context)


@require_safe
def team(request):
    """Who of us finished what: the time in a queue apart from the time that people had it."""
    member, wanted = asked(request)
    people = figures.by_person(member, wanted)
    context = {
        "people": people,
        "whole": {"n": sum(row["n"] for row in people)},
        "teams": figures.by_team(member, wanted) if member.may("export_all") else [],
    }
    return draw(request, "team", wanted, [], **context)


@require_safe
def table(request):
    """One report as a table to keep."""
    member, wanted = asked(request)
    which = request.GET.get("report", "chain")
    if which not in report_tables.TABLES:
        raise Http404
    return sheet([*report_tables.text(which, member, wanted)], report_tables.NAMES[which])


@require_safe
def tickets(request):
    """The tickets behind one number of a report, the last finished first."""
    member, wanted = asked(request)
    part = ended.Part.read(request.GET)
    page = ended.page(member, wanted, part, after=request.GET.get("after", ""))
    context = {
        "rows": page.rows,
        "words": ended.words(part, member.account, wanted.target),
        "back": part.back,
        "told": wanted.address(),
        "next_url": wanted.address(**part.told, after=page.next) if page.next else "",
        "first_url": wanted.address(**part.told) if request.GET.get("after") else "",
    }
    return draw(request, "tickets", wanted, [], **context)


def asked(request):
    """Who asks for what; whoever takes nothing out has no reports. What waited to be added up is added up first."""
    if not request.member.may("export"):
        raise Http404
    request.waiting = tallies.catch_up()
    return request.member, figures.Wanted.read(request.GET, request.account.zone)


def draw(request, which, wanted, weeks, **context):
    """One report in its frame: the tabs, and what narrows it."""
    form = NarrowForm(wanted, member=request.member)
    context = {
        "which": which,
        "wanted": wanted,
        "weeks": weeks,
        "whole": figures.whole(weeks),
        "parties": [(name, ended.party_word(name, request.account)) for name in figures.HELD],
        "form": form,
        "chips": [
            {"label": label, "value": value, "clear_url": wanted.address(name)} for name, label, value in form.chips
        ],
        "tabs": list(report_tables.NAMES.items()),
        "address": wanted.address(),
        "own": not request.member.may("export_all"),
        "waiting": request.waiting,
        "section": "reports",
    } | context
    return render(request, f"reports/{which}.html", context)


def attained(weeks):
    """The line of what was in time."""
    return charts.line([(week.number, week.share) for week in weeks])


def missed(member, wanted):
    """Why promises were not kept, in words."""
    return report_tables.why(figures.why_missed(member, wanted)) if wanted.target == Target.RESOLUTION else []
