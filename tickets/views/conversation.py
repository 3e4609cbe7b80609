"""What is said on a ticket: add, better, take back, pass on."""

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tenants.vocabulary import Refused, refuse_unless

from .. import access, conversation, readers
from ..models import Comment
from .answers import NEWS, done, frame
from .ticket import draw


@require_POST
def comment(request, number):
    """Say it; when it can't be said, the text stays where it was typed."""
    ticket = access.ticket_or_404(request.member, number)
    try:
        with transaction.atomic():
            said = say(request, ticket)
    except Refused as refused:
        return unsaid(request, ticket, refused)
    if request.htmx:
        return HttpResponse("", headers={"HX-Trigger": NEWS})
    return done(request, ticket, f"#comment-{said.pk}")


def say(request, ticket):
    """The posted comment, to the readers that were chosen."""
    audience, chosen = readers.audience_of(
        request.POST.get("audience", ""),
        request.POST.getlist("readers"),
        ticket,
        list(ticket.counterparts.all()),
    )
    return conversation.comment(
        ticket,
        request.POST.get("body", ""),
        by=request.member,
        audience=audience,
        readers=chosen,
        uploads=request.FILES.getlist("files"),
    )


def unsaid(request, ticket, refused):
    """The sentence at the composer, and everything that was typed."""
    if request.htmx:
        return render(request, "ui/_composer_errors.html", {"errors": [refused.sentence]}, status=422)
    return draw(
        request,
        ticket,
        status=422,
        body=request.POST.get("body", ""),
        audience=request.POST.get("audience", ""),
        ticked=request.POST.getlist("readers"),
        errors=[refused.sentence],
    )


def comment_or_404(request, number, comment_id):
    """A comment on a ticket that the member may see."""
    ticket = access.ticket_or_404(request.member, number)
    said = get_object_or_404(Comment.objects.select_related("ticket"), pk=comment_id, ticket=ticket)
    return ticket, said


@require_http_methods(["GET", "POST"])
def edit(request, number, comment_id):
    """Ask for the better wording, and take it."""
    ticket, said = own_or_404(request, number, comment_id)
    body, error, status = said.body, "", 200
    if request.method == "POST":
        body = request.POST.get("body", "")
        try:
            conversation.edit(said, body, by=request.member)
            return done(request, ticket, f"#comment-{said.pk}")
        except Refused as refused:
            error, status = refused.sentence, 422
    context = {"body": body, "error": error, **question(request, ticket, "comment_edit", said)}
    return render(request, "tickets/comment_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
def remove(request, number, comment_id):
    """Ask once more, and take the comment back."""
    ticket, said = own_or_404(request, number, comment_id)
    if request.method == "POST":
        conversation.remove(said, by=request.member)
        return done(request, ticket, f"#comment-{said.pk}")
    context = {"said": said, **question(request, ticket, "comment_remove", said)}
    return render(request, "tickets/comment_remove.html", context)


def own_or_404(request, number, comment_id):
    """Only one's own comment has these pages while it stands."""
    ticket, said = comment_or_404(request, number, comment_id)
    if said.author_id != request.member.pk or said.removed_at:
        raise Http404
    return ticket, said


def question(request, ticket, route, said):
    """What a dialog about a comment needs."""
    return {
        "frame": frame(request),
        "dialog_action": reverse(f"tickets:{route}", args=[ticket.number, said.pk]),
        "back_url": reverse("tickets:ticket", args=[ticket.number]),
        "ticket": ticket,
    }


@require_POST
def pass_on(request, number, comment_id):
    """Let somebody else read what one party said."""
    ticket, said = comment_or_404(request, number, comment_id)
    value = request.POST.get("to", "")
    ways = [way["value"] for way in readers.ways_on(said, ticket, list(ticket.counterparts.all()))]
    refuse_unless(value in ways, _("This comment can’t be passed on there."))
    chosen = [row for row in ticket.counterparts.all() if value == f"partner:{row.pk}"]
    conversation.pass_on(said, by=request.member, to_client=value == "client", readers=chosen)
    return done(request, ticket, f"#comment-{said.pk}")
