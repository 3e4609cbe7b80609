"""The postman: takes the mail that is due, has it drawn for its reader, and hands it to the mail server.

The try is counted and committed before the server is spoken to, and no transaction is open meanwhile. Killed between
the server's yes and our mark, a mail goes out once more under the same Message-ID; that is the one window there is.
"""

import logging
import time
from contextlib import contextmanager
from datetime import timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.core import mail as transport
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.template import TemplateDoesNotExist, TemplateSyntaxError

from . import clock, envelope
from .mail import TIMER, Later, Untold
from .models import Mail, Timer
from .scoping import account_scope
from .timers import FAULTS, set_apart

log = logging.getLogger(__name__)
BATCH = 50
# Longer than any talk with the server that the worker's own time limit allows.
LEASE = timedelta(seconds=90)
LONGEST_PAUSE = timedelta(minutes=10)
REST = timedelta(seconds=15)
UNDRAWABLE = (*FAULTS, TemplateDoesNotExist, TemplateSyntaxError)
PERMANENT = range(500, 600)

set_apart(TIMER)


class Down(Exception):
    """The mail server can't be spoken to; whoever else waits would fare no better."""


class SaidNo(Exception):
    """The server's no to this one mail, for now or for good; its words are kept."""

    def __init__(self, code, words):
        words = words.decode(errors="replace") if isinstance(words, bytes) else words
        super().__init__(f"{code} {words}")
        self.for_good = code in PERMANENT


def deliver_due(seconds=20):
    """Send what is due, the accounts by turns; whether there may be more."""
    clock.compare()
    ends, sent = time.monotonic() + seconds, 0
    with van() as hand_in:
        while time.monotonic() < ends:
            batch = waiting()
            for timer in batch:
                try:
                    sent += carry(timer, hand_in)
                except Down:
                    rest()
                    return False
            if not batch:
                return False
    return True


def due():
    """The timers of mail that nobody carries now and whose time has come."""
    now = clock.now()
    return Timer.objects.filter(Q(retry_at=None) | Q(retry_at__lte=now), kind=TIMER, due_at__lte=now)


def waiting():
    """What to carry next: one mail of each account before the second of any."""
    by_turns = Window(RowNumber(), partition_by=F("account_id"), order_by=["attempts", "due_at"])
    return list(due().filter(account__suspended_at=None).annotate(turn=by_turns).order_by("turn", "due_at")[:BATCH])


def rest():
    """The server is down: whatever else is due waits a little too, so that it keeps no workers from the letters."""
    due().update(retry_at=clock.now() + REST)


@contextmanager
def van():
    """One connection to the mail server for the whole round, opened with the first mail."""
    line = transport.get_connection()

    def hand_in(message):
        message.connection = line
        try:
            line.open()
            line.send_messages([message])
        except SMTPRecipientsRefused as refused:
            raise SaidNo(*next(iter(refused.recipients.values()))) from refused
        except SMTPDataError as refused:
            raise SaidNo(refused.smtp_code, refused.smtp_error) from refused
        except (SMTPException, OSError) as down:
            raise Down(f"server: {type(down).__name__}") from down

    try:
        yield hand_in
    finally:
        close(line)


def close(line):
    """The server may be gone already."""
    try:
        line.close()
    except (SMTPException, OSError):
        log.info("the mail server hung up first")


def carry(timer, hand_in):
    """One mail, from its row to the server and back to its row; whether it left."""
    if not claim(timer):
        return False
    try:
        message = prepare(timer)
        if message is None:
            return False
        hand_in(message)
    except Down as down:
        put_back(timer, str(down))
        raise
    except SaidNo as no:
        if no.for_good:
            settle(timer, dropped_at=clock.now(), trouble=f"refused: {no}"[:200])
        else:
            put_back(timer, f"later: {no}")
    except UNDRAWABLE as fault:
        log.warning("mail of account %s can't be drawn: %s", timer.account_id, type(fault).__name__)
        put_back(timer, f"failed: {type(fault).__name__}")
    else:
        # What was told is not kept: it may hold a one-time link.
        settle(timer, sent_at=clock.now(), dropped_at=None, trouble="", details={})
        return True
    return False


def claim(timer):
    """Whether this mail is ours to carry, of all the workers that saw it due."""
    ours = Timer.objects.filter(pk=timer.pk, due_at=timer.due_at, attempts=timer.attempts, retry_at=timer.retry_at)
    timer.attempts, timer.retry_at = min(timer.attempts + 1, 999), clock.now() + LEASE
    return ours.update(attempts=timer.attempts, retry_at=timer.retry_at) == 1


def prepare(timer):
    """Count the try and draw the mail, in one transaction that ends before the server is spoken to."""
    with account_scope(timer.account_id):
        mail = (
            Mail.objects.select_for_update(of=("self",), no_key=True)
            .select_related("account", "member__user")
            .filter(pk=timer.subject_id, sent_at=None, dropped_at=None)
            .first()
        )
        if mail is None:
            timer.delete()
            return None
        try:
            message = envelope.draw(mail)
        except Untold as why:
            end(timer, dropped_at=clock.now(), trouble=str(why))
            return None
        except Later as later:
            Timer.objects.filter(pk=timer.pk).update(due_at=later.at, retry_at=None, attempts=0)
            return None
        Mail.objects.filter(pk=mail.pk).update(attempts=F("attempts") + 1, details=mail.details)
        return message


def settle(timer, **values):
    """Write how it ended."""
    with account_scope(timer.account_id):
        end(timer, **values)


def end(timer, **values):
    Mail.objects.filter(pk=timer.subject_id).update(**values)
    Timer.objects.filter(pk=timer.pk).delete()


def put_back(timer, trouble):
    """It goes again after a pause that grows; a person may read meanwhile what is the matter."""
    pause = min(LONGEST_PAUSE, timedelta(seconds=5 * 2 ** min(timer.attempts - 1, 12)))
    with account_scope(timer.account_id):
        Mail.objects.filter(pk=timer.subject_id, sent_at=None).update(trouble=trouble[:200])
        Timer.objects.filter(pk=timer.pk, retry_at=timer.retry_at).update(retry_at=clock.now() + pause)
