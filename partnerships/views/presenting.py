"""The company card: what partners read of us."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenants.forms import refuse
from tenants.vocabulary import Refused

from .. import presenting
from ..access import permit_linking
from ..forms import CardForm
from ..models import CompanyCard
from .frame import draw


@require_http_methods(["GET", "POST"])
def card(request):
    """Write the card; every partner is told when it changes."""
    permit_linking(request.member)
    form = CardForm(request.POST or None, instance=CompanyCard.objects.first())
    if request.method == "POST" and form.is_valid():
        try:
            presenting.present(by=request.member, **form.cleaned_data)
            messages.success(request, _("The card is saved, your partners are told."))
            return redirect("partnerships:list")
        except Refused as no:
            refuse(form, no)
    return draw(request, "partnerships/card.html", status=422 if form.errors else 200, form=form)
