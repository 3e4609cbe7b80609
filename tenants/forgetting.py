"""How the database holds that what is only added to may lose words and never gets others.

A column that a fence calls forgetful may be updated, and a trigger looks at every such update: each value stays as it
was or becomes empty, and a part may be marked as removed.
"""

FUNCTIONS = """
CREATE OR REPLACE FUNCTION only_forgets(was jsonb, becomes jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF was = becomes THEN
        RETURN true;
    ELSIF jsonb_typeof(was) <> jsonb_typeof(becomes) THEN
        RETURN false;
    ELSIF jsonb_typeof(was) = 'string' THEN
        RETURN becomes = '""'::jsonb;
    ELSIF jsonb_typeof(was) = 'number' THEN
        RETURN becomes = '0'::jsonb;
    ELSIF jsonb_typeof(was) = 'array' THEN
        RETURN jsonb_array_length(was) = jsonb_array_length(becomes) AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(was) WITH ORDINALITY AS old(part, place)
            JOIN jsonb_array_elements(becomes) WITH ORDINALITY AS new(part, place) USING (place)
            WHERE NOT only_forgets(old.part, new.part)
        );
    ELSIF jsonb_typeof(was) = 'object' THEN
        RETURN NOT EXISTS (
            SELECT FROM jsonb_each(was) AS old FULL JOIN jsonb_each(becomes) AS new USING (key)
            WHERE (key <> 'removed' OR new.value IS DISTINCT FROM 'true'::jsonb)
            AND (old.value IS NULL OR new.value IS NULL OR NOT only_forgets(old.value, new.value))
        );
    END IF;
    RETURN false;
END $$;
CREATE OR REPLACE FUNCTION refuse_rewording() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT only_forgets(to_jsonb(OLD) -> TG_ARGV[0], to_jsonb(NEW) -> TG_ARGV[0]) THEN
        RAISE insufficient_privilege USING MESSAGE =
            format('permission denied: %I.%I may lose words and never get others', TG_TABLE_NAME, TG_ARGV[0]);
    END IF;
    RETURN NEW;
END $$;
"""


def watch(cursor, table, column):
    """Every update of this column of a table is looked at from now on."""
    cursor.execute(
        f'CREATE OR REPLACE TRIGGER "{column}_only_forgets" BEFORE UPDATE OF "{column}" ON "{table}" FOR EACH ROW'
        f' WHEN (OLD."{column}" IS DISTINCT FROM NEW."{column}") EXECUTE FUNCTION refuse_rewording(\'{column}\')'
    )
