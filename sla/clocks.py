"""The clocks of a ticket: each reckoned anew from its own start whenever something that it depends on changed."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

from django.db.models import Max, Min, Q

from tenants import afterwards, clock, timers
from tenants.activity import record
from tenants.models import Activity
from tenants.vocabulary import KINDS, SCHEDULE
from tickets import board
from tickets.models import Ticket
from tickets.settings_vocabulary import TYPE_CHANGED
from tickets.vocabulary import (
    AGREEMENT_CHANGED,
    CLIENT_CHANGED,
    COMMENTED,
    DUE_CHANGED,
    EQUIPMENT_CHANGED,
    FOR_CLIENT,
    OPENED,
    PASSED_ON,
    PRIORITY_CHANGED,
    SITE_CHANGED,
    Direction,
)

from . import calendars, pausing, policies, reckoning
from .models import Clock, Pause
from .reckoning import Promise
from .vocabulary import RESCHEDULED, TIME_MISSED, ClockState, Source, Target

TIMER = "clock"
# What may change what is promised, and the word for it in the history.
CAUSES = {
    PRIORITY_CHANGED.code: "priority",
    CLIENT_CHANGED.code: "client",
    SITE_CHANGED.code: "site",
    TYPE_CHANGED.code: "type",
    EQUIPMENT_CHANGED.code: "equipment",
    AGREEMENT_CHANGED.code: "agreement",
}
SAID = (COMMENTED.code, PASSED_ON.code)
# Clocks that a word of ours stops or starts anew.
HEARING = (Target.RESPONSE, Target.UPDATE)
GOING = (ClockState.RUNNING, ClockState.PAUSED)
COLUMNS = (
    "state",
    "source",
    "policy",
    "calendar",
    "started_at",
    "seconds",
    "fixed_at",
    "due_at",
    "left",
    "met_at",
    "missed_at",
    "warned",
    "excuse",
    "excused_by",
    "excused_at",
)


def on_activity(sender, activity, subject, by, **kwargs):
    """The ledger moved: see whether a clock does."""
    if not activity.ticket_id:
        return
    if activity.kind in SAID:
        if activity.actor_kind == "member" and outward(activity) and hears(activity.ticket_id):
            put_off(activity)
    elif activity.kind == DUE_CHANGED.code or (activity.kind == OPENED.code and subject.due_at):
        give(subject, subject.due_at, source=source_of(activity))
        put_off(activity)
    elif activity.kind in CAUSES or KINDS[activity.kind].moves_turn:
        put_off(activity)


def put_off(activity):
    """Reckon once, after the last of several lines that are written together."""
    afterwards.put_off(("clocks", activity.ticket_id), partial(follow, activity.ticket_id), activity)


def follow(ticket_id, activities):
    """What these lines of the ledger mean to the clocks of their ticket."""
    moved = [one.at for one in activities if KINDS[one.kind].moves_turn]
    why = next((CAUSES[one.kind] for one in activities if one.kind in CAUSES), "")
    if not why and any(one.kind == DUE_CHANGED.code for one in activities):
        why = "hand"
    settle(ticket_id, at=moved[-1] if moved else None, why=why)


def outward(activity):
    """Whether somebody outside may read what was said: the client, or some partner."""
    return activity.details["audience"] in FOR_CLIENT or bool(activity.details["readers"])


def hears(ticket_id):
    """Whether a word of ours moves a clock of this ticket."""
    return Clock.objects.filter(ticket=ticket_id, target__in=HEARING, state__in=GOING).exists()


def source_of(activity):
    """Where a moment that was given comes from."""
    if activity.actor_kind == "partner":
        return Source.PARTNER
    return Source.OUTSIDE if activity.origin in ("api", "outside") else Source.HAND


def give(ticket, moment, *, source):
    """Somebody said until when it must be done, which goes before what a policy says; None takes it back."""
    given = {"fixed_at": moment, "source": source if moment else Source.POLICY, "met_at": None}
    mine = Clock.objects.filter(ticket=ticket.pk, target=Target.RESOLUTION)
    if not mine.update(**given) and moment:
        facts = {"target": Target.RESOLUTION, "started_at": ticket.created_at, "state": ClockState.OFF}
        Clock.objects.create(ticket_id=ticket.pk, **facts, **given)


def given_moment(ticket):
    """The deadline that somebody gave the ticket as a moment, if one did; of before there were clocks it is one."""
    rows = list(Clock.objects.filter(ticket=ticket.pk, target=Target.RESOLUTION).values_list("fixed_at", flat=True))
    return rows[0] if rows else ticket.due_at


@dataclass
class Facts:
    """What the clocks of one ticket depend on."""

    ticket: Ticket
    policy: object
    promised: dict
    pauses: list
    now: datetime
    words: tuple = (None, None)  # our first and our last word to whoever gave us the ticket

    @cached_property
    def hours(self):
        """When the policy's clocks run at all."""
        return calendars.hours_of(self.policy.calendar if self.policy else None)

    @cached_property
    def stops(self):
        """The pauses that stop the policy's clocks."""
        return stretches(self.pauses, self.policy)

    def met(self, target, known):
        """When the promise was kept, if it was."""
        done, first_done = pausing.delivered(self.pauses)
        if target == Target.RESOLUTION:
            return done
        if known and known.met_at:
            return known.met_at
        if target == Target.RESPONSE:
            return min(filter(None, (self.words[0], first_done)), default=None)
        return None

    def start(self, target):
        """From when the clock counts: the ticket's beginning, whoever has it; the next update from our last word."""
        return (self.words[1] if target == Target.UPDATE else None) or self.ticket.created_at


