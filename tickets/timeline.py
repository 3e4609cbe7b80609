"""A ticket's page read from the ledger: what was said, what happened and how the ball moved, in our own order."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from tenants.models import Activity
from tenants.vocabulary import KINDS, quiet

from . import readers, slots
from .access import visible_tickets
from .files import is_own
from .models import Attachment, Comment
from .vocabulary import (
    COMMENT_EDITED,
    COMMENT_KEPT_BACK,
    COMMENT_REMOVED,
    COMMENTED,
    DESCRIPTION_CHANGED,
    DUE_CHANGED,
    FILE_ADDED,
    FILE_REMOVED,
    OPENED,
    PASSED_ON,
    TIED,
    TOLD_WHOLE,
    UNTIED,
    Audience,
)
from .writing import as_html

# A thread longer than this shows its end first.
LONG = 300
TOUCHED = (COMMENT_EDITED.code, COMMENT_REMOVED.code, PASSED_ON.code)
TIES = (TIED.code, UNTIED.code)
BACK = {"declined", "expired", "withdrawn", "done", "given_back", "cut"}


class Timeline:
    """Everything the page of one ticket draws of its history, in a constant number of queries."""

    def __init__(self, ticket, member, *, after=None, whole=False):
        self.ticket, self.member = ticket, member
        self.counterparts = list(ticket.counterparts.all())
        activities = Activity.objects.filter(ticket_id=ticket.pk).exclude(kind__in=quiet())
        self.day = None
        if after:
            known = activities.filter(pk=after).values_list("at", flat=True).first()
            self.day = known and timezone.localtime(known).date()
            self.activities, self.earlier = list(activities.filter(pk__gt=after).order_by("at", "pk")), False
        else:
            newest = list(activities.order_by("-at", "-pk")[: None if whole else LONG + 1])
            self.earlier = not whole and len(newest) > LONG
            self.activities = newest[:LONG][::-1] if self.earlier else newest[::-1]
        self.cursor = max((activity.pk for activity in self.activities), default=after)
        self.comments = {said.pk: said for said in comments_of(ticket, self.ids("comment"))}
        self.files = {file.pk: file for file in loose_files(ticket, self.ids("file"))}
        # A link to a ticket that the reader may not see is told to him by no line either.
        seen = visible_tickets(member).filter(pk__in=self.ids("other"))
        self.seen = {str(pk) for pk in seen.values_list("pk", flat=True)}

    def ids(self, name):
        """Every id of this sort that the lines name."""
        return {activity.details[name] for activity in self.activities if activity.details.get(name)}

    @property
    def entries(self):
        """What to draw, from the oldest to the newest, parted by days."""
        drawn, day = [], self.day
        for activity in self.activities:
            entry = self.entry(activity)
            if entry is None:
                continue
            date = timezone.localtime(activity.at).date()
            if date != day:
                drawn.append({"kind": "day", "at": activity.at})
                day = date
            drawn.append(entry)
        self.mark_current(drawn)
        return drawn

    def entry(self, activity):
        """One line of the ledger as the page draws it; what changed a comment shows on the comment itself."""
        if activity.kind == COMMENTED.code:
            said = self.comments.get(uuid_of(activity, "comment"))
            return said and self.comment(said)
        if activity.kind in TOUCHED or (activity.kind in TOLD_WHOLE and activity.actor_kind == "partner"):
            return None
        if activity.kind in TIES and activity.details["other"] not in self.seen:
            return None
        if activity.kind == COMMENT_KEPT_BACK.code and activity.details["member"] != str(self.member.pk):
            return None
        if activity.kind == DESCRIPTION_CHANGED.code:
            return {**event(activity), "before": activity.details["before"]}
        if activity.kind == OPENED.code and self.ticket.description:
            return self.request(activity)
        if activity.kind == FILE_ADDED.code:
            file = self.files.get(uuid_of(activity, "file"))
            files = [self.file(file)] if file and not file.removed_at else []
            return {**event(activity), "loose": activity.details["file"], "files": files}
        if activity.kind.startswith("handover_") and activity.details.get("giver"):
            return self.move(activity)
        return {**event(activity), **slots.beside(activity)}

    def request(self, activity):
        """What the ticket began with."""
        return {
            "kind": "request",
            "author": activity.actor_name,
            "company": activity.actor_company,
            "at": activity.at,
            "body_html": as_html(self.ticket.description),
        }

    def comment(self, said):
        """A comment, or the tombstone of one."""
        if said.removed_at:
            return {"kind": "tombstone", "id": said.pk, "author": said.author_name, "at": said.removed_at}
        key, label = readers.words_for(said, self.ticket, self.counterparts)
        return {
            "kind": "comment",
            "id": said.pk,
            # A partner whose terms keep his people's names speaks as a company.
            "author_name": said.author_name or said.author_company,
            "author_company": said.author_company if said.author_name else "",
            "via": said.via,
            "at": said.created_at,
            "audience": key,
            "audience_label": label,
            "body_html": as_html(
                said.body, called={row.member.name: row.member_id for row in said.mentions.all()}, reader=self.member.pk
            ),
            "edited": said.edited_at is not None,
            "history_url": self.url("comment_history", said) if said.edited_at else "",
            "files": [self.file(file) for file in said.attachments.all()],
            "foot": self.foot(said),
        }

    def foot(self, said):
        """What the reader may still do with a comment, and who does not see it."""
        may = self.member.may("comment")
        ways = readers.ways_on(said, self.ticket, self.counterparts) if may else []
        actions = [
            {
                "url": self.url("comment_pass_on", said),
                "label": way["label"],
                "name": "to",
                "value": way["value"],
            }
            for way in ways
        ]
        links = []
        if may and said.author_kind == "member" and said.author_id == self.member.pk:
            links = [
                {"url": self.url("comment_edit", said), "label": _("Edit")},
                {"url": self.url("comment_remove", said), "label": _("Remove")},
            ]
        icon, text = "", ""
        if said.passed_on_by:
            icon, text = "paper-airplane", _("Passed on by %(name)s") % {"name": said.passed_on_by}
        elif any(way["value"] == "client" for way in ways):
            icon, text = "eye-slash", _("The client does not see this")
        if not (actions or links or text):
            return None
        return {"icon": icon, "text": text, "actions": actions, "links": links}

    def url(self, name, said):
        return reverse(f"tickets:{name}", args=[self.ticket.number, said.pk])

    def file(self, file):
        """A file as a part of the page, or what is left of one."""
        if file.removed_at:
            return {"name": _("File removed"), "gone": True}
        mine = is_own(file, self.member) and self.member.may("comment")
        preview = reverse("tickets:file_preview", args=[self.ticket.number, file.pk])
        return {
            "name": file.name,
            "size": file.size,
            "url": reverse("tickets:file", args=[self.ticket.number, file.pk, file.name]),
            "thumb_url": preview if file.is_picture else "",
            "remove_url": self.url("file_remove", file) if mine else "",
        }

    def move(self, activity):
        """The ball went from one company to another."""
        details = activity.details
        us = self.ticket.account.name
        senders = {row.label for row in self.counterparts if row.direction == "taken"}

        def company(name):
            party = "us" if name == us else "client" if name in senders else "partner"
            return {"name": name, "party": party}

        return {
            **event(activity),
            "kind": "move",
            "source": company(details["giver"]),
            "target": company(details.get("taker", "")),
            "back": activity.kind.removeprefix("handover_") in BACK,
            "note": details.get("text", ""),
            "moves": KINDS[activity.kind].moves_turn,
        }

    def mark_current(self, drawn):
        """The last move is lit while the turn it brought is still ours."""
        moves = [entry for entry in drawn if entry["kind"] == "move" and entry["moves"]]
        if moves and self.ticket.turn == "us":
            moves[-1]["current"] = True

    @property
    def touched(self):
        """Comments that were there before and have changed since."""
        new = {uuid_of(activity, "comment") for activity in self.activities if activity.kind == COMMENTED.code}
        ids = [uuid_of(line, "comment") for line in self.activities if line.kind in TOUCHED or of_comment(line)]
        said = [self.comment(self.comments[pk]) for pk in dict.fromkeys(ids) if pk in self.comments and pk not in new]
        return said + self.emptied

    @property
    def emptied(self):
        """The lines of files that were there before and were removed since, each as it reads now."""
        gone = [line for line in self.activities if line.kind == FILE_REMOVED.code and not line.details["comment"]]
        if not gone:
            return []
        ids = [line.details["file"] for line in gone]
        lines = Activity.objects.filter(ticket_id=self.ticket.pk, kind=FILE_ADDED.code, details__file__in=ids)
        return [self.entry(line) for line in lines if line not in self.activities]


def of_comment(activity):
    """Whether a file went from a comment that stays."""
    return activity.kind == FILE_REMOVED.code and bool(activity.details["comment"])


def event(activity):
    """A quiet line: who did what."""
    who = ", ".join(part for part in (activity.actor_name, activity.actor_company) if part) or "CoTicket"
    sentence = format_html("<b>{}</b> {}", who, words(activity))
    if way := slots.way(activity):
        sentence = format_html('{} <a href="{}">{}</a>', sentence, *way)
    return {
        "kind": "event",
        "id": activity.pk,
        "icon": activity.word.icon,
        "text": sentence,
        "at": activity.at,
    }


def words(activity):
    """The sentence of the kind; moments are said in the reader's own way."""
    if activity.kind != DUE_CHANGED.code:
        return activity.sentence
    return activity.word.say({name: moment(value) for name, value in activity.details.items()})


