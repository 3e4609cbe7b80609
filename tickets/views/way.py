"""The way a person came to a ticket: the list he left is carried in the address, and leads back, on, and past it."""

from dataclasses import replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import neighbours, queue
from ..forms import FilterForm, wanted

LONGEST = 800


def parts(asked):
    """A list's own address, value by value; what is empty is left out."""
    parts = {"queue": asked.queue, "q": asked.phrase, "sort": asked.sort}
    parts |= {name: str(value) for name, value in asked.filters.items()}
    return {name: value for name, value in parts.items() if value}


def onward(number, asked, mark):
    """A ticket's address that remembers the list and the place in it."""
    return reverse("tickets:ticket", args=[number]) + "?" + urlencode({"from": urlencode({**parts(asked), "at": mark})})


def asked_for(request):
    """The list that the address remembers, with the place in it; none when it remembers none."""
    told = request.GET.get("from", "")[:LONGEST]
    if not told:
        return None
    data, member = QueryDict(told), request.member
    form = FilterForm(data, partners=[], member=member)
    return replace(wanted(data, form.filters), after=data.get("at", "")[:200])


def way(request, ticket):
    """The head's first line: back to the list by its name, and the neighbours there."""
    asked = asked_for(request)
    if asked is None:
        return {"back": {"url": reverse("tickets:list") + "?queue=all", "label": _("Tickets")}}
    label = _("Search: %(phrase)s") % {"phrase": asked.phrase} if asked.phrase else queue.QUEUES[asked.queue].label
    place = neighbours.place(request.member, asked, ticket)
    return {
        "back": {"url": reverse("tickets:list") + "?" + urlencode(parts(asked)), "label": label},
        "place": place,
        "previous_url": place.previous and onward(place.previous.number, asked, place.previous.mark),
        "next_url": place.next and onward(place.next.number, asked, place.next.mark),
    }