def stretches(pauses, policy):
    """From when until when the clocks of a policy stand still, of all pauses of a ticket."""
    stops = {*(policy.stops if policy else ()), *pausing.OVER}
    return tuple((pause.from_at, pause.until_at) for pause in pauses if pause.reason in stops)


def settle(ticket_id, *, at=None, why="", quiet=False, choice=None):
    """Reckon every clock of the ticket from its own start, its pauses and what fits it now; twice is as once.

    `at`: since when the ticket stands as it does. `why`: what changed the promises, for the history. `quiet`: what is
    late already is told to nobody, because nobody did anything just now.
    """
    rows = Ticket.objects.select_related("account", "status", "client").prefetch_related("counterparts")
    ticket = rows.get(pk=ticket_id)
    known = {row.target: row for row in Clock.objects.filter(ticket=ticket).select_related("policy", "calendar")}
    facts = gather(ticket, known, at, choice)
    fresh = [one for target in Target if (one := reckon(target, known.get(target), facts))]
    keep(ticket, known, fresh, facts, why=why, quiet=quiet)


def gather(ticket, known, at, choice):
    """All that the clocks depend on, in a constant number of queries."""
    choice = choice or policies.choose(ticket)
    promised = policies.promised(choice.policy, ticket.priority)
    pauses = pausing.follow(ticket, list(Pause.objects.filter(ticket=ticket)), at)
    facts = Facts(ticket, choice.policy, promised, pauses, clock.now())
    response = known.get(Target.RESPONSE)
    if Target.UPDATE in promised or (Target.RESPONSE in promised and not (response and response.met_at)):
        facts.words = our_words(ticket)
    return facts


def our_words(ticket):
    """When we first and last said something to the client, or on a co-ticket to whoever gave it to us."""
    heard = Q(details__audience__in=FOR_CLIENT)
    for row in ticket.counterparts.all():
        if row.direction == Direction.TAKEN:
            heard |= Q(details__readers__contains=[str(row.pk)])
    lines = Activity.objects.filter(heard, ticket_id=ticket.pk, kind__in=SAID, actor_kind="member")
    found = lines.aggregate(first=Min("at"), last=Max("at"))
    return found["first"], found["last"]


def reckon(target, known, facts):
    """The clock of one target as it stands now; None where there never was one, or nothing is to be changed.

    What was kept stays judged by what was promised when it was kept.
    """
    seconds, fixed = facts.promised.get(target), known.fixed_at if known else None
    if target == Target.RESOLUTION and known is None:
        fixed = facts.ticket.due_at  # given before there were clocks
    if seconds is None and fixed is None:
        return emptied(known) if known and known.met_at is None else None
    met = facts.met(target, known)
    if known and known.state == ClockState.MET and known.met_at == met:
        return None
    row = copy_of(known) if known else begun(target, facts)
    row.policy, row.calendar = facts.policy, facts.policy.calendar if facts.policy else None
    row.started_at, row.seconds, row.fixed_at = facts.start(target), None if fixed else seconds, fixed
    if fixed is None:
        row.source = Source.POLICY
    if known and row.started_at != known.started_at:
        # Excused was the round that is over.
        row.excuse, row.excused_by, row.excused_at = "", "", None
    for name, value in reckoning.standing(promise_of(row, facts), met=met, now=facts.now).items():
        setattr(row, name, value)
    return row


