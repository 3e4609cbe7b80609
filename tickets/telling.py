"""Something happened: who of us is told, why, and by which channel; never the one who did it."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import connection
from django.db.models import Aggregate, Exists, Func, JSONField, OuterRef, Q, Subquery

from tenants import afterwards, bell, mail
from tenants.models import Membership, Team, TeamMember
from tenants.roles import ABILITIES, ADMINS
from tenants.scoping import current_account_id, new_id
from tenants.vocabulary import Role

from . import watching
from .access import who_sees
from .models import NotificationChoice, Ticket, Watcher
from .vocabulary import (
    ASSIGNED,
    CLOSED,
    COMMENT_EDITED,
    COMMENT_KEPT_BACK,
    COMMENTED,
    DUE_CHANGED,
    FILE_ADDED,
    OPENED,
    PASSED_ON,
    PRIORITY_CHANGED,
    REOPENED,
    RESOLVED,
    STATUS_CHANGED,
    TEAM_CHANGED,
    Event,
    Reason,
)

MAIL = "ticket_news"
# What happens within this time is told in one mail.
WINDOW = timedelta(seconds=60)
# What each line of the ledger is to those who are told of it; upper apps add theirs.
EVENTS = {
    OPENED.code: Event.INCOMING,
    TEAM_CHANGED.code: Event.INCOMING,
    ASSIGNED.code: Event.ASSIGNED,
    COMMENTED.code: Event.COMMENTED,
    COMMENT_EDITED.code: Event.MENTIONED,
    COMMENT_KEPT_BACK.code: Event.COMMENTED,
    PASSED_ON.code: Event.COMMENTED,
    FILE_ADDED.code: Event.COMMENTED,
    STATUS_CHANGED.code: Event.MOVED,
    RESOLVED.code: Event.MOVED,
    REOPENED.code: Event.MOVED,
    CLOSED.code: Event.MOVED,
    PRIORITY_CHANGED.code: Event.MOVED,
    DUE_CHANGED.code: Event.MOVED,
}
# By which channels somebody hears of an event unless he chose otherwise: (in CoTicket, by mail).
DEFAULTS = {
    Event.ASSIGNED: (True, True),
    Event.MENTIONED: (True, True),
    Event.COMMENTED: (True, True),
    Event.MOVED: (True, False),
    Event.PARTNER: (True, True),
    Event.OUR_TURN: (True, True),
    Event.INCOMING: (True, False),
    Event.DEADLINE: (True, True),
    Event.LINK: (True, True),
}
# Of several things and reasons the first is shown.
WEIGHT = [
    Event.MENTIONED,
    Event.DEADLINE,
    Event.ASSIGNED,
    Event.OUR_TURN,
    Event.PARTNER,
    Event.INCOMING,
    Event.COMMENTED,
    Event.MOVED,
]
REASONS = [
    Reason.MENTION,
    Reason.AUTHOR,
    Reason.ASSIGNEE,
    Reason.TEAM_LEAD,
    Reason.TEAM,
    Reason.DISPATCH,
    Reason.DESK,
    Reason.WATCHER,
]
OUTSIDE = ("partner", "contact", "schedule")

UPSERT = """
INSERT INTO tickets_notification AS known
    (id, account_id, member_id, ticket_id, event, reason, activity_id, count, first_at, last_at)
SELECT told.id, %(account)s, told.member, %(ticket)s, told.event, told.reason, %(activity)s, %(times)s, %(at)s, %(at)s
FROM unnest(%(ids)s::uuid[], %(members)s::uuid[], %(events)s::text[], %(reasons)s::text[])
    AS told(id, member, event, reason)
ON CONFLICT (account_id, member_id, ticket_id) WHERE read_at IS NULL DO UPDATE SET
    count = known.count + excluded.count - (known.activity_id = excluded.activity_id)::int,
    activity_id = greatest(known.activity_id, excluded.activity_id),
    last_at = greatest(known.last_at, excluded.last_at),
    event = CASE WHEN array_position(%(weight)s::text[], excluded.event::text)
        < array_position(%(weight)s::text[], known.event::text) THEN excluded.event ELSE known.event END,
    reason = CASE WHEN array_position(%(why)s::text[], excluded.reason::text)
        < array_position(%(why)s::text[], known.reason::text) THEN excluded.reason ELSE known.reason END
