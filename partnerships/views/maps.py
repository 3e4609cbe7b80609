"""The status map of a link."""

from ..vocabulary import Side, State


def maps(ours):
    """The status map, one heap per side."""
    rows = ours.map_rows.select_related("status").order_by("their_status", "their_category")
    heaps, states = {side: [] for side in Side}, State.values
    for row in sorted(rows, key=lambda row: states.index(row.handover_state) if row.handover_state else len(states)):
        heaps[row.side].append(row)
    return [{"side": side, "label": side.label, "rows": found} for side, found in heaps.items() if found]
