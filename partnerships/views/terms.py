"""Our terms of a link."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenants.forms import refuse
from tenants.vocabulary import Refused

from .. import agreement
from ..access import partnership_or_404
from ..forms import TermsForm
from .partners import page
from .proof import proven


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
