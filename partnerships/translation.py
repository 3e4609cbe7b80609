"""Their words and ours: the status map. Tables, no ifs; an unknown word is a visible note, never a guess."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import override

from tenants import clock
from tenants.activity import record
from tenants.vocabulary import SCHEDULE, Refused
from tickets import lifecycle, statuses
from tickets.settings_vocabulary import STATUS_ARCHIVED
from tickets.vocabulary import FINISHED, Category, Glyph

from .map_vocabulary import WORD_MET
from .maps import Map, Rule, fold, tidy
from .models import MapRow
from .vocabulary import MapAction, MapEvent, Side, State

AT_PARTNER, BACK, REVIEW = Glyph.PARTNER, Glyph.RETURNED, Glyph.REVIEW
# Words of theirs that a link's map may hold, and those of them that wait for a person: who invents more is not heard.
WORDS, OPEN_WORDS = 250, 200
# Whether the map is just now moving a ticket in answer to a partner below: that is nobody's reopening.
ANSWERING_BELOW: ContextVar[bool] = ContextVar("answering_below", default=False)
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
    MapRow.objects.bulk_create(usual_rows(partnership))


def usual_rows(partnership):
    """The map that fits most, in this account's own statuses; not saved."""
    by_glyph = {status.glyph: status for status in statuses.current().order_by("-position")}
    rows = [
        MapRow(
            partnership=partnership,
            side=side,
            handover_state=state,
            action=MapAction.SET if glyph and glyph in by_glyph else MapAction.ASK,
            status=by_glyph.get(glyph),
        )
        for side, glyphs in DEFAULTS.items()
        for state, glyph in glyphs.items()
    ]
    reopened = {"handover_state": MapEvent.REOPENED, "action": MapAction.RETURN}
    return [*rows, MapRow(partnership=partnership, side=Side.GIVER, **reopened)]


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


def as_rule(row):
    """A row of the table as plain data."""
    sorts = {"event": row.handover_state, "word": row.their_status, "category": row.their_category}
    sort, value = next((pair for pair in sorts.items() if pair[1]), ("event", ""))
    finishes = row.status is not None and row.status.category in FINISHED
    return Rule(row.side, sort, value, row.action, row.status, finishes)


def as_map(rows):
    """The rows that somebody decided about; a word that waits for a person says nothing yet."""
    return Map(as_rule(row) for row in rows if row.met_at is None)


def map_of(handover, **narrowed):
    """Our map of the link for the side that we have on this hand-over, and its rows."""
    found = MapRow.objects.filter(partnership=handover.partnership_id, side=handover.side, **narrowed)
    rows = list(found.select_related("status"))
    return as_map(rows), rows


def follow(handover, *, by, state="", status="", category=""):
    """Move our ticket as the map says; what the map leaves to a person is asked on the ticket."""
    if state and handover.goes_on:
        return
    known, rows = map_of(handover, handover_state=state)
    if status and not any(fold(row.their_status) == fold(status) for row in rows if row.their_status):
        meet(handover, status)
    rule = known.answer(handover.side, event=state, word=status, category=category)
    if rule is not None and rule.action != MapAction.LEAVE:
        shown = State(state).label if state else tidy(status) or Category(category).label
        obey(rule, handover, by=by, shown=shown)


def obey(rule, handover, *, by, shown):
    """Give the ticket the status that the row names, or ask."""
    ticket = handover.ticket
    with override(ticket.account.language):
        text = _("%(partner)s: %(state)s. Decide what becomes of this ticket.") % {
            "partner": handover.partnership.name,
            "state": shown,
        }
        if rule.action == MapAction.SET:
            try:
                with answering(handover):
                    lifecycle.set_status(ticket, to=rule.status, by=by)
                return
            except Refused as no:
                # What the partner did is done all the same; only our own move waits for a person.
                text = f"{text} {no.sentence}"
    lifecycle.note(ticket, text=text, by=SCHEDULE)


@contextmanager
def answering(handover):
    """While this lasts, a finished ticket that moves was not reopened by anybody, if it answers a partner below."""
    before = ANSWERING_BELOW.set(handover.is_given)
    try:
        yield
    finally:
        ANSWERING_BELOW.reset(before)


def hold(partnership):
    """Let nobody else add a word to this map until the transaction ends: two tickets may bring it in two spellings.

    The ticket is locked before, and whoever waits here holds nothing that we want.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"map:{partnership.pk}"])


def meet(handover, word):
    """A status of theirs that no row knows waits on the map for a person, and the ticket says so once."""
    partnership, word = handover.partnership, tidy(word)
    hold(partnership)
    rows = MapRow.objects.filter(partnership=partnership).exclude(their_status="")
    known = {fold(text) for text in rows.filter(side=handover.side).values_list("their_status", flat=True)}
    full = rows.count() >= WORDS or rows.exclude(met_at=None).count() >= OPEN_WORDS
    if not word or fold(word) in known or full:
        return
    row = MapRow.objects.create(
        partnership=partnership,
        side=handover.side,
        their_status=word,
        action=MapAction.LEAVE,
        met_at=clock.now(),
    )
    named = {"word": word, "name": partnership.name, "partnership": str(partnership.pk)}
    record(row, WORD_MET, by=SCHEDULE, ticket=handover.ticket, **named)


# What our own verb on a taken ticket does to it: work starts, is done, or is no longer ours.
OWN = {
    State.ACCEPTED: (Category.OPEN, Glyph.OPEN),
    State.DONE: (Category.RESOLVED, Glyph.SOLVED),
    State.DECLINED: (Category.CLOSED, Glyph.CLOSED),
    State.GIVEN_BACK: (Category.CLOSED, Glyph.CLOSED),
}


def after_own_verb(handover, *, by):
    """Our own verb on a taken ticket moves it, without asking the map."""
    if handover.state in OWN:
        lifecycle.set_status(handover.ticket, to=statuses.first(*OWN[handover.state]), by=by)
