"""When somebody comes to the site: the taker plans, changes and calls off the visit, and the giver sees it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.activity import record
from tenants.models import Membership
from tenants.vocabulary import refuse_nulls, refuse_unless
from tickets import conversation
from tickets.access import permit

from . import moves, recard
from .card_vocabulary import VISIT_CANCELLED, VISIT_MOVED, VISIT_PLANNED, spanned
from .models import Handover
from .vocabulary import LinkState, State

# While the work is ours to do there is something to come for.
OPEN = (State.ACCEPTED, State.RETURNED)


@transaction.atomic
def plan(handover, *, by, starts, until=None, who="", note=""):
    """Our people come at this time; said again, the visit is another."""
    handover = ready(handover, by)
    own = not isinstance(by, Membership) or by.may("hand_over") or who == by.name
    refuse_unless(own, _("You plan your own visits; others’ are planned by the dispatcher."), "who")
    for name, text in (("who", who), ("note", note)):
        refuse_nulls(text, name)
    refuse_unless(starts, _("Say from when."), "visit_from")
    recard.check_window(starts, until, clock.now(), "visit", known=(handover.visit_from, handover.visit_until))
    settle(handover, by=by, visit_from=starts, visit_until=until, who=who.strip()[:160], note=note.strip()[:300])
    return handover


@transaction.atomic
def call_off(handover, *, by, note=""):
    """Nobody comes at that time."""
    handover = ready(handover, by)
    refuse_unless(handover.visit_from, _("No visit is planned."))
    own = not isinstance(by, Membership) or by.may("hand_over") or handover.visit_who == by.name
    refuse_unless(own, _("You plan your own visits; others’ are planned by the dispatcher."))
    refuse_nulls(note, "note")
    settle(handover, by=by, note=note.strip()[:300])
    return handover


def of(handover):
    """The visit while the work goes on: from, until, who; None when nobody is to come."""
    if not handover.visit_from or handover.state not in OPEN:
        return None
    names = {"starts": "visit_from", "until": "visit_until", "who": "visit_who", "note": "visit_note"}
    return {name: getattr(handover, field) for name, field in names.items()}


def ready(handover, by):
    """The hand-over under its lock, while the work is ours."""
    permit(by, "work", handover.ticket)
    handover = moves.lock_both(handover)
    refuse_unless(not handover.is_given, _("That is for the other company to do."))
    refuse_unless(handover.state in OPEN, moves.too_late(handover))
    refuse_unless(handover.partnership.state != LinkState.ENDED, _("The link has ended."))
    return handover


def hear(handover, body, *, by):
    """The taker says when his people come; what comes after the end is only a line of the history."""
    words = {"who": body.who[:160], "note": body.note[:300]}
    settle(
        handover,
        by=by,
        visit_from=body.visit_from,
        visit_until=body.visit_until if body.visit_from else None,
        **words,
    )


def settle(handover, *, by, visit_from=None, visit_until=None, who="", note=""):
    """Write the visit and the line that tells of it; one that is as it was tells nothing."""
    before = spanned(handover.visit_from, handover.visit_until)
    now = spanned(visit_from, visit_until)
    same = (now, who, note) == (before, handover.visit_who, handover.visit_note)
    if same or not (now or before):
        return
    if not handover.is_given or handover.is_running:
        handover.visit_from, handover.visit_until = visit_from, visit_until
        handover.visit_who, handover.visit_note = who, note if now else ""
        Handover.objects.filter(pk=handover.pk).update(
            visit_from=visit_from, visit_until=visit_until, visit_who=who, visit_note=handover.visit_note
        )
    kind = (VISIT_MOVED if before else VISIT_PLANNED) if now else VISIT_CANCELLED
    record(handover, kind, by=by, ticket=handover.ticket, starts=now, who=who, note=note, before=before)
    conversation.touch(handover.ticket)
