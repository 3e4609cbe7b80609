"""Lanes of the model: letters in order, at least once, by carriers that may die anywhere or sleep with an old lease."""

from contextlib import suppress
from dataclasses import dataclass, field, replace

from partnerships.vocabulary import LinkState

OPEN = (LinkState.ACTIVE, LinkState.ENDING)
# Where a carrier may die, in the order in which it gets there.
PLACES = ("claiming", "claimed", "receiving", "received", "applying", "applied", "marking", "marked")


@dataclass
class Letter:
    id: int
    seq: int
    kind: str
    body: dict


@dataclass
class Lane:
    """One direction of one hand-over, or of the link: what was written, came and was read, and the sender's marks."""

    key: str | None
    sender: int
    written: list = field(default_factory=list)
    came: dict = field(default_factory=dict)
    read: list = field(default_factory=list)
    delivered: int = 0
    applied: int = 0
    heard: int = 0
    lease: int | None = None

    @property
    def receiver(self):
        return 1 - self.sender

    @property
    def waits(self):
        return self.delivered < len(self.written) or self.applied < self.delivered

    @property
    def read_so_far(self):
        return max((letter.seq for letter in self.read), default=0)


@dataclass(frozen=True)
class Claim:
    """A lane as a carrier leased it, and how far it was then."""

    lane: Lane
    lease: int
    delivered: int


class Died(BaseException):
    """The carrier is gone; what it committed stays."""


class Lanes:
    """The half of the model that carries."""

    def open_lanes(self, key):
        for sender in (0, 1):
            self.lanes[key, sender] = Lane(key, sender)

    def post(self, side, key, kind, id=None, **body):
        lane = self.lanes[key, side]
        lane.written.append(Letter(id or next(self.ids), len(lane.written) + 1, kind, body))

    def is_open(self, lane):
        return lane.key is None or self.link in OPEN

    def busy(self):
        """The lanes that a carrier would take."""
        return [lane for lane in self.lanes.values() if lane.waits and self.is_open(lane)]

    def carry(self, lane, dies=None):
        """One turn of one carrier, up to the place where it dies; an older lease has run out by then."""
        with suppress(Died):
            self.go_on(self.claim(lane, dies), dies)

    def claim(self, lane, dies=None):
        reach("claiming", dies)
        lane.lease = next(self.ids)
        return Claim(lane, lane.lease, lane.delivered)

    def go_on(self, claim, dies=None):
        """What a carrier does with the lane it leased, however long ago."""
        reach("claimed", dies)
        lane, letters = claim.lane, claim.lane.written[claim.delivered :]
        if not self.is_open(lane):
            lane.lease = None if lane.lease == claim.lease else lane.lease
            return
        reach("receiving", dies)
        self.receive(lane, letters)
        reach("received", dies)
        reach("applying", dies)
        self.read(lane)
        reach("applied", dies)
        reach("marking", dies)
        self.mark(claim, letters[-1].seq if letters else claim.delivered)

    def hand_in(self, lane, letters):
        """Letters come by a way that nobody leased: again, or before those that were written earlier."""
        if self.is_open(lane):
            self.receive(lane, letters)
            self.read(lane)

    def receive(self, lane, letters):
        """Keep what came; what came before is ignored, and what is taken back is kept no longer."""
        for letter in letters:
            lane.came.setdefault(letter.seq, replace(letter, body=dict(letter.body)))
        forget(lane.came.values(), {letter.body["name"] for letter in letters if letter.kind.endswith(".removed")})

    def read(self, lane):
        """Read in order, and only what follows on what was read."""
        while lane.read_so_far + 1 in lane.came:
            letter = lane.came[lane.read_so_far + 1]
            self.hear(lane.receiver, lane.key, letter)
            lane.read.append(letter)

    def mark(self, claim, last):
        """Tell the sender how far it got; whoever lost the lease tells nothing."""
        lane = claim.lane
        if lane.lease == claim.lease:
            lane.delivered, lane.applied, lane.lease = max(last, claim.delivered), lane.read_so_far, None

    def mark_read(self, side):
        """The marks say what this side has read, also where a carrier died before he could."""
        for lane in self.lanes.values():
            if lane.receiver == side:
                lane.applied = max(lane.applied, lane.read_so_far)
                lane.delivered = max(lane.delivered, lane.read_so_far)

    def rewind(self):
        """Everything is carried once more, and whoever carries right now loses his lease."""
        if self.link != LinkState.ENDED:
            for lane in self.lanes.values():
                lane.heard = max(lane.heard, lane.applied)
                lane.delivered, lane.applied, lane.lease = 0, 0, None


def forget(letters, names):
    """These letters lose what they told of what was taken back."""
    for letter in letters:
        if letter.body.get("name") in names:
            letter.body["gone"] = True


def reach(place, dies):
    if place == dies:
        raise Died
