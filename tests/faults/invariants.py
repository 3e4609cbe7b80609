"""What must be true whatever happened: each function names its breaches, and an empty list is the proof."""

from collections import Counter

from django.db import connection

from partnerships import conditions
from partnerships.models import Handover, InboxLetter, Lane, Letter, Partnership
from partnerships.protocol import render
from tenants.models import Account, Activity
from tenants.scoping import account_scope
from tickets.models import Attachment, Comment

DONE = ("applied", "skipped")
TOLD = ("offered", "accepted", "returned", "done", "approved")  # after an ending nobody tells his status any more


def everything():
    """Every breach of every invariant that holds at every moment."""
    found = []
    for look in (nothing_is_lost, nothing_is_doubled, nothing_is_out_of_order, nothing_is_echoed, nothing_leaks):
        found.extend(f"{look.__name__}: {breach}" for breach in look())
    return found


def sent(lane):
    with account_scope(lane.sender_id):
        return list(Letter.objects.filter(lane=lane).order_by("seq"))


def received(lane):
    with account_scope(lane.receiver_id):
        return list(InboxLetter.objects.filter(lane=lane).order_by("seq"))


def accounts():
    return list(Account.objects.order_by("slug"))


def nothing_is_lost():
    """Per lane: written = read + waiting + set aside + not carried yet, and nobody says more than is true."""
    for lane in Lane.objects.all():
        out, into = sent(lane), received(lane)
        if [letter.seq for letter in out] != list(range(1, lane.written + 1)):
            yield f"{lane}: the numbers of what was written have gaps"
        there = {row.letter for row in into}
        stages = Counter(row.stage for row in into)
        pending = [letter for letter in out if letter.pk not in there]
        if len(out) != sum(stages.values()) + len(pending):
            yield f"{lane}: out is not in + pending"
        if any(letter.seq <= lane.delivered for letter in pending):
            yield f"{lane}: marked as delivered, but not there"
        if lane.applied > sum(stages[stage] for stage in DONE):
            yield f"{lane}: marked as applied, but not read"
        by_id = {letter.pk: letter for letter in out}
        for row in into:
            ours = by_id.get(row.letter)
            if ours and (ours.seq, ours.kind, ours.body) != (row.seq, row.kind, row.body):
                yield f"{lane}: letter {row.seq} is not what was written"


def nothing_is_doubled():
    """One letter, one effect: words once on a ticket, a verb of the partner once in the ledger."""
    for account in accounts():
        with account_scope(account.pk):
            for model in (Comment, Attachment):
                known = Counter(model.objects.values_list("ticket_id", "origin_id"))
                yield from (f"{account.slug}: {model.__name__} twice" for times in known.values() if times > 1)
            applied = InboxLetter.objects.filter(stage="applied")
            verbs = Counter(
                (row.handover_key, row.kind.replace("handover.", "handover_"))
                for row in applied.filter(kind__in=["handover.nudged", "handover.accepted", "handover.done"])
            )
            keys = dict(Handover.objects.values_list("pk", "key"))
            told = Counter(
                (keys[line.subject_id], line.kind)
                for line in Activity.objects.filter(actor_kind="partner", subject_id__in=keys)
            )
            for verb, times in told.items():
                if verb in verbs and times > verbs[verb]:
                    yield f"{account.slug}: {verb[1]} told {times} times, heard {verbs[verb]} times"
            seen = applied.filter(kind="comment.added").values("lane", "body__comment__id").distinct().count()
            if seen != applied.filter(kind="comment.added").count():
                yield f"{account.slug}: the same words came twice by one way"


def nothing_is_out_of_order():
    """Read in the order of writing: no letter before the one that was written before it."""
    for lane in Lane.objects.all():
        rows = received(lane)
        done = [row for row in rows if row.stage in DONE]
        if [row.seq for row in done] != list(range(1, len(done) + 1)):
            yield f"{lane}: read past a letter that is not read"
        moments = [row.applied_at for row in done if row.applied_at]
        if moments != sorted(moments):
            yield f"{lane}: read in another order than written"


def nothing_is_echoed():
    """Words are never told to the partner they came through."""
    for account in accounts():
        with account_scope(account.pk):
            came = {
                (said.ticket_id, said.came_through_id, str(said.origin_id))
                for said in Comment.objects.exclude(came_through=None)
            }
            told = Letter.objects.filter(kind="comment.added").values_list(
                "handover__ticket", "handover__counterpart", "body__comment__id"
            )
            yield from (f"{account.slug}: told back to where it came from" for words in told if words in came)


def nothing_leaks():
    """What is said among us stands in no letter, of anybody, sent or received."""
    secrets = []
    for account in accounts():
        with account_scope(account.pk):
            secrets += Comment.objects.filter(audience="internal").values_list("body", flat=True)
    for account in accounts():
        with account_scope(account.pk):
            for model in (Letter, InboxLetter):
                for row in model.objects.all():
                    for secret in secrets:
                        if secret and secret in str(row.body):
                            yield f"{account.slug}: “{secret}” in a {row.kind}"


def both_sides_agree():
    """When everything is quiet, both sides say the same: of each link, and of each hand-over."""
    yield from links_agree()
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
WHILE_OPEN = ("due_at", "wish_from", "wish_until", "visit_from", "visit_until", "visit_who")


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
    for one, other in ((given, taken), (taken, given)):
        if one.state in TOLD and one.peer_status != other.ticket.status.name:
            yield f"shows “{one.peer_status}” for “{other.ticket.status.name}”"


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


COUNTED = (
    "tickets_ticket",
    "tickets_comment",
    "tickets_attachment",
    "partnerships_handover",
    "partnerships_letter",
    "partnerships_inboxletter",
    "tenants_activity",
)


def rows():
    """How many rows every account has of what letters can make: {(slug, table): n}."""
    counts = {}
    for account in accounts():
        with account_scope(account.pk), connection.cursor() as cursor:
            for table in COUNTED:
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                counts[account.slug, table] = cursor.fetchone()[0]
    return counts
