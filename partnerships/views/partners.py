"""Our links: whom we work with, on which terms, what crossed, and the ways to begin, pause and end."""

from django.views.decorators.http import require_safe

from tenants.access import cursor

from .. import correspondence, health, presenting, scores, waiting
from ..access import partnership_or_404
from ..forms import CodeForm
from ..vocabulary import LinkState
from . import maps, terms_page
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
    return page(request, ours)


def page(request, ours, form=None, *, status=200):
    may_link = request.member.may("link") and ours.state != LinkState.ENDED
    agreed = terms_page.context(ours, form)
    if not may_link:
        for field in agreed["form"].fields.values():
            field.disabled = True
    letters, following = [], ""
    sees_all = request.member.may("see_all")
    if sees_all:
        letters, following = correspondence.page(ours, before=cursor(request.GET.get("before", "")))
    return draw(
        request,
        "partnerships/partner.html",
        status=status,
        partner=ours,
        **agreed,
        may_change=may_link,
        maps=maps.maps(ours),
        company=presenting.card_of(ours),
        report=health.of(ours, request.member),
        standstill=waiting.of(ours, request.member),
        ratings=scores.of(ours, request.member),
        letters=letters,
        following=following,
        # A template says what is told of tickets: not for those who see only some of them.
        sees_all=sees_all,
        later="before" in request.GET,
    )
