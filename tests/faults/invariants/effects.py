"""One letter, one effect; files with their bytes; the last wording; and what was removed is gone."""

import hashlib

from tickets.files import path_of

from .reading import accounts, ask, everywhere

TWICE = {
    "the same words": "SELECT 1 FROM tickets_comment GROUP BY ticket_id, origin_id HAVING count(*) > 1",
    "the same file": "SELECT 1 FROM tickets_attachment GROUP BY ticket_id, origin_id HAVING count(*) > 1",
    "one line of history for the same words or file": """
        SELECT 1 FROM tenants_activity WHERE kind IN ('commented', 'file_added')
        GROUP BY kind, coalesce(details->>'comment', details->>'file') HAVING count(*) > 1""",
    "the same hand-over": "SELECT 1 FROM partnerships_handover GROUP BY key HAVING count(*) > 1",
    "the same words by one way": """
        SELECT 1 FROM partnerships_inboxletter WHERE stage = 'applied' AND kind = 'comment.added'
        GROUP BY lane_id, body->'comment'->>'id' HAVING count(*) > 1""",
    "the same words in one lane": """
        SELECT 1 FROM partnerships_letter WHERE kind IN ('comment.added', 'comment.removed', 'file.added')
            AND lane_id NOT IN (SELECT lane_id FROM partnerships_letter WHERE kind = 'handover.counted')
        GROUP BY lane_id, kind, coalesce(body->'comment'->>'id', body->'file'->>'id', body->>'id')
        HAVING count(*) > 1""",
    "one wording in one lane": """
        SELECT 1 FROM partnerships_letter WHERE kind = 'comment.edited'
        GROUP BY lane_id, body->>'id', body->>'revision' HAVING count(*) > 1""",
    "one answer of the giver": """
        SELECT 1 FROM partnerships_letter WHERE kind = 'handover.digest'
        GROUP BY lane_id, body->>'answers' HAVING count(*) > 1""",
    "one mail for the same event and person": """
        SELECT 1 FROM tenants_mail WHERE details ? 'since'
        GROUP BY kind, member_id, email, details->>'since' HAVING count(*) > 1""",
    "one mail by the same key": "SELECT 1 FROM tenants_mail GROUP BY key HAVING count(*) > 1",
    "one notice for the same event and person": """
        SELECT 1 FROM tickets_notification GROUP BY member_id, activity_id HAVING count(*) > 1""",
}
# A verb of the partner stands in the ledger as often as he said it, or as the giver's confirmation said it for him.
VERBS = """
WITH heard AS (
    SELECT handover_key AS key, replace(kind, 'handover.', 'handover_') AS kind FROM partnerships_inboxletter
    WHERE stage = 'applied' AND kind LIKE 'handover.%%'
    UNION ALL
    SELECT handover_key, 'handover_' || (body->>'state') FROM partnerships_inboxletter
    WHERE stage = 'applied' AND kind = 'handover.digest' AND NOT (body->>'accepted')::boolean
), told AS (
    SELECT h.key, a.kind FROM tenants_activity a JOIN partnerships_handover h ON h.id = a.subject_id
    WHERE a.actor_kind = 'partner' AND a.kind = ANY (%(kinds)s)
)
SELECT told.kind, told.times, coalesce(heard.times, 0)
FROM (SELECT key, kind, count(*) AS times FROM told GROUP BY 1, 2) told
LEFT JOIN (SELECT key, kind, count(*) AS times FROM heard GROUP BY 1, 2) heard USING (key, kind)
WHERE told.times > coalesce(heard.times, 0)
"""
SPOKEN = ("accepted", "declined", "done", "given_back", "expired", "withdrawn", "approved", "returned", "nudged")
SPOKEN = [f"handover_{word}" for word in (*SPOKEN, "rated", "rating_answered", "offered")]


def nothing_is_doubled():
    """One letter, one effect: words once on a ticket, a verb once in the ledger, a mail and a notice once a person."""
    for what, sql in TWICE.items():
        yield from (f"{account.slug}: {what} twice" for account, _row in everywhere(sql))
    for account, (kind, told, heard) in everywhere(VERBS, kinds=SPOKEN):
        yield f"{account.slug}: {kind} told {told} times, heard {heard} times"


FILES = """
SELECT DISTINCT a.blob_id, b.size, a.size FROM tickets_attachment a JOIN tickets_blob b ON b.sha256 = a.blob_id
WHERE a.removed_at IS NULL
"""


