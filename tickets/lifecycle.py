"""A ticket is opened, moves, and ends."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from tenants import bell, clock
from tenants.activity import record
from tenants.models import Counter, Membership
from tenants.vocabulary import refuse_nulls, refuse_unless

from . import board, reach, slots, statuses
from .access import permit, sees
from .models import Ticket, TicketEquipment
from .vocabulary import (
    ASSIGNED,
    CLOSED,
    DESCRIPTION_CHANGED,
    DUE_CHANGED,
    FINISHED,
    NOTED,
    OPENED,
    PRIORITY_CHANGED,
    REOPENED,
    RESOLVED,
    STATUS_CHANGED,
    SUBJECT_CHANGED,
    TEAM_CHANGED,
    Category,
    Glyph,
    Priority,
)

LONGEST = 20_000
SUBJECT = 200


def lock(ticket):
    """The row as it is now, held until the transaction ends; always before hand-overs, lanes and counters.

    What only points to the ticket, a draft or a file or a watcher, does not wait for it.
    """
    rows = Ticket.objects.select_for_update(of=("self",), no_key=True).select_related("status", "account")
    # Who waited here while the status changed finds no row: PostgreSQL joins the new ticket with the status of before.
    # The ticket is ours by then, and the next look sees both as they are.
    return rows.filter(pk=ticket.pk).first() or rows.get(pk=ticket.pk)


def next_number(name):
    """The next number of this account; never given twice, gaps allowed."""
    counter, _made = Counter.objects.get_or_create(name=name)
    Counter.objects.filter(pk=counter.pk).update(value=F("value") + 1)
    return Counter.objects.get(pk=counter.pk).value


@transaction.atomic
def open_ticket(subject, *, by, description="", equipment=(), status=None, **facts):
    """Somebody needs help: the ticket starts in the account's first status, on our turn."""
    permit(by, "create")
    refuse_nulls(subject, "subject")
    refuse_nulls(description, "description")
    subject = subject.strip()
    refuse_unless(subject, _("Say in a few words what happened."), "subject")
    refuse_unless(len(description) <= LONGEST, _("The text is too long: 20,000 characters at most."), "description")
    equipment = list(equipment)
    place = {name: facts.get(name) for name in ("client", "contact", "site")}
    reach.check(by, equipment=equipment, **place)
    check_place(equipment=equipment, **place)
    check_worker(facts.get("assignee"))
    now = clock.now()
    ticket = Ticket.objects.create(
        number=next_number("ticket"),
        subject=subject[:200],
        description=description.strip(),
        status=status or statuses.first(Category.NEW),
        opened_by=getattr(by, "actor", by).name,
        created_at=now,
        updated_at=now,
        turn_since=now,
        **facts,
    )
    TicketEquipment.objects.bulk_create(TicketEquipment(ticket=ticket, equipment=device) for device in equipment)
    refuse_unless(not isinstance(by, Membership) or sees(by, ticket), reach.UNSEEN, "client")
    record(ticket, OPENED, by=by, ticket=ticket, subject=ticket.subject)
    return ticket


def check_place(client, contact, site, equipment):
    """Who asks, where, and about what belong to one another, as far as they are named."""
    if client and contact:
        refuse_unless(contact.client_id == client.pk, _("This contact belongs to another client."), "contact")
    if client and site:
        refuse_unless(site.client_id == client.pk, _("This site belongs to another client."), "site")
    for device in equipment:
        refuse_unless(
            site is None or device.site_id == site.pk, _("This equipment stands at another site."), "equipment"
        )


def check_worker(member):
    """Whoever answers for a ticket must be somebody who works on tickets."""
    refuse_unless(
        member is None or (member.active and member.may("work")),
        _("This person does not work on tickets."),
        "assignee",
    )


def move(ticket, to, *, kind, by, note=""):
    """Put the ticket into a status and say so; the one way a status changes."""
    for guard in slots.BEFORE_MOVE:
        guard(ticket, to)
    before, now = ticket.status, clock.now()
    ticket.status = to
    finished_at = now if to.category in FINISHED else None
    Ticket.objects.filter(pk=ticket.pk).update(status=to, finished_at=finished_at, updated_at=now)
    record(ticket, kind, by=by, ticket=ticket, before=before.name, after=to.name, category=to.category, note=note)
    return ticket


@transaction.atomic
def set_status(ticket, *, to, by, note=""):
    """The ticket now stands somewhere else; the same status twice changes nothing."""
    permit(by, "work", ticket)
    ticket = lock(ticket)
    refuse_unless(to.archived_at is None, _("This status is archived."))
    if ticket.status_id == to.pk:
        return ticket
    if isinstance(by, Membership):
        # Whoever gives the ticket a status has seen what partners declined or gave back.
        ticket.counterparts.filter(open=False).update(answered=True)
    return move(ticket, to, kind=kind_of_move(ticket.status, to), by=by, note=note)


def kind_of_move(before, to):
    """Which word of the ledger a change of status deserves."""
    if to.category == Category.RESOLVED:
        return RESOLVED
    if to.category == Category.CLOSED:
        return CLOSED
    return REOPENED if before.category in FINISHED else STATUS_CHANGED


