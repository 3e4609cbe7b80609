"""Tell the workers that work waits. A dead broker never fails a request and slows it once at most."""

import math
import time
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache, partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from kombu.pools import producers

from . import watchman

MARK = 2  # seconds for which one ring stands for all that follow, unless a worker hears it before
IMPATIENT = {"socket_timeout": 0.3, "socket_connect_timeout": 0.3, "max_retries": 0}
_silent_until = 0.0
_muffled = ContextVar("muffled", default=False)


@contextmanager
def muffled():
    """Ring for nobody: whoever writes letters in here carries them himself."""
    token = _muffled.set(True)
    try:
        yield
    finally:
        _muffled.reset(token)


def is_muffled():
    """Whether what is written now is nobody's news."""
    return _muffled.get()


def ring_on_commit(task):
    """Ring for a task, by its name, once after this transaction, however much it wrote."""
    if is_muffled():
        return
    waiting = transaction.get_connection().run_on_commit
    if not any(getattr(entry[1], "args", None) == (task,) for entry in waiting):
        transaction.on_commit(partial(ring, task), robust=True)


def ring(task):
    """Ask a worker to come; nothing about what, or for whom. A ring that nobody has heard yet is rung once.

    Whoever hears it begins after our commit, and so finds what we wrote.
    """
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    broker = line()
    try:
        with producers[broker].acquire(block=True) as producer:
            if producer.channel.client.set(mark(task), 1, nx=True, ex=MARK):
                current_app.send_task(task, producer=producer, retry=False)
    except (OperationalError, *broker.recoverable_connection_errors):
        # The sweep finds what is missed; one request finds out, the others go on.
        _silent_until = math.inf
        watchman.tell_when_back(speak_again)


def speak_again():
    global _silent_until
    _silent_until = 0.0


def heard(task):
    """A worker has come: what is committed from now on rings anew."""
    broker = line()
    deaf = suppress(OperationalError, *broker.recoverable_connection_errors)  # then the mark ends by itself
    with deaf, producers[broker].acquire(block=True) as producer:
        producer.channel.client.delete(mark(task))


def mark(task):
    return f"rung:{current_app.conf.task_default_queue}:{task}"


@cache
def line():
    """Our own way to the broker: it answers at once or counts as dead. The workers' own is patient."""
    return current_app.connection_for_write(transport_options=IMPATIENT)
