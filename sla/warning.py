"""Whoever must act is told in time: at stages of what is used up, and once when the deadline was missed."""

from tenants import clock, timers
from tenants.activity import record
from tenants.vocabulary import SCHEDULE
from tickets import lifecycle
from tickets.models import Ticket

from . import calendars, clocks, reckoning
from .models import Clock, Pause
from .vocabulary import TIME_MISSED, TIME_WARNED, ClockState


@timers.on_timer(clocks.TIMER)
def ring(clock_id):
    """Of the stages that a clock has passed the last is told, and the next is waited for; late ones are told once."""
    known = Clock.objects.filter(pk=clock_id).values_list("ticket", flat=True).first()
    ticket = known and lifecycle.lock(Ticket(pk=known))
    row = Clock.objects.select_related("policy__calendar").filter(pk=clock_id).first()
    if row is None or row.state != ClockState.RUNNING:
        return
    promise = promised(row)
    passed = reckoning.stage(promise, clock.now())
    if passed > row.warned:
        Clock.objects.filter(pk=row.pk).update(warned=passed, missed_at=row.due_at if passed == 100 else None)
        kind = TIME_MISSED if passed == 100 else TIME_WARNED
        record(row, kind, by=SCHEDULE, ticket=ticket, target=row.target, percent=passed)
    following = reckoning.next_warning(promise, max(passed, row.warned))
    if following:
        timers.set_timers(clocks.TIMER, {row.pk: following})


def promised(row):
    """What the row promises, with the pauses of its ticket."""
    pauses = [] if row.fixed_at else Pause.objects.filter(ticket=row.ticket_id)
    hours = calendars.hours_of(row.policy.calendar if row.policy else None)
    stops = clocks.stretches(pauses, row.policy)
    return reckoning.Promise(row.started_at, row.seconds, row.fixed_at, hours, stops)
