"""Where people act: a company is chosen, something is done, and the diary keeps what was acknowledged."""

import json
import os
import resource
import time
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, close_old_connections

from tenants.models import Account
from tenants.scoping import account_scope
from tenants.vocabulary import Refused

from .acts import Person

# What a web request would answer with an error page for; the person presses the button again.
FAILURES = (DatabaseError, InterfaceError, OSError)


class Desk:
    """One process's people; `counts` says how often they acted, were refused and failed."""

    def __init__(self, run, number, dice):
        self.run, self.dice = run, dice
        self.diary = (run / f"diary-{number}.jsonl").open("a", buffering=1)
        self.failed = (run / f"failed-{number}.txt").open("a", buffering=1)
        self.accounts = []

    def one(self):
        """One act of one person; what fails left nothing behind and is done again some time."""
        try:
            account = self.somebody()
            with disk(self.run), account_scope(account):
                done = Person(account, self.dice).act()
        except Refused:
            return
        except FAILURES as failure:
            self.failed.write(f"{type(failure).__name__}: {str(failure)[:200]!r}\n")
            close_old_connections()
            time.sleep(0.05)
            return
        if done:
            self.diary.write(json.dumps({"account": str(account), **done}) + "\n")

    def somebody(self):
        if not self.accounts:
            self.accounts = list(Account.objects.values_list("pk", flat=True))
        return self.dice.choice(self.accounts)


@contextmanager
def disk(run):
    """The disk for files as it is ordered: slow, or full after the first bytes of a file."""
    order = (run / "disk").read_text() if (run / "disk").exists() else ""
    real = os.fsync
    if order == "slow":
        os.fsync = lambda handle: time.sleep(0.3) or real(handle)
    if order == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (1500, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        os.fsync = real
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
