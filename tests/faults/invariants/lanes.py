"""Letters and lanes: nothing lost, nothing out of order, the numbers add up, nothing goes round in circles."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

from django.db.models import F, Q

from partnerships.models import Lane
from partnerships.vocabulary import LinkState

from .reading import DONE, accounts, ask, everywhere, received, sent

# A jump of hours is a machine whose clock is wrong; disorder is a matter of moments.
CLOCK_FAULT = timedelta(hours=6)

READ_BUT_NOT_THERE = """
SELECT i.kind, i.seq FROM partnerships_inboxletter i
LEFT JOIN partnerships_handover h ON h.key = i.handover_key
LEFT JOIN tickets_comment c ON c.ticket_id = h.ticket_id
    AND c.origin_id::text = i.body->'comment'->>'id' AND i.kind = 'comment.added'
WHERE i.stage = 'applied' AND (
    (i.kind = 'handover.offered' AND h.id IS NULL)
    OR (i.kind = 'comment.added' AND i.body->'comment'->>'id' IS NOT NULL AND c.id IS NULL)
)
"""
SAID_BUT_NOT_TOLD = """
WITH told AS (
    SELECT handover_id, body->'comment'->>'id' AS said FROM partnerships_letter
    WHERE kind IN ('comment.added', 'comment.restated')
    UNION ALL
    SELECT handover_id, one->>'id' FROM partnerships_letter, jsonb_array_elements(body->'comments') one
    WHERE kind = 'handover.offered'
)
SELECT p.name, c.origin_id FROM tickets_commentreader r
JOIN tickets_comment c ON c.id = r.comment_id
JOIN partnerships_handover h ON h.counterpart_id = r.counterpart_id
JOIN partnerships_partnership p ON p.id = h.partnership_id AND p.state <> 'ended'
LEFT JOIN told ON told.handover_id = h.id AND told.said = c.origin_id::text
WHERE c.came_through_id IS DISTINCT FROM r.counterpart_id AND told.said IS NULL
"""


def nothing_is_lost():
    """What was said is written, what is marked as carried is there and as written, what was read has its effect."""
    lanes, into, out = list(Lane.objects.all()), received(), sent()
    for lane in lanes:
        yield from (f"{lane}: {breach}" for breach in of_lane(lane, into[lane.pk], out[lane.pk]))
    for account, (kind, seq) in everywhere(READ_BUT_NOT_THERE):
        yield f"{account.slug}: a {kind} was read as number {seq}, and nothing is there"
    for account, (partner, _said) in everywhere(SAID_BUT_NOT_TOLD):
        yield f"{account.slug}: said to {partner}, and no letter tells it"


def of_lane(lane, into, out):
    """One lane; what was written since the lane was read may be there too."""
    if [letter.seq for letter in out if letter.seq <= lane.written] != list(range(1, lane.written + 1)):
        yield "the numbers of what was written have gaps"
    there = {row.letter for row in into}
    if any(letter.seq <= lane.delivered for letter in out if letter.letter not in there):
        yield "marked as delivered, but not there"
    if lane.applied > sum(row.stage in DONE for row in into):
        yield "marked as applied, but not read"
    known = {letter.letter: letter for letter in out}
    for row in into:
        ours = known.get(row.letter)
        if ours is None:
            yield f"nobody wrote letter {row.seq}"
        elif (ours.seq, ours.kind) != (row.seq, row.kind) or not (ours.body == row.body or lost_words(lane, row)):
            yield f"letter {row.seq} is not what was written"


def lost_words(lane, row):
    """Whether the sender's letter only lacks words that were taken back since; the receiver hears of that later."""
    there = ask(lane.receiver, "SELECT body::text FROM partnerships_inboxletter WHERE letter = %(id)s", id=row.letter)
    here = ask(lane.sender, "SELECT body::text FROM partnerships_letter WHERE id = %(id)s", id=row.letter)
    bodies = {"came": there[0][0], "written": here[0][0]}
    return ask(lane.sender, "SELECT only_forgets(%(came)s, %(written)s)", **bodies)[0][0]


