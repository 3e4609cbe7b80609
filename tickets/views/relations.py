"""What a ticket is tied to: other tickets, and the words by which it is found."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tenants.views.dialogs import frame
from tenants.vocabulary import Refused, refuse_unless

from .. import access, linking, queue, search, tagging
from ..models import Tag, TicketLink
from ..vocabulary import TIES, LinkKind
from .answers import done
from .properties import named

FOUND = 8
# As this ticket says it: the kind of link, and whether this ticket is its source.
WAYS = {
    "related": (LinkKind.RELATED, True),
    "duplicate": (LinkKind.DUPLICATE, True),
    "child": (LinkKind.PARENT, False),
    "parent": (LinkKind.PARENT, True),
}


@require_http_methods(["GET", "POST"])
def link(request, number):
    """Ask which ticket and how, find it as one types, and tie the two."""
    ticket = access.ticket_or_404(request.member, number)
    access.permit(request.member, "change", ticket)
    phrase, how = request.GET.get("q", ""), request.GET.get("how", "related")
    if "list" in request.GET:
        return render(request, "tickets/_found.html", found(request.member, ticket, phrase))
    error = ""
    if request.method == "POST":
        phrase, how = request.POST.get("q", ""), request.POST.get("how", "")
        if "find" not in request.POST:
            try:
                tied(request, ticket, phrase, how)
                return done(request, ticket)
            except Refused as no:
                error = no.sentence
    context = {
        "frame": frame(request),
        "ticket": ticket,
        "ways": [{"value": value, "label": TIES[value], "checked": value == how} for value in WAYS],
        "close": request.POST.get("close"),
        "error": error,
        "dialog_action": reverse("tickets:link", args=[ticket.number]),
        "back_url": reverse("tickets:ticket", args=[ticket.number]),
        "section": "tickets",
        **found(request.member, ticket, phrase, chosen=request.POST.get("to", "")),
    }
    return render(request, "tickets/link.html", context, status=422 if error else 200)


def tied(request, ticket, phrase, how):
    """Do what the form says; a number that was typed but not picked counts as picked."""
    member, wanted = request.member, request.POST.get("to", "")
    other_number = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else search.number_in(phrase, member.account)
    other = other_number and access.visible_tickets(member).filter(number=other_number).first()
    refuse_unless(other, _("Find the other ticket first: by its number or by words."), "to")
    refuse_unless(how in WAYS, _("Choose how the tickets belong together."), "how")
    kind, outward = WAYS[how]
    source, target = (ticket, other) if outward else (other, ticket)
    linking.link(source, target, kind=kind, by=member, close=bool(request.POST.get("close")))


def found(member, ticket, phrase, chosen=""):
    """The tickets that the words mean; before any words, those of the same site."""
    phrase = phrase.replace("\0", "").strip()[:200]
    rows = access.visible_tickets(member).exclude(pk=ticket.pk).select_related("status", "client", "site")
    if phrase:
        number = search.number_in(phrase, member.account)
        exact = list(rows.filter(number=number)) if number is not None else []
        others = search.matching(rows, phrase).exclude(number=number).order_by("-updated_at", "-pk")
        rows = [*exact, *others[: FOUND - len(exact)]]
    else:
        near = rows.open().filter(site=ticket.site_id) if ticket.site_id else rows.none()
        rows = list(near.order_by("-pk")[:FOUND])
    for row in rows:
        row.account = member.account
    return {
        "phrase": phrase,
        "rows": [{"ticket": row, "context": queue.context(row), "checked": str(row.number) == chosen} for row in rows],
    }


@require_POST
def unlink(request, number):
    """Take the two apart again; a link to a ticket that one may not see is not there."""
    ticket = access.ticket_or_404(request.member, number)
    member = request.member
    ties = {str(one.id) for one in linking.ties(ticket, member)}
    wanted = request.POST.get("link", "")
    access.permit(member, "change", ticket)
    refuse_unless(wanted in ties, _("There is no such link."))
    linking.unlink(TicketLink.objects.select_related("source", "target").get(pk=wanted), by=member)
    return done(request, ticket)


@require_POST
def tags(request, number):
    """A word is put on the ticket, or taken off."""
    ticket = access.ticket_or_404(request.member, number)
    wanted = request.POST.get("remove", "")
    if wanted:
        word = named(Tag.objects.all(), wanted)
        refuse_unless(word, _("There is no such tag."))
        tagging.untag(ticket, word, by=request.member)
    else:
        tagging.tag(ticket, request.POST.get("tag", ""), by=request.member)
    return done(request, ticket)
