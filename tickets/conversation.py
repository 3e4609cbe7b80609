"""What is said on a ticket, and to whom."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants import afterwards, bell, clock
from tenants.activity import record
from tenants.scoping import new_id
from tenants.vocabulary import refuse_nulls, refuse_unless

from . import files as filing
from . import mentioning
from .access import permit
from .lifecycle import lock
from .models import Attachment, Comment, CommentReader, CommentRevision, Counterpart, Ticket
from .vocabulary import (
    COMMENT_EDITED,
    COMMENT_REMOVED,
    COMMENTED,
    FOR_CLIENT,
    FOR_PARTNERS,
    PASSED_ON,
    Audience,
)

LONGEST = 20_000


@transaction.atomic
def comment(ticket, body, *, by, audience, readers=(), uploads=(), comment_id=None):
    """Say something to exactly these people; `readers` are the ticket's counterparts, for partner audiences.

    What was held before keeps the id it had then, so that it can't be said twice.
    """
    ticket, readers, called = check(ticket, body, by=by, audience=audience, readers=readers, uploads=uploads)
    said = write(ticket, body.strip(), author=getattr(by, "actor", by), audience=audience, comment_id=comment_id)
    mentioned = mentioning.note(said, called) if called else []
    CommentReader.objects.bulk_create(CommentReader(comment=said, counterpart=reader) for reader in readers)
    for upload in uploads:
        filing.attach(ticket, upload, by=by, comment=said)
    touch(ticket)
    record(said, COMMENTED, by=by, ticket=ticket, **told(said, readers, mentioned=mentioned))
    return said


def check(ticket, body, *, by, audience, readers=(), uploads=()):
    """Refuse what can't be said; else the locked ticket, the readers as they are now, and whom the text calls."""
    permit(by, "comment", ticket)
    refuse_unless(audience in Audience.values, _("Choose who will see the comment."), "audience")
    refuse_unless(body.strip() or uploads, _("Write something or attach a file."), "body")
    check_text(body)
    ticket = lock(ticket)
    readers = list(Counterpart.objects.filter(pk__in=[reader.pk for reader in readers]))
    check_readers(ticket, audience, readers)
    return ticket, readers, mentioning.people_in(body, ticket, audience)


def check_text(body):
    """What PostgreSQL can keep, and not more than a page can bear."""
    refuse_unless(len(body) <= LONGEST, _("The comment is too long: 20,000 characters at most."), "body")
    refuse_nulls(body, "body")


def check_readers(ticket, audience, readers):
    """A partner audience names its partners; the client's needs a client to read it."""
    if audience in FOR_PARTNERS:
        refuse_unless(readers, _("Choose which partner will read this."), "audience")
        refuse_unless(
            all(reader.ticket_id == ticket.pk for reader in readers),
            _("There is no such partner on this ticket."),
            "audience",
        )
        check_open(readers)
    else:
        refuse_unless(not readers, _("This comment is not for partners."), "audience")
    if audience in FOR_CLIENT:
        refuse_unless(ticket.client_id, _("This ticket has no client to read it."), "audience")


def check_open(readers):
    """A company whose hand-over is over hears nothing new; what was on its way to us is kept all the same."""
    over = next((reader for reader in readers if not reader.open), None)
    refuse_unless(
        over is None,
        _("The hand-over with %(partner)s is over: it reads nothing new here.") % {"partner": over and over.label},
        "audience",
    )


@transaction.atomic(savepoint=False)
def receive(ticket, body, *, by, through, origin_id, via="", bring=None, removed=False, revision=0):
    """A partner's words arrive: for us alone until somebody passes them on. The same words twice are one comment.

    `bring` puts the files on the new comment before the ledger tells of it. What was removed on its way is known from
    now on and told to nobody.
    """
    known = Comment.objects.filter(ticket=ticket, origin_id=origin_id).first()
    if known:
        return known
    if removed:
        facts = {"origin_id": origin_id, "came_through": through, "via": via, "removed_at": clock.now()}
        return write(ticket, "", author=by, audience=Audience.PARTNER, **facts)
    said = write(
        ticket,
        body,
        author=by,
        audience=Audience.PARTNER,
        origin_id=origin_id,
        came_through=through,
        via=via,
        revision=revision,
    )
    CommentReader.objects.create(comment=said, counterpart=through)
    if bring:
        bring(said)
    touch(ticket)
    record(said, COMMENTED, by=by, ticket=ticket, **told(said, [through], via=through))
    return said


def write(ticket, body, *, author, audience, comment_id=None, origin_id=None, **facts):
    """The row itself; its origin id is its own unless it came from elsewhere."""
    comment_id = comment_id or new_id()
    return Comment.objects.create(
        id=comment_id,
        origin_id=origin_id or comment_id,
        ticket=ticket,
        body=body,
        audience=audience,
        author_kind=author.kind,
        author_id=author.id,
        author_name=author.name,
        author_company=author.company,
        created_at=clock.now(),
        **facts,
    )


