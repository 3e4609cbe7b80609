"""A letter that could not be applied: try it again, or let the others go on without it."""

from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from .. import inbox
from ..access import letter_or_404
from ..models import Partnership
from .replies import moved


@require_POST
def retry(request, pk):
    """Another try."""
    letter, handover = letter_or_404(request.member, pk)
    inbox.try_again(letter, by=request.member)
    return shown(request, letter, handover)


@require_POST
def skip(request, pk):
    """The lane goes on without it; the letter stays on record."""
    letter, handover = letter_or_404(request.member, pk)
    inbox.skip(letter, by=request.member)
    return shown(request, letter, handover)


def shown(request, letter, handover):
    """Back to where the letter was shown."""
    if handover:
        return moved(request, handover.ticket)
    partner = Partnership.objects.filter(link_id=letter.lane.link_id).first()
    return redirect("partnerships:partner", partner.pk) if partner else redirect("partnerships:list")