def moment(value):
    """A stored moment as the reader writes it."""
    try:
        return date_format(timezone.localtime(datetime.fromisoformat(value)), "SHORT_DATETIME_FORMAT")
    except ValueError:
        return value


def uuid_of(activity, name):
    """An id kept in a line's details."""
    return UUID(activity.details[name])


def comments_of(ticket, ids):
    """Comments with what is drawn of them."""
    rows = Comment.objects.filter(ticket=ticket, pk__in=ids)
    return rows.prefetch_related("reader_rows", "mentions__member", "attachments")


def loose_files(ticket, ids):
    """Files put on the ticket itself."""
    return Attachment.objects.filter(ticket=ticket, comment=None, pk__in=ids)


def last_outward(ticket):
    """The latest comment that was not for us alone: an answer starts with its readers."""
    said = Comment.objects.filter(ticket=ticket, removed_at=None).exclude(audience=Audience.INTERNAL)
    return said.prefetch_related("reader_rows").order_by("-pk").first()


def has_news(ticket, after, seen=None):
    """Whether anything happened since this line of the ledger, or the ticket was touched since it was seen so."""
    if seen and ticket.updated_at > seen:
        return True
    return Activity.objects.filter(ticket_id=ticket.pk, pk__gt=after).exclude(kind__in=quiet()).exists()
