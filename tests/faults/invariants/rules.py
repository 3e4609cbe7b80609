"""The rules of a hand-over, as both sides keep them: what must not cross did not, and what came is not shown wider."""

from .reading import everywhere

BROKEN = {
    "tells more below than the giver may see": """
        SELECT 1 FROM partnerships_letter l JOIN partnerships_handover h ON h.id = l.handover_id,
            jsonb_array_elements(l.body->'stations') s
        WHERE l.kind = 'chain.changed' AND h.direction = 'taken' AND (h.see_below = 'hidden'
            OR h.see_below = 'role' AND concat(s->>'name', s->>'ref', s->>'status') <> '')""",
    "shows more below than it may see": """
        SELECT 1 FROM partnerships_handover h, jsonb_array_elements(h.below) s
        WHERE h.direction = 'given' AND (h.see_below = 'hidden'
            OR h.see_below = 'role' AND concat(s->>'name', s->>'ref', s->>'status') <> '')""",
    "shows who holds it below": """
        SELECT 1 FROM partnerships_handover h JOIN tickets_counterpart c ON c.id = h.counterpart_id
        WHERE h.direction = 'given' AND h.see_below <> 'named' AND c.holder <> ''""",
    "shows the author of words from below": """
        SELECT 1 FROM tickets_comment c
        JOIN partnerships_handover h ON h.counterpart_id = c.came_through_id
        JOIN partnerships_partnership p ON p.id = h.partnership_id
        WHERE h.direction = 'given' AND h.see_below <> 'named'
            AND (c.via NOT IN ('', p.name) OR c.author_company NOT IN ('', p.name)
                OR (c.author_company = '' AND c.author_name <> ''))
            AND NOT EXISTS (SELECT 1 FROM tenants_activity a WHERE a.kind = 'partner_renamed')""",
    "tells the names of its own people": """
        SELECT 1 FROM partnerships_letter l
        JOIN partnerships_handover h ON h.id = l.handover_id AND h.direction = 'taken'
        JOIN partnerships_terms t ON t.partnership_id = h.partnership_id AND t.version = h.terms_version
        WHERE NOT t.back_names AND l.by->>'name' <> ''""",
    "names the author of words that go on in its own name": """
        SELECT 1 FROM partnerships_letter l
        JOIN partnerships_handover h ON h.id = l.handover_id
        JOIN tickets_comment c ON c.ticket_id = h.ticket_id AND c.origin_id::text = l.body->'comment'->>'id'
        JOIN tickets_commentreader r ON r.comment_id = c.id AND r.counterpart_id = h.counterpart_id
        WHERE l.kind IN ('comment.added', 'comment.restated') AND c.author_kind = 'partner'
            AND (r.masked OR h.direction = 'taken' AND h.see_below <> 'named')
            AND c.author_company <> '' AND (l.body->'comment'->>'company' = c.author_company
                OR jsonb_array_length(l.body->'comment'->'via') > 0)""",
    "passes files back": """
        SELECT 1 FROM partnerships_letter l
        JOIN partnerships_handover h ON h.id = l.handover_id AND h.direction = 'taken'
        JOIN partnerships_terms t ON t.partnership_id = h.partnership_id AND t.version = h.terms_version
        WHERE NOT t.back_files AND (l.kind = 'file.added'
            OR l.kind = 'comment.added' AND jsonb_array_length(l.body->'comment'->'files') > 0)""",
    "tells facts that are not ticked": """
        SELECT 1 FROM partnerships_handover h
        WHERE h.direction = 'given' AND (
            (h.told->>'description' <> '' AND NOT (h.share->>'description')::boolean)
            OR (h.told->'card'->'contact' <> 'null' AND NOT (h.share->>'contact_name')::boolean)
            OR (h.told->'card'->'contact'->>'phone' <> '' AND NOT (h.share->>'contact_phone')::boolean)
            OR (h.told->'card'->'site' <> 'null' AND NOT (h.share->>'site')::boolean)
            OR (h.told->'card'->>'agreement' <> '' AND NOT (h.share->>'agreement')::boolean))""",
    "tells the client’s deadline": """
        SELECT 1 FROM partnerships_letter l
        JOIN partnerships_handover h ON h.id = l.handover_id
        LEFT JOIN partnerships_terms t ON t.partnership_id = h.partnership_id AND t.version = h.terms_version
            AND h.direction = 'given'
        WHERE NOT coalesce(t.show_client_due, false)
            AND coalesce(l.body->>'client_due_at', l.body->'card'->>'client_due_at') IS NOT NULL""",
    "handed on against the giver's word": """
        SELECT 1 FROM partnerships_handover down
        JOIN partnerships_handover up ON up.ticket_id = down.ticket_id AND up.chain = down.chain
        WHERE up.direction = 'taken' AND down.direction = 'given' AND (up.hand_on = 'nobody'
            OR up.hand_on = 'listed' AND down.hand_on = 'anyone')""",
    "was moved by the status of a partner who has nothing to do with it any more": """
        SELECT 1 FROM partnerships_handover h
        JOIN tenants_activity told ON told.subject_id = h.id AND told.kind = 'peer_status' AND told.at > h.ended_at
        JOIN tenants_activity moved ON moved.ticket_id = h.ticket_id AND moved.actor_kind = 'partner'
            AND moved.actor_id = h.partnership_id AND moved.kind IN ('status_changed', 'resolved', 'reopened', 'closed')
            AND moved.at BETWEEN told.at AND told.at + interval '1 second'
        WHERE h.state IN ('withdrawn', 'declined', 'expired', 'given_back', 'cut')""",
}


def rules_hold_on_both_sides():
    """Checked at sending and at applying, the narrower wins: no row holds more than its hand-over allows."""
    for what, sql in BROKEN.items():
        yield from (f"{account.slug} {what}" for account, _row in everywhere(sql))
