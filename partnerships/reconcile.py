"""Compare both sides, mend, tell a person what could not be mended.

Every night each side tells one sum per living hand-over, many in one letter of the link. Whoever adds up otherwise asks
to count again in the hand-over's own lane, where all that was told before has been read; lists what he has of the parts
that differ; is told again what he misses; and compares for the last time. Nobody asks twice in one round.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from tenants import clock, doorbell
from tenants.activity import record
from tenants.models import Timer
from tenants.scoping import current_account_id
from tenants.timers import on_timer, set_timer
from tenants.vocabulary import SCHEDULE, refuse_unless

from . import crossing, holdings, lanes, moves, outbox, recard, rehearing, visiting
from .access import permit_linking
from .arrival import CannotApply
from .compared_vocabulary import LINK_COMPARED, SIDES_DIFFER, SIDES_MENDED, Result
from .models import Comparison, Handover, InboxLetter, Lane, Letter, Link, Partnership
from .protocol import Counted, Held, Holdings, LinkDigest, Recount, Summed, VisitChanged, tallies
from .vocabulary import LinkState, Stage, State

NIGHT, RECOUNT = "reconcile", "recount"
TASK = "partnerships.reconcile"
CROSSING = (LinkState.ACTIVE, LinkState.ENDING)
# What the giver's row may make of ours without a word of ours; anything else would make us work unasked.
FREELY = {State.OFFERED, State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.GIVEN_BACK, State.CUT}
# The next night finds anew what the partner misses.
STANDS = timedelta(hours=30)
# In so many lists the partner may divide what we have; in more only where we have much.
FEW = tallies.SIZES[1]
# No hand-over has more comments and files than this.
MANY = 1_000_000
TAKEN_ON = ("handover.accepted", "handover.done")
REFUSED = ("handover.declined", "handover.given_back")


@transaction.atomic
def compare(partnership, *, by):
    """Somebody wants to know now whether both sides have the same: each tells its sums at once."""
    permit_linking(by)
    link = Link.objects.get(pk=partnership.link_id)
    refuse_unless(link.state in CROSSING, _("Nothing crosses this link now: there is nothing to compare by."))
    now = clock.now()
    under_way = Timer.objects.filter(kind=NIGHT, subject_id=link.pk, due_at__lte=now)
    refuse_unless(not under_way.exists(), _("Both sides are being compared already."))
    wake(link, now)
    record(partnership, LINK_COMPARED, by=by, name=partnership.name)
    doorbell.ring_on_commit(TASK)


def wake(link, at):
    """Both sides of this link tell their sums from this moment on."""
    for account_id in (link.account_a_id, link.account_b_id):
        Timer.objects.update_or_create(
            account_id=account_id, kind=NIGHT, subject_id=link.pk, defaults={"due_at": at, "retry_at": None}
        )


def tell_sums(partnership, handovers, *, last):
    """What we told in these hand-overs, each in one sum, over the link's own lane."""
    entries = holdings.told(handovers)
    sums = [Summed(row.key, holdings.is_talking(row), holdings.sum_told(row, entries[row.pk])) for row in handovers]
    outbox.write_link(partnership, LinkDigest(sums=sums, last=last), by=SCHEDULE)


def hear_sums(body, lane):
    """What the partner told, in sums: what adds up is noted, of all else he is asked once more."""
    partnership = Partnership.objects.filter(link_id=lane.link_id).exclude(state=LinkState.ENDED).first()
    if partnership is None:
        return
    sums = {one.handover: one for one in body.sums}
    rows = holdings.known(Handover.objects.filter(partnership=partnership, key__in=sums))
    worded = {row.pk for row in rows if sums[row.key].worded}
    entries = holdings.held(rows, worded)
    agreed = [row for row in rows if adds_up(row, entries[row.pk], sums[row.key])]
    agree(agreed)
    for row in rows:
        if row not in agreed:
            set_timer(RECOUNT, row, clock.now())


def adds_up(handover, entries, told):
    """Whether what came to us is what the partner told, and no answer of ours waits for his word."""
    return handover.pending is None and holdings.sum_held(handover, entries, told.worded) == told.sum