def nothing_is_left_behind():
    """When everything is quiet, every lane that may move has brought all of its letters through."""
    waiting = Lane.objects.filter(applied__lt=F("written"), stuck=False)
    waiting = waiting.filter(sender__suspended_at=None, receiver__suspended_at=None)
    open_now = Q(handover=None) | Q(link__state__in=[LinkState.ACTIVE, LinkState.ENDING])
    yield from (f"{lane}: still on the way" for lane in waiting.filter(open_now))


def the_numbers_add_up():
    """Per lane: out = in + pending + set aside, at every moment."""
    lanes, into, out = list(Lane.objects.all()), received(), sent()
    for lane in lanes:
        stages, there = Counter(row.stage for row in into[lane.pk]), {row.letter for row in into[lane.pk]}
        pending = sum(letter.letter not in there for letter in out[lane.pk])
        read, waiting, aside = sum(stages[stage] for stage in DONE), stages["waiting"], stages["set_aside"]
        if len(out[lane.pk]) != read + waiting + aside + pending:
            yield f"{lane}: {len(out[lane.pk])} out, {read} read, {waiting} waiting, {aside} aside, {pending} pending"
        if aside > 1:
            yield f"{lane}: {aside} are set aside, and only the first may be"


def the_marks_are_true():
    """When everything is quiet, a lane's marks say exactly how far it got."""
    ended = Q(link__state=LinkState.ENDED, handover__isnull=False)
    still = Q(sender__suspended_at__isnull=False) | Q(receiver__suspended_at__isnull=False)
    lanes, into = list(Lane.objects.exclude(ended | still | Q(link__state=LinkState.PAUSED))), received()
    for lane in lanes:
        read = sum(row.stage in DONE for row in into[lane.pk])
        if (lane.delivered, lane.applied) != (len(into[lane.pk]), read):
            yield f"{lane}: {len(into[lane.pk])} have come and {read} are read"
        if lane.stuck != any(row.stage == "set_aside" for row in into[lane.pk]):
            yield f"{lane}: what is set aside and what holds up the lane differ"


def nothing_is_out_of_order():
    """Read in the order of writing: no letter before the one that was written before it."""
    for lane, rows in received().items():
        done = [row for row in rows if row.stage in DONE]
        if [row.seq for row in done] != list(range(1, len(done) + 1)):
            yield f"{lane}: read past a letter that is not read"
        moments = [row.applied_at for row in done if row.applied_at]
        if any(timedelta(0) < one - later < CLOCK_FAULT for one, later in pairwise(moments)):
            yield f"{lane}: read in another order than written"
    for account, (kind, seq) in everywhere(BEFORE_ITS_WORDS):
        yield f"{account.slug}: {kind} has number {seq}, before the words that it is about"


# A change of words stands behind them in its own lane, or the words went with the offer.
BEFORE_ITS_WORDS = """
WITH told AS (
    SELECT lane_id, seq, body->'comment'->>'id' AS said FROM partnerships_letter
    WHERE kind IN ('comment.added', 'comment.restated')
    UNION ALL
    SELECT lane_id, seq, one->>'id' FROM partnerships_letter, jsonb_array_elements(body->'comments') one
    WHERE kind = 'handover.offered'
), first AS (SELECT lane_id, said, min(seq) AS seq FROM told GROUP BY 1, 2)
SELECT l.kind, l.seq FROM partnerships_letter l
JOIN partnerships_handover h ON h.id = l.handover_id
JOIN tickets_comment c ON c.ticket_id = h.ticket_id AND c.origin_id::text = l.body->>'id'
LEFT JOIN first ON first.lane_id = l.lane_id AND first.said = l.body->>'id'
WHERE l.kind IN ('comment.edited', 'comment.removed')
    AND (first.seq IS NULL OR first.seq > l.seq)
"""
# What was told last by its number is what stands, whatever the clocks of the two sides said.
NOT_THE_LAST = """
WITH last AS (
    SELECT DISTINCT ON (lane_id, kind) kind, handover_key, body FROM partnerships_inboxletter
    WHERE stage = 'applied' AND kind IN ('status.changed', 'chain.changed')
    ORDER BY lane_id, kind, seq DESC
)
SELECT last.kind, h.key FROM last JOIN partnerships_handover h ON h.key = last.handover_key
WHERE (kind = 'status.changed' AND h.peer_status <> left(body->>'status', 60))
    OR (kind = 'chain.changed' AND h.direction = 'given'
        AND h.state IN ('offered', 'accepted', 'returned', 'done', 'approved')
        AND (h.peer_holds <> (body->>'holds')::boolean
            OR h.peer_since IS DISTINCT FROM (body->>'since')::timestamptz))
"""


