"""The bar of a list: the same done to every ticket that is selected."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tenants.models import Team
from tenants.vocabulary import Refused, refuse_unless

from .. import bulk
from ..forms import workers
from ..models import Status
from .properties import named

ROWS = {"status": Status.objects.filter, "assign": lambda **_any: workers(), "team": Team.objects.filter}


@require_POST
def change(request):
    """One deed for the whole selection; the pressed button names it."""
    deed = next((name for name in bulk.DEEDS if request.POST.get(name)), "")
    done = bulk.change(chosen(request), deed, meant(deed, request.POST.get(deed, "")), by=request.member)
    said = ngettext("%(n)s ticket is changed.", "%(n)s tickets are changed.", done) % {"n": done}
    messages.success(request, said)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": back(request)})
    return HttpResponseRedirect(back(request))


def chosen(request):
    """The ids that were ticked; what is no id is no ticket."""
    try:
        return [UUID(value) for value in request.POST.getlist("ids")]
    except ValueError as spoilt:
        raise Refused(_("One of the selected tickets is not there any more; nothing changed.")) from spoilt


def meant(deed, value):
    """What the button's value stands for: a row of ours, nobody, or the word itself."""
    if deed not in ROWS or value == "none":
        return None if deed in ("assign", "team") else value
    row = named(ROWS[deed](), value)
    refuse_unless(row, _("There is no such choice any more."))
    return row


def back(request):
    """The list that the selection was made in."""
    to = request.POST.get("next", "")
    fine = url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure())
    return to if fine else reverse("tickets:list")
