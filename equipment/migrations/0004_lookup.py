from django.db import migrations

# What a caller says in the first seconds, kept the way it is looked for: names without ё, codes and serial numbers in
# Latin letters as the eye sees them, phones by their last ten digits.
SEEN = "translate(upper(regexp_replace({text}, '[^[:alnum:]]', '', 'g')), 'АВЕЗКМНОРСТУХЁ', 'ABE3KMHOPCTYXE')"
SPOKEN = "lower(translate({text}, 'Ёё', 'Ее'))"
COLUMNS = (
    ("tenants_client", "spoken", SPOKEN.format(text="name")),
    ("tenants_contact", "spoken", SPOKEN.format(text="name")),
    ("tenants_contact", "dialled", r"right(regexp_replace(phone, '\D', '', 'g'), 10)"),
    ("equipment_site", "spoken", SPOKEN.format(text="name || ' ' || address")),
    ("equipment_site", "seen", SEEN.format(text="code")),
    ("equipment_equipment", "seen", f"{SEEN.format(text='serial_number')} || ' ' || {SEEN.format(text='inventory_number')}"),
)
ADD = """
ALTER TABLE {table} ADD COLUMN {column} text GENERATED ALWAYS AS ({text}) STORED;
CREATE INDEX {table}_{column} ON {table} USING gin (account_id, {column} gin_trgm_ops);
"""

# Substring operators are not leakproof, so under row-level security their indexes rest: as ticket_search, this runs as
# the owner with the account in its own text. `longest` is the one of the words `said` which the index is asked for;
# `typed` (a code) and `digits` are empty when the phrase is none.
LOOKUP = """
CREATE FUNCTION registry_lookup(said text[], longest text, typed text, digits text)
RETURNS TABLE (kind text, row_id uuid, closeness int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public ROWS 50 AS $$
DECLARE
    mine uuid := nullif(current_setting('app.account_id', true), '')::uuid;
BEGIN
    IF mine IS NULL THEN
        RAISE EXCEPTION 'registry_lookup outside of an account';
    END IF;
    RETURN QUERY
        (SELECT 'equipment', d.id, CASE WHEN typed = ANY (string_to_array(d.seen, ' ')) THEN 0 ELSE 2 END
            FROM equipment_equipment d
            WHERE d.account_id = mine AND length(typed) >= 3 AND d.seen LIKE '%' || typed || '%'
            ORDER BY 3, d.id DESC LIMIT 200)
        UNION ALL
        (SELECT 'site', s.id, min(s.closeness)::int FROM (
            SELECT p.id, CASE WHEN p.seen = typed THEN 0 WHEN p.seen LIKE typed || '%' THEN 1 ELSE 2 END AS closeness
                FROM equipment_site p
                WHERE p.account_id = mine AND length(typed) >= 2 AND p.seen LIKE '%' || typed || '%'
            UNION ALL
            SELECT p.id, CASE WHEN p.spoken LIKE longest || '%' THEN 2 ELSE 3 END
                FROM equipment_site p
                WHERE p.account_id = mine AND longest <> '' AND p.spoken LIKE '%' || longest || '%' AND p.spoken LIKE ALL (said)
            ) s GROUP BY s.id ORDER BY 3, s.id DESC LIMIT 200)
        UNION ALL
        (SELECT 'contact', c.id, min(c.closeness)::int FROM (
            SELECT q.id, CASE WHEN q.dialled = digits THEN 0 ELSE 2 END AS closeness
                FROM tenants_contact q
                WHERE q.account_id = mine AND length(digits) >= 4 AND q.dialled LIKE '%' || digits || '%'
            UNION ALL
            SELECT q.id, CASE WHEN q.spoken LIKE longest || '%' THEN 1 ELSE 3 END
                FROM tenants_contact q
                WHERE q.account_id = mine AND longest <> '' AND q.spoken LIKE '%' || longest || '%' AND q.spoken LIKE ALL (said)
            ) c GROUP BY c.id ORDER BY 3, c.id DESC LIMIT 200)
        UNION ALL
        (SELECT 'client', k.id, CASE WHEN k.spoken LIKE longest || '%' THEN 1 ELSE 3 END
            FROM tenants_client k
            WHERE k.account_id = mine AND longest <> '' AND k.archived_at IS NULL
            AND k.spoken LIKE '%' || longest || '%' AND k.spoken LIKE ALL (said)
            ORDER BY 3, k.id DESC LIMIT 200);
END $$;
REVOKE ALL ON FUNCTION registry_lookup(text[], text, text, text) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("equipment", "0003_desk"), ("tenants", "0003_desk"), ("tickets", "0002_search")]

    operations = [
        *(
            migrations.RunSQL(
                ADD.format(table=table, column=column, text=text),
                f"ALTER TABLE {table} DROP COLUMN {column}",
            )
            for table, column, text in COLUMNS
        ),
        migrations.RunSQL(LOOKUP, "DROP FUNCTION registry_lookup(text[], text, text, text)"),
    ]
