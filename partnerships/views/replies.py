"""How the desk answers once a hand-over moved, or could not be moved."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tenants.views.dialogs import frame
from tickets.views.answers import done


def moved(request, ticket, *, readers=False):
    """It is done: the ticket's own page fetches the news, a plain form goes back to it.

    Any other page is drawn anew; so is the ticket's own when its composer has other readers from now on.
    """
    page = reverse("tickets:ticket", args=[ticket.number])
    if request.htmx and (readers or where(request) != page):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return done(request, ticket)


def where(request):
    """The page that asked, by the browser's word for it; a spoilt word is no page."""
    try:
        return (request.htmx.current_url_abs_path or "").partition("?")[0]
    except ValueError:
        return ""


def dialog(request, template, form, ticket, **context):
    """A question about a ticket: 422 when what was answered did not do."""
    context |= {
        "frame": frame(request),
        "form": form,
        "ticket": ticket,
        "dialog_action": request.path,
        "back_url": reverse("tickets:ticket", args=[ticket.number]),
        "section": "tickets",
    }
    return render(request, template, context, status=422 if form.errors else 200)
