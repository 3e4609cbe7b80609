"""Who held a ticket how long: rows that follow the ledger's "turned" lines, and can be made anew from them."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch

from tenants import clock
from tenants.activity import record
from tenants.models import Activity, Membership, Team
from tickets.models import Counterpart
from tickets.vocabulary import Direction, Turn

from . import calendars, working_time
from .models import Clock, TurnSpan
from .vocabulary import TURNED, Because, Party, Target, Turned

LAST = Prefetch("spans", TurnSpan.objects.filter(until_at=None), to_attr="last_spans")
NEXT, SECOND = timedelta(microseconds=1), timedelta(seconds=1)
# Whoever stands on a hand-over himself is called what the hand-over calls him by now; those behind him as they were.
BY_LABEL = (Party.PARTNER, Party.CLIENT)
FACTS = [field.name for field in fields(Turned)]


def second(at):
    """A moment without its parts of a second: accounts are kept in whole ones."""
    return at.replace(microsecond=0)


def facts_of(span):
    """What a row says of its holder, as the ledger keeps it."""
    ids = {name: str(getattr(span, f"{name}_id") or "") for name in ("counterpart", "member", "team")}
    return Turned(span.party, span.because, span.holder, station=span.station, **ids)


def columns(facts):
    """What the ledger keeps of a holder, as a row says it."""
    said = asdict(facts)
    ids = {f"{name}_id": said.pop(name) or None for name in ("counterpart", "member", "team")}
    return said | ids


def stands(ticket, facts):
    """Whether a ticket that came with its LAST spans is kept as held so."""
    return [facts_of(span) for span in ticket.last_spans] == [facts]


def follow(ticket, facts, *, by, opened=False):
    """Keep that this one holds the ticket from now on, if he did not already: a line of the ledger, and its row."""
    last = TurnSpan.objects.filter(ticket=ticket.pk, until_at=None).first()
    if last is None and not opened:
        # A ticket from before turns were kept: until now it was held as the lists showed it.
        last = begin(ticket, as_shown(ticket), by=by)
    if last and facts_of(last) == facts:
        return
    if last is None:
        begin(ticket, facts, by=by)
        return
    at = clock.now()
    if second(at) <= last.from_at:
        at = max(at, last.from_at, after_last_line(ticket))
    with clock.at(at):
        record(ticket, TURNED, by=by, ticket=ticket, **asdict(facts))
    if second(at) == last.from_at:
        # Held for less than a second is not held.
        TurnSpan.objects.filter(pk=last.pk).update(**columns(facts))
        return
    TurnSpan.objects.filter(pk=last.pk).update(until_at=second(at))
    TurnSpan.objects.create(ticket=ticket, from_at=second(at), **columns(facts))


def begin(ticket, facts, *, by):
    """The first holder has it from the moment at which the ticket was opened."""
    with clock.at(ticket.created_at):
        record(ticket, TURNED, by=by, ticket=ticket, **asdict(facts))
    return TurnSpan.objects.create(ticket=ticket, from_at=second(ticket.created_at), **columns(facts))


def after_last_line(ticket):
    """Two turns in one second, or two clocks that differ, keep the order in which they came."""
    lines = Activity.objects.filter(ticket_id=ticket.pk, kind=TURNED.code)
    at = lines.order_by("-at").values_list("at", flat=True).first()
    return at + NEXT if at else ticket.created_at


def as_shown(ticket):
    """The holder as the board row shows him, for tickets of which no turn was kept."""
    member, team = str(ticket.assignee_id or ""), str(ticket.team_id or "")
    if ticket.turn == Turn.US:
        because = Because.PERSON if member else Because.QUEUE
        return Turned(Party.US.value, because.value, member=member, team=team)
    if ticket.turn == Turn.PARTNER and ticket.handover_direction == Direction.TAKEN:
        return Turned(Party.CLIENT.value, Because.APPROVAL.value, ticket.turn_holder)
    if ticket.turn == Turn.PARTNER:
        because = Because.OFFER if ticket.turn_tentative else Because.WORK
        return Turned(Party.PARTNER.value, because.value, ticket.turn_holder)
    because = Because.CLIENT if ticket.turn == Turn.CLIENT else Because.FINISHED
    return Turned(Party(ticket.turn).value, because.value)


def rename(counterparts, name):
    """Turns of these partners call them by their new name."""
    TurnSpan.objects.filter(counterpart__in=counterparts, party__in=BY_LABEL).update(holder=name)


def forget_team(team):
    """A team that is no more leaves its turns to the account."""
    TurnSpan.objects.filter(team=team).update(team=None)


# From the ledger alone.


def fold(ticket, lines):
    """The turns that these lines of the ledger tell of, as rows that are not stored: [(from, until, facts)]."""
    told = []
    for line in lines:
        facts = Turned(**{name: line.details.get(name, "") for name in FACTS})
        at = second(line.at if told else ticket.created_at)
        if told and at <= told[-1][0]:
            told[-1] = (told[-1][0], facts)
        else:
            told.append((at, facts))
    ends = [at for at, _facts in told[1:]] + [None] * bool(told)
    return [(at, until, facts) for (at, facts), until in zip(told, ends, strict=True)]


class Books:
    """The turns of some tickets as they are stored and as the ledger tells them, in a constant number of queries."""

    def __init__(self, tickets):
        self.tickets = list(tickets)
        found = {ticket.pk: [] for ticket in self.tickets}
        self.stored, self.told = found, {pk: [] for pk in found}
        for span in TurnSpan.objects.filter(ticket__in=found).order_by("from_at", "pk"):
            self.stored[span.ticket_id].append((span.from_at, span.until_at, facts_of(span)))
        for line in Activity.objects.filter(ticket_id__in=found, kind=TURNED.code).order_by("at", "pk"):
            self.told[line.ticket_id].append(line)
        self.labels = dict(Counterpart.objects.filter(ticket__in=found).values_list("pk", "label"))
        self.labels = {str(pk): label for pk, label in self.labels.items()}
        self.there = {
            "member": {str(pk) for pk in Membership.objects.values_list("pk", flat=True)},
            "team": {str(pk) for pk in Team.objects.values_list("pk", flat=True)},
            "counterpart": set(self.labels),
        }

    def rebuilt(self, ticket):
        """The ticket's turns out of its ledger: what has another name or is gone by now is known as it is now."""
        return [(since, until, self.as_now(facts)) for since, until, facts in fold(ticket, self.told[ticket.pk])]

    def as_now(self, facts):
        said = asdict(facts)
        for name, known in self.there.items():
            if said[name] not in known:
                said[name] = ""
        if said["party"] in BY_LABEL and said["counterpart"]:
            said["holder"] = self.labels[said["counterpart"]]
        return Turned(**said)

    def differing(self):
        """The tickets whose stored turns are not those of the ledger."""
        return [ticket for ticket in self.tickets if self.stored[ticket.pk] != self.rebuilt(ticket)]


