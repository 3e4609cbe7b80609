"""What reports say: sums over the tallies of finished tickets, each report in one or two statements. Pure reading."""

from collections import namedtuple
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, Avg, Count, F, FloatField, Max, Q, Sum
from django.utils.dateparse import parse_date

from tenants import clock
from tenants.access import known

from .models import Policy, Stint, Tally
from .vocabulary import Outcome, Target

PERIODS = (4, 12, 26, 52)
USUAL = 12
MOST = 53  # weeks in one report
YEARS = range(2000, 2100)
WEEK, DAY = timedelta(days=7), timedelta(days=1)
KEYS = ("client", "team", "type")
# Where the time of a ticket went, from the client to the far end of the chain, as a column is stacked.
HELD = {
    "client": ("client_time",),
    "us": ("queue_time", "person_time"),
    "partner": ("partner_time",),
    "far": ("far_time",),
    "deep": ("deep_time",),
}
Judged = namedtuple("Judged", "kept missed excused")


class Percentile(Aggregate):
    """The value below which so large a share of the rows lies."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, share, expression, **extra):
        super().__init__(expression, share=share, output_field=FloatField(), **extra)


@dataclass(frozen=True)
class Wanted:
    """What a report is about: from which Monday or day until which day, and of whom."""

    since: date
    until: date
    weeks: int = 0  # 0: the days were said themselves
    client: str = ""
    team: str = ""
    type: str = ""
    partner: str = ""
    target: str = Target.RESOLUTION

    @classmethod
    def read(cls, asked, zone):
        """The words of an address; what is none of them asks for what is usual. Days are those of the zone."""
        today = clock.now().astimezone(ZoneInfo(zone)).date()
        said = {name: str(known(asked.get(name, "")) or "") for name in KEYS}
        said["partner"] = asked.get("partner", "")[:160].replace("\x00", "")
        said["target"] = asked["target"] if asked.get("target") in Target.values else Target.RESOLUTION
        since, until = day(asked.get("since")), day(asked.get("until"))
        if asked.get("weeks") == "days" and since and until and since <= until:
            return cls(max(since, until - MOST * WEEK + DAY), until, 0, **said)
        weeks = next((n for n in PERIODS if asked.get("weeks") == str(n)), USUAL)
        monday = today - timedelta(days=today.weekday())
        return cls(monday - (weeks - 1) * WEEK, monday + WEEK - DAY, weeks, **said)

    @property
    def told(self):
        """What an address keeps of it."""
        days = {"weeks": self.weeks} if self.weeks else {"weeks": "days", "since": self.since, "until": self.until}
        days = {} if self.weeks == USUAL else days
        names = {name: getattr(self, name) for name in (*KEYS, "partner") if getattr(self, name)}
        return days | names | ({} if self.target == Target.RESOLUTION else {"target": self.target})

    def address(self, *without, **changes):
        """The same report a little differently, as the end of an address."""
        kept = {name: value for name, value in self.told.items() if name not in without}
        return "?" + urlencode({name: value for name, value in (kept | changes).items() if value != ""})

    @property
    def mondays(self):
        """The weeks it tells of, also those in which nothing was finished."""
        first = self.since - timedelta(days=self.since.weekday())
        return [first + n * WEEK for n in range((self.until - first).days // 7 + 1)]

    @property
    def narrowed(self):
        """What chooses among the tickets, beside the days."""
        names = {f"{name}_id": getattr(self, name) for name in KEYS if getattr(self, name)}
        return names | ({"partner": self.partner} if self.partner else {})


def day(text):
    """A day out of an address, or None where it is none that a report could tell of."""
    try:
        found = parse_date(text or "")
    except ValueError:
        return None
    return found if found and found.year in YEARS else None


def finished(member, wanted):
    """The tallies that the report of this member is made of; of an agent his own tickets.

    What waits to be added up once more counts as it did before; only what never was is missing.
    """
    added = Q(stale=False) | Q(parties__gt=0)
    rows = Tally.objects.filter(added, day__range=(wanted.since, wanted.until), **wanted.narrowed)
    return rows if member.may("export_all") else rows.filter(assignee=member.pk)


def judged(target):
    """How often a promise was kept, broken, and broken by no fault of ours."""
    return {verdict: Count("pk", filter=Q(**{target: verdict})) for verdict in Outcome.values}


def share(row):
    """Kept promises in a hundred of those that count; None where there were none. What is excused doesn't count."""
    counted = row["kept"] + row["missed"]
    return 100 * row["kept"] / counted if counted else None


@dataclass
class Week:
    """What was finished in one week."""

    monday: date
    n: int = 0
    median: float = 0.0
    working: float = 0.0
    parties: float = 0.0
    most: int = 0
    held: dict = field(default_factory=dict)  # each party's part of the median
    kept: int = 0
    missed: int = 0
    excused: int = 0

    @property
    def number(self):
        """As calendars count weeks."""
        return self.monday.isocalendar().week

    @property
    def mark(self):
        """The week as an address names it."""
        return self.monday.isoformat()

    @property
    def share(self):
        return share(vars(self))


