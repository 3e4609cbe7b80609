"""Finished tickets become figures: one narrow row each, made anew whenever something that it tells of changed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncDate

from tenants import clock, timers
from tenants.models import Account, Activity
from tenants.scoping import current_account_id
from tenants.vocabulary import TEAM_REMOVED, ZONE_CHANGED
from tickets.models import Counterpart, Ticket
from tickets.vocabulary import (
    ASSIGNED,
    CLOSED,
    DUE_CHANGED,
    FOR_CLIENT,
    REOPENED,
    RESOLVED,
    TEAM_CHANGED,
    Direction,
)

from . import calendars, clocks, spans, working_time
from .models import Clock, Stint, Tally, TurnSpan
from .vocabulary import (
    ARRIVED,
    RESCHEDULED,
    TIME_BLAMED,
    TIME_EXCUSED,
    TIME_MISSED,
    TURNED,
    Because,
    ClockState,
    Outcome,
    Party,
    Target,
)

ONE, ALL = "tally", "tallies"
# How many are added up in one transaction: by the timer, and before a page is drawn.
BATCH, AT_ONCE = 500, 200
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
ENDING = {RESOLVED.code, CLOSED.code}
# What a finished ticket's figures are grouped by, and what it was promised.
SORTING = {ASSIGNED.code, TEAM_CHANGED.code, DUE_CHANGED.code, RESCHEDULED.code, *clocks.CAUSES}
DELAYS = (TIME_MISSED.code, TIME_EXCUSED.code, TIME_BLAMED.code)
JUDGING = {ARRIVED.code, *DELAYS}
TIMES = ("client_time", "queue_time", "person_time", "partner_time", "far_time", "deep_time", "idle_time")
COLUMNS = (
    *("stale", "finished_at", "day", "week", "client", "team", "assignee", "type", "partner", "total", *TIMES),
    *("working", "parties", *Target.values, "missed_by", "missed_because"),
)


def on_activity(sender, activity, subject, **kwargs):
    """The ledger moved: a ticket that ended waits to be added up, one that goes on is none of the finished."""
    if activity.kind == TEAM_REMOVED.code:
        Tally.objects.filter(team=subject.pk).update(team=None)
        Stint.objects.filter(team=subject.pk).update(team=None)
    elif activity.kind == ZONE_CHANGED.code:
        timers.set_timers(ALL, {current_account_id(): activity.at})
    elif not activity.ticket_id:
        return
    elif activity.kind in ENDING:
        expect(activity.ticket_id, activity.at)
    elif activity.kind == REOPENED.code:
        Tally.objects.filter(ticket=activity.ticket_id).delete()
    elif changes(activity, subject) and Tally.objects.filter(ticket=activity.ticket_id).update(stale=True):
        timers.set_timers(ONE, {activity.ticket_id: activity.at})


def changes(activity, subject):
    """Whether the figures of a finished ticket may be others by this."""
    if activity.kind == TURNED.code:
        return activity.details["party"] == Party.NOBODY
    return activity.kind in JUDGING or (activity.kind in SORTING and subject.finished_at is not None)


def expect(ticket_id, at):
    """The ticket ended and waits to be added up."""
    row = Tally(ticket_id=ticket_id, finished_at=at, **days_of(at, zone()))
    Tally.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["account", "ticket"], update_fields=["stale", "finished_at"]
    )
    timers.set_timers(ONE, {ticket_id: at})


def zone():
    """The zone by whose days and weeks the account reports."""
    return ZoneInfo(Account.objects.values_list("zone", flat=True).get(pk=current_account_id()))


def days_of(at, where):
    """The day of a moment, and the Monday of its week."""
    day = at.astimezone(where).date()
    return {"day": day, "week": day - timedelta(days=day.weekday())}


@timers.on_timer(ONE)
def tally(ticket_id):
    """Add up one ticket, if it still waits."""
    add_up(Tally.objects.filter(ticket=ticket_id, stale=True))


@timers.on_timer(ALL)
def tally_all(account_id):
    """Add up whatever was finished before there were figures, or on what is another day by now, a batch at a time."""
    miss_none()
    elsewhere = ~Q(day=TruncDate("finished_at", tzinfo=zone()))
    Tally.objects.filter(elsewhere, stale=False).update(stale=True)
    if catch_up(BATCH):
        timers.set_timers(ALL, {account_id: clock.now() + SECOND})


def miss_none():
    """Every finished ticket has its row, also one that ended before there were any."""
    without = Ticket.objects.finished().filter(~Exists(Tally.objects.filter(ticket=OuterRef("pk"))))
    where = zone()
    rows = (
        Tally(ticket_id=pk, finished_at=at, **days_of(at, where)) for pk, at in without.values_list("pk", "finished_at")
    )
    Tally.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)


def catch_up(most=AT_ONCE):
    """Add up those that wait, so many at once; gives how many still wait. What others add up is left to them."""
    stale = Tally.objects.filter(stale=True)
    if stale.exists():
        add_up(stale.order_by("-pk"), most, skip_locked=True)
    return stale.count()


@transaction.atomic
def add_up(rows, most=None, **lock):
    """Make these rows anew from the turns and the clocks, in a constant number of queries."""
    rows = list(rows.select_for_update(of=("self",), no_key=True, **lock)[:most])
    if not rows:
        return
    books = Ledgers([row.ticket_id for row in rows])
    kept, stints = [], []
    for row in rows:
        ticket = books.tickets[row.ticket_id]
        if ticket.finished_at is None:
            continue
        fill(row, ticket, books)
        stints.extend(stints_of(row, books.turns(ticket)))
        kept.append(row)
    Stint.objects.filter(tally__in=rows).delete()
    Tally.objects.filter(pk__in={row.pk for row in rows} - {row.pk for row in kept}).delete()
    # An insert that meets its rows: an update of two dozen columns by CASE takes longer than all the sums.
    Tally.objects.bulk_create(kept, update_conflicts=True, unique_fields=["id"], update_fields=COLUMNS, batch_size=1000)
    Stint.objects.bulk_create(stints, batch_size=2000)


class Ledgers:
    """All that the figures of some tickets are made of."""

    def __init__(self, ids):
        # Locked by nobody: whoever changes one of them meanwhile says afterwards that its row is stale.
        self.tickets = {row.pk: row for row in Ticket.objects.filter(pk__in=ids).defer("description")}
        self.spans, self.clocks = defaultdict(list), defaultdict(list)
        for span in TurnSpan.objects.filter(ticket__in=ids).order_by("from_at", "pk"):
            self.spans[span.ticket_id].append(span)
        for row in Clock.objects.filter(ticket__in=ids).select_related("calendar"):
            self.clocks[row.ticket_id].append(row)
        others = list(Counterpart.objects.filter(ticket__in=ids).values_list("pk", "label", "direction"))
        self.labels = {pk: label for pk, label, _direction in others}
        givers = {str(pk) for pk, _label, direction in others if direction == Direction.TAKEN}
        updated = [one.ticket_id for rows in self.clocks.values() for one in rows if one.target == Target.UPDATE]
        self.rounds = rounds_of(updated, givers) if updated else {}
        self.where, self.known_hours = zone(), {}
        self.read = {}

    @cached_property
    def usual(self):
        return calendars.hours_of(calendars.default())

    def hours(self, ticket):
        """The working hours by which the ticket's time is counted."""
        calendar = next((row.calendar for row in self.clocks[ticket.pk] if row.target == Target.RESOLUTION), None)
        if calendar is None:
            return self.usual
        return self.known_hours.setdefault(calendar.pk, calendars.hours_of(calendar))

    def turns(self, ticket):
        """Who held the ticket until the work was over: [(span, from, until)]; to wait for an approval is no work."""
        if ticket.pk not in self.read:
            rows = list(self.spans[ticket.pk] or spans.assumed(ticket))
            while rows and (rows[-1].party == Party.NOBODY or rows[-1].because == Because.APPROVAL):
                rows.pop()
            end = spans.second(ticket.finished_at)
            self.read[ticket.pk] = [(span, span.from_at, span.until_at or max(end, span.from_at)) for span in rows]
        return self.read[ticket.pk]


