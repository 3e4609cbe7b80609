"""Asking a company to link: the code, the link and its picture, sending again, taking back, and what became of it."""

from base64 import b64encode

import qrcode
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from qrcode.image.svg import SvgPathImage

from tenants import guessing
from tenants.access import cursor
from tenants.forms import refuse
from tenants.vocabulary import Refused, refuse_unless

from .. import conditions, inviting, plainly
from ..access import invitation_or_404, permit_linking
from ..forms import InviteForm
from ..models import Invitation
from ..protocol import SharedTerms
from .frame import draw
from .proof import proven

PAGE = 30
STATES = {
    "open": pgettext_lazy("invitation", "waiting"),
    "accepted": pgettext_lazy("invitation", "accepted"),
    "declined": pgettext_lazy("invitation", "declined"),
    "revoked": pgettext_lazy("invitation", "revoked"),
    "expired": pgettext_lazy("invitation", "run out"),
}


@never_cache
@require_http_methods(["GET", "POST"])
@proven
def invite(request):
    """Ask a company to link; its code stands on this one answer and nowhere else."""
    if request.method == "GET":
        permit_linking(request.member)
    form = InviteForm(request.POST or None, partners=inviting.links_to_copy())
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            refuse_unless(guessing.is_allowed(request, "invite_company"), guessing.SLOWER)
            terms = form.terms(inviting.same_as)
            made = inviting.invite(facts["name"], email=facts["email"], terms=terms, by=request.member)
            return shown_once(request, *made)
        except Refused as no:
            refuse(form, no)
    status = 422 if form.errors else 200
    return draw(request, "partnerships/invite.html", status=status, form=form, usual=plainly.words_of(SharedTerms()))


def shown_once(request, invitation, code):
    """The code, the link and its picture, on this one answer and nowhere else."""
    link = inviting.join_link(code)
    made = {
        "invitation": invitation,
        "code": code,
        "link": link,
        "square": square(link),
        "terms": plainly.words_of(conditions.told(inviting.first_terms(invitation))),
    }
    return draw(request, "partnerships/invited.html", made=made)


def square(link):
    """The link as a square to photograph."""
    drawn = qrcode.make(link, image_factory=SvgPathImage, border=2).to_string()
    return f"data:image/svg+xml;base64,{b64encode(drawn).decode()}"


@require_safe
def invitations(request):
    """Whom we invited, when, and what became of it."""
    permit_linking(request.member)
    wanted = request.GET.get("state", "")
    conditions_of = inviting.states()
    rows = Invitation.objects.order_by("-pk")
    rows = rows.filter(conditions_of[wanted]) if wanted in conditions_of else rows
    before = cursor(request.GET.get("before", ""))
    rows = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    keep = f"?state={wanted}&" if wanted in conditions_of else "?"
    here = reverse("partnerships:invitations")
    context = {
        "rows": [(row, inviting.state_of(row)) for row in rows[:PAGE]],
        "states": [(code, label, code == wanted) for code, label in STATES.items()],
        "wanted": wanted,
        "first_url": here + keep.rstrip("&?") if before else "",
        "next_url": f"{here}{keep}before={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
    }
    return draw(request, "partnerships/invitations.html", **context)


@never_cache
@require_POST
@proven
def resend(request, pk):
    """Another seven days and another code."""
    refuse_unless(guessing.is_allowed(request, "invite_company"), guessing.SLOWER)
    return shown_once(request, *inviting.resend(invitation_or_404(pk), by=request.member))


@require_POST
def revoke(request, pk):
    """The invitation opens nothing any more."""
    inviting.revoke(invitation_or_404(pk), by=request.member)
    messages.success(request, _("The invitation is revoked."))
    return redirect("partnerships:list")
