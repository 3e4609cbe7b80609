"""Who is looking at a ticket right now, and who is typing: kept by the broker for seconds, never in the database."""

import time

from tenants import bell
from tenants.models import Membership

HERE = 45  # seconds for which a page that says nothing more still counts as looking
TYPING = 8
MOST = 100


def key(ticket):
    """Where the broker keeps it; the account is part of the name."""
    return f"here:{ticket.account_id}:{ticket.pk}"


def looking(ticket, *, by, page, typing=False):
    """A member's page shows the ticket; others who may see it learn so once, not with each sign of life."""
    now, mine = time.time(), f"{by.pk}/{page}"

    def words(pipe):
        pipe.zremrangebyscore(key(ticket), "-inf", now)
        pipe.zadd(key(ticket), {f"{mine}/looking": now + HERE})
        if typing:
            pipe.zadd(key(ticket), {f"{mine}/typing": now + TYPING})
        else:
            pipe.zrem(key(ticket), f"{mine}/typing")
        pipe.zremrangebyrank(key(ticket), 0, -MOST - 1)
        pipe.expire(key(ticket), HERE + 15)

    answer = bell.ask(words)
    if answer and (answer[1] or answer[2]):
        bell.announce(ticket.account_id, ticket=ticket.pk, what="presence")


def left(ticket, *, by, page):
    """The page shows the ticket no more."""
    entries = [f"{by.pk}/{page}/{what}" for what in ("looking", "typing")]
    answer = bell.ask(lambda pipe: pipe.zrem(key(ticket), *entries))
    if answer and answer[0]:
        bell.announce(ticket.account_id, ticket=ticket.pk, what="presence")


def others(ticket, member):
    """Who else is here: [{name, typing}], whoever types first. Nobody, when the broker is dead."""
    answer = bell.ask(lambda pipe: pipe.zrangebyscore(key(ticket), time.time(), "+inf"))
    here = [entry.decode().split("/") for entry in answer[0]] if answer else []
    typing = {pk for pk, _page, what in here if what == "typing"}
    ids = {pk for pk, _page, _what in here} - {str(member.pk)}
    if not ids:
        return []
    found = Membership.objects.filter(pk__in=ids, active=True)
    return sorted(
        ({"name": one.name, "typing": str(one.pk) in typing} for one in found),
        key=lambda one: (not one["typing"], one["name"]),
    )
