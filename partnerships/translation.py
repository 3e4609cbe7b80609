"""Their words and ours: the status map. Tables, no ifs; an unknown word is a visible note, never a guess."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from tenants.vocabulary import SCHEDULE, Refused
from tickets import lifecycle, statuses
from tickets.settings_vocabulary import STATUS_ARCHIVED
from tickets.vocabulary import Category, Glyph

from .models import MapRow
from .vocabulary import MapAction, Side, State

AT_PARTNER, BACK, REVIEW = Glyph.PARTNER, Glyph.RETURNED, Glyph.REVIEW
DEFAULTS = {
    Side.GIVER: {
        State.OFFERED: AT_PARTNER,
        State.ACCEPTED: AT_PARTNER,
        State.RETURNED: AT_PARTNER,
        State.DONE: REVIEW,
        State.APPROVED: Glyph.OPEN,
        State.DECLINED: BACK,
        State.EXPIRED: BACK,
        State.GIVEN_BACK: BACK,
        State.WITHDRAWN: BACK,
        State.CUT: BACK,
    },
    Side.TAKER: {
        State.OFFERED: Glyph.NEW,
        State.RETURNED: BACK,
        State.APPROVED: Glyph.CLOSED,
        State.EXPIRED: Glyph.CLOSED,
        State.WITHDRAWN: None,
        State.CUT: None,
    },
}


def lay_default_map(partnership):
    """A new link starts with a map that fits most; None in the table means: ask me."""
    by_glyph = {status.glyph: status for status in statuses.current().order_by("-position")}
    MapRow.objects.bulk_create(
        MapRow(
            partnership=partnership,
            side=side,
            handover_state=state,
            action=MapAction.SET if glyph and glyph in by_glyph else MapAction.ASK,
            status=by_glyph.get(glyph),
        )
        for side, rows in DEFAULTS.items()
        for state, glyph in rows.items()
    )


def on_activity(sender, activity, subject, by, **kwargs):
    """A status was archived: what the maps gave it to goes to its replacement, or is asked from now on."""
    if activity.kind != STATUS_ARCHIVED.code:
        return
    rows = MapRow.objects.filter(status=activity.subject_id)
    if activity.details["replacement"]:
        rows.update(status=activity.details["replacement"])
    else:
        rows.update(status=None, action=MapAction.ASK)


def opening_status(partnership):
    """The status a ticket offered over this link starts in."""
    row = (
        MapRow.objects.filter(partnership=partnership, side=Side.TAKER, handover_state=State.OFFERED)
        .select_related("status")
        .first()
    )
    return row.status if row and row.status else None


def row_for(handover, *, state="", status="", category=""):
    """The map's row for what the other side shows: a state outranks a status, a status a category."""
    rows = MapRow.objects.filter(partnership=handover.partnership_id, side=handover.side).select_related("status")
    wanted = {"handover_state": state, "their_status": status, "their_category": category}
    for name, value in wanted.items():
        found = rows.filter(**{name: value}).first() if value else None
        if found:
            return found
    return None


def follow(handover, *, by, state="", status="", category=""):
    """Move our ticket as the map says; what the map leaves to a person is asked on the ticket."""
    row = row_for(handover, state=state, status=status, category=category)
    if row is None or row.action == MapAction.LEAVE:
        return
    ticket, shown = handover.ticket, State(state).label if state else status or category
    with override(ticket.account.language):
        text = _("%(partner)s: %(state)s. Decide what becomes of this ticket.") % {
            "partner": handover.partnership.name,
            "state": shown,
        }
        if row.action == MapAction.SET:
            try:
                lifecycle.set_status(ticket, to=row.status, by=by)
                return
            except Refused as no:
                # What the partner did is done all the same; only our own move waits for a person.
                text = f"{text} {no.sentence}"
    lifecycle.note(ticket, text=text, by=SCHEDULE)


def after_own_verb(handover, *, by):
    """What our own verb on a taken ticket does to it: work starts, is done, or is no longer ours."""
    targets = {
        State.ACCEPTED: (Category.OPEN, Glyph.OPEN),
        State.DONE: (Category.RESOLVED, Glyph.SOLVED),
        State.DECLINED: (Category.CLOSED, Glyph.CLOSED),
        State.GIVEN_BACK: (Category.CLOSED, Glyph.CLOSED),
    }
    if handover.state in targets:
        lifecycle.set_status(handover.ticket, to=statuses.first(*targets[handover.state]), by=by)
