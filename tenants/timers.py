"""Things that fall due. The table says when and for whom; what is due is told by the handler, inside the account."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.models import Q

from . import clock
from .models import Timer
from .scoping import account_scope, current_account_id
from .vocabulary import Refused

log = logging.getLogger(__name__)
# What one timer's handler may come to grief over without keeping the others waiting.
FAULTS = (Refused, DatabaseError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
HOUR = timedelta(hours=1)
HANDLERS: dict[str, Callable] = {}
# Kinds that others look after, because what is due there takes longer than a transaction should.
APART: set[str] = set()


def on_timer(kind):
    """Name the function that answers when a timer of this kind falls due."""

    def register(handler):
        HANDLERS[kind] = handler
        return handler

    return register


def set_apart(kind):
    """Timers of this kind are rung by somebody else."""
    APART.add(kind)


def set_timer(kind, subject, at):
    """Wake the ambient account about this subject at this moment; a later call moves it."""
    Timer.objects.update_or_create(
        account_id=current_account_id(),
        kind=kind,
        subject_id=subject.pk,
        defaults={"due_at": at, "attempts": 0, "retry_at": None},
    )


def set_timers(kind, moments):
    """Wake the ambient account about each of these subjects, {id: moment}, in one statement."""
    account_id = current_account_id()
    Timer.objects.bulk_create(
        (Timer(account_id=account_id, kind=kind, subject_id=pk, due_at=at) for pk, at in sorted(moments.items())),
        update_conflicts=True,
        unique_fields=["account", "kind", "subject_id"],
        update_fields=["due_at", "attempts", "retry_at"],
    )


def clear_timers(kind, subject_ids):
    """Nothing is due about these subjects any more."""
    if subject_ids:
        Timer.objects.filter(account_id=current_account_id(), kind=kind, subject_id__in=subject_ids).delete()


def clear_timer(kind, subject):
    """Nothing is due about this subject any more."""
    Timer.objects.filter(account_id=current_account_id(), kind=kind, subject_id=subject.pk).delete()


def ring_due(limit=200, seconds=8):
    """Do everything that is due, each in its own account's transaction; returns how many rang.

    What fails is tried again after growing pauses, an hour at most, for as long as it takes. Whoever has the time goes
    on until nothing is due, a few seconds at most: other work waits for the same hands.
    """
    clock.compare()
    rung, until = 0, time.monotonic() + seconds
    while time.monotonic() < until and (found := ring_some(limit, until)):
        rung += found
    return rung


def ring_some(limit, until):
    """Ring what is due, the longest due first, until so many rang or the time is up; returns how many did."""
    now, rung = clock.now(), 0
    wanted = Timer.objects.filter(Q(retry_at=None) | Q(retry_at__lte=now), due_at__lte=now).exclude(kind__in=APART)
    for timer in list(wanted.order_by("attempts", "due_at")[:limit]):
        if time.monotonic() > until:
            break
        if claim(timer):
            rung += 1
            try:
                ring(timer)
            except FAULTS as fault:
                log.warning("timer %s of account %s: %s", timer.kind, timer.account_id, type(fault).__name__)
    return rung


def claim(timer):
    """Count the try before it is made; of several who saw it fall due one makes it."""
    pause = min(HOUR, timedelta(seconds=5 * 2 ** min(timer.attempts, 12)))
    mine = Timer.objects.filter(pk=timer.pk, due_at=timer.due_at, attempts=timer.attempts, retry_at=timer.retry_at)
    return mine.update(attempts=min(timer.attempts + 1, 999), retry_at=clock.now() + pause)


def ring(timer):
    """Do what one timer is for, unless somebody did it or moved it meanwhile."""
    with account_scope(timer.account_id):
        mine = Timer.objects.filter(pk=timer.pk, due_at=timer.due_at)
        if alone_with(timer) and mine.exists():
            HANDLERS[timer.kind](timer.subject_id)
            mine.delete()


def alone_with(timer):
    """Whether nobody else rings this timer right now.

    Not a lock on its row: handlers lock tickets, and whoever holds a ticket clears its timers, so the two would wait
    for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"timer:{timer.pk}"])
        return cursor.fetchone()[0]
