"""What each party did to the time of a ticket: for us with every name, for whoever asked as far as he may know."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tenants import clock
from tickets import slots
from tickets.vocabulary import Direction

from . import calendars, policies, spans, working_time
from .models import Clock, Pause
from .vocabulary import DELIVERED, RESOLVED, Because, ClockState, Party, Source

ORDER = [Party.CLIENT, Party.US, Party.PARTNER, Party.FAR, Party.NOBODY]
PAUSED_BY = {DELIVERED: Because.APPROVAL, RESOLVED: Because.FINISHED}


@dataclass(frozen=True)
class Line:
    """One turn as a person reads it."""

    party: str
    company: str
    person: str
    why: str
    from_at: datetime
    until_at: datetime | None
    wall: int
    working: int

    @property
    def whose(self):
        """What must be the same of two turns that follow each other for them to read as one."""
        return self.party, self.company, self.person, self.why


@dataclass
class Part:
    """What one company's turns, or its turns for one reason, come to."""

    party: str
    name: str
    wall: int = 0
    working: int = 0
    percent: float = 0.0
    parts: list | None = None

    @property
    def held(self):
        """What a bar of shares is drawn from."""
        return self.wall


def sender_of(ticket):
    """The company that handed the ticket to us, if one did."""
    return next((row for row in ticket.counterparts.all() if row.direction == Direction.TAKEN), None)


def reader_of(ticket):
    """Who outside of the account may be given the proof: the sender of a co-ticket, else the client; or nobody."""
    sender = sender_of(ticket)
    return sender.label if sender else ticket.client.name if ticket.client else ""


def lines(ticket, shares):
    """Every turn with the names that we know."""
    return joined(_line(share, company_of(share.span, ticket), *said(share.span)) for share in shares)


def outward(ticket, shares):
    """Every turn as whoever asked may know it: no name of ours, and whom he doesn't know counts as us."""
    known = slots.shown_to_sender(ticket) if sender_of(ticket) else slots.shown_to_client(ticket)
    return joined(outward_line(share, ticket, known) for share in shares)


def outward_line(share, ticket, known):
    """One turn with nothing in it that its reader may not know."""
    span = share.span
    if span.party in (Party.CLIENT, Party.NOBODY):
        return _line(share, company_of(span, ticket), "", str(Because(span.because).label))
    if span.party in (Party.PARTNER, Party.FAR) and span.counterpart_id in known:
        name = known[span.counterpart_id][0] or _("a partner of ours")
        return replace(_line(share, name, "", str(Because.WORK.label)), party=Party.PARTNER)
    waits = span.party == Party.US and span.because == Because.PART
    why = str(Because.PART.label) if waits else _("in our work")
    return replace(_line(share, ticket.account.name, "", why), party=Party.US)


def _line(share, company, person, why):
    return Line(share.party, company, person, why, share.from_at, share.until_at, share.wall, share.working)


def company_of(span, ticket):
    """The company that had the turn."""
    if span.party == Party.US:
        return ticket.account.name
    if span.party == Party.CLIENT:
        return span.holder or (ticket.client.name if ticket.client else str(Party.CLIENT.label))
    if span.party == Party.FAR and not span.holder:
        return _("subcontractor of %(partner)s") % {"partner": span.counterpart.label}
    return span.holder or str(Party(span.party).label)


def said(span):
    """Who of us had the turn, and why it was whose it was."""
    why = str(Because(span.because).label)
    if span.because == Because.ANSWER and span.counterpart:
        why = f"{why}: {span.counterpart.label}"
    if span.party != Party.US:
        return "", why
    return ", ".join(row.name for row in (span.member, span.team) if row), why


def joined(drawn):
    """Turns that read the same and follow one another are one."""
    made = []
    for line in drawn:
        if made and made[-1].whose == line.whose:
            wall, working = made[-1].wall + line.wall, made[-1].working + line.working
            made[-1] = replace(made[-1], until_at=line.until_at, wall=wall, working=working)
        else:
            made.append(line)
    return made


def summary(drawn):
    """What it comes to for each company, ours by its reasons."""
    total, parts = sum(line.wall for line in drawn), {}
    for line in sorted(drawn, key=lambda line: ORDER.index(line.party)):
        part = parts.setdefault((line.party, line.company), Part(line.party, line.company, parts={}))
        for one in (part, part.parts.setdefault(line.why, Part(line.party, line.why))):
            one.wall, one.working = one.wall + line.wall, one.working + line.working
            one.percent = round(100 * one.wall / total, 1) if total else 0.0
    for part in parts.values():
        part.parts = list(part.parts.values())
    return list(parts.values())