def numbers_outrank_clocks():
    """Where a sender's clock went backwards, his letters are read by their numbers all the same."""
    for lane, rows in received().items():
        backwards = any(later.sent_at < earlier.sent_at for earlier, later in pairwise(rows))
        done = [row.seq for row in rows if row.stage in DONE]
        if backwards and done != list(range(1, len(done) + 1)):
            yield f"{lane}: read by the clock"
    for account, (kind, key) in everywhere(NOT_THE_LAST):
        yield f"{account.slug}: of {key} another {kind} stands than the last by number"


# What carriers do and what ends a link are told apart by a lock, and their clocks by less than this.
AFTER_THE_END = """
SELECT i.kind, i.seq FROM partnerships_inboxletter i
JOIN partnerships_lane l ON l.id = i.lane_id AND l.handover IS NOT NULL
JOIN partnerships_partnership p ON p.link_id = l.link_id AND p.state = 'ended'
WHERE greatest(i.received_at, i.applied_at) > p.ended_at + interval '200 milliseconds'
"""


def nothing_comes_after_the_end():
    """Once a link has ended, not one letter about a ticket comes in or is read."""
    for account, (kind, seq) in everywhere(AFTER_THE_END):
        yield f"{account.slug}: a {kind}, number {seq}, after the end of its link"


TOLD_BACK = """
SELECT c.origin_id FROM partnerships_letter l
JOIN partnerships_handover h ON h.id = l.handover_id
JOIN tickets_comment c ON c.ticket_id = h.ticket_id AND c.origin_id::text = l.body->'comment'->>'id'
WHERE l.kind = 'comment.added' AND c.came_through_id = h.counterpart_id
"""
TOLD = """
SELECT kind, coalesce(body->'comment'->>'id', body->'file'->>'id', body->>'id'), body->>'revision', count(*)
FROM partnerships_letter WHERE kind IN ('comment.added', 'comment.edited', 'comment.removed', 'file.added')
GROUP BY 1, 2, 3
"""
MADE = """
SELECT h.chain, l.kind, count(*) FROM partnerships_letter l JOIN partnerships_handover h ON h.id = l.handover_id
WHERE l.kind NOT IN ('handover.recount', 'handover.counted', 'handover.holdings', 'comment.restated')
GROUP BY 1, 2
"""
DEEDS = """
SELECT h.chain, count(*) FROM partnerships_handover h JOIN tenants_activity a ON a.ticket_id = h.ticket_id
WHERE a.actor_kind <> 'partner' GROUP BY 1
"""


def nothing_is_echoed():
    """Words are never told to the partner they came through, and one event costs two letters a link at most."""
    for account, _said in everywhere(TOLD_BACK):
        yield f"{account.slug}: told back to where it came from"
    links = Lane.objects.filter(handover=None).count() // 2
    told = Counter()
    for _account, (kind, said, revision, times) in everywhere(TOLD):
        told[kind, said, revision] += times
    for (kind, said, _revision), times in told.items():
        if times > 2 * links:
            yield f"one {kind} of {said} makes {times} letters over {links} links"
    yield from of_chains()


def of_chains():
    """Per chain and kind: what people and timers did on its tickets bounds what was written about it."""
    made, deeds, keys = Counter(), Counter(), Counter()
    for account in accounts():
        for chain, kind, times in ask(account, MADE):
            made[chain, kind] += times
        for chain, times in ask(account, "SELECT chain, count(*) FROM partnerships_handover GROUP BY 1"):
            keys[chain] += times
    for account in accounts():
        for chain, times in ask(account, DEEDS):
            deeds[chain] += times
    for (chain, kind), times in made.items():
        if times > 2 * max(1, keys[chain] // 2) * deeds[chain]:
            yield f"{chain}: {times} of {kind} for {deeds[chain]} deeds"