@transaction.atomic
def pass_on(said, *, by, to_client=False, readers=(), masked=False):
    """Let the client or other partners read what one partner said; it keeps its author unless masked."""
    permit(by, "comment", said.ticket)
    ticket = lock(said.ticket)
    said = Comment.objects.select_for_update().get(pk=said.pk)
    refuse_unless(said.removed_at is None, _("This comment was removed."))
    refuse_unless(said.audience != Audience.INTERNAL, _("What is said among us is not passed on."))
    known = set(said.reader_rows.values_list("counterpart_id", flat=True))
    fresh = list(Counterpart.objects.filter(pk__in=[reader.pk for reader in readers if reader.pk not in known]))
    refuse_unless(fresh or (to_client and not said.for_client), _("They can read this comment already."))
    if to_client:
        refuse_unless(ticket.client_id, _("This ticket has no client to read it."))
    refuse_unless(all(reader.ticket_id == ticket.pk for reader in fresh), _("There is no such partner on this ticket."))
    check_open(fresh)
    said.audience = widened(said, to_client, bool(known or fresh))
    said.passed_on_by = getattr(by, "actor", by).name
    said.save(update_fields=["audience", "passed_on_by"])
    Attachment.objects.filter(comment=said).update(audience=said.audience)
    CommentReader.objects.bulk_create(
        CommentReader(comment=said, counterpart=reader, masked=masked) for reader in fresh
    )
    record(said, PASSED_ON, by=by, ticket=ticket, **told(said, fresh))
    return said


def widened(said, to_client, to_partners):
    """The audience that holds both the old readers and the new ones."""
    client, partners = to_client or said.for_client, to_partners or said.for_partner
    if client and partners:
        return Audience.CLIENT_AND_PARTNER
    return Audience.CLIENT if client else Audience.PARTNER


@transaction.atomic
def edit(said, body, *, by):
    """Say it better; readers see that it was edited."""
    refuse_unless(body.strip(), _("Write something or attach a file."), "body")
    check_text(body)
    lock(said.ticket)
    said = Comment.objects.select_for_update().get(pk=said.pk)
    own(said, by)
    called = mentioning.people_in(body, said.ticket, said.audience)
    return revise(said, body.strip(), by=by, revision=said.revision + 1, called=called)


@transaction.atomic
def remove(said, *, by):
    """Take it back: a tombstone stays, the text goes."""
    own(said, by)
    return erase(said, by=by)


def own(said, by):
    permit(by, "comment", said.ticket)
    refuse_unless(said.author_id == by.pk, _("Only the author may change a comment."))
    refuse_unless(said.removed_at is None, _("This comment was removed."))


def revise(said, body, *, by, revision, called=()):
    """Write the newer wording and keep the former; an older one that comes late changes nothing, and nothing outranks
    a removal."""
    lock(said.ticket)
    said = Comment.objects.select_for_update().get(pk=said.pk)
    if said.removed_at or revision <= said.revision:
        return said
    keep_wording(said)
    return reword(said, body, by=by, revision=revision, called=called)


def reword(said, body, *, by, revision, called=()):
    """Write a wording over the one before, and tell of it."""
    mentioned = mentioning.note(said, called) if said.audience == Audience.INTERNAL else []
    said.body, said.revision, said.edited_at = body, revision, clock.now()
    said.save(update_fields=["body", "revision", "edited_at"])
    record(
        said,
        COMMENT_EDITED,
        by=by,
        ticket=said.ticket,
        **told(said, said.readers.all(), via=via_of(said, by), mentioned=mentioned),
    )
    return said


def restate(said, body, *, by, revision):
    """The author's company says once more how it reads: that counts, whatever revision we believed to have.

    Whoever calls knows from that company's own letters that it is no former wording.
    """
    lock(said.ticket)
    said = Comment.objects.select_for_update().get(pk=said.pk)
    if said.removed_at or said.body == body:
        return said
    said.revisions.filter(revision__gte=revision).delete()
    if said.revision < revision:
        # Else what stood here was said by nobody: it is no former wording.
        keep_wording(said)
    return reword(said, body, by=by, revision=revision)


def keep_wording(said):
    """How the comment reads until now, for whoever of us asks what was changed."""
    at = said.edited_at or said.created_at
    CommentRevision.objects.create(comment=said, revision=said.revision, body=said.body, at=at)


def erase(said, *, by):
    """Make a tombstone of a comment and take its files off."""
    lock(said.ticket)
    said = Comment.objects.select_for_update().get(pk=said.pk)
    if said.removed_at:
        return said
    said.body, said.removed_at = "", clock.now()
    said.save(update_fields=["body", "removed_at"])
    filing.take_off(Attachment.objects.filter(comment=said, removed_at=None))
    said.revisions.all().delete()
    said.mentions.all().delete()
    record(
        said,
        COMMENT_REMOVED,
        by=by,
        ticket=said.ticket,
        **told(said, said.readers.all(), via=via_of(said, by)),
    )
    return said


def via_of(said, by):
    """The counterpart a change came through, so that it isn't echoed there."""
    return said.came_through if getattr(by, "actor", by).kind == "partner" else None


def touch(ticket):
    """The ticket is another than it was, also where no line of the history says so: open pages look again."""
    afterwards.put_off(("touch", ticket.pk), lambda _times: stamp(ticket))


def stamp(ticket):
    Ticket.objects.filter(pk=ticket.pk).update(updated_at=clock.now())
    bell.announce(ticket.account_id, ticket=ticket.pk)


def told(said, readers, via=None, mentioned=()):
    """The ledger's details of a comment; `mentioned` are those whom this very wording calls first."""
    return {
        "comment": str(said.pk),
        "audience": said.audience,
        "readers": [str(reader.pk) for reader in readers],
        "via": str(via.pk) if via else "",
        "mentioned": [str(person.pk) for person in mentioned],
    }
