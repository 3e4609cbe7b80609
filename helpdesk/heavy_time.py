"""What a year of finished tickets took, for measuring reports: turns, clocks and what partners did."""

import random
from datetime import timedelta

from partnerships import agreement, delivery
from partnerships.models import Handover, Partnership
from sla import tallies
from sla.models import Clock, TurnSpan
from sla.vocabulary import Because, ClockState, Party, Source, Target
from tenants import accounts
from tenants.models import Membership
from tenants.scoping import account_scope, new_id
from tickets.models import Counterpart, Ticket
from tickets.vocabulary import Direction

AT_ONCE, PARTNERS = 2000, 12
HOLDERS = (
    (Party.US, Because.QUEUE),
    (Party.US, Because.PERSON),
    (Party.CLIENT, Because.CLIENT),
    (Party.PARTNER, Because.WORK),
    (Party.FAR, Because.WORK),
)


def fill(account):
    """Give the finished tickets of a heavy account turns, clocks and hand-overs, and add all of them up."""
    chance = random.Random(9)
    partners = linked(account)
    with account_scope(account.pk):
        ids = list(Ticket.objects.finished().order_by("pk").values_list("pk", flat=True))
        by = Membership.objects.get()
    for start in range(0, len(ids), AT_ONCE):
        with account_scope(account.pk):
            batch(chance, list(Ticket.objects.filter(pk__in=ids[start : start + AT_ONCE])), partners, by)
    with account_scope(account.pk):
        tallies.miss_none()
    while left(account):
        pass


def left(account):
    """Add up a few thousand; whether there are more."""
    with account_scope(account.pk):
        return tallies.catch_up(AT_ONCE)


def linked(account):
    """Partners of the account, each a company of its own."""
    with account_scope(account.pk):
        owner = Membership.objects.select_related("user").get().user
    tag = new_id().hex[-8:]
    for n in range(PARTNERS):
        other = accounts.open_account(f"far-{tag}-{n}", name=f"Partner {n} {tag}", owner=owner)
        agreement.link(account, other, by=owner)
    delivery.drain()
    with account_scope(account.pk):
        return list(Partnership.objects.all())


def batch(chance, tickets, partners, by):
    """The time of a few thousand tickets; a third of them went to a partner."""
    spans, clocks, handed = [], [], []
    for ticket in tickets:
        partner = chance.choice(partners) if chance.random() < 0.35 else None
        spans += turns(chance, ticket, partner, by)
        clocks.append(clock(chance, ticket))
        if partner:
            handed.append(handover(chance, ticket, partner))
    TurnSpan.objects.bulk_create(spans, batch_size=2000)
    Clock.objects.bulk_create(clocks, batch_size=2000)
    Counterpart.objects.bulk_create([hand.counterpart for hand in handed])
    Handover.objects.bulk_create(handed)


def turns(chance, ticket, partner, by):
    """Three to six turns that fill the ticket's life."""
    holders = HOLDERS if partner else HOLDERS[:3]
    whole = int((ticket.finished_at - ticket.created_at).total_seconds())
    cuts = sorted({chance.randrange(whole + 1) for _n in range(chance.randrange(2, 6))} | {0})
    at = ticket.created_at.replace(microsecond=0)
    rows = []
    for since, until in zip(cuts, [*cuts[1:], whole], strict=True):
        party, because = chance.choice(holders)
        name = partner.name if party in (Party.PARTNER, Party.FAR) else ""
        member = by if because == Because.PERSON else None
        ends = {"from_at": at + timedelta(seconds=since), "until_at": at + timedelta(seconds=until)}
        rows.append(TurnSpan(ticket=ticket, party=party, because=because, holder=name, member=member, **ends))
    over = {"party": Party.NOBODY, "because": Because.FINISHED, "from_at": at + timedelta(seconds=whole)}
    return [*rows, TurnSpan(ticket=ticket, **over)]


def clock(chance, ticket):
    """A resolution that was promised, mostly kept."""
    due = ticket.finished_at + timedelta(hours=chance.randrange(-10, 60))
    due = max(due, ticket.created_at)
    late = due < ticket.finished_at
    return Clock(
        ticket=ticket,
        target=Target.RESOLUTION,
        state=ClockState.MET,
        source=Source.HAND,
        started_at=ticket.created_at,
        fixed_at=due,
        due_at=due,
        met_at=ticket.finished_at,
        missed_at=due if late else None,
        excuse="Не было ключа" if late and chance.random() < 0.1 else "",
    )


def handover(chance, ticket, partner):
    """The ticket was handed over, delivered and accepted."""
    offered, done = ticket.created_at, ticket.finished_at
    return Handover(
        key=new_id(),
        chain=new_id(),
        partnership=partner,
        ticket=ticket,
        counterpart=Counterpart(
            ticket=ticket, label=partner.name, direction=Direction.GIVEN, state="approved", open=False, answered=True
        ),
        direction=Direction.GIVEN,
        state="approved",
        offered_at=offered,
        answered_at=offered + (done - offered) * chance.random() / 4,
        done_at=done,
        ended_at=done,
        due_at=offered + timedelta(hours=chance.randrange(24, 240)),
        returns=int(chance.random() < 0.05),
        score=chance.randrange(3, 6),
    )
