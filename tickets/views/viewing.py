"""Views: lists that are kept under a name."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tenants.views.dialogs import frame
from tenants.vocabulary import Refused

from .. import viewing
from ..forms import FilterForm, wanted
from .way import parts


def address(view):
    """Where the list of a view is; it tells which view it is."""
    return reverse("tickets:list") + "?" + urlencode({**parts(viewing.asked(view)), "view": view.pk})


@require_POST
def keep(request):
    """Keep the list that the hidden fields describe; an unknown value narrows nothing."""
    form = FilterForm(request.POST, partners=[], member=request.member)
    query = parts(wanted(request.POST, form.filters))
    shared = bool(request.POST.get("shared"))
    view = viewing.keep(request.POST.get("name", ""), query, by=request.member, shared=shared)
    messages.success(request, _("The view “%(name)s” is in the side bar.") % {"name": view.name})
    return redirect(address(view))


def view_or_404(request, view_id):
    """A view of the member's own side bar."""
    view = viewing.view_or_none(request.member, str(view_id))
    if view is None:
        raise Http404
    return view


@require_http_methods(["GET", "POST"])
def rename(request, view_id):
    """Ask for the better name, and take it."""
    view, error, status = view_or_404(request, view_id), "", 200
    name = view.name
    if request.method == "POST":
        name = request.POST.get("name", "")
        try:
            viewing.rename(view, name, by=request.member)
            return redirect(address(view))
        except Refused as refused:
            error, status = refused.sentence, 422
    context = {"name": name, "error": error, **question(request, view, "rename")}
    return render(request, "tickets/view_rename.html", context, status=status)


@require_http_methods(["GET", "POST"])
def remove(request, view_id):
    """Ask once more, and take the view out of the side bar."""
    view = view_or_404(request, view_id)
    if request.method == "POST":
        viewing.remove(view, by=request.member)
        messages.success(request, _("The view “%(name)s” is removed.") % {"name": view.name})
        return redirect("tickets:list")
    return render(request, "tickets/view_remove.html", question(request, view, "remove"))


def question(request, view, deed):
    """What a dialog about a view needs."""
    return {
        "frame": frame(request),
        "view": view,
        "dialog_action": reverse(f"tickets:view_{deed}", args=[view.pk]),
        "back_url": address(view),
    }
