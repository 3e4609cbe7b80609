"""The mails of an account, for whoever looks after it."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import account_settings, clock, mail, outgoing
from ..access import cursor
from ..models import Mail


@require_safe
def mails(request):
    """What went, what waits, and what is the matter."""
    account_settings.permit(request.member)
    state = request.GET.get("state", "")
    state = state if state in outgoing.STATES else ""
    page = outgoing.page(state, before=cursor(request.GET.get("before", "")))
    here = reverse("settings:mail") + (f"?state={state}" if state else "")
    context = {
        "page": page,
        "state": state,
        "states": [(code, label) for code, (label, _condition) in outgoing.STATES.items()],
        "leaves": settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"),
        "first_url": here if "before" in request.GET else "",
        "next_url": f"{here}{'&' if state else '?'}before={page.next}" if page.next else "",
        "settings_section": "mail",
        "section": "settings",
        "now": clock.now(),
    }
    return render(request, "settings/mail.html", context)


@require_POST
def again(request, pk):
    """Try this one now."""
    account_settings.permit(request.member)
    mail.send_again(get_object_or_404(Mail, pk=pk), by=request.member)
    messages.success(request, _("It is tried again now."))
    return redirect("settings:mail")
