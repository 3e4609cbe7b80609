"""When everything is quiet both sides say the same; and each side's status is moved by its own people and map alone."""

from partnerships import conditions
from partnerships.chain import clipped, redact
from partnerships.models import Handover, Partnership
from partnerships.protocol import Station, read, render
from tenants.scoping import account_scope

from .reading import accounts, everywhere

TOLD = ("offered", "accepted", "returned", "done", "approved")  # after an ending nobody tells his status any more


def both_sides_agree():
    """When everything is quiet, both sides say the same: of each link, and of each hand-over."""
    yield from links_agree()
    yield from words_agree()
    sides = {}
    for account in accounts():
        with account_scope(account.pk):
            for row in Handover.objects.select_related("ticket__status", "partnership"):
                sides.setdefault(row.key, {})[row.direction] = row
    for key, pair in sides.items():
        if set(pair) != {"given", "taken"}:
            yield f"{key}: only one side has it"
            continue
        yield from (f"{key}: {breach}" for breach in of_one(pair["given"], pair["taken"]))


# Told by one side and kept by both: what of it was not heard before the link ended stays with whoever said it.
TOGETHER = ("returns", "score", "rating_text", "rating_answer", "checklist")
# What the taker does not take in any more once the work is over.
WHILE_OPEN = ("due_at", "wish_from", "wish_until", "visit_from", "visit_until", "visit_who", "told")


def of_one(given, taken):
    if given.state != taken.state:
        yield f"{given.state} here, {taken.state} there"
    if taken.pending:
        yield "the taker still waits for an answer"
    if given.partnership.state == "ended":
        return
    for name in (*TOGETHER, *(WHILE_OPEN if given.is_running else ())):
        if getattr(given, name) != getattr(taken, name):
            yield f"{name} is {getattr(given, name)} here, {getattr(taken, name)} there"
    if given.state == "offered" and given.accept_by != taken.accept_by:
        yield f"to be accepted by {given.accept_by} here, {taken.accept_by} there"
    if given.state in TOLD and given.below != below_of(given, taken):
        yield "shows another chain below than was told"
    for one, other in ((given, taken), (taken, given)):
        if one.state in TOLD and one.peer_status != other.ticket.status.name:
            yield f"shows “{one.peer_status}” for “{other.ticket.status.name}”"


def below_of(given, taken):
    """The chain below as the taker told it last, as far as the giver may see it."""
    told = [clipped(read(Station, station)) for station in taken.told_above.get("stations", [])[:50]]
    return [render(station) for station in redact(told, given.see_below)]


# Words for a partner who works with us, and words that came from one, by hand-over; where a person let the lane go on
# without a letter, or must still decide, the sides differ by his will.
WORDS_OUT = """
SELECT h.key, c.origin_id, c.body, c.revision, c.removed_at IS NOT NULL, h.state
FROM tickets_commentreader r
JOIN tickets_comment c ON c.id = r.comment_id
JOIN partnerships_handover h ON h.counterpart_id = r.counterpart_id
JOIN partnerships_partnership p ON p.id = h.partnership_id AND p.state <> 'ended'
WHERE c.came_through_id IS DISTINCT FROM r.counterpart_id
"""
WORDS_IN = """
SELECT h.key, c.origin_id, c.body, c.revision, c.removed_at IS NOT NULL, c.came_through_id = h.counterpart_id
FROM tickets_comment c JOIN partnerships_handover h ON h.ticket_id = c.ticket_id
"""
BY_A_PERSON = "SELECT handover_key FROM partnerships_inboxletter WHERE stage IN ('skipped', 'set_aside')"


def words_agree():
    """What was said for a partner stands there in its last wording, or is gone there too."""
    decided = {key for _account, (key,) in everywhere(BY_A_PERSON)}
    there = {}
    for account, (key, said, *wording, came) in everywhere(WORDS_IN):
        there.setdefault((key, said), {})[account.pk] = (wording, came)
    for account, (key, said, body, revision, removed, state) in everywhere(WORDS_OUT):
        theirs = [found for owner, found in there.get((key, said), {}).items() if owner != account.pk]
        if key in decided:
            continue
        if not theirs:
            yield f"{key}: words of {account.slug} have not arrived"
        # By another way they are another's to change.
        elif theirs[0][1] and removed != theirs[0][0][2]:
            yield f"{key}: words of {account.slug} are removed on one side only"
        elif theirs[0][1] and state in TOLD and not removed and [body, revision, removed] != theirs[0][0]:
            yield f"{key}: words of {account.slug} stand there in another wording"


def links_agree():
    """Each side's row of a link says what the link's own row says, and knows the terms of the other."""
    sides = {}
    for account in accounts():
        with account_scope(account.pk):
            for row in Partnership.objects.select_related("link"):
                asked = {(one.key, one.state): one.terms for one in row.proposals.all()}
                told = render(conditions.told(row.terms))
                sides.setdefault(row.link, []).append((row, told, asked))
    for link, pair in sides.items():
        if len(pair) != 2:
            yield f"{link}: only one side knows it"
            continue
        for (one, _told, asked), (_other, told, theirs) in (pair, pair[::-1]):
            if one.state != link.state:
                yield f"{link}: {link.state}, but {one.state} at {one.account_id}"
            if one.state == "ended":
                continue
            if one.their_version and one.their_terms != told:
                yield f"{link}: other terms are known at {one.account_id} than those in force"
            if asked != theirs:
                yield f"{link}: {asked} proposed here, {theirs} there"


# The words of the ledger for a ticket that moved, and what the map of that partner may set.
MOVED_BY_PARTNERS = """
SELECT DISTINCT p.name, a.details->>'after' FROM tenants_activity a
JOIN partnerships_partnership p ON p.id = a.actor_id
WHERE a.actor_kind = 'partner' AND a.kind IN ('status_changed', 'resolved', 'reopened', 'closed')
    AND NOT EXISTS (
        SELECT 1 FROM partnerships_maprow m JOIN tickets_status s ON s.id = m.status_id
        WHERE m.partnership_id = p.id AND m.action = 'set' AND s.name = a.details->>'after'
    )
    AND NOT EXISTS (
        SELECT 1 FROM tenants_activity changed
        WHERE changed.kind IN ('map_changed', 'map_reset', 'status_archived', 'status_renamed')
            AND (changed.subject_id = p.id OR changed.kind LIKE 'status%')
    )
"""


def each_owns_its_status():
    """A partner moves our ticket only where our own map says so; where the map was changed since, it is not asked."""
    for account, (partner, status) in everywhere(MOVED_BY_PARTNERS):
        yield f"{account.slug}: {partner} moved a ticket to “{status}”, and no row of the map says so"
