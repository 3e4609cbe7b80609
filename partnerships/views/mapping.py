"""The status map of a link: filled in by whoever links, and tried on past tickets before that."""

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tenants import signin
from tenants.forms import refuse
from tenants.vocabulary import Refused

from .. import mapping, rehearsal
from ..access import partnership_or_404, permit_linking
from ..forms.maps import MapForm
from ..translation import as_map
from ..vocabulary import Side
from .frame import draw
from .proof import proven

KEPT = "map_draft"


def map_page(request, ours, form, *, status=200, **context):
    """The table; a script that asked for one more line or a dry run gets it without the page around."""
    context |= {"partner": ours, "form": form}
    if request.htmx:
        return render(request, "partnerships/_map_form.html", context, status=status)
    return draw(request, "partnerships/map.html", status=status, **context)


@require_http_methods(["GET", "POST"])
def edit(request, pk):
    """The whole table at once; who has to prove first who he is finds his draft again afterwards."""
    ours = partnership_or_404(pk)
    permit_linking(request.member)
    if request.method == "GET":
        kept = take_kept(request, ours)
        return map_page(request, ours, MapForm(kept, rows=mapping.rows_of(ours)), restored=kept is not None)
    if not signin.is_fresh(request):
        typed = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
        request.session[KEPT] = {"pk": str(ours.pk), "data": typed}
        return signin.ask_again(request, reverse("partnerships:map", args=[ours.pk]))
    form = MapForm(request.POST, rows=mapping.rows_of(ours))
    if form.is_valid():
        try:
            mapping.change_map(ours, form.rules, by=request.member)
            messages.success(request, _("The status map is saved."))
            return redirect("partnerships:partner", ours.pk)
        except Refused as no:
            refuse(form, no)
    return map_page(request, ours, form, status=422)


def take_kept(request, ours):
    """The draft that waited for the proof, once."""
    kept = request.session.get(KEPT)
    if not kept or kept["pk"] != str(ours.pk):
        return None
    del request.session[KEPT]
    data = QueryDict(mutable=True)
    for name, values in kept["data"].items():
        data.setlist(name, values)
    return data


@require_POST
def draft(request, pk):
    """The table as it would be: one more line, or the last tickets told again under it. Nothing is saved."""
    ours = partnership_or_404(pk)
    permit_linking(request.member)
    rows, more = mapping.rows_of(ours), request.POST.get("add", "")
    form = MapForm(request.POST, rows=rows, more=more)
    if more in Side.values:
        form.errors_wait()
        return map_page(request, ours, form, more=more)
    if not form.is_valid():
        return map_page(request, ours, form, status=422)
    before = as_map(rows)
    return map_page(request, ours, form, rehearsal=rehearsal.rehearse(ours, before, before.changed(form.rules)))


@require_http_methods(["GET", "POST"])
@proven
def usual(request, pk):
    """The map as on a new link, after one more question."""
    ours = partnership_or_404(pk)
    permit_linking(request.member)
    if request.method == "POST":
        mapping.bring_back_usual(ours, by=request.member)
        messages.success(request, _("The usual map is back."))
        return redirect("partnerships:partner", ours.pk)
    return draw(request, "partnerships/map_usual.html", partner=ours)
