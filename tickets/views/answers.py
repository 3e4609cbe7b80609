"""How the desk answers once something was done, or could not be."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

# The open page hears this and fetches what is new; the dialog, if there is one, closes.
NEWS = "ticket-news, close-dialog"


def done(request, ticket, anchor=""):
    """It is done: an open page asks for the news itself, a plain form goes back to the ticket."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": NEWS})
    return redirect(reverse("tickets:ticket", args=[ticket.number]) + anchor)


def frame(request):
    """A question's frame: a dialog over the page, or a page of its own without a script."""
    return "ui/_dialog.html" if request.htmx else "base_dialog.html"