@transaction.atomic
def rebuild(ticket, books=None):
    """Make the ticket's turns anew from the ledger alone."""
    rows = (books or Books([ticket])).rebuilt(ticket)
    TurnSpan.objects.filter(ticket=ticket.pk).delete()
    TurnSpan.objects.bulk_create(
        TurnSpan(ticket=ticket, from_at=since, until_at=until, **columns(facts)) for since, until, facts in rows
    )


# What they add up to.


@dataclass(frozen=True)
class Share:
    """One turn and how long it took, by the wall and by working hours."""

    span: TurnSpan
    from_at: datetime
    until_at: datetime | None
    wall: int
    working: int

    @property
    def party(self):
        return self.span.party


def of(ticket):
    """The ticket's turns, oldest first; of one from before turns were kept, a single one as the lists show it."""
    rows = TurnSpan.objects.filter(ticket=ticket.pk).select_related("counterpart", "member", "team")
    return list(rows.order_by("from_at", "pk")) or assumed(ticket)


def assumed(ticket):
    """Turns that nobody kept."""
    facts, since = as_shown(ticket), second(ticket.created_at)
    ended = ticket.finished_at and second(ticket.finished_at)
    if facts.party != Party.NOBODY:
        return [TurnSpan(ticket=ticket, from_at=since, **columns(facts))]
    member, team = ticket.assignee_id, ticket.team_id
    because = Because.PERSON if member else Because.QUEUE
    ours = TurnSpan(ticket=ticket, party=Party.US, because=because, member_id=member, team_id=team)
    ours.from_at, ours.until_at = since, max(since, ended or since)
    return [ours, TurnSpan(ticket=ticket, from_at=ours.until_at, **columns(facts))]


def calendar_of(ticket):
    """By whose working hours the ticket's time is counted: its resolution's, else the account's own, if it has any."""
    of_clock = Clock.objects.filter(ticket=ticket.pk, target=Target.RESOLUTION, calendar__isnull=False)
    row = of_clock.select_related("calendar").first()
    return row.calendar if row else calendars.default()


def hours_of(ticket):
    """The working hours by which the ticket's time is counted."""
    return calendars.hours_of(calendar_of(ticket))


def held(ticket, now):
    """Every turn until now with its end; what a finished ticket is nobody's for has none and is left out."""
    rows = of(ticket)
    if rows[-1].until_at is None and rows[-1].party == Party.NOBODY:
        rows.pop()
    return [(span, span.until_at or max(second(now), span.from_at)) for span in rows]


def account(ticket, now, *, hours=None):
    """Every turn with its seconds, from the opening until now, or until the ticket was finished for good."""
    hours, made = hours or hours_of(ticket), []
    for span, until in held(ticket, now):
        worked = working_time.elapsed(hours, span.from_at, until)
        made.append(Share(span, span.from_at, span.until_at, (until - span.from_at) // SECOND, worked))
    return made
