"""An account's statuses are its own: they are named, drawn, ordered and put away, and tickets follow."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants import clock, timers
from tenants.activity import record
from tenants.models import Activity
from tenants.vocabulary import Actor, Refused, refuse_unless

from . import arranging, lifecycle
from .models import Status, Ticket
from .settings_vocabulary import (
    STATUS_ADDED,
    STATUS_ARCHIVED,
    STATUS_PLACED,
    STATUS_RENAMED,
    STATUS_RESHAPED,
    STATUS_RESTORED,
)
from .vocabulary import DEFAULT_WAITS, FINISHED, Category, Glyph, Tone, WaitReason

# Without one of these a ticket could not be opened, worked on, resolved or closed.
NEEDED = (Category.NEW, Category.OPEN, Category.RESOLVED, Category.CLOSED)
AT_ONCE = 100
LAST = _("This is the last status of its category, and tickets need one.")

CROSSING = _("Tickets stand in it: finished ones would be open again, or the other way round. Add another status.")


@transaction.atomic
def add_status(name, *, by, category, glyph, hue="", waits_for=""):
    """A new place for tickets to stand, at the end of the list."""
    arranging.permit(by)
    check_look(category, glyph, hue, waits_for)
    rows = Status.objects.all()
    status = Status(
        name=arranging.named(Status, name),
        category=category,
        glyph=glyph,
        hue=hue,
        waits_for=what_for(category, glyph, waits_for),
        position=arranging.last_place(rows),
    )
    arranging.keep(status)
    record(status, STATUS_ADDED, by=by, name=status.name)
    return status


@transaction.atomic
def change_status(status, *, by, name, category, glyph, hue="", waits_for=""):
    """The status is called, drawn or counted differently; tickets stay in it."""
    arranging.permit(by)
    check_look(category, glyph, hue, waits_for)
    status = arranging.locked(status)
    before = status.name, status.category, look(status)
    status.name = arranging.named(Status, name, but=status)
    if category != status.category:
        check_leaving(status)
        crosses = (category in FINISHED) != (status.category in FINISHED)
        refuse_unless(
            not crosses or not Ticket.objects.filter(status=status).exists(),
            CROSSING,
            "category",
        )
    status.category, status.glyph, status.hue = category, glyph, hue
    status.waits_for = what_for(category, glyph, waits_for)
    arranging.keep(status)
    if status.name != before[0]:
        record(status, STATUS_RENAMED, by=by, before=before[0], after=status.name)
    if look(status) != before[2]:
        record(status, STATUS_RESHAPED, by=by, name=status.name, before=before[2], after=look(status))
    return status


def look(status):
    """How a status is drawn and counted, as the ledger keeps it."""
    return " ".join(part for part in (status.category, status.glyph, status.hue, status.waits_for) if part)


def what_for(category, glyph, waits_for):
    """What tickets in such a status wait for, said or as the sign suggests it."""
    return waits_for or DEFAULT_WAITS.get(glyph, WaitReason.CLIENT) if category == Category.WAITING else ""


def check_look(category, glyph, hue, waits_for):
    """The status belongs somewhere and can be drawn."""
    refuse_unless(category in Category.values, _("There is no such category."), "category")
    refuse_unless(glyph in Glyph.values, _("There is no such sign."), "glyph")
    refuse_unless(hue in ("", *Tone.values), _("There is no such colour."), "hue")
    refuse_unless(waits_for in ("", *WaitReason.values), _("There is no such thing to wait for."), "waits_for")


def check_leaving(status):
    """The status may leave its category when tickets can do without it; two at once can't both leave."""
    rows = Status.objects.select_for_update(no_key=True).exclude(pk=status.pk)
    rows = rows.filter(category=status.category, archived_at=None)
    refuse_unless(status.category not in NEEDED or status.archived_at or list(rows), LAST)


@transaction.atomic
def place_status(status, *, up, by):
    """The status stands higher or lower in lists; the first of a category is the one that tickets get by themselves."""
    arranging.permit(by)
    status = arranging.locked(status)
    if arranging.shift(Status.objects.filter(archived_at=None), status, up=up):
        record(status, STATUS_PLACED, by=by, name=status.name)
    return status


@transaction.atomic
def archive_status(status, *, by, replacement=None):
    """No ticket gets this status any more; those that wait in it go to the replacement, finished ones keep it."""
    arranging.permit(by)
    status = arranging.locked(status)
    if status.archived_at:
        return status
    check_leaving(status)
    waiting = Ticket.objects.filter(status=status, finished_at=None).exists()
    refuse_unless(replacement or not waiting, _("Tickets stand in it: say where they go."), "replacement")
    if replacement:
        replacement = arranging.locked(replacement)
        right = replacement.pk != status.pk and replacement.archived_at is None
        same = (replacement.category in FINISHED) == (status.category in FINISHED)
        refuse_unless(right and same, _("Tickets can’t go there."), "replacement")
    arranging.put_away(status)
    told = {"after": replacement.name, "replacement": str(replacement.pk)} if replacement else {"after": "—"}
    record(status, STATUS_ARCHIVED, by=by, name=status.name, **told)
    if waiting and move_some(status, replacement, by=by):
        timers.set_timer("status_archived", status, status.archived_at)
    return status


def move_some(status, replacement, *, by):
    """A hundred of the tickets of an archived status go where they belong; whether more of them may follow."""
    waiting = Ticket.objects.filter(status=status, finished_at=None).order_by("pk")
    keys, moved = list(waiting.values_list("pk", flat=True)[:AT_ONCE]), 0
    for key in keys:
        ticket = lifecycle.lock(Ticket(pk=key))
        if ticket.status_id != status.pk:
            continue
        try:
            with transaction.atomic():
                lifecycle.move(ticket, replacement, kind=lifecycle.kind_of_move(status, replacement), by=by)
            moved += 1
        except Refused as no:
            lifecycle.note(ticket, text=no.sentence, by=by)
    return len(keys) == AT_ONCE and moved > 0


@timers.on_timer("status_archived")
def go_on_moving(status_id):
    """The rest of the tickets of an archived status follow, in the name of whoever archived it."""
    told = Activity.objects.filter(subject_id=status_id, kind=STATUS_ARCHIVED.code).order_by("-id").first()
    status = Status.objects.filter(pk=status_id).exclude(archived_at=None).first()
    if status is None or told is None or not told.details["replacement"]:
        return
    replacement = Status.objects.get(pk=UUID(told.details["replacement"]))
    who = Actor(told.actor_kind, told.actor_name, told.actor_id, told.actor_company, told.origin)
    if move_some(status, replacement, by=who):
        timers.set_timer("status_archived", status, clock.now())


@transaction.atomic
def restore_status(status, *, by):
    """Tickets may stand there again."""
    status = arranging.restore(status, STATUS_RESTORED, by=by)
    timers.clear_timer("status_archived", status)
    return status
