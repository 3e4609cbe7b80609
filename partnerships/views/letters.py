"""A letter that could not be applied: try it again, or let the others go on without it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
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
    return shown(request, letter, handover, _("The letter is tried again."))


@require_POST
def skip(request, pk):
    """The lane goes on without it; the letter stays on record."""
    letter, handover = letter_or_404(request.member, pk)
    inbox.skip(letter, by=request.member)
    return shown(request, letter, handover, _("The letters go on without this one."))


def shown(request, letter, handover, words):
    """Back to where the letter was shown."""
    partner = Partnership.objects.filter(link_id=letter.lane.link_id).first()
    if partner and "health" in request.POST:
        messages.success(request, words)
        return redirect("partnerships:health", partner.pk)
    if handover:
        return moved(request, handover.ticket)
    return redirect("partnerships:partner", partner.pk) if partner else redirect("partnerships:list")
