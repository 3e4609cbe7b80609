"""Companies whose letters are measured: a chain of four with one ticket, and a ring in which each gives to many."""

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db.models import F, Sum

from helpdesk.crowd import session
from partnerships import agreement, delivery, proposing, sharing
from partnerships.cards import Share
from partnerships.models import Handover, Lane, Letter, Partnership
from tenants import accounts, clock, doorbell
from tenants.models import Membership
from tenants.scoping import account_scope, new_id
from tickets import conversation, lifecycle
from tickets.models import Comment, Counterpart, Ticket

PLACES = ("A", "B", "C", "D")


class Chain:
    """Four companies in a row with one ticket handed all the way down."""

    def __init__(self):
        tag = new_id().hex[-8:]
        self.accounts, self.tickets = [], []
        for place in PLACES:
            owner = accounts.person(f"{place.lower()}@bench-{tag}.example", name=f"Owner {place}")
            self.accounts.append(
                accounts.open_account(f"bench-{tag}-{place.lower()}", name=f"Bench {tag} {place}", owner=owner)
            )
        for above, under in zip(self.accounts, self.accounts[1:], strict=False):
            agreement.link(above, under, by=owner)
        self.drain()
        self.hand_down()

    def drain(self):
        if not delivery.drain():
            raise CommandError("letters do not come to rest")

    def owner(self, place):
        with account_scope(self.accounts[place].pk):
            return Membership.objects.select_related("user").get()

    def hand_down(self):
        # Tickets keep the terms that they were handed over with, so these come first.
        for place in (1, 2):
            self.pass_up(place)
        with account_scope(self.accounts[0].pk):
            self.tickets.append(lifecycle.open_ticket("Bench", by=self.owner_here()))
        for place in range(3):
            with account_scope(self.accounts[place].pk):
                to = Partnership.objects.get(name=self.accounts[place + 1].name)
                sharing.offer(self.tickets[place], to=to, by=self.owner_here(), share=Share(), see_below="named")
            self.drain()
            with account_scope(self.accounts[place + 1].pk):
                taken = Handover.objects.select_related("ticket__account", "partnership").get(direction="taken")
                sharing.accept(taken, by=self.owner_here())
                self.tickets.append(taken.ticket)
            self.drain()

    def owner_here(self):
        return Membership.objects.get()

    def pass_up(self, place):
        """Everything the partner below says goes on to the sender by itself."""
        with account_scope(self.accounts[place].pk):
            for partnership in Partnership.objects.all():
                proposing.change_terms(partnership, by=self.owner_here(), relay_up="auto")

    def carry_one(self, hops):
        """Say something at the far end and wait until the first company has it; seconds."""
        said = self.say(hops)
        began = time.monotonic()
        while time.monotonic() < began + 30:
            with account_scope(self.accounts[0].pk):
                if Comment.objects.filter(origin_id=said.pk).exists():
                    return time.monotonic() - began
            time.sleep(0.005)
        raise CommandError("a comment did not arrive in 30 s")

    def say(self, place):
        with account_scope(self.accounts[place].pk):
            taken = Handover.objects.select_related("ticket", "counterpart").get(direction="taken")
            return conversation.comment(
                taken.ticket, "Bench", by=self.owner_here(), audience="partner", readers=[taken.counterpart]
            )

    def write(self, letters):
        with account_scope(self.accounts[3].pk):
            taken = Handover.objects.select_related("ticket", "counterpart").get(direction="taken")
            by = self.owner_here()
            for _n in range(letters):
                conversation.comment(taken.ticket, "Bench", by=by, audience="partner", readers=[taken.counterpart])

    def progress(self):
        """How many letters of these companies were written, and how many were applied."""
        return Lane.objects.filter(sender__in=self.accounts).aggregate(written=Sum("written"), applied=Sum("applied"))


@dataclass
class Desk:
    """One company of the ring: who speaks there, on which ticket, to which partners."""

    account: Any
    owner: Membership
    ticket: Ticket
    readers: list
    cookie: str

    def say(self, *readers):
        """One comment, committed; a letter to each of these partners."""
        with account_scope(self.account.pk):
            conversation.comment(self.ticket, "Bench", by=self.owner, audience="partner", readers=readers)


