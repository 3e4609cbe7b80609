"""What open pages may hear: all news is held against session, membership and sight right before it is told."""

from collections import OrderedDict
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.exceptions import EmptyResultSet
from django.utils.crypto import constant_time_compare

from tenants import bell, clock
from tenants.models import Membership
from tenants.scoping import account_scope

from .access import visible_tickets

# How many tickets of a member who doesn't see all are remembered, to say when one is his no more.
MOST = 5000
SHAPE = ("status_id", "turn", "assignee_id", "team_id", "client_id", "priority", "due_at", "due_left", "finished_at")
SHAPES = 20_000
_shapes = OrderedDict()


def on_activity(sender, activity, **_more):
    """Whatever is written into the ledger is news for whoever has the account open."""
    if not activity.word.quiet:
        bell.announce(activity.account_id, ticket=activity.ticket_id, activity=activity.pk)


@dataclass
class Noted:
    """What happened since a listener was last told: bare ids, not yet looked at with his eyes."""

    news: dict = field(default_factory=dict)  # ticket → the last line of the ledger
    presence: set = field(default_factory=set)
    rights: bool = False
    counts: bool = False


@dataclass(eq=False)
class Listener:
    """One browser that listens: whose it is, and what it has not been told yet."""

    account_id: UUID
    member_id: UUID
    user_id: UUID
    session_key: str
    session_hash: str
    noted: Noted = field(default_factory=Noted)
    known: set | None = None

    def note(self, about, what, activity):
        """Something happened; what it means for this listener is found out by `tell`."""
        if what == "rights":
            self.noted.rights = True
        elif what == "presence":
            self.noted.presence.add(about)
        elif about is None or what == "counts":
            self.noted.counts = True
        else:
            # A change without a line of the ledger is news to every page, whatever lines it came along with.
            before = self.noted.news.get(about, activity)
            self.noted.news[about] = max(before, activity) if before and activity else ""

    def take(self):
        """All that was noted, which is then noted no more."""
        taken, self.noted = self.noted, Noted()
        return taken


def listener(request):
    """The listener of this request's browser."""
    return Listener(
        account_id=request.account.pk,
        member_id=request.member.pk,
        user_id=request.user.pk,
        session_key=request.session.session_key,
        session_hash=request.session.get(HASH_SESSION_KEY, ""),
    )


def tell(account_id, noted):
    """Of what was noted for the listeners of one account, what each may hear: {listener: [(event, data)]}.

    None is for whoever must leave.
    """
    with account_scope(account_id):
        members, sight = members_of(noted), Sight()
        return {one: told(one, members[one], noted[one], sight) if one in members else None for one in noted}


def told(one, member, noted, sight):
    """The news of one listener, as far as they exist for him."""
    events = []
    if noted.rights or one.known is None:
        before, one.known = one.known or set(), set() if member.may("see_all") else set(sight.all_of(member))
        if not member.may("see_all"):
            events += [("left", {"id": ticket_id}) for ticket_id in sorted(before - one.known)]
    if noted.rights:
        events.append(("rights", {}))
    rows = sight.rows(member, {*noted.news, *noted.presence})
    for ticket_id, activity in noted.news.items():
        if ticket_id in rows:
            if not member.may("see_all"):
                one.known.add(ticket_id)
            events.append(("ticket", {"id": ticket_id, "rev": activity, **rows[ticket_id]}))
        elif ticket_id in one.known:
            one.known.discard(ticket_id)
            events.append(("left", {"id": ticket_id}))
    events += [("presence", {"id": pk, "number": rows[pk]["number"]}) for pk in sorted(noted.presence & rows.keys())]
    return [*events, ("counts", {})] if noted.counts else events


def members_of(listeners):
    """The members who still may listen: in the account, with the very session and password they began with."""
    keys = {one.session_key for one in listeners}
    sessions = set(
        Session.objects.filter(session_key__in=keys, expire_date__gt=clock.now()).values_list("session_key", flat=True)
    )
    found = {
        member.pk: member
        for member in Membership.objects.filter(
            pk__in={one.member_id for one in listeners}, active=True, user__is_active=True
        ).select_related("user", "account")
    }
    return {
        one: found[one.member_id]
        for one in listeners
        if one.member_id in found
        and one.session_key in sessions
        and constant_time_compare(found[one.member_id].user.get_session_auth_hash(), one.session_hash)
    }


class Sight:
    """Tickets as members see them; members who are shown the same by the same query are answered by one."""

    def __init__(self):
        self.answers = {}

    def rows(self, member, ids):
        """{ticket: its number and whether it moved} of those that exist for this member."""
        if not ids:
            return {}
        tickets = visible_tickets(member).filter(pk__in=sorted(ids)).values_list("pk", "number", *SHAPE)
        try:
            sql, values = tickets.query.sql_with_params()
        except EmptyResultSet:
            return {}
        key = sql, tuple(map(str, values))
        if key not in self.answers:
            self.answers[key] = {
                str(pk): {"number": number, "moved": self.moved(pk, shape)} for pk, number, *shape in tickets
            }
        return self.answers[key]

    def moved(self, pk, shape):
        """Whether the ticket stands in other queues, or in another place of them, than when it was last told of."""
        key = ("moved", pk)
        if key not in self.answers:
            self.answers[key] = _shapes.get(pk) != shape
            _shapes[pk] = shape
            _shapes.move_to_end(pk)
            if len(_shapes) > SHAPES:
                _shapes.popitem(last=False)
        return self.answers[key]

    def all_of(self, member):
        """The tickets of a member who sees only some."""
        tickets = visible_tickets(member).order_by("-updated_at").values_list("pk", flat=True)[:MOST]
        return map(str, tickets)
