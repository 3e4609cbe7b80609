"""What is done to the letters and to the agreement between companies: repeats, disorder, poison, rules, ends."""

import signal
import time

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from partnerships import agreement, delivery, inbox, lanes, mapping, parting, proposing
from partnerships.maps import Rule
from partnerships.models import Handover, InboxLetter, Lane, Letter, Link, Partnership, Proposal
from partnerships.vocabulary import Relay
from tenants.models import Account, Membership
from tenants.scoping import account_scope, new_id
from tenants.vocabulary import Refused
from tickets.models import Attachment, Comment

from .faults import Fault


def owner(account_id):
    return Membership.objects.select_related("account", "user").get(account=account_id, role="owner")


class Repeated(Fault):
    """Marks are lost: what was carried is carried again, while new letters come."""

    least, pause = 20, 0.3
    BACK = """
        UPDATE partnerships_lane SET delivered = greatest(0, delivered - 12),
        applied = least(applied, greatest(0, delivered - 12)), lease = NULL, leased_until = NULL
        WHERE id IN (SELECT id FROM partnerships_lane WHERE delivered > 0 ORDER BY random() LIMIT 8)
        RETURNING least(12, written)
    """

    def strike(self, rig):
        with rig.owner() as owner_of:
            return sum(row[0] for row in owner_of.execute(self.BACK).fetchall())


class Disordered(Fault):
    """The last letters of a lane come before the first: they wait in the inbox until the gap is filled."""

    pause = 0.5

    def strike(self, rig):
        for group in rig.groups():
            group.group(signal.SIGSTOP)
        try:
            time.sleep(0.4)
            return sum(
                self.ahead(lane) for lane in list(Lane.objects.exclude(handover=None).order_by("-moved_at")[:60])
            )
        finally:
            for group in rig.groups():
                group.group(signal.SIGCONT)

    def ahead(self, lane):
        """Hand in what was written last, before what was written first."""
        try:
            with account_scope(lane.sender_id):
                letters = [delivery.envelope(letter, lane) for letter in delivery.waiting(lane)]
            if len(letters) < 2:
                return 0
            with account_scope(lane.receiver_id):
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '300ms'")
                if not lanes.hold_open(lane):
                    return 0
                inbox.receive(lane, letters[:0:-1])
            return len(letters) - 1
        except DatabaseError:
            return 0


class Poisoned(Fault):
    """A broken or much newer version of the other side writes what nobody here can read."""

    pause, poisons, least = 0.4, True, 3
    LETTERS = (
        ("ticket.teleported", {}),
        ("comment.added", {"comment": "not one"}),
        ("comment.added", {"comment": {"id": "no id", "text": 7}}),
        ("handover.done", {"checklist": 5}),
        ("status.changed", {"status": {"name": "x"}}),
        (
            "file.added",
            {"file": {"id": str(new_id()), "name": "x", "size": 1, "sha256": "0" * 64, "content_type": "x"}},
        ),
        ("handover.offered", {"subject": "again"}),
    )

    def begin(self, rig):
        self.written, self.avoid = [], set()

    def strike(self, rig):
        of_handovers = Lane.objects.exclude(handover=None)
        lane = of_handovers.exclude(pk__in=self.avoid).filter(stuck=False).order_by("-moved_at").first()
        # A stuck lane stays stuck until the end: some must be left for those letters that are to be counted.
        if lane is None or of_handovers.filter(stuck=True).count() > of_handovers.count() // 6:
            return 0
        with account_scope(lane.sender_id):
            # In the order of the house, the hand-over before the lane; otherwise workers and we wait for each other.
            handover = Handover.objects.select_for_update(no_key=True).filter(key=lane.handover).first()
            letter = handover and self.write(lane, handover)
        if letter is None:  # an offer that is still on its way
            return 0
        self.written.append((lane, letter.pk, letter.seq))
        self.avoid.add(lane.pk)
        return 1

    def write(self, lane, handover):
        kind, body = self.LETTERS[len(self.written) % len(self.LETTERS)]
        place = lanes.next_place(lane.link_id, lane.handover, lane.sender_id)
        return Letter.objects.create(
            lane=place, handover=handover, seq=place.written, kind=kind, body=body, sent_at=timezone.now()
        )

    def breaches(self, rig):
        """Each was set aside with a reason, after the tries that the house allows, and a person let the lane go on."""
        for lane, letter, seq in self.written:
            with account_scope(lane.receiver_id):
                row = InboxLetter.objects.filter(letter=letter).first()
                if row is None or row.stage != "skipped" or not row.reason or row.attempts > lanes.TRIES + 1:
                    yield f"poison {seq} of {lane} is {row and (row.stage, row.reason, row.attempts)}"