def begun(target, facts):
    """A clock that was not there before."""
    giver = pausing.taken(facts.ticket)
    theirs = giver is not None and giver.due_at == facts.ticket.due_at
    return Clock(ticket=facts.ticket, target=target, source=Source.PARTNER if theirs else Source.HAND)


def copy_of(known):
    """The row once more, to be changed beside what it was."""
    return Clock(**{column.attname: getattr(known, column.attname) for column in Clock._meta.concrete_fields})


def emptied(known):
    """Nothing promises it any more; what was said and excused stays on the row."""
    row = copy_of(known)
    row.state = ClockState.OFF
    row.due_at = row.left = row.seconds = row.policy = row.calendar = None
    return row


def promise_of(row, facts):
    """What the row promises, as it is reckoned."""
    return Promise(row.started_at, row.seconds, row.fixed_at, facts.hours, facts.stops)


def keep(ticket, known, fresh, facts, *, why, quiet):
    """Write what changed, wake us when the next warning is due, and tell the history of what moved."""
    moved, rings = [], {}
    for row in fresh:
        before = known.get(row.target)
        promise = promise_of(row, facts) if row.state != ClockState.OFF else None
        row.warned = said_already(row, before, promise, facts.now, quiet)
        late = row.state == ClockState.MET and row.missed_at and row.warned < 100
        if late or overtaken(row, before):
            record(row, TIME_MISSED, by=SCHEDULE, ticket=ticket, target=row.target, percent=100)
        row.warned = 100 if late else row.warned
        if before is None or any(getattr(row, name) != getattr(before, name) for name in COLUMNS):
            moved.append((before, row))
            running = row.state == ClockState.RUNNING
            rings[row.pk] = reckoning.next_warning(promise, row.warned) if running else None
    write([row for before, row in moved if before is None], [row for before, row in moved if before])
    wake(rings)
    show(ticket, fresh)
    for before, row in moved:
        tell(ticket, before, row, why)


def said_already(row, before, promise, now, quiet):
    """The last warning that needs not be said again: what lies ahead again is said again."""
    if promise is None:
        return before.warned
    said = before.warned if before and before.started_at == row.started_at else 0
    passed = reckoning.stage(promise, row.met_at or now)
    moved = before is None or (before.due_at, before.left) != (row.due_at, row.left)
    return passed if quiet and moved else min(said, passed)


def overtaken(row, before):
    """Whether the next update came so late that it was missed before anybody was told."""
    again = before and row.target == Target.UPDATE and row.started_at != before.started_at
    return bool(again and before.due_at and before.due_at < row.started_at and before.warned < 100)


def write(made, changed):
    """Two statements, however many clocks."""
    if made:
        Clock.objects.bulk_create(made)
    if changed:
        Clock.objects.bulk_update(changed, COLUMNS)


def wake(rings):
    """Each clock has one timer at most: for the next thing that must be told."""
    timers.set_timers(TIMER, {pk: at for pk, at in rings.items() if at})
    timers.clear_timers(TIMER, [pk for pk, at in rings.items() if at is None])


def show(ticket, fresh):
    """The resolution's clock is what lists show, filter and sort by."""
    row = next((row for row in fresh if row.target == Target.RESOLUTION), None)
    if row is None:
        return
    off = row.state == ClockState.OFF
    board.show(ticket, due_at=row.due_at, due_left=row.left, due_from=None if off else row.started_at)


def tell(ticket, before, row, why):
    """A deadline that really moved is a line of the history, with what it was before."""
    was, now = said(before), said(row)
    # A moment that was given has its own line; that a policy says when again, once it was taken back, has none.
    own = row.fixed_at or (why == "hand" and not now)
    if why and not own and was != now and row.state != ClockState.MET:
        record(ticket, RESCHEDULED, by=SCHEDULE, ticket=ticket, target=row.target, before=was, after=now, why=why)


def said(row):
    """A deadline as the history keeps it: a moment in ISO, seconds where it stands still, nothing where none is."""
    if row is None or row.state == ClockState.OFF:
        return ""
    return row.due_at.isoformat() if row.due_at else str(row.left)
