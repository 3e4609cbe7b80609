"""One run: build the world, strike with each fault, heal, drain, count, and print a table."""

import random
import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.utils import timezone

from tests import world
from tests.faults import invariants

from . import healing

RING = ("alfa", "beta", "gamma", "delta", "omega")
SHORT, LONG = 10, 500
LIMIT = 120.0  # seconds in which a fault must have struck and let enough through, per 100 deliveries


@dataclass
class Line:
    """What one fault came to."""

    name: str
    strikes: int = 0
    delivered: int = 0
    tried_again: int = 0
    drained_in: float = 0.0
    took: float = 0.0
    breaches: list = field(default_factory=list)
    began: datetime = field(default_factory=timezone.now)


class Run:
    """The world, and what happens to it; `wanted` deliveries at least under each fault."""

    def __init__(self, rig, *, wanted, seed):
        self.rig, self.wanted, self.say = rig, wanted, partial(print, flush=True)
        self.rig.dice = random.Random(seed)
        self.rig.carried, self.rig.operator = self.carried, self.operator
        self.lines = []

    def build(self):
        """Five companies in a row that closes to a ring, and a stranger; between some, words go on by themselves."""
        people = {"owner": ("Owner", "")}
        made = {slug: world.company(slug, slug.title(), slug[:2].upper(), people) for slug in (*RING, "stranger")}
        for left, right in zip(RING, (*RING[1:], RING[0]), strict=True):
            world.link(made[left], made[right])
        for slug, other in (("beta", "gamma"), ("gamma", "delta"), ("delta", "omega"), ("alfa", "omega")):
            with made[slug].scope():
                world.proposing.change_terms(
                    world.partner(made[slug], made[other]), by=made[slug].owner, relay_up="auto", masked=slug == "gamma"
                )
        for slug in RING:
            with made[slug].scope():
                world.accounts.add_client(f"Client of {slug}", by=made[slug].owner)
        world.delivery.drain()
        self.companies = [made["alfa"], made["beta"]]

    def operator(self, account):
        with healing.account_scope(account.pk):
            return healing.Membership.objects.select_related("account", "user").get(role="owner")

    def carried(self):
        """How many letters were read and done so far."""
        with self.rig.owner() as connection:
            words = "SELECT count(*) FROM partnerships_inboxletter WHERE stage IN ('applied', 'skipped')"
            return connection.execute(words).fetchone()[0]

    def suffer(self, fault):
        """One fault from beginning to end."""
        line, began = Line(fault.name), time.monotonic()
        self.lines.append(line)
        try:
            self.strike(fault, line)
            healed = time.monotonic()
            line.tried_again, _skipped = healing.drain(self.rig, skips=fault.poisons)
            line.drained_in = time.monotonic() - healed
            self.look(fault, line)
        except healing.Restless as restless:
            line.breaches.append(f"restless: {restless}")
        line.strikes, line.took = fault.strikes, time.monotonic() - began
        self.tell(line)

    def afterwards(self, title, look):
        """A look at everything once more at the end."""
        line, began = Line(title), time.monotonic()
        self.lines.append(line)
        before = self.carried()
        try:
            line.breaches += look(self.rig)
        except healing.Restless as restless:
            line.breaches.append(f"restless: {restless}")
        line.delivered, line.took = self.carried() - before, time.monotonic() - began
        self.tell(line)

    def undergo(self, number):
        """One trial of what only shows by doing something, carried by the workers."""

        def look(rig):
            return invariants.try_out(number, self.companies, carry=partial(healing.stand_still, rig))

        self.afterwards(f"trial {number}: {invariants.NAMES[number]}", look)

    def tell(self, line):
        self.say(row(line))
        for breach in line.breaches:
            self.say(f"    {breach}")

    def strike(self, fault, line):
        """People work and the fault strikes until enough came through and it struck often enough."""
        before, began = self.carried(), time.monotonic()
        fault.begin(self.rig)
        healing.work(self.rig)
        limit = LIMIT * max(1, self.wanted / 100)
        while line.delivered < self.wanted or fault.strikes < fault.least:
            if time.monotonic() - began > limit:
                line.breaches.append(f"only {line.delivered} deliveries and {fault.strikes} strikes in {limit:.0f} s")
                break
            fault.again(self.rig)
            self.rig.tend()
            time.sleep(0.1)
            line.delivered = self.carried() - before
        healing.rest(self.rig)
        fault.again(self.rig)
        fault.end(self.rig)
        self.rig.tend()

    def look(self, fault, line):
        """Count everything, replay everything, and count again what may have been doubled by that."""
        line.breaches += fault.breaches(self.rig)
        healing.drain(self.rig, skips=False)
        for number, breaches in healing.count(self.rig).items():
            line.breaches += [f"{number}: {breach}" for breach in breaches]
        line.breaches += [f"16: {breach}" for breach in healing.replay(self.rig, since=line.began)]
        line.breaches += [f"3: {breach}" for breach in healing.stranger_knows(self.rig)]


HEAD = ("fault", "struck", "delivered", "again", "drained", "took", "breaches")
WIDTHS = (52, 7, 10, 6, 9, 8, 9)


def table(cells):
    first, *rest = cells
    return f"{first:<{WIDTHS[0]}}" + "".join(f"{cell:>{width}}" for cell, width in zip(rest, WIDTHS[1:], strict=True))


def row(line):
    numbers = (line.strikes, line.delivered, line.tried_again, f"{line.drained_in:.1f} s", f"{line.took:.1f} s")
    return table((line.name, *map(str, numbers), str(len(line.breaches) or "none")))
