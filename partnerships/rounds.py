"""One ticket, several partners: all at once, one after another, or the first who accepts takes it.

A round listens to the ledger: whatever became of one of its hand-overs, by whomever, decides about the others in the
same transaction, under the ticket's lock.
"""

from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from sla import turns
from tenants import clock
from tenants.activity import record
from tenants.models import Membership
from tenants.timers import on_timer, set_timer
from tenants.vocabulary import SCHEDULE, Refused, refuse_unless
from tickets import conversation
from tickets.access import permit
from tickets.lifecycle import lock
from tickets.models import Counterpart
from tickets.vocabulary import Audience

from . import budget, cards, lanes, moves, offering, sharing, translation
from . import vocabulary as words
from .access import NOT_YOURS_TO_HAND, may_hand_to
from .models import Handover, Partnership, Round
from .vocabulary import RUNNING, SLIPS, TAKEN_BY_OTHER, Mode, State

MOST = 10
MOMENTS = ("due_at", "accept_by", "wish_from", "wish_until")
WORDS = ("see_below", "client_replies", "hand_on")


@transaction.atomic
def ask(ticket, *, partners, mode, by, share, message="", **choices):
    """Offer a ticket to several partners by one decision; what each gets is what was ticked for all of them.

    `choices` are those of sharing.offer. One after another offers to the first now; the others wait in the queue.
    """
    permit(by, "hand_over", ticket)
    partners = list(partners)
    refuse_unless(mode in Mode.values, _("Choose how the partners are asked."), "mode")
    refuse_unless(len({one.pk for one in partners}) == len(partners) > 1, _("Choose at least two partners."), "to")
    refuse_unless(len(partners) <= MOST, _("At most %(n)s partners at once.") % {"n": MOST}, "to")
    # Every link's row comes before the ticket's, in one order for everybody who holds several.
    for partner in sorted(partners, key=lambda one: one.link_id):
        lanes.hold(partner.link_id)
    ticket, now = lock(ticket), clock.now()
    for partner in partners:
        refuse_unless(may_hand_to(by, partner), NOT_YOURS_TO_HAND % {"partner": partner.name})
        offering.check_offer(ticket, partner)
        offering.draft(ticket, to=partner, share=share, **choices)
    first = partners[:1] if mode == Mode.SEQUENCE else partners
    made = Round.objects.create(
        ticket=ticket,
        mode=mode,
        queue=[str(one.pk) for one in partners[len(first) :]],
        share=share.as_json(),
        choices=kept(choices),
        message=message.strip(),
        made_at=now,
        made_by=by if isinstance(by, Membership) else None,
        # Each has his own part and answers for himself: nothing follows from one answer for the others.
        settled_at=now if mode == Mode.PARALLEL else None,
    )
    offered = [sharing.offer(ticket, to=one, by=by, share=share, round=made, **choices) for one in first]
    say(made, offered, by=by)
    return made


def say(made, offered, *, by):
    """The message goes to everybody who is asked now, as one comment that names nobody to the others."""
    if made.message:
        readers = [handover.counterpart for handover in offered]
        conversation.comment(made.ticket, made.message, by=by, audience=Audience.PARTNER, readers=readers)


@transaction.atomic
def stop(made, *, by):
    """Whoever waits to be asked is not asked any more; whoever has the offer keeps it."""
    permit(by, "hand_over", made.ticket)
    made = locked(made)
    refuse_unless(made.queue and not made.settled_at, _("Nobody waits to be asked any more."))
    names = ", ".join(partner.name for partner in made.waiting)
    close(made)
    last = come_back(made)
    record(made, words.ROUND_STOPPED, by=by, ticket=made.ticket, taker=names)
    follow(last)
    return made


def on_activity(sender, activity, subject, by, **kwargs):
    """Something became of a hand-over of a round: see what it means for the others."""
    if activity.kind not in HEARD or not isinstance(subject, Handover) or not subject.round_id:
        return
    made = subject.round
    if not subject.is_given or made.settled_at:
        return
    if subject.state == State.ACCEPTED:
        close(made)
        for other in others(made):
            take_away(other)
    elif subject.state in SLIPS and made.queue:
        ask_next(made)
    elif (subject.state == State.WITHDRAWN and made.mode == Mode.SEQUENCE) or not made.goes_on:
        close(made)


HEARD = {kind.code for kind in (words.ACCEPTED, words.DECLINED, words.EXPIRED, words.CUT, words.WITHDRAWN)}


def others(made):
    """Those of a round who still have the offer, held until this transaction ends; the ticket is held already."""
    rows = Handover.objects.select_for_update(of=("self",)).filter(round=made, state=State.OFFERED).order_by("pk")
    return rows.select_related("ticket__account", "ticket__status", "partnership__link", "counterpart")


