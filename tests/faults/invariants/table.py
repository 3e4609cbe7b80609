"""The table of what must hold: the numbers of security.md, what each of them means, and who looks."""

from typing import NamedTuple

from tests.faults.removed import words_that_live_on

from . import effects, lanes, leaks, rules, sides
from .reading import accounts, ask

ALWAYS, QUIET = "always", "quiet"
NAMES = {
    1: "no loss",
    2: "no duplicate, also of mails",
    3: "no leak",
    4: "causal order on a ticket",
    5: "no echo, two letters a link and event at most",
    6: "both sides converge",
    7: "each side owns its status",
    8: "a revoked link takes in nothing",
    9: "resume and backfill change nothing twice",
    10: "a file shows only whole, and blocks no text",
    11: "the last wording stands",
    12: "a removal outranks every wording",
    13: "a suspended account parks its lanes",
    14: "numbers outrank clocks",
    15: "poison is set aside after five tries",
    16: "replaying the outbox changes nothing",
    17: "the unknown is parked, not dropped",
    18: "rules hold on both sides",
    19: "fifty at once have one effect",
    20: "a dead partner delays nobody",
    21: "a form and a letter lose neither",
    22: "out = in + pending + set aside",
}


class Invariant(NamedTuple):
    """One look: `when` it may be taken, at every moment or only when everything is drained."""

    number: int
    name: str
    look: object
    when: str


INVARIANTS = [
    Invariant(1, "nothing is lost", lanes.nothing_is_lost, ALWAYS),
    Invariant(1, "nothing is left behind", lanes.nothing_is_left_behind, QUIET),
    Invariant(2, "nothing is doubled", effects.nothing_is_doubled, ALWAYS),
    Invariant(3, "nothing leaks", leaks.nothing_leaks, ALWAYS),
    Invariant(4, "nothing is out of order", lanes.nothing_is_out_of_order, ALWAYS),
    Invariant(5, "nothing is echoed", lanes.nothing_is_echoed, ALWAYS),
    Invariant(6, "both sides agree", sides.both_sides_agree, QUIET),
    Invariant(7, "each owns its status", sides.each_owns_its_status, ALWAYS),
    Invariant(8, "nothing comes after the end", lanes.nothing_comes_after_the_end, ALWAYS),
    Invariant(10, "files are whole", effects.files_are_whole, ALWAYS),
    Invariant(11, "the last wording stands", effects.the_last_wording_stands, ALWAYS),
    Invariant(12, "what is removed is gone", effects.what_is_removed_is_gone, ALWAYS),
    Invariant(12, "its words live on nowhere", words_that_live_on, QUIET),
    Invariant(14, "numbers outrank clocks", lanes.numbers_outrank_clocks, ALWAYS),
    Invariant(18, "rules hold on both sides", rules.rules_hold_on_both_sides, ALWAYS),
    Invariant(22, "the numbers add up", lanes.the_numbers_add_up, ALWAYS),
    Invariant(22, "the marks are true", lanes.the_marks_are_true, QUIET),
]


def count(when=ALWAYS):
    """Every breach by its number; what holds at every moment holds in quiet too."""
    found = {one.number: [] for one in INVARIANTS if when == QUIET or one.when == ALWAYS}
    for one in INVARIANTS:
        if one.number in found and (when == QUIET or one.when == ALWAYS):
            found[one.number].extend(one.look())
    return found


def broken(when=ALWAYS):
    """Only the numbers that have breaches."""
    return {number: breaches for number, breaches in count(when).items() if breaches}


def everything():
    """Every breach of every invariant that holds at every moment, named."""
    return [f"{one.look.__name__}: {breach}" for one in INVARIANTS if one.when == ALWAYS for breach in one.look()]


COUNTED = (
    "tickets_ticket",
    "tickets_comment",
    "tickets_attachment",
    "partnerships_handover",
    "partnerships_letter",
    "partnerships_inboxletter",
    "tenants_activity",
)


def rows():
    """How many rows every account has of what letters can make: {(slug, table): n}."""
    return {
        (account.slug, table): ask(account, f'SELECT count(*) FROM "{table}"')[0][0]
        for account in accounts()
        for table in COUNTED
    }
