"""What must be true whatever happened: each function names its breaches, and an empty list is the proof.

`count` looks at the rows of every account; the `TRIALS` find out by doing something. Neither needs a test framework:
the harness asks them about real workers on a real database.
"""

from .effects import files_are_whole, nothing_is_doubled, the_last_wording_stands, what_is_removed_is_gone
from .lanes import (
    nothing_comes_after_the_end,
    nothing_is_echoed,
    nothing_is_left_behind,
    nothing_is_lost,
    nothing_is_out_of_order,
    numbers_outrank_clocks,
    the_marks_are_true,
    the_numbers_add_up,
)
from .leaks import nothing_leaks
from .reading import accounts
from .rules import rules_hold_on_both_sides
from .sides import both_sides_agree, each_owns_its_status
from .table import ALWAYS, INVARIANTS, NAMES, QUIET, Invariant, broken, count, everything, rows
from .trials import TRIALS, try_out

__all__ = [
    "ALWAYS",
    "INVARIANTS",
    "NAMES",
    "QUIET",
    "TRIALS",
    "Invariant",
    "accounts",
    "both_sides_agree",
    "broken",
    "count",
    "each_owns_its_status",
    "everything",
    "files_are_whole",
    "nothing_comes_after_the_end",
    "nothing_is_doubled",
    "nothing_is_echoed",
    "nothing_is_left_behind",
    "nothing_is_lost",
    "nothing_is_out_of_order",
    "nothing_leaks",
    "numbers_outrank_clocks",
    "rows",
    "rules_hold_on_both_sides",
    "the_last_wording_stands",
    "the_marks_are_true",
    "the_numbers_add_up",
    "try_out",
    "what_is_removed_is_gone",
]
