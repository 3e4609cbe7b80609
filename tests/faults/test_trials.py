"""Every trial of the table is undergone by a world of this process; the harness lets real workers undergo them."""

from tests.faults import invariants, story
from tests.faults.invariants import TRIALS, try_out


def test_the_trials_find_nothing_and_leave_nothing_broken(committed):
    companies = story.linked("alfa", "beta")

    found = {number: try_out(number, companies) for number in TRIALS}

    assert found == {number: [] for number in TRIALS}
    assert invariants.broken("quiet") == {}


def test_every_number_is_looked_at():
    looked = {one.number for one in invariants.INVARIANTS} | set(TRIALS)

    assert looked == set(invariants.NAMES) == set(range(1, 23))
