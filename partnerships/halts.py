"""Letters that stand still are told to a person: once to those who link at each company, and again when they pass."""

from datetime import timedelta

from tenants import clock
from tenants.activity import record
from tenants.models import Activity
from tenants.scoping import account_scope
from tenants.vocabulary import SCHEDULE

from . import health
from .models import Halt, Link, Partnership
from .vocabulary import LETTERS_PASS, LETTERS_STAND, LinkState

# Whoever was merely waiting for workers to come back, or for a resume, gets on within this time.
PATIENCE = timedelta(seconds=50)
AT_ONCE = 200


def watch():
    """Look over all links, content-free, and tell the companies of what began or ended since; may run at any time."""
    clock.compare()
    now = clock.now()
    standing = health.standing_still(now)
    Halt.objects.bulk_create([Halt(link_id=pk, since=now) for pk in standing], ignore_conflicts=True)
    for halt in Halt.objects.exclude(link__in=standing).select_related("link")[:AT_ONCE]:
        over(halt)
    for halt in Halt.objects.filter(link__in=standing, told=False, since__lte=now - PATIENCE)[:AT_ONCE]:
        tell(halt, LETTERS_STAND)
        Halt.objects.filter(pk=halt.pk).update(told=True)


def over(halt):
    """They got on, or wait on purpose by now: of a pause or an end the companies know."""
    if halt.told and halt.link.state in (LinkState.ACTIVE, LinkState.ENDING):
        tell(halt, LETTERS_PASS)
    Halt.objects.filter(pk=halt.pk, since=halt.since).delete()


def tell(halt, kind):
    """Both sides hear of it, each in its own ledger."""
    link = Link.objects.get(pk=halt.pk)
    for account in (link.account_a_id, link.account_b_id):
        with account_scope(account):
            note(halt, kind)


def note(halt, kind):
    """One line of the ledger for each halt and kind, however often it is asked for."""
    ours = Partnership.objects.select_for_update().filter(link=halt.pk).first()
    if ours and last_word(ours, halt) != kind.code:
        record(ours, kind, by=SCHEDULE, name=ours.name)


def last_word(ours, halt):
    """What was said of this halt last."""
    lines = Activity.objects.filter(subject_id=ours.pk, at__gte=halt.since)
    lines = lines.filter(kind__in=[LETTERS_STAND.code, LETTERS_PASS.code])
    return lines.order_by("-at", "-pk").values_list("kind", flat=True).first()