def fill(row, ticket, books):
    """Write the figures of one ticket into its row."""
    turns, hours = books.turns(ticket), books.hours(ticket)
    row.stale, row.finished_at = False, turns[-1][2] if turns else ticket.finished_at
    for name, value in days_of(row.finished_at, books.where).items():
        setattr(row, name, value)
    for name in ("client_id", "team_id", "assignee_id", "type_id"):
        setattr(row, name, getattr(ticket, name))
    times, partners = dict.fromkeys(TIMES, 0), defaultdict(int)
    for span, since, until in turns:
        seconds = (until - since) // SECOND
        times[column(span)] += seconds
        if span.party in (Party.PARTNER, Party.FAR):
            partners[books.labels.get(span.counterpart_id, span.holder)] += seconds
    for name, value in times.items():
        setattr(row, name, value)
    row.total = sum(times.values())
    row.working = sum(working_time.elapsed(hours, since, until) for _span, since, until in turns)
    row.partner = max(partners, key=partners.get, default="")
    row.parties = len({(span.party, span.holder) for span, _since, _until in turns if span.party != Party.NOBODY})
    judge(row, books.clocks[ticket.pk], turns, books.rounds.get(ticket.pk, ()))


def column(span):
    """Where the seconds of a turn are counted."""
    if span.party == Party.US:
        return "person_time" if span.member_id else "queue_time"
    if span.party == Party.FAR:
        return "deep_time" if "." in span.station else "far_time"
    return {Party.CLIENT: "client_time", Party.PARTNER: "partner_time"}.get(span.party, "idle_time")