def agree(handovers):
    """Note of all of these at once that both sides say the same."""
    said = {"compared_at": clock.now(), "result": Result.AGREED, "facts": []}
    known = {row.handover_id: row for row in Comparison.objects.filter(handover__in=handovers)}
    told = [row for row in known.values() if row.told.get("here") or there(row)]
    Comparison.objects.filter(handover__in=known).exclude(pk__in=[row.pk for row in told]).update(**said)
    for row in told:
        note(row, here=[])
    Comparison.objects.bulk_create(
        [Comparison(handover=row, **said) for row in handovers if row.pk not in known], ignore_conflicts=True
    )


@on_timer(RECOUNT)
def ask_again(handover_id):
    """Our sums differ: in the hand-over's own lane nothing can be on its way."""
    handover = Handover.objects.select_related("partnership").filter(pk=handover_id).first()
    if handover and lanes.hold(handover.partnership.link_id) in CROSSING:
        outbox.write(handover, Recount(), by=SCHEDULE)


def hear_recount(row, body, handover, by):
    """The partner adds up otherwise: we count once more, and he may ask for what he misses.

    Once for every sum that we told him: whoever asks again gets no other answer, and the conversation not once more.
    """
    if not is_owed_a_count(handover):
        return
    Comparison.objects.update_or_create(
        handover=handover, defaults={"again": 0, "untold": 0, "lost": 0, "withheld": 0, "left_out": []}
    )
    count(handover, 1)


def is_owed_a_count(handover):
    """Whether we told the sum of this hand-over lately, and have not counted since."""
    counted = handover.letters.filter(kind=Counted.kind, body__round=1).order_by("-seq").first()
    told = Letter.objects.filter(lane__link=handover.partnership.link_id, lane__handover=None, kind=LinkDigest.kind)
    told = told.filter(sent_at__gt=clock.now() - STANDS, body__sums__contains=[{"handover": str(handover.key)}])
    return (told.filter(sent_at__gt=counted.sent_at) if counted else told).exists()


def count(handover, turn, **outcome):
    """Tell what we told so far, part by part; the lane is held, so nothing is told meanwhile."""
    ways = Lane.objects.filter(link_id=handover.partnership.link_id, handover=handover.key)
    list(ways.select_for_update().filter(sender_id=current_account_id()))
    left_out = {str(one) for one in outcome.get("left_out", ())}
    entries = {key: mark for key, mark in holdings.told([handover])[handover.pk].items() if str(key) not in left_out}
    talking = holdings.is_talking(handover)
    heard = InboxLetter.objects.filter(
        lane__in=ways.filter(receiver_id=current_account_id()), stage__in=[Stage.APPLIED, Stage.SKIPPED]
    )
    body = Counted(
        round=turn,
        worded=talking,
        read=heard.aggregate(last=Max("seq"))["last"] or 0,
        sums=tallies.sums(entries, tallies.divided(len(entries))),
        state=handover.state if handover.is_given else "",
        status=holdings.status_told(handover) if talking else None,
        card=holdings.card_told(handover),
        visit=holdings.visit_told(handover),
        **outcome,
    )
    outbox.write(handover, body, by=SCHEDULE)


def hear_count(row, body, handover, by):
    """What the partner told so far: what his row decides is taken over, and what we miss is asked for once."""
    told = (body.again, body.withheld, body.untold)
    if len(body.sums) not in tallies.SIZES or body.round not in (1, 2) or not all(0 <= n <= MANY for n in told):
        raise CannotApply("out_of_place")
    mended, facts = settle(row, body, handover, by)
    entries = holdings.held([handover], {handover.pk} if body.worded else ())[handover.pk]
    entries = {key: mark for key, mark in entries.items() if key not in body.left_out}
    ours = tallies.sums(entries, len(body.sums))
    differing = [part for part, theirs in enumerate(body.sums) if theirs != ours[part]]
    before, _made = Comparison.objects.get_or_create(handover=handover)
    mended += before.mended if before.result == Result.ASKED and body.round > 1 else 0
    if differing and body.round == 1:
        list_parts(row, handover, entries, differing, len(body.sums))
        before.result, before.mended = Result.ASKED, mended
        before.save(update_fields=["result", "mended"])
        return
    if differing:
        facts += [["missing", body.withheld]] if body.withheld else []
        facts += [["untold", body.untold]] if body.untold else []
        facts += [] if body.withheld or body.untold else [["other", len(differing)]]
    conclude(before, handover, facts, mended + body.again, again=body.again)


