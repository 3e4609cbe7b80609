"""Places that are kept for somebody: inviting, sending again, taking back."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import guessing, inviting
from ..access import invitation_or_404, known, permit
from ..forms import InviteForm, refuse
from ..models import MemberInvitation
from ..vocabulary import Refused, refuse_unless
from .dialogs import ask, go
from .people import PAGE, draw, meanings
from .proof import proven


@require_safe
def pending(request):
    """Invitations nobody has answered, also those that have run out."""
    permit(request.member, "manage_people")
    rows = MemberInvitation.objects.filter(accepted_at=None, revoked_at=None).select_related("team").order_by("-pk")
    before = known(request.GET.get("before", ""))
    rows = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    here = reverse("people:invitations")
    context = {
        "rows": rows[:PAGE],
        "first_url": here if before else "",
        "next_url": f"{here}?before={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
    }
    return draw(request, "people/invitations.html", "people", **context)


@never_cache
@require_http_methods(["GET", "POST"])
@proven("people:list")
def invite(request):
    """By mail, or by a link that stands on this one answer and nowhere else."""
    permit(request.member, "manage_people")
    form = InviteForm(request.POST or None, by=request.member)
    if request.method == "POST" and form.is_valid():
        try:
            refuse_unless(guessing.is_allowed(request, "invite_member"), guessing.SLOWER)
            invitation, code = inviting.invite(by=request.member, **form.cleaned_data)
            return answer(request, invitation, code)
        except Refused as no:
            refuse(form, no)
    context = {"form": form, "meanings": meanings()}
    return ask(request, "people/invite.html", reverse("people:list"), status=422 if form.errors else 200, **context)


def answer(request, invitation, code):
    """A mail is on its way, or the link is shown now and never again."""
    if invitation.email:
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": invitation.email})
        return go(request, reverse("people:invitations"))
    link = inviting.join_link(code)
    done_url = reverse("people:invitations")
    return ask(request, "people/invited.html", "", invitation=invitation, link=link, done_url=done_url)


@never_cache
@require_POST
@proven("people:invitations")
def resend(request, pk):
    """Another seven days, and another link."""
    refuse_unless(guessing.is_allowed(request, "invite_member"), guessing.SLOWER)
    invitation, code = inviting.resend(invitation_or_404(pk), by=request.member)
    return answer(request, invitation, code)


@require_POST
def revoke(request, pk):
    """The invitation opens nothing any more."""
    inviting.revoke(invitation_or_404(pk), by=request.member)
    messages.success(request, _("The invitation is revoked."))
    return redirect("people:invitations")