def files_are_whole():
    """Every file that is shown has its bytes, and they are those of its digest; each is read once."""
    known = {}
    for account in accounts():
        for sha256, size, shown in ask(account, FILES):
            if sha256 not in known:
                known[sha256] = fault_of(sha256, size)
            if known[sha256] or shown != size:
                yield f"{account.slug}: a file is shown, {known[sha256] or 'as of another size'}"


def fault_of(sha256, size):
    """What is wrong with stored bytes, if anything is."""
    try:
        with path_of(sha256).open("rb") as kept:
            digest = hashlib.file_digest(kept, "sha256").hexdigest()
            length = kept.tell()
    except FileNotFoundError:
        return "and its bytes are missing"
    if (digest, length) != (sha256, size):
        return "and its bytes are others"
    return ""


LAST_WORDING = """
WITH heard AS (
    SELECT handover_key AS key, seq, body->>'id' AS said, (body->>'revision')::int AS revision, body->>'text' AS text
    FROM partnerships_inboxletter WHERE stage = 'applied' AND kind = 'comment.edited'
    UNION ALL
    SELECT handover_key, seq, body->'comment'->>'id', (body->>'revision')::int, body->'comment'->>'text'
    FROM partnerships_inboxletter WHERE stage = 'applied' AND kind = 'comment.restated'
), last AS (
    SELECT DISTINCT ON (key, said) * FROM heard WHERE text <> '' ORDER BY key, said, revision DESC, seq DESC
)
SELECT c.revision, last.revision FROM last
JOIN partnerships_handover h ON h.key = last.key
JOIN tickets_comment c ON c.ticket_id = h.ticket_id AND c.came_through_id = h.counterpart_id
    AND c.origin_id::text = last.said
WHERE c.removed_at IS NULL AND (c.revision <> last.revision OR c.body <> last.text)
"""
# The numbers only grow: each former wording is kept under a lower one than the present.
FORMER_WORDINGS = """
SELECT r.revision, c.revision FROM tickets_commentrevision r JOIN tickets_comment c ON c.id = r.comment_id
WHERE r.revision >= c.revision
"""


def the_last_wording_stands():
    """Of all wordings that were read the one with the highest number stands."""
    for account, (stands, last) in everywhere(LAST_WORDING):
        yield f"{account.slug}: wording {stands} stands, and {last} was read"
    for account, (former, stands) in everywhere(FORMER_WORDINGS):
        yield f"{account.slug}: wording {stands} stands over its former {former}"


GONE = {
    "its removal was read and it stands": """
        SELECT 1 FROM partnerships_inboxletter i
        JOIN partnerships_handover h ON h.key = i.handover_key
        JOIN tickets_comment c ON c.ticket_id = h.ticket_id AND c.came_through_id = h.counterpart_id
            AND c.origin_id::text = i.body->>'id'
        WHERE i.stage = 'applied' AND i.kind = 'comment.removed' AND c.removed_at IS NULL""",
    "removed, and its words are there": "SELECT 1 FROM tickets_comment WHERE removed_at IS NOT NULL AND body <> ''",
    "removed, and its files are there": """
        SELECT 1 FROM tickets_comment c JOIN tickets_attachment a ON a.comment_id = c.id
        WHERE c.removed_at IS NOT NULL AND a.removed_at IS NULL""",
    "removed, and its former wordings are there": """
        SELECT 1 FROM tickets_comment c JOIN tickets_commentrevision r ON r.comment_id = c.id
        WHERE c.removed_at IS NOT NULL""",
    "removed, and somebody is still called by it": """
        SELECT 1 FROM tickets_comment c JOIN tickets_mention m ON m.comment_id = c.id
        WHERE c.removed_at IS NOT NULL""",
    "removed, and a reader was not told": """
        WITH told AS (
            SELECT handover_id, body->>'id' AS said FROM partnerships_letter WHERE kind = 'comment.removed'
        )
        SELECT 1 FROM tickets_comment c
        JOIN tickets_commentreader r ON r.comment_id = c.id
        JOIN partnerships_handover h ON h.counterpart_id = r.counterpart_id
        JOIN partnerships_partnership p ON p.id = h.partnership_id AND p.state <> 'ended'
        LEFT JOIN told ON told.handover_id = h.id AND told.said = c.origin_id::text
        WHERE c.removed_at IS NOT NULL AND c.came_through_id IS DISTINCT FROM h.counterpart_id
            AND told.said IS NULL""",
}


def what_is_removed_is_gone():
    """A removal outranks any wording: words, files, former wordings and calls are gone, and every reader is told."""
    for what, sql in GONE.items():
        yield from (f"{account.slug}: {what}" for account, _row in everywhere(sql))
