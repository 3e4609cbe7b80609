"""Half-written comments: kept for their author on every device, one per ticket and choice of readers."""

import re
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.vocabulary import refuse_nulls, refuse_unless

from .access import permit
from .models import Comment, Draft

LONGEST = 20_000
SEGMENT = re.compile(r"internal|client|client_and_partner|partner:[0-9a-f-]{36}")
JUST = timedelta(minutes=1)


class Elsewhere(Exception):
    """Another window has written something else meanwhile; nothing is kept until the author has chosen."""

    def __init__(self, draft):
        super().__init__("another text is kept here")
        self.draft = draft


def drafts(ticket, *, by):
    """What this person is writing on this ticket, the latest first."""
    return Draft.objects.filter(member=by, ticket=ticket).order_by("-updated_at", "pk")


def version(draft):
    """What a page says it knows of a draft; empty where there is none."""
    return draft.updated_at.isoformat() if draft else ""


@transaction.atomic
def keep(ticket, segment, body, *, by, known="", moved_from=""):
    """What was typed so far outlives the tab; a text that this window has not seen is never written over."""
    permit(by, "comment", ticket)
    refuse_unless(SEGMENT.fullmatch(segment), _("Choose who will see the comment."), "audience")
    refuse_unless(len(body) <= LONGEST, _("The comment is too long: 20,000 characters at most."), "body")
    refuse_nulls(body, "body")
    mine = {draft.segment: draft for draft in drafts(ticket, by=by).select_for_update(of=("self",))}
    kept, left = mine.get(segment), mine.get(moved_from)
    if kept and not continues(body, kept, known):
        raise Elsewhere(kept)
    if left and moved_from != segment and continues(body, left, known):
        left.delete()
    if not body.strip() or just_said(ticket, body, by):
        if kept:
            kept.delete()
        return None
    values = {"body": body, "updated_at": clock.now()}
    draft, _made = Draft.objects.update_or_create(member=by, ticket=ticket, segment=segment, defaults=values)
    return draft


def continues(body, draft, known):
    """Whether nothing is lost by putting this text in the draft's place."""
    return version(draft) == known or body.startswith(draft.body)


def just_said(ticket, body, by):
    """Whether this very text went out a moment ago: what a window sends late is no draft any more."""
    since = clock.now() - JUST
    said = Comment.objects.filter(ticket=ticket, created_at__gte=since, author_kind="member", author_id=by.pk)
    return said.filter(body=body.strip()).exists()


def sent(ticket, body, *, by, known=""):
    """The comment is on its way: its drafts go, a different text of another window stays."""
    for draft in drafts(ticket, by=by):
        if continues(body, draft, known):
            draft.delete()


@transaction.atomic
def put_back(ticket, segment, body, *, by):
    """A comment that was taken back is a draft again, before whatever was typed since."""
    draft = Draft.objects.select_for_update().filter(member=by, ticket=ticket, segment=segment).first()
    if draft and draft.body != body:
        body = f"{body}\n\n{draft.body}".strip()
    values = {"body": body, "updated_at": clock.now()}
    draft, _made = Draft.objects.update_or_create(member=by, ticket=ticket, segment=segment, defaults=values)
    return draft
