"""Somebody who looks whether the broker is back, so that no request has to find out."""

import threading
import time
from contextlib import suppress

import redis
from django.conf import settings

EVERY = 1.0
_waiting = set()
_lock = threading.Lock()


def tell_when_back(what):
    """Do this once the broker answers; asked for twice meanwhile it is done once."""
    with _lock:
        idle = not _waiting
        _waiting.add(what)
    if idle:
        threading.Thread(target=watch, name="watchman", daemon=True).start()


def watch():
    while not answers():
        time.sleep(EVERY)
    with _lock:
        done = list(_waiting)
        _waiting.clear()
    for what in done:
        what()


def answers():
    """Whether the broker speaks."""
    with suppress(redis.RedisError):
        patience = {"socket_timeout": 0.3, "socket_connect_timeout": 0.3}
        with redis.Redis.from_url(settings.REDIS_URL, **patience) as line:
            return line.ping()
    return False
