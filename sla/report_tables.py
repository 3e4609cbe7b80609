"""Reports as tables to keep, and the words and figures that stand beside their charts."""

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from tickets import exporting

from . import ended, figures, partner_figures

HOUR = 3600
NAMES = {
    "chain": pgettext_lazy("report", "Chain"),
    "deadlines": pgettext_lazy("report", "Deadlines"),
    "team": pgettext_lazy("report", "Team"),
}


def chain(member, wanted):
    """Week by week the median and its parts, then the partners."""
    names = [ended.party_word(name, member.account) for name in figures.HELD]
    yield [
        _("Week of"),
        _("Tickets"),
        _("Median, hours"),
        *names,
        _("of it working hours"),
        _("Parties"),
        _("In time, %"),
    ]
    for week in figures.by_week(member, wanted):
        parts = [hours(week.held.get(name)) for name in figures.HELD] if week.n else [""] * len(names)
        told = (
            [hours(week.median), *parts, hours(week.working), number(week.parties)]
            if week.n
            else [""] * (len(names) + 3)
        )
        yield [week.monday.isoformat(), str(week.n), *told, number(week.share)]
    yield []
    yield [
        _("Partner"),
        _("Tickets"),
        _("Accepted in, hours"),
        _("Median, hours"),
        _("90 % within, hours"),
        _("In time, %"),
        _("Sent back, %"),
        _("Rating"),
    ]
    for row in partner_figures.told(member, wanted).rows:
        times = map(hours, (row.accepted, row.median, row.most))
        yield [row.name, str(row.n), *times, *map(number, (row.share, row.returned, row.rating))]


def deadlines(member, wanted):
    """What was kept and what was not: by week, by client, by partner."""
    counts = [_("in time"), _("late"), _("late, not ours"), _("In time, %")]
    yield [_("Week of"), *counts]
    for week in figures.by_week(member, wanted):
        yield [week.monday.isoformat(), *judged(vars(week)), number(week.share)]
    for heading, rows in (
        (_("Client"), figures.by_client(member, wanted)),
        (_("Partner"), figures.by_partner(member, wanted)),
    ):
        yield []
        yield [heading, *counts]
        for row in rows:
            yield [row["name"], *judged(row), number(row["share"])]


def team(member, wanted):
    """What each of us, and each team, finished."""
    headings = [_("Tickets"), _("Median in the queue, hours"), _("Median with people, hours")]
    headings += [_("Median in all, hours"), _("Had tickets, hours"), _("In time, %")]
    parts = [(_("Person"), figures.by_person(member, wanted))]
    if member.may("export_all"):
        parts.append((_("Team"), figures.by_team(member, wanted)))
    for n, (heading, rows) in enumerate(parts):
        if n:
            yield []
        yield [heading, *headings]
        for row in rows:
            times = [hours(row[name]) for name in ("queue", "person", "median", "time")]
            yield [row["name"] or _("nobody’s"), str(row["n"]), *times, number(row["share"])]


TABLES = {"chain": chain, "deadlines": deadlines, "team": team}


def text(which, member, wanted):
    """The whole table as a spreadsheet of the reader's language opens it."""
    yield "\ufeff" + exporting.lines(TABLES[which](member, wanted))


def judged(row):
    """The three counts of promises, as cells."""
    return [str(row[name]) for name in ("kept", "missed", "excused")]


def hours(seconds):
    """Seconds as hours with two places, or nothing."""
    return "" if seconds is None else written(seconds / HOUR, 2)


def number(value):
    """A figure with one place, or nothing."""
    return "" if value is None else written(value, 1)


def written(value, places):
    """A number as spreadsheets of the reader's language read it: in Russian 2.50 would be a day in February."""
    return f"{value:.{places}f}".replace(".", formats.get_format("DECIMAL_SEPARATOR"))


def why(rows):
    """Why promises were not kept, each reason with its number and the words that lead to its tickets."""
    return [
        {"words": ended.why_word(row["missed_by"], row["missed_because"]), "n": row["n"]}
        | {"by": row["missed_by"], "because": row["missed_because"]}
        for row in rows
    ]


def change(weeks, partners):
    """The last week in which something was finished against the first: the four figures above the charts."""
    seen = [week for week in weeks if week.n]
    if not seen:
        return None
    first, last = seen[0], seen[-1]
    judged_ = [week for week in seen if week.share is not None]
    apart = len(judged_) > 1
    returned, before = partners.returned, partners.returned_before
    return {
        "first": first,
        "last": last,
        "median": 100 * (last.median - first.median) / first.median if first is not last and first.median else None,
        "share": judged_[-1].share if judged_ else None,
        "share_change": judged_[-1].share - judged_[0].share if apart else None,
        "returned": returned,
        "returned_change": None if returned is None or before is None else returned - before,
    }
