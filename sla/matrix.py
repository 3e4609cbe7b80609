"""Impact and urgency make the priority, where an account wants that."""

from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from tenants import clock
from tenants.activity import record
from tenants.vocabulary import refuse_unless
from tickets import access, arranging, lifecycle
from tickets.models import Ticket
from tickets.vocabulary import URGENCIES, Priority, Weight

from .models import Matrix
from .vocabulary import MATRIX_CHANGED, WEIGHED

# As most desks have it: both high is critical, both low is low.
USUAL = {
    "high": {"high": "critical", "medium": "high", "low": "normal"},
    "medium": {"high": "high", "medium": "normal", "low": "low"},
    "low": {"high": "normal", "medium": "low", "low": "low"},
}
permit = arranging.permit


def current():
    """The account's matrix, switched off and as usual where nobody has set one up."""
    return Matrix.objects.first() or Matrix(on=False, cells=USUAL)


def scale():
    """How impact and urgency make the priority; None where the account does not want that."""
    matrix = Matrix.objects.filter(on=True).first()
    return matrix and partial(priority_of, matrix)


def priority_of(matrix, impact, urgency):
    """The priority that the matrix gives to this impact and urgency."""
    return matrix.cells.get(impact, {}).get(urgency, Priority.NORMAL.value)


@transaction.atomic
def change(*, on, cells, by):
    """The account weighs tickets so from now on; tickets that are there stay as they are."""
    permit(by)
    Matrix.objects.get_or_create(defaults={"on": False, "cells": USUAL})
    matrix = Matrix.objects.select_for_update(no_key=True).get()
    before = said(matrix)
    matrix.on, matrix.cells = bool(on), checked(cells)
    after = said(matrix)
    if before != after:
        matrix.save(update_fields=["on", "cells"])
        record(matrix, MATRIX_CHANGED, by=by, before=before, after=after)
    return matrix


def checked(cells):
    """Nine priorities, each mistake at its field."""
    kept = {}
    for impact in Weight.values:
        for urgency in Weight.values:
            priority = cells.get(impact, {}).get(urgency)
            refuse_unless(priority in Priority.values, _("There is no such priority."), f"{impact}-{urgency}")
            kept.setdefault(impact, {})[urgency] = priority
    return kept


def said(matrix):
    """The matrix in one line: whether it is on, and row by row from high to low."""
    rows = [
        " · ".join(str(Priority(priority_of(matrix, impact, urgency)).label) for urgency in reversed(Weight.values))
        for impact in reversed(Weight.values)
    ]
    used = pgettext("matrix", "on") if matrix.on else pgettext("matrix", "off")
    return f"{used}: {' / '.join(rows)}"


@transaction.atomic
def weigh(ticket, *, impact, urgency, by):
    """How far the trouble reaches and how soon it hurts is said, and the priority follows."""
    access.permit(by, "change", ticket)
    matrix = current()
    refuse_unless(matrix.on, _("Impact and urgency are not used here."))
    refuse_unless(impact in Weight.values, _("There is no such impact."), "impact")
    refuse_unless(urgency in Weight.values, _("There is no such urgency."), "urgency")
    ticket = lifecycle.lock(ticket)
    before, weighed = said_weights(ticket.impact, ticket.urgency), said_weights(impact, urgency)
    if (ticket.impact, ticket.urgency) != (impact, urgency):
        ticket.impact, ticket.urgency = impact, urgency
        Ticket.objects.filter(pk=ticket.pk).update(impact=impact, urgency=urgency, updated_at=clock.now())
    priority = priority_of(matrix, impact, urgency)
    if priority == ticket.priority and before != weighed:
        # The priority stays and so has no line of its own to say it.
        record(ticket, WEIGHED, by=by, ticket=ticket, before=before, after=weighed)
    return lifecycle.set_priority(ticket, to=priority, how=weighed, by=by)


def said_weights(impact, urgency):
    """Impact and urgency in words; a dash where nobody has said them yet."""
    if not (impact and urgency):
        return "—"
    words = {"impact": Weight(impact).label, "urgency": URGENCIES[Weight(urgency)]}
    return str(_("impact %(impact)s, urgency %(urgency)s")) % words
