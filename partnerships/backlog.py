"""The lanes of a link that are not quiet: which ticket, since when, why; page by page, and as a table. Pure reading."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenants.scoping import current_account_id
from tickets import exporting
from tickets.exporting import moment

from . import correspondence, health
from .models import Handover, InboxLetter, Lane, Letter, Partnership
from .vocabulary import Stage, why

PAGE = 30
OURS, THEIRS = "ours", "theirs"
DIRECTIONS = {OURS: _("from us"), THEIRS: _("to us")}
WAITING, ASIDE = "waiting", "aside"
STATES = {WAITING: pgettext_lazy("letters", "Wait"), ASIDE: pgettext_lazy("letters", "Set aside")}
THE_LINK = _("the link itself")
NOT_HERE = _("a ticket that has not arrived yet")
HEADINGS = (
    _("Direction"),
    _("No."),
    _("Subject"),
    pgettext_lazy("letters", "State"),
    _("Letters"),
    pgettext_lazy("letters", "Wait since"),
    _("Next letter"),
    _("Tries"),
    _("Next try"),
    _("Reason"),
)


@dataclass(frozen=True)
class Wanted:
    """What of the backlog is asked for; a word that is none asks for everything."""

    state: str = ""
    direction: str = ""

    @classmethod
    def read(cls, asked):
        """The words of an address."""
        state, direction = asked.get("state", ""), asked.get("direction", "")
        return cls(state if state in STATES else "", direction if direction in DIRECTIONS else "")


@dataclass(frozen=True)
class Row:
    """One lane with what stands at its head."""

    pk: UUID
    outward: bool
    aside: bool
    letters: int
    since: datetime
    tries: int
    next_at: datetime | None
    words: str
    reason: str
    ticket: object = None
    of_link: bool = False
    letter: UUID | None = None
    may: bool = False

    @property
    def direction(self):
        return DIRECTIONS[OURS if self.outward else THEIRS]

    @property
    def about(self):
        """What stands where a ticket would."""
        return THE_LINK if self.of_link else NOT_HERE

    @property
    def state(self):
        return STATES[ASIDE if self.aside else WAITING]


def unread(member, partner, wanted):
    """The lanes of a link with letters that were not read yet, as far as the member sees what they carry."""
    lanes = health.seen(Lane.objects.filter(health.UNREAD, link=partner.link_id), member)
    lanes = lanes.filter(stuck=wanted.state == ASIDE) if wanted.state else lanes
    here = Q(sender=current_account_id())
    lanes = lanes.filter(here if wanted.direction == OURS else ~here) if wanted.direction else lanes
    return lanes.annotate(oldest=Coalesce("waits_since", "next_attempt_at")).order_by("oldest", "pk")


def page(member, partner, wanted, *, after=""):
    """One page of them, the longest wait first, and the place where the next begins."""
    lanes = unread(member, partner, wanted)
    if after:
        at, pk = place(after)
        lanes = lanes.filter(Q(oldest__gt=at) | Q(oldest=at, pk__gt=pk))
    found = list(lanes[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return rows(member, found[:PAGE]), f"{last.oldest.astimezone(UTC):%Y%m%dT%H%M%S.%f}Z{last.pk}" if last else ""


def place(text):
    """Where a page begins, out of an address; what is no place leads nowhere."""
    at, _z, pk = text.partition("Z")
    try:
        return datetime.strptime(at, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), UUID(pk)
    except ValueError as error:
        raise Http404 from error


def rows(member, lanes):
    """Lanes with their tickets and with the letters at their heads: three queries however many they are."""
    hands = Handover.objects.filter(key__in=[lane.handover for lane in lanes if lane.handover])
    tickets = {hand.key: hand.ticket for hand in hands.select_related("ticket").defer("ticket__description")}
    head = Q(lane__in=lanes, seq=F("lane__applied") + 1)
    sent = {letter.lane_id: letter for letter in Letter.objects.filter(head)}
    came = InboxLetter.objects.filter(head | Q(lane__in=lanes, stage=Stage.SET_ASIDE))
    # What was set aside stands at the head, also where the sender has not heard yet how far we read.
    came = {letter.lane_id: letter for letter in sorted(came, key=lambda one: one.stage == Stage.SET_ASIDE)}
    for ticket in tickets.values():
        ticket.account = member.account
    here = current_account_id()
    return [
        row(member, lane, tickets.get(lane.handover), (sent if lane.sender_id == here else came).get(lane.pk), here)
        for lane in lanes
    ]


def row(member, lane, ticket, letter, here):
    """One lane as the page draws it."""
    outward = lane.sender_id == here
    held = letter if letter and not outward and letter.stage == Stage.SET_ASIDE else None
    return Row(
        pk=lane.pk,
        outward=outward,
        aside=lane.stuck,
        letters=lane.written - lane.applied,
        since=lane.waits_since or lane.next_attempt_at,
        tries=lane.attempts,
        next_at=lane.next_attempt_at if lane.attempts and not lane.stuck else None,
        words=correspondence.WORDS.get(letter.kind, letter.kind) if letter else "",
        reason=why(held.reason) if held else "",
        ticket=ticket,
        of_link=lane.handover is None,
        letter=held and held.pk,
        may=bool(held) and member.may("hand_over" if ticket else "link"),
    )


def table(member, partner, wanted):
    """All of them as a table in pieces, in the reader's language and zone."""
    return exporting.table(member, exporting.picked(member, unread(member, partner, wanted), SHEET), SHEET)


def taken_out(member, ids):
    """Those of the lanes that the member may take out by now and that still wait."""
    lanes = Lane.objects.filter(health.UNREAD, pk__in=ids, link__in=Partnership.objects.values("link"))
    return rows(member, list(exporting.mine(member, health.seen(lanes, member), SHEET)))


def cells(one):
    """One lane as a row, in the order of the headings."""
    return [
        str(one.direction),
        one.ticket.ref if one.ticket else "",
        one.ticket.subject if one.ticket else str(one.about),
        str(one.state),
        str(one.letters),
        moment(one.since),
        str(one.words),
        str(one.tries or ""),
        moment(one.next_at),
        str(one.reason),
    ]


def within(lanes, tickets):
    """Those of the lanes that carry these tickets."""
    return lanes.filter(handover__in=Handover.objects.filter(ticket__in=tickets).values("key"))


SHEET = exporting.Sheet(HEADINGS, taken_out, cells, within)