def list_parts(row, handover, entries, differing, parts):
    """Tell the partner what we have of the parts that differ, in lists that are not too long.

    How many they are is ours to say: whoever counts in many parts does not make us write a letter for each.
    """
    finer = max(min(parts, FEW), tallies.divided(len(entries)))
    coarse = min(parts, finer)
    differing = {part % coarse for part in differing}
    wanted = [part for part in range(finer) if part % coarse in differing]
    skipped = holdings.skipped(handover)
    lists = {part: [] for part in wanted}
    for key in sorted(entries):
        part = tallies.part_of(key, finer)
        if part in lists:
            lists[part].append(Held(key, entries[key]))
    for part in wanted:
        body = Holdings(row.letter, part, finer, part == wanted[-1], lists[part], skipped)
        outbox.write(handover, body, by=SCHEDULE)


def settle(row, body, handover, by):
    """What stands in the partner's row and not in ours: how much of it was taken over, and what can't be."""
    facts, mended = [], 0
    if body.state in State.values and not handover.is_given and not is_answering(handover, body.read):
        if follows(handover, body.state):
            mended += follow(handover, State(body.state), by=by, at=row.sent_at)
        else:
            facts.append(["state", 1])
    if body.status and holdings.status_differs(handover, body.status):
        crossing.hear_status(handover, body.status, by=by)
        mended += 1
    news = body.card and not handover.is_given and body.card != recard.last_told(handover, None)
    if news and holdings.is_talking(handover):
        rehearing.hear_card(handover, body.card, by=by)
        mended += 1
    if handover.is_given and handover.is_running and holdings.visit_differs(handover, body.visit):
        visiting.hear(handover, body.visit or VisitChanged(), by=by)
        mended += 1
    return mended, facts


def is_answering(handover, read):
    """Whether an answer of ours is on its way: the giver had not read it when he counted."""
    asked = handover.letters.filter(pk=handover.pending).values_list("seq", flat=True).first()
    return bool(asked and asked > read)


def follows(handover, state):
    """Whether the giver's row may move ours there: to work only where our own letters say that we took it on."""
    if state == handover.state or state in FREELY:
        return True
    if moves.long_approved(handover):
        return False
    said = list(handover.letters.filter(kind__in=[*TAKEN_ON, *REFUSED]).order_by("seq").values_list("kind", flat=True))
    wanted = "handover.accepted" if state == State.ACCEPTED else "handover.done"
    return wanted in said and said[-1] not in REFUSED


def follow(handover, state, *, by, at):
    """The giver's row decides; whether ours was another, or waited for a word that never came."""
    waited = handover.pending is not None
    if waited:
        crossing.confirm(handover, accepted=handover.state == state, at=at)
    if handover.state == state:
        return int(waited)
    crossing.overrule(handover, state, by=by)
    return 1


def conclude(comparison, handover, facts, mended, *, again):
    """Note what came of it; what could not be mended is told to a person, once for as long as it stays the same."""
    new = facts and facts != comparison.told.get("here")
    if mended:
        comparison.mended, comparison.mended_at = mended, clock.now()
    note(comparison, here=facts, mended=mended)
    partner = handover.partnership.name
    if again and not facts:
        record(handover, SIDES_MENDED, by=SCHEDULE, ticket=handover.ticket, name=partner, n=again)
    if new:
        record(handover, SIDES_DIFFER, by=SCHEDULE, ticket=handover.ticket, name=partner, facts=facts)


def note(comparison, *, here, mended=0):
    """What differs on both sides as far as we know, and what that makes of the hand-over."""
    comparison.told["here"], comparison.compared_at = here, clock.now()
    comparison.facts = here + there(comparison)
    comparison.result = Result.DIFFERS if comparison.facts else Result.MENDED if mended else Result.AGREED
    comparison.save()


def there(comparison):
    """What the partner missed of ours when he asked the last time, if that was not long ago."""
    facts, asked = comparison.told.get("there"), comparison.asked_at
    return facts if facts and asked and asked > clock.now() - STANDS else []
