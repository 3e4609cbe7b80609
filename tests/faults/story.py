"""What the fault tests do again and again: tickets, hand-overs, words; carriers that die; time that passes."""

import itertools
import signal
import subprocess
import sys
import time
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from partnerships import delivery, lanes, sharing
from partnerships.cards import Share
from partnerships.models import Handover, InboxLetter, Lane, Letter
from partnerships.tasks import carry
from tenants.scoping import account_scope
from tests import world
from tests.conftest import environment
from tickets import conversation, lifecycle
from tickets.models import Comment
from tickets.vocabulary import Audience

CARRY = "from partnerships import delivery; delivery.drain()"


def company(slug):
    return world.company(slug, slug.title(), slug[:2].upper(), {"owner": (f"Owner of {slug}", "")})


def companies(*slugs):
    return [company(slug) for slug in slugs]


def linked(*slugs):
    """Companies linked in a row."""
    made = companies(*slugs)
    for left, right in itertools.pairwise(made):
        world.link(left, right)
    return made


def handover(of, direction, **more):
    """The company's only hand-over of this direction, as it is now; inside its scope."""
    rows = Handover.objects.select_related("ticket__account", "ticket__status", "partnership", "counterpart")
    return rows.get(direction=direction, **more)


def offer(giver, taker, ticket=None, subject="Касса", **choices):
    with giver.scope():
        ticket = ticket or lifecycle.open_ticket(subject, by=giver.owner)
        return sharing.offer(
            ticket, to=world.partner(giver, taker), by=giver.owner, share=Share(), see_below="named", **choices
        )


def shared(giver, taker, **more):
    """A ticket of the giver that the taker accepted, with everything arrived."""
    offer(giver, taker, **more)
    assert delivery.drain()
    accept(taker)
    assert delivery.drain()


def accept(taker):
    do(taker, "taken", sharing.accept)


def do(who, direction, verb, **details):
    """One verb of hand-overs on the company's only one of this direction."""
    with who.scope():
        return verb(handover(who, direction), by=who.owner, **details)


def say(who, direction, text, **more):
    """A comment for the partner of this hand-over, and for him alone."""
    with who.scope():
        mine = handover(who, direction, **more)
        return conversation.comment(
            mine.ticket, text, by=who.owner, audience=Audience.PARTNER, readers=[mine.counterpart]
        )


def heard(who):
    """Every comment that a company has, in order."""
    with who.scope():
        return list(Comment.objects.filter(removed_at=None).values_list("body", flat=True))


def state(who, direction):
    with who.scope():
        return handover(who, direction).state


def lane(giver, sender):
    """The lane in which the sender speaks about the giver's only hand-over."""
    with giver.scope():
        key = handover(giver, "given").key
    return Lane.objects.get(handover=key, sender=sender.account)


def letters(lane):
    """All letters of a lane as they travel."""
    with account_scope(lane.sender_id):
        rows = Letter.objects.filter(lane=lane).select_related("handover").order_by("seq")
        return [delivery.envelope(letter, lane) for letter in rows]


def stages(lane):
    """Where each received letter of a lane stands, in order."""
    with account_scope(lane.receiver_id):
        return list(InboxLetter.objects.filter(lane=lane).order_by("seq").values_list("seq", "stage"))


def drop(sender, direction, kind, body=None):
    """Write a letter as a broken or newer version of the other side would."""
    with sender.scope():
        mine = handover(sender, direction)
        place = lanes.next_place(mine.partnership.link_id, mine.key, sender.account.pk)
        return Letter.objects.create(
            lane=place, handover=mine, seq=place.written, kind=kind, body=body or {}, sent_at=timezone.now()
        )


def time_passes():
    """Leases run out and pauses end."""
    past = timezone.now() - timedelta(minutes=5)
    Lane.objects.filter(leased_until__isnull=False).update(leased_until=past)
    Lane.objects.update(next_attempt_at=past)


def unfinished():
    """How many lanes still have something to carry or to apply."""
    return Lane.objects.exclude(written=F("applied")).count()


def carry_elsewhere(**env):
    """Another process carries until everything is quiet, or until it dies; answers with its return code."""
    return elsewhere(CARRY, **env)


def elsewhere(code, **env):
    """Another process does this; answers with its return code."""
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{code}"],
        env=environment(DJANGO_SETTINGS_MODULE="helpdesk.settings", **env),
        cwd=settings.BASE_DIR,
        capture_output=True,
        timeout=60,
    ).returncode


def carrier_dies(at):
    """A carrier is killed at a named place; it must have got there."""
    assert carry_elsewhere(COTICKET_FAILPOINT=at) == -signal.SIGKILL


def wait(until, seconds=10.0):
    """Wait for something that other processes bring about."""
    ends = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < ends, "it did not come about in time"
        time.sleep(0.02)


def ring():
    """Ring for the workers of this test."""
    carry.apply_async()
