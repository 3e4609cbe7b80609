"""What the status map of a link does, as the partner's page draws it."""

from django.urls import reverse

from .. import mapping
from ..map_vocabulary import row_words
from ..maps import EVENTS
from ..translation import as_rule
from ..vocabulary import MapAction, Side


def maps(ours):
    """What the map does, side by side, without the rows that leave things as they are; and what waits for a word."""
    rows, events = mapping.rows_of(ours), [*EVENTS[Side.GIVER], ""]
    rows.sort(key=lambda row: events.index(row.handover_state))
    acting = [row for row in rows if row.action != MapAction.LEAVE]
    heaps = [(side, [drawn(row) for row in acting if row.side == side]) for side in Side]
    return {
        "sides": [{"side": side, "label": side.label, "rows": found} for side, found in heaps if found],
        "waiting": sum(row.met_at is not None for row in rows),
        "url": reverse("partnerships:map", args=[ours.pk]),
    }


def drawn(row):
    """A row with what it is about, in words."""
    rule = as_rule(row)
    return {"what": row_words(f"{rule.sort}:{rule.value}"), "status": row.status, "action": row.get_action_display()}