def by_week(member, wanted):
    """Every week of the report: how long its tickets took at the median, where that time went, what was in time.

    The parts of a median don't add up, so the median of the whole is parted as the time of all its tickets was.
    """
    sums = {f"in_{name}": Sum(sum_of(columns)) for name, columns in HELD.items()}
    found = finished(member, wanted).order_by().values("week")
    found = found.annotate(
        n=Count("pk"),
        median=Percentile(0.5, "total"),
        worked=Sum("working"),
        whole=Sum("total"),
        average=Avg("parties"),
        most=Max("parties"),
        **sums,
        **judged(wanted.target),
    )
    rows = {row["week"]: row for row in found}
    return [week_of(monday, rows[monday]) if monday in rows else Week(monday) for monday in wanted.mondays]


def sum_of(columns):
    """Several columns as one."""
    first, *others = (F(name) for name in columns)
    return sum(others, first)


def week_of(monday, row):
    """One week out of its row."""
    whole = sum(row[f"in_{name}"] for name in HELD) or 1
    return Week(
        monday,
        row["n"],
        row["median"],
        row["median"] * row["worked"] / (row["whole"] or 1),
        float(row["average"]),
        row["most"],
        {name: row["median"] * row[f"in_{name}"] / whole for name in HELD},
        row["kept"],
        row["missed"],
        row["excused"],
    )


def whole(weeks):
    """The weeks together, as far as they add up."""
    n = sum(week.n for week in weeks)
    return {
        "n": n,
        "parties": sum(week.parties * week.n for week in weeks) / n if n else None,
        "most": max((week.most for week in weeks), default=0),
        **{name: sum(getattr(week, name) for week in weeks) for name in Outcome.values},
    }


def by_client(member, wanted):
    """What was in time, client by client."""
    return attainment(member, wanted, "client", "client__name")


def by_partner(member, wanted):
    """What was in time, by the partner who had the ticket longest."""
    return attainment(member, wanted, "partner", "partner")


def attainment(member, wanted, key, name):
    """The promises that count, under each client or partner, the worst first."""
    rows = finished(member, wanted).order_by().values(key, name).annotate(n=Count("pk"), **judged(wanted.target))
    drawn = [
        {
            **row,
            "key": str(row[key] or ""),
            "name": row[name] or "",
            "share": share(row),
            "mark": quote(row[name] or ""),
        }
        for row in rows
    ]
    drawn = [row for row in drawn if row["kept"] + row["missed"] + row["excused"]]
    return sorted(drawn, key=lambda row: (101 if row["share"] is None else row["share"], -row["n"], row["name"]))


def why_missed(member, wanted):
    """Whose turn it was when the time to resolve ran out, the most frequent first; what is excused apart."""
    rows = finished(member, wanted).filter(resolution=Outcome.MISSED).order_by()
    rows = rows.values("missed_by", "missed_because").annotate(n=Count("pk"))
    return sorted(rows, key=lambda row: (-row["n"], row["missed_by"], row["missed_because"]))


def by_person(member, wanted):
    """What each person finished: how long it waited in a queue, how long people had it, what was in time."""
    return hands(member, wanted, "assignee", "member", "assignee__name")


def by_team(member, wanted):
    """The same, team by team."""
    return hands(member, wanted, "team", "team", "team__name")


def hands(member, wanted, key, held_by, name):
    """Finished tickets by whose they are; and the time that he, or the people of the team, really had tickets."""
    found = finished(member, wanted)
    rows = found.order_by().values(key, name)
    rows = rows.annotate(
        n=Count("pk"),
        queue=Percentile(0.5, "queue_time"),
        person=Percentile(0.5, "person_time"),
        median=Percentile(0.5, "total"),
        **judged(wanted.target),
    )
    times = held(member, wanted, held_by)
    drawn = [
        {**row, "key": str(row[key] or ""), "name": row[name] or "", "time": times.get(row[key]), "share": share(row)}
        for row in rows
    ]
    return sorted(drawn, key=lambda row: (not row["name"], -row["n"], row["name"]))


def held(member, wanted, by):
    """How long each person or team had tickets in hand, on tickets that were finished: {id: seconds}."""
    rows = Stint.objects.filter(day__range=(wanted.since, wanted.until), member__isnull=False)
    rows = rows.filter(**{f"tally__{name}": value for name, value in wanted.narrowed.items()})
    if not member.may("export_all"):
        rows = rows.filter(member=member.pk, tally__assignee=member.pk)
    return dict(rows.order_by().values_list(by).annotate(Sum("time")))


def within(wanted, week):
    """The same report of one week only."""
    return replace(wanted, since=max(week, wanted.since), until=min(week + WEEK - DAY, wanted.until), weeks=0)


def goal():
    """The hours in which a ticket is to be solved, where all policies promise the same, counted around the clock."""
    rows = Policy.objects.filter(archived_at=None).select_related("calendar")
    promised = {(row.calendar.always, row.targets.get("normal", {}).get(Target.RESOLUTION)) for row in rows}
    always, minutes = promised.pop() if len(promised) == 1 else (False, None)
    return minutes / 60 if always and minutes else None
