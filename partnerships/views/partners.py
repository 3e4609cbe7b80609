"""Our links: whom we work with, on which terms, what crossed, and the ways to begin, pause and end."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenants import clock
from tenants.access import cursor

from .. import correspondence, standing
from ..access import partnership_or_404
from ..forms import CodeForm, InviteForm, TermsForm
from ..models import Invitation
from ..vocabulary import LinkState
from . import maps


@require_safe
def all_partners(request):
    """The links and the open invitations; the ways to a new link."""
    return draw(request, "partnerships/list.html", invite_form=InviteForm(), code_form=CodeForm())


def draw(request, template, *, status=200, partner=None, **context):
    """A page beside the list of partners."""
    now = clock.now()
    context |= {
        "standings": standing.partners(request.member),
        "invitations": Invitation.objects.filter(
            accepted_at=None, declined_at=None, revoked_at=None, expires_at__gt=now
        ),
        "partner": partner,
        "may_link": request.member.may("link"),
        "section": "partners",
        "now": now,
    }
    return render(request, template, context, status=status)


@require_safe
def partner(request, pk):
    """One link: its state, its terms, its map, and what crossed."""
    ours = partnership_or_404(pk)
    return page(request, ours, TermsForm(instance=ours.terms))


def page(request, ours, form, *, status=200):
    may_link = request.member.may("link") and ours.state != LinkState.ENDED
    if not may_link:
        for field in form.fields.values():
            field.disabled = True
    letters, following = [], ""
    if request.member.may("see_all"):
        letters, following = correspondence.page(ours, before=cursor(request.GET.get("before", "")))
    return draw(
        request,
        "partnerships/partner.html",
        status=status,
        partner=ours,
        terms=ours.terms,
        form=form,
        may_change=may_link,
        maps=maps.maps(ours),
        letters=letters,
        following=following,
        later="before" in request.GET,
    )
