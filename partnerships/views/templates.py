"""Templates of a link: made, changed and deleted by whoever sets the terms."""

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenants.forms import refuse
from tenants.views.dialogs import frame, go
from tenants.vocabulary import Refused
from tickets.access import permit

from .. import templates
from ..access import partnership_or_404, template_or_404
from ..forms import TemplateForm
from ..forms.templates import begun

asks = require_http_methods(["GET", "POST"])


@asks
def add(request, pk):
    """A new template of this link."""
    ours = partnership_or_404(pk)
    permit(request.member, "link")
    return edit(request, ours, None)


@asks
def change(request, pk):
    """What a template says."""
    template = template_or_404(pk)
    permit(request.member, "link")
    return edit(request, template.partnership, template)


def edit(request, ours, template):
    """Ask, check and keep."""
    form = TemplateForm(request.POST) if request.method == "POST" else TemplateForm(initial=begun(template))
    if form.is_bound and form.is_valid():
        try:
            if template:
                templates.change(template, by=request.member, **form.template())
            else:
                templates.add(ours, by=request.member, **form.template())
            messages.success(request, _("The template is saved."))
            return go(request, reverse("partnerships:partner", args=[ours.pk]))
        except Refused as no:
            refuse(form, no)
    return dialog(request, "partnerships/template.html", ours, form=form, template=template)


@asks
def remove(request, pk):
    """Say what goes away, then let it go."""
    template = template_or_404(pk)
    permit(request.member, "link")
    if request.method == "POST":
        templates.remove(template, by=request.member)
        messages.success(request, _("The template is deleted."))
        return go(request, reverse("partnerships:partner", args=[template.partnership_id]))
    return dialog(request, "partnerships/template_remove.html", template.partnership, template=template)


def dialog(request, name, ours, *, form=None, template=None):
    """The question over the partner's page, or on a page of its own."""
    context = {
        "frame": frame(request),
        "form": form,
        "template": template,
        "partner": ours,
        "dialog_action": request.path,
        "back_url": reverse("partnerships:partner", args=[ours.pk]),
        "section": "partners",
    }
    return render(request, name, context, status=422 if form is not None and form.errors else 200)
