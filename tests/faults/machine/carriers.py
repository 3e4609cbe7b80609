"""What happens to letters on their way, at random."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from ..model.lanes import PLACES
from .people import NUMBERS

SLEEPERS = 3


class Carriers:
    """Carriers work, die, sleep, and do it all once more."""

    def lane(self, number):
        busy = self.model.busy()
        return busy[number % len(busy)] if busy else None

    @rule(number=NUMBERS)
    def a_lane_is_carried(self, number):
        lane = self.lane(number)
        if lane:
            self.carries(lane)

    @rule(backwards=st.booleans())
    def everything_is_carried(self, backwards):
        self.drains(backwards)

    @rule(number=NUMBERS, place=st.sampled_from(PLACES))
    def a_carrier_dies(self, number, place):
        lane = self.lane(number)
        if lane:
            self.carries(lane, place)

    @precondition(lambda self: len(self.asleep) < SLEEPERS)
    @rule(number=NUMBERS, outrun=st.booleans())
    def a_carrier_falls_asleep(self, number, outrun):
        """It may be that another takes the lane meanwhile."""
        lane = self.lane(number)
        if lane:
            self.asleep.append(self.falls_asleep(lane))
            if outrun:
                self.carries(lane)

    @precondition(lambda self: self.asleep)
    @rule(number=NUMBERS)
    def a_carrier_wakes(self, number):
        self.wakes(self.asleep.pop(number % len(self.asleep)))

    @rule(number=NUMBERS, since=st.integers(0, 3), length=st.integers(1, 4))
    def letters_come_unasked(self, number, since, length):
        """Again, or before those that were written earlier: `since` counts from just before what was read last."""
        lanes = list(self.model.lanes.values())
        lane = lanes[number % len(lanes)]
        since = max(0, lane.read_so_far - 1 + since)
        if lane.written[since : since + length]:
            self.hands_in(lane, since, since + length)

    @rule()
    def everything_is_carried_again(self):
        self.rewinds()

    def drains(self, backwards=False):
        """Carriers work until nothing waits, in one order or the other."""
        for _turn in range(200):
            self.nothing_comes_over_a_link_that_is_shut()
            busy = self.model.busy()
            if not busy:
                return
            self.carries(busy[-1 if backwards else 0])
        raise AssertionError("the letters never end")