RETURNING member_id, xmax = 0
"""


@dataclass(frozen=True)
class Told:
    """One member, what it is to him, why he is told, and how."""

    member: Membership
    event: Event
    reason: Reason

    def wants(self, channel):
        """Whether he hears of this by inbox (0) or by mail (1)."""
        chosen = (self.member.choices or {}).get(self.event)
        return (chosen or DEFAULTS[self.event])[channel]


def hear(events):
    """Upper apps name what their lines of the ledger are to those who are told of them."""
    EVENTS.update(events)


def on_activity(sender, activity, **_more):
    """The ledger moved: tell whoever should know."""
    event = EVENTS.get(activity.kind)
    if event and activity.ticket_id:
        follow(activity)
        tell(activity, event)


def tell(activity, event):
    """Tell the people of a ticket; in a constant number of queries, however many they are.

    What one hand says several times in a row, as letters that come together do, is told once.
    """
    named = activity.details.get("member"), *activity.details.get("mentioned", ())
    alike = "telling", activity.ticket_id, event, activity.kind, activity.actor_id, named
    afterwards.put_off(alike, partial(tell_all, event=event), activity)


def tell_all(activities, *, event):
    """Tell of these lines of the ledger, which concern the same people in the same way."""
    first, last = activities[0], activities[-1]
    ticket = Ticket.objects.get(pk=last.ticket_id)
    told = [one for one in audience(ticket, last, event) if one.member.pk != last.actor_id]
    write(last, told, times=len(activities))
    by_mail = sorted(one.member.pk for one in told if one.wants(1))
    mail.gather(MAIL, by_mail, cause=first.pk, ticket_id=ticket.pk, wait=WINDOW, since=str(first.pk))


def follow(activity):
    """Who answers for a ticket, speaks on it or is called by name hears of it from now on."""
    details = activity.details
    if activity.kind == ASSIGNED.code:
        holder = Ticket.objects.filter(pk=activity.ticket_id).values_list("assignee_id", flat=True).first()
        watching.join(activity.ticket_id, {holder} - {None})
    elif activity.kind in (COMMENTED.code, COMMENT_EDITED.code):
        speaker = {activity.actor_id} if activity.actor_kind == "member" else set()
        watching.join(activity.ticket_id, speaker | set(details.get("mentioned", ())))


def audience(ticket, activity, event):
    """Who is told, each for the strongest of his reasons."""
    if activity.kind == COMMENT_KEPT_BACK.code:
        author = who_sees(ticket).filter(pk=activity.details["member"]).annotate(choices=chosen())
        return [Told(member, event, Reason.AUTHOR) for member in author]
    if event == Event.DEADLINE:
        return at_deadline(ticket, missed=activity.details["percent"] == 100)
    mentioned = set(activity.details.get("mentioned", ()))
    orphan = ticket.assignee_id is None and (event == Event.INCOMING or activity.actor_kind in OUTSIDE)
    people = list(candidates(ticket, mentioned, orphan))
    dispatch = dispatchers(people) if orphan and ticket.team_id is None else set()
    told = []
    for member in people:
        if str(member.pk) in mentioned:
            told.append(Told(member, Event.MENTIONED, Reason.MENTION))
            continue
        reason = reason_of(member, ticket, orphan, dispatch)
        seen = reason and as_seen_by(reason, activity, event)
        told += [Told(member, seen, reason)] if seen else []
    return told


def at_deadline(ticket, *, missed):
    """Whoever of us must act in time, and who leads his team; a missed deadline without a lead is the desk's."""
    mine = {"member": OuterRef("pk")}
    people = list(
        who_sees(ticket)
        .annotate(
            in_team=Exists(TeamMember.objects.filter(team=ticket.team_id, **mine)),
            leads=Exists(Team.objects.filter(pk=ticket.team_id, lead=OuterRef("pk"))),
            choices=chosen(),
        )
        .filter(Q(pk=ticket.assignee_id) | Q(in_team=True) | Q(leads=True) | Q(role__in={Role.DISPATCHER, *ADMINS}))
    )
    desk = dispatchers(people)
    acting = {one.pk: Reason.ASSIGNEE for one in people if one.pk == ticket.assignee_id}
    acting = acting or {one.pk: Reason.TEAM for one in people if one.in_team}
    acting = acting or dict.fromkeys(desk, Reason.DISPATCH)
    leading = {one.pk: Reason.TEAM_LEAD for one in people if one.leads}
    if missed and not leading:
        leading = dict.fromkeys(desk, Reason.DESK)
    reasons = leading | acting
    return [Told(one, Event.DEADLINE, reasons[one.pk]) for one in people if one.pk in reasons]


