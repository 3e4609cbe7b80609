"""Tell the workers that letters wait. A dead broker never fails a request and slows it once at most."""

import time

from django.db import transaction
from kombu.exceptions import OperationalError

PAUSE = 5.0  # seconds without ringing after the broker failed to answer; the sweep finds what was missed
_silent_until = 0.0


def ring_on_commit():
    """Ring once after this transaction, however many letters it wrote."""
    waiting = transaction.get_connection().run_on_commit
    if not any(entry[1] is ring for entry in waiting):
        transaction.on_commit(ring, robust=True)


def ring():
    """Ask a worker to carry; nothing about what, or for whom."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    from .tasks import carry

    try:
        carry.apply_async(retry=False)
    except OperationalError:
        _silent_until = time.monotonic() + PAUSE
