"""What deadlines take: many clocks run, some fall due in one second, and after an outage many at once."""

import time
from collections import Counter as Tally
from datetime import timedelta

from helpdesk.rush import p95, verdict, working
from sla import calendars, policies
from sla.clocks import TIMER
from sla.models import Clock
from sla.vocabulary import ClockState, Source, Target
from tenants import accounts, clock
from tenants.models import Activity, Membership, Timer
from tenants.scoping import account_scope, new_id
from tickets.models import Status, Ticket
from tickets.vocabulary import Category

MISSED = "time_missed"
TOLD_WITHIN = 10.0


class Desk:
    """One account with so many open tickets, each with a running clock and its timer."""

    def __init__(self, clocks):
        slug = f"due-{new_id().hex[-8:]}"
        owner = accounts.person(f"owner@{slug}.example", name="Owner")
        self.account = accounts.open_account(slug, name=f"Due {slug}", owner=owner)
        with account_scope(self.account.pk):
            by = Membership.objects.get()
            always = calendars.add("Always", by=by, zone="UTC", always=True)
            policy = policies.add("All", by=by, calendar=always, targets={"normal": {"resolution": 60 * 24 * 30}})
            self.policy, self.by, self.status = policy, by, Status.objects.filter(category=Category.NEW).first()
        # A new policy has all open tickets reckoned anew, which is not what is measured here.
        Timer.objects.filter(kind__startswith="clocks_").delete()
        for start in range(0, clocks, 5000):
            with account_scope(self.account.pk):
                self.lay(range(start, min(start + 5000, clocks)))

    def lay(self, numbers):
        """Some tickets with their clocks, in bulk."""
        now = clock.now()
        facts = {"created_at": now, "updated_at": now, "turn_since": now, "due_at": now + timedelta(days=30)}
        tickets = [
            Ticket(number=n + 1, subject=f"Bench {n}", status=self.status, assignee=self.by, **facts) for n in numbers
        ]
        Ticket.objects.bulk_create(tickets, batch_size=1000)
        told = {"target": Target.RESOLUTION, "state": ClockState.RUNNING, "source": Source.POLICY}
        clocks = [
            Clock(ticket=t, policy=self.policy, started_at=now, seconds=30 * 86_400, due_at=t.due_at, **told)
            for t in tickets
        ]
        Clock.objects.bulk_create(clocks, batch_size=1000)
        half = now + timedelta(days=15)
        rows = (Timer(account=self.account, kind=TIMER, subject_id=c.pk, due_at=half) for c in clocks)
        Timer.objects.bulk_create(rows, batch_size=1000)

    def bring(self, count, moment):
        """So many of the clocks that run end at this moment, with nothing said yet."""
        with account_scope(self.account.pk):
            ids = list(Clock.objects.filter(warned=0, seconds__isnull=False).values_list("pk", flat=True)[:count])
            # Given by hand: their stages are all past but the last.
            Clock.objects.filter(pk__in=ids).update(
                source=Source.HAND, seconds=None, fixed_at=moment, due_at=moment, warned=90
            )
        Timer.objects.filter(kind=TIMER, subject_id__in=ids).update(due_at=moment, attempts=0, retry_at=None)
        return ids

    def told(self, ids):
        """When each of these was said to be missed, and how often: {clock: [moment…]}."""
        with account_scope(self.account.pk):
            rows = Activity.objects.filter(kind=MISSED, subject_id__in=ids).values_list("subject_id", "at")
            found = {}
            for pk, at in rows:
                found.setdefault(pk, []).append(at)
        return found

    def wait(self, ids, seconds):
        """Until all of them were told; gives what was."""
        ends = time.monotonic() + seconds
        while len(told := self.told(ids)) < len(ids) and time.monotonic() < ends:
            time.sleep(0.5)
        return told


def measure(say, clocks, due, late):
    """So many clocks run while some fall due in one second; then many more were missed while nobody was there."""
    desk = Desk(clocks)
    with working():
        moment = clock.now() + timedelta(seconds=12)
        ids = desk.bring(due, moment)
        told = desk.wait(ids, 120)
        delays = [(at - moment).total_seconds() for times in told.values() for at in times]
        middle = sorted(delays)[len(delays) // 2]
        say(
            f"{clocks} clocks run, {due} due in one second: {len(told)} told, p50 {middle:.1f} s, "
            f"p95 {p95(delays):.1f} s {verdict(p95(delays), TOLD_WITHIN)}, worst {max(delays):.1f} s"
        )
    ids = desk.bring(late, clock.now() - timedelta(hours=3))
    with working():
        began = time.monotonic()
        told = desk.wait(ids, 900)
        took = time.monotonic() - began
    times = Tally(len(times) for times in told.values())
    say(
        f"after an outage {late} late at once: {len(told)} told in {took:.0f} s, {len(told) / took:.0f} a second, "
        f"more than once {sum(n for often, n in times.items() if often > 1)}"
    )
