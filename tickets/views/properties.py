"""A ticket's status, assignee, priority and deadline."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenants.models import Membership
from tenants.vocabulary import Refused, refuse_unless

from .. import access, lifecycle, slots
from ..forms import Moment
from ..models import Status
from .answers import done


def named(rows, value):
    """The row that a form names; another account's is as good as none."""
    try:
        return rows.filter(pk=UUID(value)).first()
    except ValueError:
        return None


def chosen(rows, value, sentence):
    """The row that a menu names, or None where it says nobody; refused when there is no such row."""
    row = named(rows, value) if value else None
    refuse_unless(row or not value, sentence)
    return row


@require_POST
def status(request, number):
    """The ticket stands somewhere else."""
    ticket = access.ticket_or_404(request.member, number)
    to = named(Status.objects.all(), request.POST.get("to", ""))
    refuse_unless(to, _("There is no such status."))
    lifecycle.set_status(ticket, to=to, by=request.member)
    return done(request, ticket)


@require_POST
def assign(request, number):
    """Somebody answers for it, or nobody yet."""
    ticket = access.ticket_or_404(request.member, number)
    people = Membership.objects.filter(active=True)
    to = chosen(people, request.POST.get("to", ""), _("There is no such person here."))
    lifecycle.assign(ticket, to=to, by=request.member)
    return done(request, ticket)


@require_POST
def priority(request, number):
    """How much it matters, said at once or by impact and urgency."""
    ticket = access.ticket_or_404(request.member, number)
    if "impact" in request.POST:
        weights = {name: request.POST.get(name, "") for name in ("impact", "urgency")}
        slots.weigh(ticket, by=request.member, **weights)
        return done(request, ticket)
    lifecycle.set_priority(ticket, to=request.POST.get("to", ""), by=request.member)
    return done(request, ticket)


@require_POST
def due(request, number):
    """By when it must be done; an empty moment takes the deadline off."""
    ticket = access.ticket_or_404(request.member, number)
    wanted = request.POST.get("due_at", "")
    lifecycle.set_due(ticket, to=meant(ticket, moment(wanted)) if wanted else None, by=request.member)
    return done(request, ticket)


def meant(ticket, wanted):
    """The form knows no seconds: a moment that it only repeats is the one that was given."""
    given = slots.due_given(ticket)
    return given if given and given.replace(second=0, microsecond=0) == wanted else wanted


def moment(value):
    """A moment in the account's zone out of a form."""
    try:
        return Moment().clean(value)
    except ValidationError as error:
        raise Refused(_("Give the deadline as a date and a time."), "due_at") from error


@require_POST
def resolve(request, number):
    """The work is done."""
    ticket = access.ticket_or_404(request.member, number)
    lifecycle.resolve(ticket, by=request.member, note=request.POST.get("note", "")[:2000])
    return done(request, ticket)


@require_POST
def reopen(request, number):
    """The trouble is back."""
    ticket = access.ticket_or_404(request.member, number)
    lifecycle.reopen(ticket, by=request.member, note=request.POST.get("note", "")[:2000])
    return done(request, ticket)


@require_POST
def close(request, number):
    """Nothing more is expected."""
    ticket = access.ticket_or_404(request.member, number)
    lifecycle.close(ticket, by=request.member, note=request.POST.get("note", "")[:2000])
    return done(request, ticket)
