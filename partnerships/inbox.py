"""A partner speaks: refuse repeats, keep the letter as it came, read in order, set aside what can't be applied."""

from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from tenants import afterwards, clock
from tenants.activity import record
from tenants.vocabulary import SCHEDULE, Refused, refuse_unless
from tickets.access import permit

from . import forgetting, in_hand, lanes
from .applying import CannotApply, apply
from .models import Handover, InboxLetter, Partnership
from .protocol import Unreadable, render
from .vocabulary import LETTER_SET_ASIDE, LETTER_SKIPPED, LINK_LETTER_SET_ASIDE, Stage

MOST = 50
NOES = (CannotApply, Refused, Unreadable)
# Faults of the letter's content or of the moment. Anything else ends the try and is counted by the lane.
FAULTS = (
    DatabaseError,
    ObjectDoesNotExist,
    ValidationError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    AssertionError,
)
# Classes of PostgreSQL's answers: no connection, a deadlock, no room, a lock not to be had, stopped by its operator.
PASSING = ("08", "40", "53", "55P", "57P")


@dataclass(frozen=True)
class Outcome:
    """How far the receiver read; stuck when a person must look; failed when another try may help.

    A try that `counts` is one of those that a letter has.
    """

    applied: int
    stuck: bool = False
    failed: bool = False
    counts: bool = True


def receive(lane, letters):
    """Keep the letters as they came; one that came before is ignored by its place and its id."""
    now = clock.now()
    InboxLetter.objects.bulk_create(
        [
            InboxLetter(
                letter=letter.id,
                lane=lane,
                handover_key=letter.handover,
                seq=letter.seq,
                version=letter.v,
                kind=letter.kind,
                by=render(letter.by),
                body=letter.body,
                sent_at=letter.sent_at,
                received_at=now,
            )
            for letter in letters
        ],
        ignore_conflicts=True,
    )
    forgetting.forget_heard(lane, letters)


def read(lane, unfounded=frozenset()):
    """Apply what has come, in order and without gaps: all at once, or where one has a fault each by itself."""
    applied = read_so_far(lane)
    rows = next_in_order(lane, applied)
    if not any(row.letter in unfounded for row in rows) and read_together(lane, rows):
        return Outcome(rows[-1].seq)
    for row in rows:
        if row.stage == Stage.SET_ASIDE:
            return Outcome(applied, stuck=True)
        if row.stage == Stage.WAITING:
            # The same for bytes that lie here and for those that lie nowhere: naming them tells nobody which.
            strange = row.letter in unfounded
            outcome = set_aside(lane, row, applied, "not_their_bytes") if strange else read_one(lane, row, applied)
            if outcome:
                return outcome
        applied = row.seq
    return Outcome(applied)


def next_in_order(lane, applied):
    """The letters that follow without a gap; after a try that came to nothing one alone, so that no neighbour of the
    letter that kills its reader is taken for it."""
    rows = InboxLetter.objects.select_for_update().filter(lane=lane, seq__gt=applied).order_by("seq")
    few = rows[: 1 if lane.attempts > 1 else MOST]
    return [row for place, row in enumerate(few, start=1) if row.seq == applied + place]


def read_together(lane, rows):
    """Apply several letters in one savepoint; False, with nothing done, when there are not several or one has a fault.

    What each of them asks for, as that somebody is told, is done once after the last.
    """
    if len(rows) < 2 or any(row.stage != Stage.WAITING for row in rows):
        return False
    try:
        with transaction.atomic(), in_hand.nothing(), afterwards.gathered():
            for row in rows:
                apply(row, lane)
    except (*NOES, *FAULTS):
        if connection.needs_rollback:
            raise  # The connection is gone, and with it all that was done here.
        return False
    InboxLetter.objects.filter(pk__in=[row.pk for row in rows]).update(
        stage=Stage.APPLIED, reason="", applied_at=clock.now()
    )
    return True


def read_so_far(lane):
    """The place up to which everything was applied or skipped."""
    done = InboxLetter.objects.filter(lane=lane, stage__in=[Stage.APPLIED, Stage.SKIPPED])
    return done.aggregate(last=Max("seq"))["last"] or 0


def read_one(lane, row, applied):
    """Apply one letter; None when it worked, else where that leaves the lane."""
    if lane.attempts > lanes.TRIES:
        return set_aside(lane, row, applied, "worker_died")
    try:
        with transaction.atomic(), in_hand.nothing(), afterwards.gathered():
            apply(row, lane)
    except NOES as no:
        return set_aside(lane, row, applied, str(no))
    except FAULTS as fault:
        if connection.needs_rollback:
            raise
        if is_of_the_moment(fault):
            return Outcome(applied, failed=True, counts=False)
        if lane.attempts >= lanes.TRIES:
            return set_aside(lane, row, applied, f"failed:{type(fault).__name__}")
        mark(row, attempts=row.attempts + 1, reason=type(fault).__name__)
        return Outcome(applied, failed=True)
    mark(row, stage=Stage.APPLIED, reason="", applied_at=clock.now())
    return None


def is_of_the_moment(fault):
    """Whether the database, and not the letter, is to blame: it went away, was full, or two waited for each other."""
    if not isinstance(fault, OperationalError | InterfaceError):
        return False
    code = getattr(fault.__cause__, "sqlstate", None)
    return code is None or code.startswith(PASSING)


def set_aside(lane, row, applied, reason):
    """A person must look: the letter waits with its reason and holds up only its own lane."""
    mark(row, stage=Stage.SET_ASIDE, reason=reason[:300], attempts=row.attempts + 1)
    handover = Handover.objects.select_related("ticket").filter(key=row.handover_key).first()
    if handover:
        record(row, LETTER_SET_ASIDE, by=SCHEDULE, ticket=handover.ticket, name=reason[:300])
    elif ours := Partnership.objects.filter(link=lane.link_id).first():
        record(ours, LINK_LETTER_SET_ASIDE, by=SCHEDULE, name=ours.name, reason=reason[:300])
    return Outcome(applied, stuck=True)


def mark(row, **values):
    InboxLetter.objects.filter(pk=row.pk).update(**values)


@transaction.atomic
def try_again(row, *, by):
    """A person asks for another try of a letter that was set aside."""
    let_go(row, Stage.WAITING, by=by, reason="")


@transaction.atomic
def skip(row, *, by):
    """A person lets the lane go on without this letter; it stays on record as skipped."""
    handover = let_go(row, Stage.SKIPPED, by=by)
    record(row, LETTER_SKIPPED, by=by, ticket=handover and handover.ticket, name=row.reason)


def let_go(row, stage, *, by, **values):
    """The lane may move again; whoever works on the ticket decides, or for the link itself whoever links."""
    handover = Handover.objects.select_related("ticket").filter(key=row.handover_key).first()
    permit(by, "hand_over" if handover else "link", handover and handover.ticket)
    held = InboxLetter.objects.select_for_update().filter(pk=row.pk, stage=Stage.SET_ASIDE)
    refuse_unless(held.exists(), _("This letter is not set aside any more."))
    mark(row, stage=stage, **values)
    lanes.wake(row.lane_id)
    lanes.ring_on_commit()
    return handover