class Ring:
    """Companies in a circle; each is linked with the next few of them, and has given one ticket to all of these."""

    def __init__(self, companies, reach):
        tag, self.desks = new_id().hex[-8:], []
        with doorbell.muffled():
            owners = [accounts.person(f"o{n}@ring-{tag}.example", name=f"Owner {n}") for n in range(companies)]
            made = [
                accounts.open_account(f"ring-{tag}-{n:02}", name=f"Ring {tag} {n:02}", owner=owner)
                for n, owner in enumerate(owners)
            ]
            ways = {here: [made[(n + step) % companies] for step in range(1, reach + 1)] for n, here in enumerate(made)}
            for here, ahead in ways.items():
                for there in ahead:
                    agreement.link(here, there, by=owners[0])
            carry()
            for here, ahead in ways.items():
                self.give(here, ahead)
            carry()
            for there in made:
                self.accept(there)
            carry()
        self.desks = [self.desk(here, owner) for here, owner in zip(made, owners, strict=True)]

    def give(self, here, ahead):
        with account_scope(here.pk):
            by = Membership.objects.get()
            ticket = lifecycle.open_ticket("Bench", by=by)
            for there in ahead:
                sharing.offer(ticket, to=Partnership.objects.get(name=there.name), by=by, share=Share())

    def accept(self, there):
        with account_scope(there.pk):
            by = Membership.objects.get()
            for taken in Handover.objects.filter(direction="taken").select_related("ticket__account", "partnership"):
                sharing.accept(taken, by=by)

    def desk(self, account, owner):
        with account_scope(account.pk):
            # What is measured is the sending, not the time in which it can be taken back.
            type(account).objects.filter(pk=account.pk).update(hold_seconds=0)
            given = list(Counterpart.objects.filter(direction="given").select_related("ticket__account"))
            by = Membership.objects.select_related("account", "user").get()
            return Desk(account, by, given[0].ticket, given, session(owner))

    def lanes(self, desk=None):
        senders = [one.account.pk for one in self.desks] if desk is None else [desk.account.pk]
        return Lane.objects.filter(sender__in=senders, handover__isnull=False)

    def waiting(self, desk=None):
        """How many letters of these companies, or of one, are not read yet."""
        return self.lanes(desk).aggregate(n=Sum(F("written") - F("applied")))["n"]

    def pile(self, letters, desk=None):
        """So many letters wait, evenly in all lanes of the givers; copies of a real one, with ids of their own."""
        desks = self.desks if desk is None else [desk]
        ways = [(one, reader) for one in desks for reader in one.readers]
        for place, (one, reader) in enumerate(ways):
            copies(one, reader, letters // len(ways) + (place < letters % len(ways)))


def copies(desk, reader, count):
    """The next letters of one lane, as if somebody had said so many things at once."""
    with doorbell.muffled():
        desk.say(reader)
    with account_scope(desk.account.pk):
        letter = Letter.objects.filter(handover__counterpart=reader, kind="comment.added").order_by("seq").last()
        now, first = clock.now(), letter.seq + 1
        made = []
        for seq in range(first, first + count - 1):
            body = {"comment": {**letter.body["comment"], "id": str(new_id())}}
            facts = {"lane_id": letter.lane_id, "handover_id": letter.handover_id, "by": letter.by}
            made.append(Letter(seq=seq, kind=letter.kind, body=body, sent_at=now, **facts))
        Letter.objects.bulk_create(made, batch_size=1000)
        Lane.objects.filter(pk=letter.lane_id).update(written=F("written") + len(made))


def carry():
    if not delivery.drain(rounds=100_000):
        raise CommandError("letters do not come to rest")


@contextlib.contextmanager
def crew():
    """A real worker with two processes, and beat, for as long as the measuring takes."""
    folder = Path(os.environ.get("COTICKET_DATA", "."))
    words = [sys.executable, "-m", "celery", "-A", "helpdesk"]
    log = (folder / "bench.log").open("ab")
    children = [
        subprocess.Popen(
            [*words, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"], stdout=log, stderr=log
        ),
        subprocess.Popen(
            [*words, "beat", "--pidfile=", "--schedule", str(folder / "bench-schedule")], stdout=log, stderr=log
        ),
    ]
    try:
        yield
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(20)
        log.close()
