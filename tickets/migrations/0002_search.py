from django.db import migrations

# The newest thousand of what a common word finds. Words in three dictionaries, ё folded on both sides. The function is the one way round the rule that
# full-text operators are not leakproof: it runs as the owner, with the account in its own text.
WORDS = """
ALTER TABLE {table} ADD COLUMN words tsvector GENERATED ALWAYS AS (
    to_tsvector('russian', translate({text}, 'Ёё', 'Ее'))
    || to_tsvector('english', {text})
    || to_tsvector('simple', translate({text}, 'Ёё', 'Ее'))
) STORED;
CREATE INDEX {table}_words ON {table} USING gin (account_id, words);
"""

IDENTIFIERS = """
ALTER TABLE equipment_equipment ADD COLUMN identifier text GENERATED ALWAYS AS (
    upper(regexp_replace(serial_number || ' ' || inventory_number, '[^[:alnum:] ]', '', 'g'))
) STORED;
CREATE INDEX equipment_identifier ON equipment_equipment USING gin (account_id, identifier gin_trgm_ops);
"""

SEARCH = """
CREATE FUNCTION ticket_search(phrase text, wanted text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public ROWS 50 AS $$
DECLARE
    mine uuid := nullif(current_setting('app.account_id', true), '')::uuid;
    folded text := translate(phrase, 'Ёё', 'Ее');
    query tsquery := websearch_to_tsquery('russian', folded) || websearch_to_tsquery('english', phrase)
        || websearch_to_tsquery('simple', folded);
BEGIN
    IF mine IS NULL THEN
        RAISE EXCEPTION 'ticket_search outside of an account';
    END IF;
    RETURN QUERY SELECT found.id FROM (
        SELECT id FROM tickets_ticket WHERE account_id = mine AND words @@ query
        UNION
        SELECT ticket_id FROM tickets_comment WHERE account_id = mine AND words @@ query
        UNION
        SELECT link.ticket_id FROM equipment_equipment device
            JOIN tickets_ticketequipment link
            ON link.account_id = device.account_id AND link.equipment_id = device.id
            WHERE device.account_id = mine AND length(wanted) >= 4
            AND device.identifier LIKE '%' || wanted || '%'
        ) found ORDER BY found.id DESC LIMIT 1000;
END $$;
REVOKE ALL ON FUNCTION ticket_search(text, text) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial"), ("equipment", "0002_initial")]

    operations = [
        migrations.RunSQL(
            WORDS.format(table="tickets_ticket", text="subject || ' ' || description"), migrations.RunSQL.noop
        ),
        migrations.RunSQL(WORDS.format(table="tickets_comment", text="body"), migrations.RunSQL.noop),
        migrations.RunSQL(IDENTIFIERS, migrations.RunSQL.noop),
        migrations.RunSQL(SEARCH, "DROP FUNCTION ticket_search(text, text)"),
    ]