def as_seen_by(reason, activity, event):
    """What an event is to somebody who is told for this reason; nothing at all for some."""
    if reason == Reason.ASSIGNEE and activity.kind in (OPENED.code, ASSIGNED.code):
        return Event.ASSIGNED
    if event == Event.MENTIONED or (event == Event.OUR_TURN and reason == Reason.WATCHER):
        return None
    anothers = event == Event.ASSIGNED or (event == Event.PARTNER and activity.actor_kind == "member")
    old = event == Event.INCOMING and reason not in (Reason.TEAM, Reason.DISPATCH)
    return Event.MOVED if anothers or old else event


def reason_of(member, ticket, orphan, dispatch):
    """Why this member would be told of what happens on the ticket, if he would."""
    if member.pk == ticket.assignee_id:
        return Reason.ASSIGNEE
    if orphan and member.in_team:
        return Reason.TEAM
    if member.pk in dispatch:
        return Reason.DISPATCH
    return Reason.WATCHER if member.watching else None


def candidates(ticket, named, orphan):
    """Whoever may see the ticket and has to do with it, with what he chose to hear: one query."""
    mine = {"member": OuterRef("pk")}
    people = who_sees(ticket).annotate(
        watching=Exists(Watcher.objects.filter(ticket=ticket, **mine)),
        in_team=Exists(TeamMember.objects.filter(team=ticket.team_id, **mine)),
        choices=chosen(),
    )
    concerned = Q(watching=True) | Q(pk=ticket.assignee_id) | Q(pk__in=named)
    if orphan and ticket.team_id:
        concerned |= Q(in_team=True)
    elif orphan:
        concerned |= Q(role__in={Role.DISPATCHER, *ADMINS})
    return people.filter(concerned)


def chosen():
    """What a member chose to hear, by event: {event: [inbox, mail]} in one column."""
    channels = Func("inbox", "mail", function="jsonb_build_array")
    by_event = Aggregate("event", channels, function="jsonb_object_agg", output_field=JSONField())
    rows = NotificationChoice.objects.filter(member=OuterRef("pk")).order_by().values("member")
    return Subquery(rows.annotate(told=by_event).values("told"))


def dispatchers(people):
    """Whoever looks after what is nobody's: the dispatchers, or the account's heads where there are none."""
    found = {member.pk for member in people if member.role == Role.DISPATCHER}
    return found or {member.pk for member in people if member.role in ADMINS}


def tell_desk(activity, event):
    """Those who dispatch are told, whoever answers for the ticket."""
    people = list(who_sees(Ticket.objects.get(pk=activity.ticket_id)).annotate(choices=chosen()))
    dispatch = dispatchers(people)
    told = [Told(one, event, Reason.DISPATCH) for one in people if one.pk in dispatch and one.pk != activity.actor_id]
    write(activity, told)
    by_mail = sorted(one.member.pk for one in told if one.wants(1))
    mail.gather(MAIL, by_mail, cause=activity.pk, ticket_id=activity.ticket_id, wait=WINDOW, since=str(activity.pk))


def tell_leads(activity, kind):
    """Whoever looks after links is told of what happened to one, here and by a mail of this kind."""
    heads = Membership.objects.filter(active=True, role__in=ABILITIES["link"]).annotate(choices=chosen())
    told = [Told(head, Event.LINK, Reason.LEAD) for head in heads if head.pk != activity.actor_id]
    write(activity, told)
    by_mail = sorted(one.member.pk for one in told if one.wants(1))
    mail.gather(kind, by_mail, cause=activity.pk, wait=WINDOW, since=str(activity.pk))


def write(activity, told, times=1):
    """One unread row per member and ticket, however much happens; in one order, so that no two wait in a ring."""
    rows = sorted((one for one in told if one.wants(0)), key=lambda one: one.member.pk)
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            UPSERT,
            {
                "account": current_account_id(),
                "ticket": activity.ticket_id,
                "activity": activity.pk,
                "times": times,
                "at": activity.at,
                "ids": [new_id() for _one in rows],
                "members": [one.member.pk for one in rows],
                "events": [str(one.event) for one in rows],
                "reasons": [str(one.reason) for one in rows],
                "weight": [str(event) for event in WEIGHT],
                "why": [str(reason) for reason in REASONS],
            },
        )
        fresh = {member_id for member_id, is_new in cursor.fetchall() if is_new}
    for one in rows:
        if one.member.pk in fresh:
            bell.counts_changed(one.member.user_id)
