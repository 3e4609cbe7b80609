"""Our links: whom we work with, on which terms, what crossed, and the ways to begin, pause and end."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import get_resolver
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenants import clock
from tenants.access import cursor
from tenants.forms import refuse
from tenants.vocabulary import Refused

from .. import agreement, correspondence, standing
from ..access import invitation_or_404, partnership_or_404
from ..forms import CodeForm, InviteForm, TermsForm
from ..models import Invitation
from ..vocabulary import LinkState, Side, State
from .proof import proven


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


@never_cache
@require_http_methods(["GET", "POST"])
@proven
def invite(request):
    """Ask a company to link; its code stands on this one answer and nowhere else."""
    if request.method == "GET":
        return redirect("partnerships:list")
    form = InviteForm(request.POST)
    made = {}
    if form.is_valid():
        try:
            invitation, code = agreement.invite(form.cleaned_data["name"], by=request.member)
            made = {"invitation": invitation, "code": code, "link": join_link(code)}
            form = InviteForm()
        except Refused as no:
            refuse(form, no)
    status = 422 if form.errors else 200
    return draw(request, "partnerships/list.html", status=status, invite_form=form, code_form=CodeForm(), made=made)


def join_link(code):
    """The address to send to the other company: outside of every account, from the installation's own name."""
    return f"{settings.BASE_URL}/{get_resolver(settings.ROOT_URLCONF).reverse('join', code)}"


@require_POST
def revoke(request, pk):
    """The invitation opens nothing any more."""
    agreement.revoke(invitation_or_404(pk), by=request.member)
    messages.success(request, _("The invitation is revoked."))
    return redirect("partnerships:list")


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
        maps=maps(ours),
        letters=letters,
        following=following,
        later="before" in request.GET,
    )


def maps(ours):
    """The status map, one heap per side."""
    rows = ours.map_rows.select_related("status").order_by("their_status", "their_category")
    heaps, states = {side: [] for side in Side}, State.values
    for row in sorted(rows, key=lambda row: states.index(row.handover_state) if row.handover_state else len(states)):
        heaps[row.side].append(row)
    return [{"side": side, "label": side.label, "rows": found} for side, found in heaps.items() if found]


@require_POST
@proven
def terms(request, pk):
    """A new version of our terms."""
    ours = partnership_or_404(pk)
    form = TermsForm(request.POST, instance=ours.terms)
    if form.is_valid():
        try:
            agreement.change_terms(ours, by=request.member, **form.cleaned_data)
            messages.success(request, _("The terms are saved. Tickets under way keep theirs."))
            return redirect("partnerships:partner", ours.pk)
        except Refused as no:
            refuse(form, no)
    return page(request, ours, form, status=422)


@require_http_methods(["GET", "POST"])
@proven
def pause(request, pk):
    """Letters wait on both sides."""
    return part(request, pk, agreement.pause, PAUSE)


@require_http_methods(["GET", "POST"])
@proven
def end(request, pk):
    """The companies part."""
    return part(request, pk, agreement.end, END)


@require_POST
@proven
def resume(request, pk):
    """Letters go on where they stopped."""
    ours = partnership_or_404(pk)
    agreement.resume(ours, by=request.member)
    messages.success(request, _("The link works again."))
    return redirect("partnerships:partner", ours.pk)


def part(request, pk, verb, words):
    """Show which tickets are concerned, then do it."""
    ours = partnership_or_404(pk)
    agreement.permit_linking(request.member)
    if request.method == "POST":
        verb(ours, by=request.member)
        messages.success(request, words["done"])
        return redirect("partnerships:partner", ours.pk)
    tickets = standing.open_tickets(ours)
    return draw(request, "partnerships/parting.html", partner=ours, words=words, handovers=tickets)


PAUSE = {
    "title": gettext_lazy("Pause the link"),
    "text": gettext_lazy("Letters wait on both sides until the link is resumed. Nothing is lost."),
    "list": gettext_lazy("These tickets wait as well:"),
    "button": gettext_lazy("Pause"),
    "done": gettext_lazy("The link is paused."),
}
END = {
    "title": gettext_lazy("End the link"),
    "text": gettext_lazy("Both companies keep what they have. A new invitation can link them again."),
    "list": gettext_lazy("These open tickets will be cut: finish them or give them back first if you can."),
    "button": gettext_lazy("End the link"),
    "done": gettext_lazy("The link has ended."),
}
