"""A ticket's clocks: the delay is not ours, or is after all; and we are on site."""

from django.views.decorators.http import require_POST

from tickets import access
from tickets.views.answers import done

from .. import excusing


@require_POST
def excuse(request, number):
    """The delay is not ours."""
    ticket = access.ticket_or_404(request.member, number)
    excusing.excuse(
        ticket, target=request.POST.get("target", ""), reason=request.POST.get("reason", ""), by=request.member
    )
    return done(request, ticket, "#deadlines")


@require_POST
def blame(request, number):
    """It is ours after all."""
    ticket = access.ticket_or_404(request.member, number)
    excusing.blame(ticket, target=request.POST.get("target", ""), by=request.member)
    return done(request, ticket, "#deadlines")


@require_POST
def arrive(request, number):
    """Somebody of ours is on site."""
    ticket = access.ticket_or_404(request.member, number)
    excusing.arrive(ticket, by=request.member)
    return done(request, ticket, "#deadlines")
