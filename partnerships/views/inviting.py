"""Asking a company to link: the code, the link, and taking it back."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import get_resolver
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tenants.forms import refuse
from tenants.vocabulary import Refused

from .. import agreement
from ..access import invitation_or_404
from ..forms import CodeForm, InviteForm
from .partners import draw
from .proof import proven


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
