"""Named places around each commit of a letter's way, where a process may be told to die or to fall asleep.

They prove that nothing is lost or doubled there, and do nothing unless COTICKET_FAILPOINT is set: `applying` dies when
it first gets there, `applying 25` the 25th time, `claimed 25 sleep 3` sleeps 3 seconds each 25th time. A path
instead names a file that holds such an order and may change while processes run; strikes are told in `<path>.struck`.
"""

import os
import signal
import time
from collections import Counter
from functools import partial
from pathlib import Path

from django.db import transaction

# Before and after the commit of: the outbox, a claim, the inbox, applying, the sender's mark.
WRITING, WRITTEN = "writing", "written"
CLAIMING, CLAIMED = "claiming", "claimed"
RECEIVING, RECEIVED = "receiving", "received"
APPLYING, APPLIED = "applying", "applied"
MARKING, MARKED = "marking", "marked"
ALL = (WRITING, WRITTEN, CLAIMING, CLAIMED, RECEIVING, RECEIVED, APPLYING, APPLIED, MARKING, MARKED)

_armed = os.environ.get("COTICKET_FAILPOINT", "")
_passed: Counter[str] = Counter()


def reach(place):
    """Obey the order that COTICKET_FAILPOINT gives for this place, if it gives one."""
    if _armed:
        obey(place)


def around_commit(before, after):
    """Reach one place now, and the other once this transaction has committed."""
    if _armed:
        transaction.on_commit(partial(reach, after))
        reach(before)


def obey(place):
    order = Path(_armed).read_text().strip() if os.path.isabs(_armed) else _armed
    words = order.split()
    if not words or words[0] != place:
        return
    _passed[order] += 1
    if _passed[order] % int(words[1] if len(words) > 1 else 1):
        return
    if os.path.isabs(_armed):
        with open(f"{_armed}.struck", "a") as told:
            told.write(f"{order}\n")
    if "sleep" in words:
        time.sleep(float(words[-1]))
    else:
        os.kill(os.getpid(), signal.SIGKILL)