def deadlines(ticket, *, inside):
    """Every promise of the ticket and what became of it; which policy made it, and whose fault it was, is for us."""
    rows = Clock.objects.filter(ticket=ticket.pk).exclude(state=ClockState.OFF).select_related("policy")
    if not inside and sender_of(ticket):
        # What we set ourselves on a co-ticket was promised to nobody.
        rows = rows.exclude(source=Source.HAND)
    return [
        {
            "target": row.get_target_display(),
            "state": row.get_state_display(),
            "seconds": row.seconds,
            "started_at": row.started_at,
            "due_at": row.due_at,
            "left": row.left,
            "met_at": row.met_at,
            "missed_at": row.missed_at,
            "source": source_of(row, inside=inside),
            "excuse": row.excuse if inside else "",
        }
        for row in rows.order_by("started_at", "pk")
    ]


def source_of(row, *, inside):
    """Where a deadline comes from; a policy is known by its name among us."""
    named = inside and row.policy and row.source == Source.POLICY
    return row.policy.name if named else row.get_source_display()


def pauses(ticket, hours, now, *, inside):
    """Every stretch in which clocks could stand still."""
    drawn = []
    for row in Pause.objects.filter(ticket=ticket.pk).order_by("from_at", "pk"):
        since, until = spans.second(row.from_at), spans.second(row.until_at or max(now, row.from_at))
        drawn.append(
            {
                "why": Because(PAUSED_BY.get(row.reason, row.reason)).label,
                "owner": row.owner if inside else "",
                "from_at": row.from_at,
                "until_at": row.until_at,
                "wall": (until - since) // spans.SECOND,
                "working": working_time.elapsed(hours, since, until),
            }
        )
    return drawn


def agreement_for(ticket, *, inside):
    """The agreement the ticket falls under: with our client it is his to read, and no sender's of a co-ticket."""
    return policies.agreement_of(ticket) if inside or not sender_of(ticket) else None


@dataclass
class Account:
    """The whole account of one ticket's time."""

    lines: list
    parts: list
    wall: int
    working: int
    deadlines: list
    pauses: list
    agreement: object
    calendar: object
    from_at: datetime
    until_at: datetime | None


def of(ticket, *, inside, now=None):
    """Who had the ticket how long and why, and what was promised meanwhile, in a constant number of queries."""
    now, calendar = now or clock.now(), spans.calendar_of(ticket)
    hours = calendars.hours_of(calendar)
    shares = spans.account(ticket, now, hours=hours)
    drawn = lines(ticket, shares) if inside else outward(ticket, shares)
    return Account(
        lines=drawn,
        parts=summary(drawn),
        wall=sum(line.wall for line in drawn),
        working=sum(line.working for line in drawn),
        deadlines=deadlines(ticket, inside=inside),
        pauses=pauses(ticket, hours, now, inside=inside),
        agreement=agreement_for(ticket, inside=inside),
        calendar=calendar,
        from_at=ticket.created_at,
        until_at=drawn[-1].until_at if drawn else ticket.finished_at,
    )


HEADINGS = (
    gettext_lazy("Party"),
    gettext_lazy("Company"),
    gettext_lazy("Person and team"),
    gettext_lazy("Why"),
    pgettext_lazy("date", "From"),
    pgettext_lazy("date", "Until"),
    gettext_lazy("Seconds"),
    gettext_lazy("Working seconds"),
)


def cells(drawn):
    """The turns as rows of a table, its headings first."""
    yield [str(heading) for heading in HEADINGS]
    for line in drawn:
        moments = (to_the_second(line.from_at), to_the_second(line.until_at))
        told = [str(Party(line.party).label), line.company, line.person, line.why, *moments]
        yield [*told, str(line.wall), str(line.working)]


def to_the_second(at):
    """A moment in the reader's zone: of a turn of less than a minute both ends must be told apart."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def as_data(ticket, now=None):
    """The turns as the API tells them: their seconds add up to the total, and the one that lasts has no end."""
    shares = spans.account(ticket, now or clock.now())
    return {
        "total_seconds": sum(share.wall for share in shares),
        "turns": [
            {
                "party": str(share.party),
                "reason": str(share.span.because),
                "from": share.from_at,
                "to": share.until_at,
                "seconds": share.wall,
                "working_seconds": share.working,
            }
            for share in shares
        ],
    }
