"""How the letters of a link fare, and what that means: the one place that says whether a link is well. Pure reading.

It looks at lanes alone, which are global and say nothing of what they carry.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from tenants import clock
from tenants.models import Account
from tenants.scoping import current_account_id
from tickets.access import visible_tickets

from .models import Handover, Lane, Partnership
from .vocabulary import Health, LinkState

# Letters take seconds: after a minute they are slow, after ten a person is told.
SLOW = timedelta(minutes=1)
LONG = timedelta(minutes=10)
UNREAD = Q(applied__lt=F("written"))
# Since when a lane has not got on: a long queue that moves does not stand still.
STILL = Greatest("waits_since", "moved_at")


@dataclass(frozen=True)
class Way:
    """One direction of a link: what is on its way, since when, what a person must look at, when it last got on."""

    on_their_way: int = 0
    waits_since: datetime | None = None
    still_since: datetime | None = None
    stuck: int = 0
    moved_at: datetime | None = None


@dataclass(frozen=True)
class Report:
    """How a link fares: the verdict, what waits on purpose, our letters and theirs."""

    health: Health
    suspended: bool
    ours: Way
    theirs: Way
    long_ago: datetime

    @property
    def on_their_way(self):
        return self.ours.on_their_way + self.theirs.on_their_way

    @property
    def ours_stand(self):
        """Whether letters of ours have not got on for so long that a person is told."""
        return self.stand(self.ours)

    @property
    def theirs_stand(self):
        """Whether letters of theirs have not got on for so long that a person is told."""
        return self.stand(self.theirs)

    def stand(self, way):
        return bool(way.still_since and way.still_since <= self.long_ago)


def verdict(state, *, suspended, stuck, still_since, now):
    """What the figures of a link mean."""
    if state == LinkState.ENDED:
        return Health.OVER
    if state == LinkState.PAUSED or suspended:
        return Health.HELD
    if stuck or (still_since and still_since <= now - LONG):
        return Health.PERSON
    return Health.SLOW if still_since and still_since <= now - SLOW else Health.GOOD


def of(partner, member):
    """How one link fares, as far as the member sees what it carries."""
    now, here = clock.now(), current_account_id()
    lanes = seen(Lane.objects.filter(link=partner.link_id), member)
    figures = {row.pop("sender"): row for row in sums(lanes.filter(UNREAD), "sender")}
    there = partner.link.peer_of(here)
    ours, theirs = (Way(**figures.get(sender, {}), moved_at=last_move(lanes, sender)) for sender in (here, there))
    suspended = Account.objects.filter(pk__in=(here, there), suspended_at__isnull=False).exists()
    health = verdict(
        partner.link.state,
        suspended=suspended,
        stuck=ours.stuck + theirs.stuck,
        still_since=min(filter(None, (ours.still_since, theirs.still_since)), default=None),
        now=now,
    )
    return Report(health=health, suspended=suspended, ours=ours, theirs=theirs, long_ago=now - LONG)


def marks(member):
    """The links that are not well, each with its verdict: one query however many links and lanes there are.

    A pause is left out: whoever lists links says their state anyway.
    """
    lanes = seen(Lane.objects.filter(UNREAD, link__in=Partnership.objects.values("link")), member)
    suspended = {
        "suspended": Count("pk", filter=Q(sender__suspended_at__isnull=False) | Q(receiver__suspended_at__isnull=False))
    }
    now, found = clock.now(), {}
    for row in sums(lanes, "link", "link__state", **suspended):
        health = verdict(
            row["link__state"],
            suspended=bool(row["suspended"]),
            stuck=row["stuck"],
            still_since=row["still_since"],
            now=now,
        )
        if health in (Health.SLOW, Health.PERSON) or (health == Health.HELD and row["link__state"] != LinkState.PAUSED):
            found[row["link"]] = health
    return found


def seen(lanes, member):
    """Those of the lanes that carry what the member sees; a link's own lane is for whoever sees everything."""
    if member.may("see_all"):
        return lanes
    return lanes.filter(handover__in=Handover.objects.filter(ticket__in=visible_tickets(member)).values("key"))


def sums(lanes, *by, **more):
    """The figures of unread lanes."""
    return (
        lanes.order_by()
        .values(*by)
        .annotate(
            on_their_way=Sum(F("written") - F("applied")),
            still_since=Min(STILL),
            waits_since=Min("waits_since"),
            stuck=Count("pk", filter=Q(stuck=True)),
            **more,
        )
    )


def last_move(lanes, sender):
    """When a letter of this side last got on."""
    return latest(lanes.filter(sender=sender)).values_list("moved_at", flat=True).first()


def latest(lanes):
    """Those of the lanes that ever moved, the last one first."""
    return lanes.filter(moved_at__isnull=False).order_by("-moved_at")


def with_figures(links):
    """Links with how their letters fare: last move, letters on their way, the oldest that waits, lanes set aside."""
    unread = Lane.objects.filter(UNREAD, link=OuterRef("pk")).order_by().values("link")

    def told(value):
        return Subquery(unread.annotate(told=value).values("told"))

    def moved(sender):
        return Subquery(
            latest(Lane.objects.filter(link=OuterRef("pk"), sender=OuterRef(sender))).values("moved_at")[:1]
        )

    return links.annotate(
        last_moved=Greatest(moved("account_a"), moved("account_b")),
        on_their_way=Coalesce(told(Sum(F("written") - F("applied"))), 0),
        waiting_since=told(Min("waits_since")),
        still_since=told(Min(STILL)),
        stuck=Coalesce(told(Count("pk", filter=Q(stuck=True))), 0),
    )


def of_link(link):
    """How a link with figures fares, for whoever looks at all of them."""
    return verdict(
        link.state,
        suspended=bool(link.account_a.suspended_at or link.account_b.suspended_at),
        stuck=link.stuck,
        still_since=link.still_since,
        now=clock.now(),
    )


def standing_still(now):
    """The ids of links that work and on which some letter has not got on for too long."""
    lanes = Lane.objects.filter(UNREAD, waits_since__lte=now - LONG).annotate(still=STILL).filter(still__lte=now - LONG)
    lanes = lanes.filter(link__state__in=[LinkState.ACTIVE, LinkState.ENDING])
    lanes = lanes.filter(sender__suspended_at=None, receiver__suspended_at=None)
    return set(lanes.order_by().values_list("link", flat=True).distinct())
