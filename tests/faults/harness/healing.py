"""After a fault: everything is mended, people rest, the letters come to rest, and then it is counted."""

import json
import time

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Now

from partnerships import inbox, lanes, nightly
from partnerships.compared_vocabulary import Result
from partnerships.models import Comparison, InboxLetter, Lane, Link
from tenants import doorbell
from tenants.models import Account, Membership
from tenants.scoping import account_scope
from tenants.vocabulary import Refused
from tests.faults import invariants
from tests.faults.invariants.trials import contents, differences
from tickets.models import Comment

from .rig import LEASE, PEOPLE

PATIENCE = 90.0


class Restless(Exception):
    """Letters did not come to rest in time."""


def rest(rig):
    """People finish what they do and do nothing more; what they have seen through is acknowledged."""
    # Our own connections may have gone down with the database.
    connection.close()
    connection.close_pool()
    (rig.run / "quiet").touch()
    wait(rig, lambda: all(is_idle(rig, number) for number in range(1, PEOPLE + 1)), "people go on")


def is_idle(rig, number):
    """Whether this process of people has seen the order since it was given."""
    mark, order = rig.run / f"idle-{number}", rig.run / "quiet"
    return mark.exists() and mark.stat().st_mtime_ns > order.stat().st_mtime_ns


def work(rig):
    """People go to work again."""
    (rig.run / "quiet").unlink(missing_ok=True)


def wait(rig, until, what, seconds=PATIENCE):
    ends = time.monotonic() + seconds
    while not until():
        if time.monotonic() > ends:
            raise Restless(what)
        rig.tend()
        time.sleep(0.05)


def drain(rig, *, skips):
    """Wait for the workers to carry everything; a person tries again what was set aside.

    What is set aside twice stays so, unless the fault was made to do that and a person skips it. Returns how many
    letters were tried again and how many were skipped.
    """
    tried, skipped, began = set(), 0, time.monotonic()

    def quiet():
        nonlocal skipped, began
        if time.monotonic() - began > LEASE:
            # Somebody says something somewhere: the bell rings also for what the dead left behind.
            doorbell.ring(lanes.CARRY)
            began = time.monotonic()
        for row, account in set_aside():
            if row.pk not in tried:
                tried.add(row.pk)
                answer(row, account, inbox.try_again)
            elif skips:
                skipped += answer(row, account, inbox.skip)
        return not unread().exists()

    wait(rig, quiet, "letters do not come to rest")
    return len(tried), skipped


def unread():
    """Lanes of links that letters may pass, with something in them that was not read."""
    return Lane.objects.exclude(written=F("applied")).filter(Q(handover=None) | Q(link__state__in=["active", "ending"]))


def stand_still(rig):
    """Wait until no worker holds a lane and none would take one: what waits longer waits for somebody else."""
    looks = []

    def still():
        looks.append(Lane.objects.filter(leased_until__gt=Now()).exists() or claimable().exists())
        return len(looks) > 3 and not any(looks[-3:])

    wait(rig, still, "workers do not come to rest")


def claimable():
    """What a worker would take right now."""
    rows = unread().filter(stuck=False, next_attempt_at__lte=Now())
    return rows.filter(sender__suspended_at=None, receiver__suspended_at=None)


def set_aside():
    """Letters that wait for a person, each with its account."""
    for account in Lane.objects.filter(stuck=True).values_list("receiver", flat=True).distinct():
        with account_scope(account):
            rows = list(InboxLetter.objects.filter(stage="set_aside"))
        yield from ((row, account) for row in rows)


def answer(row, account, verb):
    """Somebody of this account presses the button; whether it was still to be pressed."""
    try:
        with account_scope(account):
            verb(row, by=Membership.objects.select_related("account", "user").get(role="owner"))
    except Refused:
        return False
    return True


def count(rig):
    """Every breach of an invariant now that all is quiet: {number: [breaches]}."""
    found = invariants.count(invariants.QUIET)
    found[1].extend(lost_words(rig))
    return found


def lost_words(rig):
    """What was acknowledged to a person and is not there any more."""
    said, removed = {}, set()
    for diary in rig.run.glob("diary-*.jsonl"):
        for line in diary.read_text().splitlines():
            entry = json.loads(line)
            if "removed" in entry:
                removed.add(entry["removed"])
            else:
                said.setdefault(entry["account"], set()).add(entry["comment"])
    for account, comments in said.items():
        with account_scope(account):
            known = {str(pk) for pk in Comment.objects.values_list("pk", flat=True)}
            gone = {str(pk) for pk in Comment.objects.exclude(removed_at=None).values_list("pk", flat=True)}
        yield from (f"comment {pk} was acknowledged and is not there" for pk in comments - known)
        yield from (f"comment {pk} was removed and lives" for pk in (removed & known) - gone)


def replay(rig, since=None):
    """16: lanes that moved since then, or all, are carried from their first letter on, and no row reads otherwise."""
    before = contents()
    moved = Lane.objects.filter(moved_at__gt=since) if since else Lane.objects.all()
    moved.exclude(link__state="ended").update(
        delivered=0, applied=0, stuck=False, attempts=0, lease=None, leased_until=None
    )
    doorbell.ring(lanes.CARRY)
    wait(rig, lambda: not unread().exists(), "the replay does not come to rest")
    return list(differences(before))


def compare(rig):
    """6: the product's own comparison of both sides finds nothing to mend either."""
    nightly.now(list(Link.objects.exclude(state="ended").select_related("account_a", "account_b")))
    wait(rig, lambda: not unread().exists(), "the comparison does not come to rest")
    for account in Account.objects.order_by("slug"):
        with account_scope(account.pk):
            rows = Comparison.objects.exclude(result__in=[Result.NONE, Result.AGREED]).select_related("handover")
            yield from (f"{row.handover.key} at {account.slug}: {row.result} {row.facts}" for row in rows)


def stranger_knows(rig):
    """3: to the company that is linked with nobody nothing came, ever."""
    with account_scope(Account.objects.get(slug="stranger").pk):
        if InboxLetter.objects.exists() or Comment.objects.exclude(came_through=None).exists():
            yield "something came to a stranger"