def take_away(handover):
    """Somebody else was first. Who, is not told; our ticket stays as the winner left it."""
    moves.settle(handover, State.WITHDRAWN, by=SCHEDULE, reason=TAKEN_BY_OTHER)


def close(made):
    """Nothing follows from this round any more."""
    made.queue, made.settled_at = [], clock.now()
    made.save(update_fields=["queue", "settled_at"])


def locked(made):
    """The round as it is now, with its ticket held until the transaction ends."""
    ticket = lock(made.ticket)
    made = Round.objects.select_for_update(of=("self",)).select_related("made_by").get(pk=made.pk)
    made.ticket = ticket
    return made


def ask_next(made):
    """The next of the queue who can be asked is asked; when nobody is left, the ticket comes back: answers with what.

    The ticket is held here, and nobody waits for a link who holds a ticket: one that is just being paused or ended
    is looked at again in a moment.
    """
    ticket = made.ticket = lock(made.ticket)
    while made.queue and not ticket.is_finished:
        partner = Partnership.objects.select_related("link", "account").get(pk=made.queue[0])
        if not lanes.hold_at_once(partner.link_id):
            set_timer("round_next", made, clock.now())
            return None
        made.queue = made.queue[1:]
        made.save(update_fields=["queue"])
        with override(ticket.account.language):
            try:
                offer_to(made, partner)
                return None
            except Refused as no:
                record(made, words.SKIPPED, by=SCHEDULE, ticket=ticket, taker=partner.name, reason=str(no.sentence))
    close(made)
    last = come_back(made)
    record(made, words.ROUND_OVER, by=SCHEDULE, ticket=ticket)
    return last


@on_timer("round_next")
def next_is_due(round_id):
    """A link was busy when the next partner should have been asked."""
    made = Round.objects.select_related("ticket").filter(pk=round_id, settled_at=None).first()
    made = made and locked(made)
    if made and made.queue and not made.handovers.filter(state__in=RUNNING).exists():
        follow(ask_next(made))


@transaction.atomic
def offer_to(made, partner):
    """Ask one of the queue, if whoever made the round might do so now."""
    maker, by = made.made_by, SCHEDULE
    if maker:
        refuse_unless(maker.active, _("%(name)s does not work here any more.") % {"name": maker.name})
        permit(maker, "hand_over", made.ticket)
        refuse_unless(may_hand_to(maker, partner), NOT_YOURS_TO_HAND % {"partner": partner.name})
    share = cards.Share.from_json(made.share)
    handover = sharing.offer(made.ticket, to=partner, by=by, share=share, round=made, **afresh(made, partner))
    say(made, [handover], by=maker or by)


def come_back(made):
    """The last of a round that came to nothing waits for our answer as if it had been alone; none while one runs.

    Whoever moved it lets the ticket follow the map once he is done.
    """
    if made.handovers.filter(state__in=RUNNING).exists():
        return None
    slipped = made.handovers.filter(state__in=SLIPS).select_related("ticket__account", "ticket__status", "partnership")
    last = slipped.order_by("-ended_at").first()
    if last:
        Counterpart.objects.filter(pk=last.counterpart_id).update(answered=False)
        moves.show_on_board(last)
        turns.settle(last.ticket_id)
    return last


def follow(last):
    """The ticket takes the status that the map has for how the last of a round ended."""
    if last:
        translation.follow(last, by=SCHEDULE, state=last.state)


def afresh(made, partner):
    """The choices of a round for whoever is asked later: as much time to accept, and no moment that has passed."""
    now, choices = clock.now(), told(made.choices)
    accept_by = choices.pop("accept_by", None)
    if accept_by:
        choices["accept_by"] = now + (accept_by - made.made_at)
    if choices.get("due_at") and choices["due_at"] <= choices.get("accept_by", now):
        choices["due_at"] = budget.usual_due(budget.of(made.ticket), partner, made.ticket.priority)
    if choices.get("wish_until", now) < now:
        choices["wish_from"] = choices["wish_until"] = None
    return choices


def kept(choices):
    """The choices of a hand-over as the round keeps them for those who are asked later."""
    moments = {name: choices[name].isoformat() for name in MOMENTS if choices.get(name)}
    said = {name: str(choices[name]) for name in WORDS if choices.get(name)}
    listed = choices.get("hand_on_to")
    to = {} if listed is None else {"hand_on_to": [str(one.pk) for one in listed]}
    lines = {"checklist": list(choices["checklist"])} if choices.get("checklist") else {}
    return {**moments, **said, **to, **lines}


def told(data):
    """Kept choices as sharing.offer takes them."""
    choices = {name: parse_datetime(data[name]) if name in MOMENTS else data[name] for name in data}
    if "hand_on_to" in choices:
        ids = [UUID(pk) for pk in choices["hand_on_to"]]
        choices["hand_on_to"] = Partnership.objects.filter(pk__in=ids).select_related("link")
    return choices