@transaction.atomic
def resolve(ticket, *, by, note=""):
    """The work is done; the requester may still disagree and reopen."""
    permit(by, "work", ticket)
    ticket = lock(ticket)
    refuse_unless(not ticket.is_finished, _("This ticket is already resolved."))
    return move(ticket, statuses.first(Category.RESOLVED), kind=RESOLVED, by=by, note=note)


@transaction.atomic
def reopen(ticket, *, by, note=""):
    """The trouble is back, or was never gone."""
    permit(by, "change", ticket)
    ticket = lock(ticket)
    refuse_unless(ticket.is_finished, _("This ticket is not finished."))
    return move(ticket, statuses.first(Category.OPEN, Glyph.OPEN), kind=REOPENED, by=by, note=note)


@transaction.atomic
def close(ticket, *, by, note=""):
    """Nothing more is expected of anybody."""
    permit(by, "change", ticket)
    ticket = lock(ticket)
    refuse_unless(ticket.status.category != Category.CLOSED, _("This ticket is already closed."))
    return move(ticket, statuses.first(Category.CLOSED), kind=CLOSED, by=by, note=note)


@transaction.atomic
def assign(ticket, *, to, by):
    """One person answers for the ticket, or nobody yet."""
    permit(by, "change", ticket)
    ticket = lock(ticket)
    if ticket.assignee_id == getattr(to, "pk", None):
        return ticket
    check_worker(to)
    for person in (ticket.assignee, to):
        if person and not person.may("see_all"):
            bell.rights_changed(person.user_id)
    before = ticket.assignee.name if ticket.assignee else "—"
    return update(ticket, ASSIGNED, by=by, before=before, after=to.name if to else "—", assignee=to)


@transaction.atomic
def set_team(ticket, *, to, by):
    """A team answers for the ticket; whoever has it keeps it until somebody else takes it."""
    permit(by, "change", ticket)
    ticket = lock(ticket)
    if ticket.team_id == getattr(to, "pk", None):
        return ticket
    before = ticket.team.name if ticket.team else "—"
    return update(ticket, TEAM_CHANGED, by=by, before=before, after=to.name if to else "—", team=to)


@transaction.atomic
def reword(ticket, *, subject, description, by):
    """Say better what is asked; the history keeps how it was said before."""
    permit(by, "change", ticket)
    subject, description = subject.strip(), description.strip()
    check_words(subject, description)
    ticket = lock(ticket)
    was, asked = ticket.subject, ticket.description
    if (subject, description) == (was, asked):
        return ticket
    ticket.subject, ticket.description = subject, description
    # Both before either is told of: a partner hears of the two in one letter.
    Ticket.objects.filter(pk=ticket.pk).update(subject=subject, description=description, updated_at=clock.now())
    if subject != was:
        record(ticket, SUBJECT_CHANGED, by=by, ticket=ticket, before=was, after=subject)
    if description != asked:
        record(ticket, DESCRIPTION_CHANGED, by=by, ticket=ticket, before=asked)
    return ticket


def check_words(subject, description):
    """A subject is a line, a description a page."""
    refuse_nulls(subject, "subject")
    refuse_nulls(description, "description")
    refuse_unless(subject, _("Say in a few words what happened."), "subject")
    refuse_unless(len(subject) <= SUBJECT, _("The subject is too long: 200 characters at most."), "subject")
    refuse_unless(len(description) <= LONGEST, _("The text is too long: 20,000 characters at most."), "description")


@transaction.atomic
def set_priority(ticket, *, to, by, how=""):
    """How much it matters compared with the others; `how` says of what the priority was made."""
    permit(by, "change", ticket)
    refuse_unless(to in Priority.values, _("There is no such priority."))
    ticket = lock(ticket)
    if ticket.priority == to:
        return ticket
    before, after = (str(Priority(priority).label) for priority in (ticket.priority, to))
    after = f"{after} ({how})" if how else after
    return update(ticket, PRIORITY_CHANGED, by=by, before=before, after=after, priority=to)


@transaction.atomic
def set_due(ticket, *, to, by):
    """By when it must be done; `to` is an aware moment, or None to take back what was given."""
    permit(by, "change", ticket)
    ticket = lock(ticket)
    if slots.due_given(ticket) == to:
        return ticket
    # Giving the very moment that was promised makes it a given one: nothing was given before.
    shown = ticket.due_at if ticket.due_at != to else None
    before, after = (moment.isoformat(timespec="minutes") if moment else "—" for moment in (shown, to))
    board.show(ticket, due_at=to)
    record(ticket, DUE_CHANGED, by=by, ticket=ticket, before=before, after=after)
    return ticket


@transaction.atomic
def note(ticket, *, text, by):
    """A line in the history that is nobody's comment: what could not be done and why."""
    record(ticket, NOTED, by=by, ticket=ticket, note=str(text))


def update(ticket, kind, *, by, before, after, **values):
    """Write one fact of the ticket and the line that tells of it."""
    for name, value in values.items():
        setattr(ticket, name, value)
    Ticket.objects.filter(pk=ticket.pk).update(updated_at=clock.now(), **values)
    record(ticket, kind, by=by, ticket=ticket, before=before, after=after)
    return ticket