class RulesChanged(Fault):
    """Terms, the status map and the link itself change while letters are on their way."""

    pause, least = 0.25, 6

    def strike(self, rig):
        partner, account = self.side(rig)
        try:
            with account_scope(account):
                rig.dice.choice([self.terms, self.proposal, self.answer, self.map, self.pause_link])(
                    partner, owner(account), rig.dice
                )
            return 1
        except Refused:
            return 0

    def side(self, rig):
        link = rig.dice.choice(list(Link.objects.exclude(state="ended")))
        account = rig.dice.choice([link.account_a_id, link.account_b_id])
        with account_scope(account):
            return Partnership.objects.select_related("link").get(link=link), account

    def terms(self, partner, by, dice):
        name, values = dice.choice(
            [("masked", [True, False]), ("relay_up", Relay.values), ("relay_down", Relay.values)]
        )
        proposing.change_terms(partner, by=by, **{name: dice.choice(values)})

    def proposal(self, partner, by, dice):
        name, values = dice.choice(
            [("back_names", [True, False]), ("back_files", [True, False]), ("see_below", ["named", "role", "hidden"])]
        )
        proposing.change_terms(partner, by=by, **{name: dice.choice(values)})

    def answer(self, partner, by, dice):
        asked = Proposal.objects.filter(partnership=partner, ours=False, state="open").first()
        if asked:
            proposing.accept(asked, by=by)

    def map(self, partner, by, dice):
        side, word = dice.choice(["giver", "taker"]), dice.choice(["open", "waiting", "resolved"])
        mapping.change_map(partner, [Rule(side, "category", word, dice.choice(["leave", "ask"]))], by=by)

    def pause_link(self, partner, by, dice):
        (parting.resume if partner.link.state == "paused" else parting.pause)(partner, by=by)

    def end(self, rig):
        for link in Link.objects.filter(state="paused"):
            with account_scope(link.account_a_id):
                parting.resume(Partnership.objects.get(link=link), by=owner(link.account_a_id))


class LinkEnded(Fault):
    """A link ends with letters in flight: after its commit not one row comes across."""

    pause = 0.2

    def begin(self, rig):
        self.link = rig.dice.choice(list(Link.objects.filter(state="active")))
        self.before, self.after_enough = None, rig.carried() + 10

    def strike(self, rig):
        if self.before is not None or rig.carried() < self.after_enough:
            return 0
        account = rig.dice.choice([self.link.account_a_id, self.link.account_b_id])
        with account_scope(account):
            parting.end(Partnership.objects.get(link=self.link), by=owner(account))
        self.before = self.across()
        return 1

    def across(self):
        """How many rows came over this link, in either account."""
        found = {}
        for account in (self.link.account_a_id, self.link.account_b_id):
            with account_scope(account):
                rows = Handover.objects.filter(partnership__link=self.link)
                through = list(rows.values_list("counterpart", flat=True))
                found[account] = (
                    rows.count(),
                    InboxLetter.objects.filter(lane__link=self.link).exclude(handover_key=None).count(),
                    Comment.objects.filter(came_through__in=through).count(),
                    Attachment.objects.filter(came_through__in=through).count(),
                )
        return found

    def breaches(self, rig):
        after = self.across()
        if after != self.before:
            yield f"8: rows came over an ended link: {self.before} → {after}"
        here, there = self.link.account_a, self.link.account_b
        agreement.link(here, there, by=rig.operator(here))
        delivery_waits = Lane.objects.filter(link__account_a=here, link__account_b=there, link__state="active")
        if not delivery_waits.exists():
            yield "the two companies could not link again"


