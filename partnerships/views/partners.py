"""Our links: whom we work with, on which terms, what crossed, and the ways to begin, pause and end."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenants import clock
from tenants.access import cursor

from .. import correspondence, inviting, presenting, standing
from ..access import partnership_or_404
from ..forms import CodeForm, TermsForm
from ..models import Proposal
from ..vocabulary import LinkState, ProposalState
from . import maps

SHOWN = 3


@require_safe
def all_partners(request):
    """The links, what partners read of us, and the ways to a new link."""
    company = presenting.company()
    return draw(request, "partnerships/list.html", code_form=CodeForm(), company=company)


def draw(request, template, *, status=200, partner=None, **context):
    """A page beside the list of partners and of the invitations that wait."""
    waiting = inviting.waiting().order_by("-pk")
    asking = Proposal.objects.filter(ours=False, state=ProposalState.OPEN).values_list("partnership_id", flat=True)
    context |= {
        "standings": standing.partners(request.member),
        "invitations": waiting[:SHOWN],
        "invited": waiting.count(),
        "asking": set(asking),
        "partner": partner,
        "may_link": request.member.may("link"),
        "section": "partners",
        "now": clock.now(),
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
        company=presenting.card_of(ours),
        letters=letters,
        following=following,
        later="before" in request.GET,
    )