def judge(row, known, turns, rounds):
    """What became of each promise; and whose turn it was when the time to resolve it ran out."""
    row.missed_by = row.missed_because = ""
    verdicts = dict.fromkeys(Target.values, "")
    for one in known:
        verdicts[one.target] = outcome_of_updates(one, rounds) if one.target == Target.UPDATE else outcome(one)
        if one.target == Target.RESOLUTION and verdicts[one.target] not in ("", Outcome.KEPT):
            span = next(
                (span for span, _since, until in turns if one.missed_at < until), turns[-1][0] if turns else None
            )
            row.missed_by, row.missed_because = (span.party, span.because) if span else ("", "")
    for name, verdict in verdicts.items():
        setattr(row, name, verdict)


def outcome(one):
    """What became of one promise: what nothing promises any more, or what was never due, is neither."""
    if one.state == ClockState.OFF:
        return ""
    if one.missed_at is None:
        return Outcome.KEPT if one.met_at else ""
    return Outcome.EXCUSED if one.excuse else Outcome.MISSED


@dataclass
class Round:
    """The time from one word of ours to the client until the next."""

    since: datetime | None = None
    missed: bool = False
    excused: bool = False


def rounds_of(ids, givers):
    """The rounds of next updates on these tickets, as the ledger tells them: {ticket: [Round]}.

    A clock keeps its last round only. None is shorter than a minute, so what was missed sooner was the round before.
    """
    words = Q(kind__in=clocks.SAID, actor_kind="member")
    lines = Activity.objects.filter(words | Q(kind__in=DELAYS, details__target=Target.UPDATE), ticket_id__in=ids)
    found = {pk: [Round()] for pk in ids}
    for pk, kind, at, details in lines.order_by("at", "pk").values_list("ticket_id", "kind", "at", "details"):
        rounds = found[pk]
        if kind in clocks.SAID:
            if details["audience"] in FOR_CLIENT or givers & {*details["readers"]}:
                rounds.append(Round(at))
        elif kind == TIME_MISSED.code:
            before = rounds[-1].since and at - rounds[-1].since < MINUTE
            rounds[-2 if before else -1].missed = True
        else:
            rounds[-1].excused = kind == TIME_EXCUSED.code
    return found


def outcome_of_updates(one, rounds):
    """Whether the client was kept up to date until the work was over: in every round, or but for delays not ours."""
    if one.state == ClockState.OFF:
        return ""
    last = Round(missed=one.missed_at is not None, excused=bool(one.excuse))
    late = [each.excused for each in (*rounds, last) if each.missed]
    return (Outcome.EXCUSED if all(late) else Outcome.MISSED) if late else Outcome.KEPT


def stints_of(row, turns):
    """How long each of us, and the queue of each team, held the ticket."""
    held = defaultdict(int)
    for span, since, until in turns:
        if span.party == Party.US:
            held[span.member_id, span.team_id] += (until - since) // SECOND
    return [
        Stint(tally=row, day=row.day, member_id=member, team_id=team, time=time)
        for (member, team), time in held.items()
    ]


def rename(tickets, before, name):
    """Figures of these tickets go under the partner's new name."""
    Tally.objects.filter(ticket__in=tickets, partner=before).update(partner=name)