class Suspended(Fault):
    """An account is suspended with letters on their way to and from it: its lanes park, the others go on."""

    pause, least = 0.5, 1

    def begin(self, rig):
        self.account = rig.dice.choice(list(Account.objects.exclude(slug="stranger")))
        Account.objects.filter(pk=self.account.pk).update(suspended_at=timezone.now())
        # Whoever had claimed a lane before may still end his batch.
        time.sleep(1.0)
        self.parked = self.progress()

    def progress(self):
        lanes_of = Lane.objects.filter(sender=self.account) | Lane.objects.filter(receiver=self.account)
        return dict(lanes_of.values_list("pk", "applied"))

    def strike(self, rig):
        written = (Lane.objects.filter(sender=self.account) | Lane.objects.filter(receiver=self.account)).filter(
            written__gt=0
        )
        return sum(lane.written > lane.applied for lane in written) - self.strikes

    def end(self, rig):
        now = self.progress()
        self.moved = [pk for pk, applied in self.parked.items() if now.get(pk) != applied]
        Account.objects.filter(pk=self.account.pk).update(suspended_at=None)

    def breaches(self, rig):
        if self.moved:
            yield f"13: {len(self.moved)} lanes of a suspended account moved"


class NewSchema(Fault):
    """The tables are those of the next version already, and the workers those of this one."""

    pause = 1.0
    STEPS = (
        "ALTER TABLE partnerships_letter ADD COLUMN next_version text NOT NULL DEFAULT ''",
        "ALTER TABLE partnerships_inboxletter ADD COLUMN next_version jsonb",
        "ALTER TABLE partnerships_lane ADD COLUMN next_version integer NOT NULL DEFAULT 0",
        "ALTER TABLE partnerships_handover ADD COLUMN next_version uuid",
        "ALTER TABLE tickets_ticket ADD COLUMN next_version timestamptz",
        "ALTER TABLE tickets_comment ADD COLUMN next_version text NOT NULL DEFAULT ''",
        "CREATE INDEX next_version ON partnerships_inboxletter (account_id, next_version)",
    )
    BACK = tuple(
        f"ALTER TABLE {table} DROP COLUMN next_version"
        for table in (
            "partnerships_letter",
            "partnerships_inboxletter",
            "partnerships_lane",
            "partnerships_handover",
            "tickets_ticket",
            "tickets_comment",
        )
    )

    def strike(self, rig):
        if self.strikes >= len(self.STEPS):
            return 0
        return self.migrate(rig, self.STEPS[self.strikes])

    def migrate(self, rig, step):
        """As a migration should: it does not make everybody wait behind a table that is busy."""
        import psycopg

        for _try in range(40):
            try:
                with rig.owner() as connection:
                    connection.execute("SET lock_timeout = '200ms'")
                    connection.execute(step)
                return 1
            except psycopg.errors.LockNotAvailable:
                time.sleep(0.1)
        return 0

    def end(self, rig):
        for step in self.BACK[: min(self.strikes, len(self.BACK))]:
            with transaction.atomic():
                self.migrate(rig, step)


LETTERS = [
    Repeated("repeats"),
    Disordered("disorder"),
    Poisoned("poison"),
    RulesChanged("rules changed"),
    LinkEnded("a link ended"),
    Suspended("an account suspended"),
    NewSchema("the next version's tables"),
]
