"""What lists, filters, groups and counts look at. Upper apps write their part of a ticket's row here, and only here."""

from django.dispatch import Signal

from tenants import bell, clock

from .models import Ticket

# Sent in the same transaction with the ticket whose deadline is another now, whoever moved it.
due_moved = Signal()

COLUMNS = {
    "due_at",
    "due_left",
    "due_from",
    "turn",
    "turn_holder",
    "turn_tentative",
    "partner_label",
    "handover_state",
    "handover_direction",
}


def show(ticket, **columns):
    """Put an upper app's facts on the ticket's row; the turn's start moves only when its holder does."""
    unknown = columns.keys() - COLUMNS
    if unknown:
        raise ValueError(f"not board columns: {sorted(unknown)}")
    changed = {name: value for name, value in columns.items() if getattr(ticket, name) != value}
    if not changed:
        return
    if changed.keys() & {"turn", "turn_holder"}:
        changed["turn_since"] = clock.now()
    for name, value in changed.items():
        setattr(ticket, name, value)
    Ticket.objects.filter(pk=ticket.pk).update(**changed)
    bell.announce(ticket.account_id, ticket=ticket.pk)
    if "due_at" in changed:
        due_moved.send(Ticket, ticket=ticket)


def rename(tickets, before, after):
    """The other company on these tickets is called otherwise from now on; whose turn it is stays as it was."""
    rows = Ticket.objects.filter(pk__in=tickets)
    for name in ("partner_label", "turn_holder"):
        rows.filter(**{name: before}).update(**{name: after})
