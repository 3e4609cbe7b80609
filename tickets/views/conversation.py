"""What is said on a ticket: add, better, take back, pass on."""

from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenants.views.dialogs import frame
from tenants.vocabulary import Refused, refuse_unless

from .. import access, conversation, holding, readers, uploading
from ..arrivals import arrived
from ..models import Comment, CommentRevision, HeldComment, Status
from ..writing import as_html
from .answers import done, with_news
from .composer import held
from .composing import ids
from .properties import named
from .ticket import draw


@require_POST
def comment(request, number):
    """Say it; when it can't be said, the text stays where it was typed."""
    ticket = access.ticket_or_404(request.member, number)
    try:
        with transaction.atomic():
            for file in request.FILES.getlist("files"):
                uploading.send_up(ticket, file, by=request.member)
        news = unread(request, ticket)
        if news:
            return unsaid(request, ticket, arrived={"entries": news[0], "last": news[1]})
        with transaction.atomic():
            said = say(request, ticket)
    except Refused as refused:
        return unsaid(request, ticket, errors=[refused.sentence])
    if request.htmx:
        context = {**held(request.member, ticket, list(ticket.counterparts.all())), "uploads": []}
        return with_news(request, "tickets/_waiting.html", context)
    return done(request, ticket, f"#held-{said.pk}" if isinstance(said, HeldComment) else f"#comment-{said.pk}")


def unread(request, ticket):
    """What others did since the author began, unless the page has shown him that too."""
    known = max(filter(None, (line(request.POST.get(name, "")) for name in ("known", "anyway"))), default=None)
    return arrived(ticket, request.member, known) if known else None


def line(value):
    """A line of the ledger that a page names, if it is one."""
    try:
        return UUID(value)
    except ValueError:
        return None


def say(request, ticket):
    """The posted comment, to the readers that were chosen, with the files that wait for it."""
    posted, segment = request.POST, request.POST.get("audience", "")
    audience, chosen = readers.audience_of(
        segment,
        posted.getlist("readers"),
        ticket,
        list(ticket.counterparts.all()),
    )
    return holding.send(
        ticket,
        posted.get("body", ""),
        by=request.member,
        segment=segment,
        audience=audience,
        readers=chosen,
        uploads=named_files(request, ticket),
        status=named_status(posted.get("status", "")),
        draft=posted.get("draft", ""),
        at_once="at_once" in posted,
    )


def named_files(request, ticket):
    """The files that the form names; those that came along with it were sent up just before."""
    mine = uploading.waiting(ticket, by=request.member)
    if request.FILES.getlist("files"):
        return list(mine.select_related("blob"))
    return uploading.chosen(ids(request.POST.getlist("uploads")), ticket, by=request.member)


def named_status(value):
    """The status that was chosen with the comment; none leaves the ticket where it is."""
    status = named(Status.objects.filter(archived_at=None), value) if value else None
    refuse_unless(status or not value, _("There is no such status."), "status")
    return status


def unsaid(request, ticket, *, errors=(), arrived=None):
    """What keeps the comment from going out, and everything that was typed."""
    if request.htmx:
        context = {"errors": errors, "arrived": arrived, "ticket": ticket}
        return render(request, "tickets/_unsaid.html", context, status=422)
    return draw(
        request,
        ticket,
        status=422,
        body=request.POST.get("body", ""),
        audience=request.POST.get("audience", ""),
        ticked=request.POST.getlist("readers"),
        errors=errors,
        arrived=arrived,
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


@require_safe
def history(request, number, comment_id):
    """How a comment read before it was edited: our own people may know what they could read anyway."""
    ticket, said = comment_or_404(request, number, comment_id)
    wordings = list(said.revisions.all())
    if said.removed_at or not wordings:
        raise Http404
    wordings.append(CommentRevision(revision=said.revision, body=said.body, at=said.edited_at))
    context = {
        "frame": frame(request),
        "said": said,
        "wordings": [{"at": one.at, "body_html": as_html(one.body)} for one in reversed(wordings)],
        "back_url": reverse("tickets:ticket", args=[ticket.number]),
    }
    return render(request, "tickets/comment_history.html", context)
