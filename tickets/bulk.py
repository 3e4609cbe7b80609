"""The same done to many tickets at once: all of them, or none."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants.vocabulary import refuse_unless

from . import lifecycle, tagging
from .access import NOT_YOURS, visible_tickets

MOST = 100
DEEDS = {
    "status": lambda ticket, to, by: lifecycle.set_status(ticket, to=to, by=by),
    "assign": lambda ticket, to, by: lifecycle.assign(ticket, to=to, by=by),
    "priority": lambda ticket, to, by: lifecycle.set_priority(ticket, to=to, by=by),
    "team": lambda ticket, to, by: lifecycle.set_team(ticket, to=to, by=by),
    "tag": lambda ticket, to, by: tagging.tag(ticket, to, by=by),
}


@transaction.atomic
def change(ids, deed, to, *, by):
    """Do one thing to every ticket of the selection; when it can't be done to one, it is done to none.

    Returns how many tickets there were. Locked in the order of their ids, so that two selections never wait in a ring.
    """
    refuse_unless(deed in DEEDS, _("Choose what to do with the selected tickets."))
    refuse_unless(by.may("change"), NOT_YOURS)
    tickets = selection(ids, by=by)
    for ticket in tickets:
        DEEDS[deed](ticket, to, by)
    return len(tickets)


def selection(ids, *, by):
    """The selected tickets in the order of their ids; all of them exist for this member, or the selection is none."""
    wanted = set(ids)
    refuse_unless(wanted, _("Select tickets first."))
    refuse_unless(len(wanted) <= MOST, _("At most 100 tickets at once."))
    tickets = list(visible_tickets(by).filter(pk__in=wanted).select_related("status", "account").order_by("pk"))
    refuse_unless(len(tickets) == len(wanted), _("One of the selected tickets is not there any more; nothing changed."))
    return tickets
