"""A member's own inbox: what he has not seen yet, and by which channels he wants to hear of what."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from tenants import bell, clock
from tenants.models import Activity, Membership

from .access import visible_tickets
from .models import Comment, Notification, NotificationChoice
from .telling import DEFAULTS
from .vocabulary import Event

PAGE = 30
MOST = 99


def of(member):
    """The notifications of what still exists for this member."""
    rows = Notification.objects.filter(member=member)
    if member.may("see_all"):
        return rows
    return rows.filter(Q(ticket=None) | Q(ticket__in=visible_tickets(member)))


def unread(member):
    """How many he has not seen, up to one more than is ever shown."""
    return of(member).filter(read_at=None)[: MOST + 1].count()


def unread_on(member, tickets):
    """How much of each of these tickets he has not seen: {ticket id: number}, in one query."""
    rows = Notification.objects.filter(member=member, read_at=None, ticket__in=[ticket.pk for ticket in tickets])
    return dict(rows.values_list("ticket_id", "count"))


@dataclass(frozen=True)
class Page:
    """Some of a member's notifications, the newest first, and the one after which the next page begins."""

    rows: list
    next: object = None


def page(member, *, whole=False, before=None):
    """One page of the inbox, in a constant number of queries; `before` is the last row of the page above."""
    rows = of(member) if whole else of(member).filter(read_at=None)
    last = before and Notification.objects.filter(member=member, pk=before).first()
    if last:
        rows = rows.filter(Q(last_at__lt=last.last_at) | Q(last_at=last.last_at, pk__lt=last.pk))
    related = ("ticket__account", "ticket__status", "ticket__client")
    found = list(rows.select_related(*related).order_by("-last_at", "-pk")[: PAGE + 1])
    shown = found[:PAGE]
    lines = Activity.objects.in_bulk([row.activity_id for row in shown])
    said = {str(pk): one for pk, one in spoken(lines.values()).items()}
    for row in shown:
        row.line = lines[row.activity_id]
        row.said = said.get(row.line.details.get("comment"))
    return Page(shown, shown[-1].pk if len(found) > PAGE else None)


def spoken(lines):
    """The comments that these lines tell of and that are still there, with whatever says who reads them."""
    ids = {line.details["comment"] for line in lines if line.details.get("comment")}
    known = Comment.objects.filter(removed_at=None).prefetch_related("reader_rows", "ticket__counterparts")
    return known.in_bulk(ids)


def read(member, *, ticket):
    """He sees the ticket: what was to be told of it is told."""
    seen = Notification.objects.filter(member=member, ticket=ticket, read_at=None).update(read_at=clock.now())
    if seen:
        bell.counts_changed(member.user_id)
    return seen


@transaction.atomic
def read_all(member, *, only=None):
    """He has seen everything, or this one; answers with the moment by which it can be taken back."""
    rows = of(member).filter(read_at=None)
    now = clock.now()
    seen = (rows.filter(pk=only) if only else rows).update(read_at=now)
    bell.counts_changed(member.user_id)
    return now, seen


@transaction.atomic
def unread_again(member, *, at, only=None):
    """He had not seen it after all; what came since about the same ticket stays the one row of it."""
    beside = Notification.objects.filter(member=member, read_at=None, ticket=OuterRef("ticket"))
    loose = Notification.objects.filter(member=member, read_at=None, ticket=None)
    rows = of(member).filter(pk=only) if only else of(member).filter(read_at=at)
    again = rows.exclude(Exists(beside)).exclude(Q(ticket=None) & Exists(loose))
    back = again.exclude(read_at=None).update(read_at=None)
    bell.counts_changed(member.user_id)
    return back


def channels(member):
    """What he is told of and how: [(event, by inbox, by mail)] in the order of the words."""
    chosen = {row.event: (row.inbox, row.mail) for row in NotificationChoice.objects.filter(member=member)}
    return [(event, *chosen.get(event, DEFAULTS[event])) for event in Event]


@transaction.atomic
def choose(member, wanted, *, quiet_from=None, quiet_to=None):
    """He says what he wants to hear of, {event: (by inbox, by mail)}, and when he is not to be disturbed by mail."""
    Membership.objects.filter(pk=member.pk).update(quiet_from=quiet_from, quiet_to=quiet_to)
    NotificationChoice.objects.filter(member=member).delete()
    NotificationChoice.objects.bulk_create(
        NotificationChoice(member=member, event=event, inbox=inbox, mail=by_mail)
        for event, (inbox, by_mail) in wanted.items()
        if (inbox, by_mail) != DEFAULTS[event]
    )
