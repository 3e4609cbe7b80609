"""Tell open pages that something is new: ids over the broker, never what it is. Without it pages ask themselves."""

import json
import math
import time
from functools import cache

import redis
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from . import watchman

PEOPLE = "live:people"
_silent_until = 0.0


def channel(account_id):
    """Where an account's news are told."""
    return f"live:{account_id}"


def announce(account_id, *, ticket=None, activity=None, what="news"):
    """Once this is committed, open pages of the account hear these ids and look for themselves what they mean."""
    after_commit(channel(account_id), (ticket, what), activity)


def rights_changed(user_id):
    """Once this is committed, the person's open pages lose within a second what he may not see any more.

    For a member who was removed or got another role, grants that changed, a revoked session, a new password.
    """
    after_commit(PEOPLE, (user_id, "rights"))


def counts_changed(user_id):
    """Once this is committed, the person's open pages fetch the numbers of their side bar again."""
    after_commit(PEOPLE, (user_id, "counts"))


class Peal:
    """What one transaction has to tell, each thing once and all of it in one go."""

    def __init__(self):
        self.told = {}

    def add(self, where, about, activity):
        """Tell this too; of several lines of the ledger about one thing the last is enough."""
        self.told[where, about] = activity or self.told.get((where, about))

    def __call__(self):
        publish([(where, message(*about, activity)) for (where, about), activity in self.told.items()])


def message(about, what, activity=None):
    """What goes over the broker: whom or which ticket it is about, the sort of news, the line of the ledger."""
    return json.dumps([about and str(about), what, activity and str(activity)])


def after_commit(where, about, activity=None):
    """Join the peal of this transaction; outside of one it rings at once."""
    waiting = [entry[1] for entry in transaction.get_connection().run_on_commit if isinstance(entry[1], Peal)]
    peal = waiting[0] if waiting else Peal()
    peal.add(where, about, activity)
    if not waiting:
        transaction.on_commit(peal, robust=True)


def publish(told):
    """Say it to whoever listens: [(channel, text)]."""
    ask(lambda pipe: [pipe.publish(where, text) for where, text in told])


def ask(words):
    """What the broker answers to these commands, or None while it is dead: nobody waits for it twice."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return None
    try:
        with line().pipeline(transaction=False) as pipe:
            words(pipe)
            return pipe.execute()
    except redis.RedisError:
        _silent_until = math.inf
        watchman.tell_when_back(speak_again)
        return None


def speak_again():
    """The broker is back: pages are told again."""
    global _silent_until
    _silent_until = 0.0


@cache
def line():
    """An impatient way to the broker; a connection that a restart has cut is made anew at once."""
    again = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.3, socket_connect_timeout=0.3, retry=again)
