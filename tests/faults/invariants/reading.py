"""Reading every account's rows, each in its own scope: what the looks have in common. No test framework here.

While people work and letters move, lanes are read first, then what was received, then what was sent: each of them only
grows, so whatever the earlier one promises the later one must hold.
"""

from collections import defaultdict
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from tenants.models import Account
from tenants.scoping import account_scope

DONE = ("applied", "skipped")


class Out(NamedTuple):
    lane: UUID
    seq: int
    letter: UUID
    kind: str
    body: str  # its digest


class In(NamedTuple):
    lane: UUID
    seq: int
    letter: UUID
    kind: str
    body: str
    stage: str
    applied_at: object
    sent_at: object


SENT = "SELECT lane_id, seq, id, kind, md5(body::text) FROM partnerships_letter ORDER BY lane_id, seq"
RECEIVED = """
SELECT lane_id, seq, letter, kind, md5(body::text), stage, applied_at, sent_at
FROM partnerships_inboxletter ORDER BY lane_id, seq
"""


def accounts():
    return list(Account.objects.order_by("slug"))


def ask(account, sql, **values):
    """The rows of one question inside an account."""
    with account_scope(account.pk), connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall()


def everywhere(sql, **values):
    """The rows of one question, of every account: (account, row)."""
    for account in accounts():
        yield from ((account, row) for row in ask(account, sql, **values))


def sent():
    """What was written, by lane and in order."""
    return by_lane(SENT, Out)


def received():
    """What came, by lane and in order."""
    return by_lane(RECEIVED, In)


def by_lane(sql, shape):
    found = defaultdict(list)
    for _account, row in everywhere(sql):
        letter = shape(*row)
        found[letter.lane].append(letter)
    return found
