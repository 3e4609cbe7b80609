"""A sent comment waits for a moment in which its author may take it back; then it goes out, whoever is still there."""

from datetime import timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.activity import record
from tenants.timers import clear_timer, on_timer, set_timer
from tenants.vocabulary import SCHEDULE, Refused, refuse_unless

from . import conversation, drafting, lifecycle, slots, uploading
from .access import permit
from .models import Comment, Counterpart, HeldComment
from .vocabulary import COMMENT_KEPT_BACK, Audience


@transaction.atomic
def send(ticket, body, *, by, segment, audience, status=None, draft="", at_once=False, **said):
    """Say it after the account’s pause; at once for us alone or where the author insists. Its draft is done with."""
    drafting.sent(ticket, body, by=by, known=draft)
    if audience == Audience.INTERNAL or at_once or not by.account.hold_seconds:
        return say(ticket, body, by=by, audience=audience, status=status, **said)
    return hold(ticket, body, by=by, segment=segment, audience=audience, status=status, **said)


@transaction.atomic
def say(ticket, body, *, by, status=None, **said):
    """The comment goes out, and the ticket takes the status that was chosen with it."""
    said = conversation.comment(ticket, body, by=by, **said)
    if status is not None:
        lifecycle.set_status(ticket, to=status, by=by)
    return said


@transaction.atomic
def hold(ticket, body, *, by, segment, audience, readers=(), uploads=(), status=None):
    """Keep a comment that could go out now until its author can't take it back any more."""
    conversation.check(ticket, body, by=by, audience=audience, readers=readers, uploads=uploads)
    if status is not None and status.pk != ticket.status_id:
        permit(by, "work", ticket)
        for guard in slots.BEFORE_MOVE:
            guard(ticket, status)
    now = clock.now()
    held = HeldComment.objects.create(
        member=by,
        ticket=ticket,
        body=body.strip(),
        segment=segment,
        audience=audience,
        readers=[str(reader.pk) for reader in readers],
        status=status,
        created_at=now,
        release_at=now + timedelta(seconds=by.account.hold_seconds),
    )
    uploading.keep_with(held, uploads)
    set_timer("release_comment", held, held.release_at)
    return held


@on_timer("release_comment")
def release(held_id):
    """The moment is over: every rule is asked again. What can't go out stays with its author, and he is told why."""
    found = HeldComment.objects.filter(pk=held_id, trouble="").select_related("ticket").first()
    if found is None:
        return None
    with transaction.atomic():
        ticket = lifecycle.lock(found.ticket)
        rows = HeldComment.objects.select_for_update(of=("self",)).select_related(
            "member__user", "member__account", "status"
        )
        held = rows.filter(pk=held_id, trouble="", release_at__lte=clock.now()).first()
        return held and go_out(held, ticket)


def go_out(held, ticket):
    """Say what was held, or write down why it can't be said."""
    try:
        with transaction.atomic():
            said = say(
                ticket,
                held.body,
                by=held.member,
                audience=held.audience,
                readers=readers_of(held),
                uploads=list(held.uploads.select_related("blob")),
                status=held.status if held.status and not held.status.archived_at else None,
                comment_id=held.pk,
            )
    except Refused as refused:
        with translation.override(held.member.user.language):
            held.trouble = str(refused.sentence)[:300]
        held.save(update_fields=["trouble"])
        record(ticket, COMMENT_KEPT_BACK, by=SCHEDULE, ticket=ticket, name=held.member.name, member=str(held.member_id))
        return None
    clear_timer("release_comment", held)
    held.delete()
    return said


def readers_of(held):
    """The partners it was meant for; one who is gone altogether can't be told."""
    readers = list(Counterpart.objects.filter(pk__in=held.readers))
    refuse_unless(len(readers) == len(held.readers), _("There is no such partner on this ticket."), "audience")
    return readers


@transaction.atomic
def hurry(held):
    """The author needs no more time, or tries once more what could not go out."""
    # The ticket first, as the timer does it: both come at the same second, and would wait for each other for ever.
    lifecycle.lock(held.ticket)
    HeldComment.objects.filter(pk=held.pk).update(release_at=clock.now(), trouble="")
    return release(held.pk)


@transaction.atomic
def undo(held):
    """The author takes it back before anybody read it: text, files and readers are in his composer again."""
    lifecycle.lock(held.ticket)
    held = (
        HeldComment.objects.select_for_update(of=("self",))
        .filter(pk=held.pk)
        .select_related("member", "ticket")
        .first()
    )
    refuse_unless(held, _("This comment has gone out already."))
    clear_timer("release_comment", held)
    uploading.give_back(held)
    draft = drafting.put_back(held.ticket, held.segment, held.body, by=held.member)
    held.delete()
    return draft


def gone_out(held_id, ticket, *, by):
    """Whether what this person once held has been said: the comment kept its id."""
    return Comment.objects.filter(pk=held_id, ticket=ticket, author_kind="member", author_id=by.pk).exists()


def held_by(member, ticket):
    """What this person has sent on this ticket and nobody has read yet."""
    rows = HeldComment.objects.filter(ticket=ticket, member=member).select_related("status")
    return rows.prefetch_related("uploads")
