"""The frame of every page about links: partners and invitations that wait, beside the page itself."""

from dataclasses import asdict, replace
from urllib.parse import urlencode

from django.shortcuts import render

from tenants import clock

from .. import health, inviting, standing
from ..models import Proposal
from ..vocabulary import ProposalState

SHOWN = 3


def draw(request, template, *, status=200, partner=None, **context):
    """A page beside the list of partners and of the invitations that wait."""
    waiting = inviting.waiting().order_by("-pk")
    asking = Proposal.objects.filter(ours=False, state=ProposalState.OPEN).values_list("partnership_id", flat=True)
    ailing = health.marks(request.member)
    context |= {
        "standings": [
            replace(one, health=ailing.get(one.partner.link_id)) for one in standing.partners(request.member)
        ],
        "invitations": waiting[:SHOWN],
        "invited": waiting.count(),
        "asking": set(asking),
        "partner": partner,
        "may_link": request.member.may("link"),
        "section": "partners",
        "now": clock.now(),
    }
    return render(request, template, context, status=status)


def draw_list(request, template, *, wanted, page, by, **context):
    """One page of a list as the address narrows it, with the pages beside it; `by` is the address's word for where
    a page begins."""
    rows, following = page
    narrowed = urlencode(asdict(wanted))
    return draw(
        request,
        template,
        rows=rows,
        wanted=wanted,
        narrowed=narrowed,
        later=by in request.GET,
        first_url=f"?{narrowed}" if by in request.GET else "",
        next_url=f"?{narrowed}&{by}={following}" if following else "",
        may_export=request.member.may("export"),
        **context,
    )
