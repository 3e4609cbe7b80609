"""Our links: whom we work with, on which terms, what crossed, and the ways to begin, pause and end."""

from django.views.decorators.http import require_safe

from tenants.access import cursor

from .. import correspondence, presenting
from ..access import partnership_or_404
from ..forms import CodeForm, TermsForm
from ..vocabulary import LinkState
from . import maps
from .frame import draw


@require_safe
def all_partners(request):
    """The links, what partners read of us, and the ways to a new link."""
    company = presenting.company()
    return draw(request, "partnerships/list.html", code_form=CodeForm(), company=company)


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
