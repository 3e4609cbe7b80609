"""Every night each side of every link tells what it told. The table of timers knows when; it is content-free."""

import hashlib
import logging
import time
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from tenants import clock
from tenants.models import Account, Timer
from tenants.scoping import account_scope
from tenants.timers import FAULTS, ring, set_apart

from . import delivery, holdings, lanes, reconcile
from .models import Handover, Letter, Link, Partnership
from .protocol import LinkDigest
from .vocabulary import RUNNING, LinkState

PAGE = 100
log = logging.getLogger(__name__)
# What ended is compared for so long: removals still cross then.
FRESH = timedelta(days=7)
# When the night begins, and how long it is; links are spread over it.
ONE_O_CLOCK, HOURS = 1, 4
RETRY = timedelta(minutes=10)
set_apart(reconcile.NIGHT)


def now(links):
    """Compare these links at once and carry what that takes; for the operator, and for tests."""
    for link in links:
        reconcile.wake(link, clock.now())
    while work():
        pass
    delivery.drain()
    for timer in Timer.objects.filter(kind=reconcile.RECOUNT):
        ring(timer)
    delivery.drain()


def work(seconds=20.0):
    """Tell what is due, link by link, page by page; returns whether something is left for another shift."""
    ends = time.monotonic() + seconds
    set_out()
    now = clock.now()
    due = Timer.objects.filter(Q(retry_at=None) | Q(retry_at__lte=now), kind=reconcile.NIGHT, due_at__lte=now)
    for timer in due.select_related("account").order_by("due_at"):
        Timer.objects.filter(pk=timer.pk).update(retry_at=now + RETRY)
        try:
            done = tell_link(timer, ends)
        except FAULTS as fault:
            log.warning("comparing, account %s: %s", timer.account_id, type(fault).__name__)
            continue
        if not done:
            Timer.objects.filter(pk=timer.pk).update(retry_at=None)
            return True
        settle(timer)
    return False


def set_out():
    """Every link that has not ended has its night, on either side."""
    links = Link.objects.exclude(state=LinkState.ENDED)
    for side in ("account_a", "account_b"):
        set_already = Timer.objects.filter(kind=reconcile.NIGHT, subject_id=OuterRef("pk"), account=OuterRef(side))
        missing = links.exclude(Exists(set_already)).select_related(side)
        Timer.objects.bulk_create(
            [
                Timer(account=account, kind=reconcile.NIGHT, subject_id=link.pk, due_at=night(account, link.pk))
                for link in missing
                for account in (getattr(link, side),)
            ],
            ignore_conflicts=True,
        )


def night(account, link_id):
    """When this side of this link tells its sums next: at an hour of the night where its people are."""
    zone = ZoneInfo(account.zone)
    spread = int.from_bytes(hashlib.sha256(f"{link_id} {account.pk}".encode()).digest()[:4]) % (HOURS * 3600)
    here = clock.now().astimezone(zone)
    begins = here.replace(hour=ONE_O_CLOCK, minute=0, second=0, microsecond=0) + timedelta(seconds=spread)
    while begins <= here:
        begins += timedelta(days=1)
    return begins.astimezone(UTC)


def settle(timer):
    """This night is done, unless somebody asked for another comparison meanwhile."""
    mine = Timer.objects.filter(pk=timer.pk, due_at=timer.due_at)
    if Link.objects.filter(pk=timer.subject_id).exclude(state=LinkState.ENDED).exists():
        mine.update(due_at=night(timer.account, timer.subject_id), retry_at=None, attempts=0)
    else:
        mine.delete()


def tell_link(timer, ends):
    """Tell the sums of one side of a link, each page in its own transaction; False when the shift ended before."""
    last = False
    while not last:
        if time.monotonic() > ends:
            return False
        with account_scope(timer.account_id):
            last = tell_page(timer)
    return True


def tell_page(timer):
    """The next page of living hand-overs; whether it was the last one, or none of them can cross tonight."""
    state = lanes.hold(timer.subject_id)
    # Two workers on one link: the second finds what the first has told.
    partnership = Partnership.objects.select_for_update(no_key=True).filter(link_id=timer.subject_id).first()
    if partnership is None or not {state, partnership.state} <= set(reconcile.CROSSING) or is_parked(timer.subject_id):
        return True
    told = Letter.objects.filter(lane__link=timer.subject_id, lane__handover=None, lane__sender=timer.account_id)
    told = told.filter(kind=LinkDigest.kind, sent_at__gte=timer.due_at).order_by("-seq").first()
    if told and told.body["last"]:
        return True
    living = Handover.objects.filter(partnership=partnership)
    living = living.filter(Q(state__in=RUNNING) | Q(ended_at__gte=clock.now() - FRESH))
    if told:
        living = living.filter(pk__gt=Handover.objects.get(key=told.body["sums"][-1]["handover"]).pk)
    page = holdings.known(living, PAGE + 1)
    if page or told:
        reconcile.tell_sums(partnership, page[:PAGE], last=len(page) <= PAGE)
    return len(page) <= PAGE


def is_parked(link_id):
    """Whether one of the two is suspended: nothing is written then that would only pile up."""
    link = Link.objects.get(pk=link_id)
    both = (link.account_a_id, link.account_b_id)
    return Account.objects.filter(pk__in=both, suspended_at__isnull=False).exists()
