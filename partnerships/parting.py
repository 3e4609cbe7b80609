"""Two linked companies part for a while or for good: pause, resume, end when all is finished, or end now."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.activity import record
from tenants.scoping import current_account_id
from tenants.timers import clear_timer, on_timer, set_timer
from tenants.vocabulary import SCHEDULE, refuse_unless

from . import lanes, outbox, proposing, sharing, translation, waiting
from . import vocabulary as words
from .access import permit_linking
from .models import Handover, Letter, Link, Partnership
from .moves import GIVEN, MOVES, lock_both, tell, too_late, write
from .protocol import LinkEnded, LinkEnding, LinkPaused, LinkResumed, OfferProlonged
from .vocabulary import RUNNING, LinkState, State

ENDING = "link_ending"
LOOK_AGAIN = timedelta(minutes=1)
VERBS = [f"handover.{state}" for state in State.values]
SENT_BACK = f"handover.{State.RETURNED}"
LIVE = {LinkState.ACTIVE, LinkState.PAUSED, LinkState.ENDING}
KINDS = {
    LinkState.PAUSED: words.PAUSED,
    LinkState.ACTIVE: words.RESUMED,
    LinkState.ENDING: words.ENDING,
    LinkState.ENDED: words.ENDED,
}


@transaction.atomic
def pause(partnership, *, by):
    """Letters wait on both sides until either of them resumes the link."""
    partnership = change_state(partnership, LinkState.PAUSED, {LinkState.ACTIVE}, by)
    outbox.write_link(partnership, LinkPaused(), by=by)
    return enter(partnership, LinkState.PAUSED, by=by)


@transaction.atomic
def resume(partnership, *, by):
    """Letters go on where they stopped; a link that was to end when all is finished lives on."""
    partnership = change_state(partnership, LinkState.ACTIVE, {LinkState.PAUSED, LinkState.ENDING}, by)
    outbox.write_link(partnership, LinkResumed(), by=by)
    return enter(partnership, LinkState.ACTIVE, by=by)


@transaction.atomic
def end_when_finished(partnership, *, by):
    """No new tickets from now on; once none is open and every letter has arrived, the link ends by itself."""
    partnership = change_state(partnership, LinkState.ENDING, {LinkState.ACTIVE, LinkState.PAUSED}, by)
    outbox.write_link(partnership, LinkEnding(), by=by)
    return enter(partnership, LinkState.ENDING, by=by)


@transaction.atomic
def end(partnership, *, by):
    """The companies part now: open co-tickets are cut on both sides, both keep what they have."""
    partnership = change_state(partnership, LinkState.ENDED, LIVE, by)
    cut = unsettled(partnership)
    outbox.write_link(partnership, LinkEnded(cut=[handover.key for handover in cut]), by=by)
    partnership = enter(partnership, LinkState.ENDED, by=by, cut=cut)
    lanes.mark_read(partnership.link_id, partnership.account_id)
    return partnership


@on_timer(ENDING)
def look_whether_finished(partnership_id):
    ours = Partnership.objects.filter(pk=partnership_id, state=LinkState.ENDING).first()
    if ours is None:
        return
    # Verbs and carriers hold the link's row while they work: what is finished now stays so until this commits.
    link = Link.objects.select_for_update().get(pk=ours.link_id)
    if link.state == LinkState.ENDING and is_finished(ours):
        end(ours, by=SCHEDULE)
    else:
        set_timer(ENDING, ours, clock.now() + LOOK_AGAIN)


def is_finished(partnership):
    """Nothing is open here, and every letter has been read: so nothing is open on the other side either."""
    running = Handover.objects.filter(partnership=partnership, state__in=RUNNING)
    return not running.exists() and lanes.is_drained(partnership.link_id)


def change_state(partnership, to, sources, by):
    """Guard a new state of the link and take it; gives our side of it, locked."""
    permit_linking(by)
    no = _("The link is not in a state for this.")
    # The link's own row comes first: it decides for both sides, and carriers hold it while they work.
    refuse_unless(Link.objects.exclude(state=LinkState.ENDED).filter(pk=partnership.link_id).update(state=to), no)
    partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    refuse_unless(partnership.state in sources, no)
    return partnership


def enter(partnership, state, *, by, cut=()):
    """Our side of the link takes this state; an ended link cuts what was still open."""
    before = partnership.state
    paused = waiting.last_word(partnership) if before == LinkState.PAUSED else None
    partnership.state = state
    partnership.ended_at = clock.now() if state == LinkState.ENDED else None
    partnership.save(update_fields=["state", "ended_at"])
    record(partnership, KINDS[state], by=by, name=partnership.name)
    if state == LinkState.ENDING:
        set_timer(ENDING, partnership, clock.now())
    else:
        clear_timer(ENDING, partnership)
    if state == LinkState.ENDED:
        for handover in cut:
            sharing.cut(handover, by=by)
        proposing.drop(partnership)
    elif paused:
        if not partnership.their_version:
            # A link older than the telling of terms: the other side tells its own for the same reason.
            proposing.tell(partnership, by=by)
        prolong(partnership, clock.now() - paused.at)
    return partnership


def unsettled(partnership):
    """Hand-overs of which the two sides may not say the same when the link ends now: open, or moved unheard."""
    rows = Handover.objects.filter(partnership=partnership).exclude(state=State.CUT)
    known = rows.filter(state__in=RUNNING) | rows.filter(pending__isnull=False)
    known |= rows.filter(pk__in=unheard(partnership, VERBS))
    return list(known.select_related("ticket").order_by("ticket_id"))


def unheard(partnership, kinds):
    """Hand-overs of which the other side has not read a letter of ours of these kinds, also before all went anew."""
    letters = Letter.objects.filter(
        lane__link=partnership.link_id,
        lane__sender=current_account_id(),
        kind__in=kinds,
        seq__gt=Greatest("lane__applied", "lane__heard"),
    )
    return letters.values("handover")


def hear_end(partnership, keys, *, by):
    """The other side ended the link, and says which tickets it left unsettled: they are cut here too."""
    rows = Handover.objects.filter(partnership=partnership).exclude(state=State.CUT)
    back = set(unheard(partnership, [SENT_BACK]).values_list("handover", flat=True))
    known = rows.filter(state__in=RUNNING) | rows.filter(key__in=keys) | rows.filter(pk__in=back)
    known = list(known.select_related("ticket").order_by("ticket_id"))
    # Only work that they know as accepted is settled for them, whatever became of it here since we sent it back.
    late = [handover for handover in known if handover.key not in keys and handover.pk in back]
    enter(partnership, LinkState.ENDED, by=by, cut=[handover for handover in known if handover not in late])
    for handover in late:
        keep_accepted(lock_both(handover), by=by)
    # Of what they did not name they have heard our answer; their word on it comes over no ended link.
    Handover.objects.filter(partnership=partnership, pending__isnull=False).update(pending=None)


def keep_accepted(handover, *, by):
    """We sent accepted work back, and the link ended before they heard it: it stays accepted, as they know it."""
    tell(handover, words.OVERRULED, by=by, reason=State.APPROVED)
    write(handover, State.APPROVED)
    translation.follow(handover, by=by, state=State.APPROVED)


def prolong(partnership, pause):
    """What we offered could not be answered during the pause: the time to accept is longer by it, and they hear so."""
    offers = Handover.objects.filter(partnership=partnership, direction=GIVEN, state=State.OFFERED)
    for handover in offers.exclude(accept_by=None).select_related("ticket").order_by("ticket_id"):
        handover = lock_both(handover)
        if handover.state == State.OFFERED:
            handover.accept_by += pause
            handover.save(update_fields=["accept_by"])
            set_timer("accept_by", handover, handover.accept_by)
            outbox.write(handover, OfferProlonged(accept_by=handover.accept_by), by=SCHEDULE)


@transaction.atomic
def let_go(handovers, *, by, reason):
    """Open tickets come back before the link ends, all of them or none: what we took to them, what we gave to us."""
    for handover in sorted(handovers, key=lambda one: one.ticket_id):
        verb = way_back(handover)
        refuse_unless(verb, too_late(handover))
        verb(handover, by=by, reason=reason)


def way_back(handover):
    """The verb that gives an open ticket back to whoever handed it over; None while delivered work is looked at."""
    if handover.is_given:
        return sharing.withdraw if handover.state in MOVES[State.WITHDRAWN].sources else None
    if handover.state == State.OFFERED:
        return sharing.decline
    return sharing.give_back if handover.state in MOVES[State.GIVEN_BACK].sources else None
