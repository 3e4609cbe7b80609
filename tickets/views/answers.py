"""How the desk answers once something was done, or could not be."""

from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import access

# The open page hears this and fetches what is new; the dialog, if there is one, closes.
NEWS = "ticket-news, close-dialog"
LONGEST = 2000


def done(request, ticket, anchor=""):
    """It is done: an open page asks for the news itself, a plain form goes back to the ticket.

    Whoever gave the ticket away and does not see it any more goes to his list.
    """
    if not access.sees(request.member, ticket):
        return away(request)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": NEWS})
    return redirect(back_to(request, ticket) + anchor)


def back_to(request, ticket):
    """The ticket's page with the way that the page one comes from remembers."""
    here = reverse("tickets:ticket", args=[ticket.number])
    try:
        came = urlsplit(request.headers.get("Referer", ""))
        told = QueryDict(came.query[:LONGEST]).get("from") if came.path == here else ""
    except (ValueError, TooManyFieldsSent):
        return here
    return f"{here}?{urlencode({'from': told})}" if told else here


def away(request):
    """The ticket is out of sight: say so, and show what is left."""
    messages.info(request, _("It is done. You don’t see this ticket any more."))
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("tickets:list")})
    return redirect("tickets:list")


def with_news(request, template, context):
    """A fragment that takes the place of itself, and the page asks for the rest of the news; an open dialog stays."""
    answer = render(request, template, context)
    answer["HX-Trigger"] = "ticket-news"
    return answer
