"""What crossed a link, in both directions: which letter, when it arrived or why it did not. Pure reading."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from .models import Handover, InboxLetter, Letter
from .vocabulary import LinkState, Stage, why

PAGE = 30
WORDS = {
    "link.accepted": _("link accepted"),
    "link.card": _("company's card"),
    "link.terms": _("terms in force"),
    "link.terms_proposed": _("new terms proposed"),
    "link.terms_answered": _("answer to new terms"),
    "link.paused": _("link paused"),
    "link.resumed": _("link resumed"),
    "link.ending": _("link ends when all is finished"),
    "link.ended": _("link ended"),
    "handover.offered": _("ticket handed over"),
    "handover.accepted": _("ticket accepted"),
    "handover.declined": _("ticket declined"),
    "handover.expired": _("nobody accepted in time"),
    "handover.prolonged": _("more time to accept"),
    "handover.withdrawn": _("ticket withdrawn"),
    "handover.done": _("work delivered"),
    "handover.given_back": _("ticket given back"),
    "handover.approved": _("work accepted"),
    "handover.returned": _("work sent back"),
    "handover.rated": _("rating"),
    "handover.rating_answered": _("answer to a rating"),
    "handover.nudged": _("request to hurry"),
    "handover.cut": _("ticket cut off"),
    "handover.digest": _("confirmation"),
    "link.digest": _("sums of the night"),
    "handover.recount": _("question whether both sides agree"),
    "handover.counted": _("sums of what was told"),
    "handover.holdings": _("list of what has arrived"),
    "comment.added": _("comment"),
    "comment.edited": _("comment edited"),
    "comment.removed": _("comment removed"),
    "comment.restated": _("comment told again"),
    "file.added": _("file"),
    "file.removed": _("file removed"),
    "status.changed": _("status"),
    "chain.changed": _("chain"),
    "card.changed": _("change of the ticket"),
    "visit.changed": _("visit"),
}

# What two systems say to each other every night is read by a person only when it could not be applied.
QUIET = ("link.digest", "handover.recount", "handover.counted", "handover.holdings")


@dataclass(frozen=True)
class Crossing:
    """One letter as the partner's page draws it."""

    letter: UUID
    outward: bool
    words: str
    by: str
    at: datetime
    arrived_at: datetime | None
    trouble: str
    ticket: object = None
    set_aside: UUID | None = None


def page(partner, *, before=None):
    """One page of a link's letters, the newest first, and the id where the next page begins."""
    sent = Letter.objects.filter(lane__link=partner.link_id).exclude(kind__in=QUIET).select_related("handover__ticket")
    came = InboxLetter.objects.filter(lane__link=partner.link_id).exclude(kind__in=QUIET, stage=Stage.APPLIED)
    if before:
        sent, came = sent.filter(pk__lt=before), came.filter(letter__lt=before)
    came = list(came.order_by("-letter")[: PAGE + 1])
    keys = {row.handover_key for row in came if row.handover_key}
    tickets = {row.key: row.ticket for row in Handover.objects.filter(key__in=keys).select_related("ticket")}
    rows = [outgoing(row, partner) for row in sent.order_by("-pk")[: PAGE + 1]]
    rows += [incoming(row, tickets.get(row.handover_key)) for row in came]
    rows.sort(key=lambda row: row.letter, reverse=True)
    shown = rows[:PAGE]
    for row in shown:
        if row.ticket:
            row.ticket.account = partner.account
    return shown, (str(shown[-1].letter) if len(rows) > PAGE else "")


def outgoing(row, partner):
    waits = {LinkState.PAUSED: _("waits: the link is paused"), LinkState.ENDED: _("not delivered: the link has ended")}
    return Crossing(
        letter=row.pk,
        outward=True,
        words=WORDS.get(row.kind, row.kind),
        by=row.by.get("name", ""),
        at=row.sent_at,
        arrived_at=row.delivered_at,
        trouble="" if row.delivered_at else waits.get(partner.state, _("on its way")),
        ticket=row.handover.ticket if row.handover else None,
    )


def incoming(row, ticket):
    aside = row.stage == Stage.SET_ASIDE
    trouble = "" if row.stage == Stage.APPLIED else Stage(row.stage).label
    return Crossing(
        letter=row.letter,
        outward=False,
        words=WORDS.get(row.kind, row.kind),
        by=str(row.by.get("name", "")),
        at=row.sent_at,
        arrived_at=row.applied_at,
        trouble=f"{trouble}: {why(row.reason)}" if trouble and row.reason else trouble,
        ticket=ticket,
        set_aside=row.pk if aside else None,
    )
