"""Whoever links says what a partner's words and moves do here: the status map is filled in, or is as usual again."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants.activity import record
from tenants.vocabulary import refuse_unless
from tickets import statuses
from tickets.vocabulary import Category

from . import maps, translation
from .access import permit_linking
from .map_vocabulary import MAP_CHANGED, MAP_RESET
from .models import MapRow, Partnership
from .vocabulary import LinkState, MapAction, MapEvent, Side

RETURNS = {MapAction.RETURN, MapAction.LEAVE, MapAction.ASK}
USUAL = {MapAction.SET, MapAction.LEAVE, MapAction.ASK}
GONE = _("This status is archived. Choose another one.")


@transaction.atomic
def change_map(partnership, rules, *, by):
    """Rows of the map say something else from now on; a rule without an action takes its row away."""
    partnership = opened(partnership, by)
    rows = {key_of(row): row for row in rows_of(partnership)}
    current = {status.pk for status in statuses.current()}
    for rule in rules:
        check(rule, current)
        row = rows.get(maps.key_of(rule.side, rule.sort, rule.value))
        before, after = code(row) if row else "", code_of(rule)
        if before == after and not (row and row.met_at):
            continue
        write(partnership, row, rule)
        if before != after:
            told = {"side": rule.side, "what": f"{rule.sort}:{maps.tidy(rule.value)}", "before": before, "after": after}
            record(partnership, MAP_CHANGED, by=by, name=partnership.name, **told)
    words = MapRow.objects.filter(partnership=partnership).exclude(their_status="").count()
    refuse_unless(words <= translation.WORDS, _("A map holds %(n)s words at most.") % {"n": translation.WORDS})
    return partnership


@transaction.atomic
def bring_back_usual(partnership, *, by):
    """The map is as on a new link; words of the partner's are left as they come and wait for nobody."""
    partnership = opened(partnership, by)
    rows = MapRow.objects.filter(partnership=partnership)
    rows.filter(their_status="").delete()
    rows.update(action=MapAction.LEAVE, status=None, met_at=None)
    translation.lay_default_map(partnership)
    record(partnership, MAP_RESET, by=by, name=partnership.name)
    return partnership


def opened(partnership, by):
    """The link whose map is being changed, held until that is done."""
    permit_linking(by)
    # What hangs on the link's row, a letter that just met a word, does not wait for us.
    found = Partnership.objects.select_for_update(of=("self",), no_key=True).get(pk=partnership.pk)
    refuse_unless(found.state != LinkState.ENDED, _("The link has ended."))
    translation.hold(found)
    return found


def rows_of(partnership):
    """Every row of a link's map, with our statuses."""
    return list(MapRow.objects.filter(partnership=partnership).select_related("status").order_by("pk"))


def key_of(row):
    rule = translation.as_rule(row)
    return maps.key_of(rule.side, rule.sort, rule.value)


def check(rule, current):
    """Whether there can be such a row at all."""
    known = {
        "event": rule.value in maps.EVENTS.get(rule.side, ()),
        "category": rule.value in Category.values,
        "word": maps.tidy(rule.value) != "",
    }
    refuse_unless(rule.side in Side.values and known.get(rule.sort), _("There is no such row."))
    reopened = rule.sort == "event" and rule.value == MapEvent.REOPENED
    allowed = {"", *(RETURNS if reopened else USUAL)}
    refuse_unless(rule.action in allowed, _("This row can't do that."))
    refuse_unless(rule.action != MapAction.SET or (rule.status and rule.status.pk in current), GONE)


def write(partnership, row, rule):
    """The row as the rule wants it."""
    if not rule.action:
        if row:
            row.delete()
        return
    values = {
        "action": rule.action,
        "status": rule.status if rule.action == MapAction.SET else None,
        "met_at": None,
    }
    if row:
        MapRow.objects.filter(pk=row.pk).update(**values)
        return
    column = {"event": "handover_state", "category": "their_category", "word": "their_status"}[rule.sort]
    MapRow.objects.create(partnership=partnership, side=rule.side, **{column: maps.tidy(rule.value)}, **values)


def code(row):
    """What a row does, as the ledger keeps it; a word that waits does nothing yet."""
    return "" if row.met_at else code_of(translation.as_rule(row))


def code_of(rule):
    return f"set:{rule.status.name}" if rule.action == MapAction.SET and rule.status else str(rule.action)
