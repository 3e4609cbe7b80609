"""What the database's own catalogue says about the wall: every hole as one sentence."""

from django.apps import apps
from django.conf import settings

from tenants.checks import GLOBAL, GLOBAL_APPS
from tenants.fences import fenced_models, owned_keys

# The rule as security.md gives it, written down here a second time so that a change of one is noticed by the other.
RULE = "account_id = (SELECT nullif(current_setting('app.account_id', true), '')::uuid)"
DEFINERS = {"ticket_search", "registry_lookup"}
NOT_MODELS = {"django_migrations", "cache"}


def holes(cursor):
    """Every hole in the wall, in words; empty when there is none."""
    found = []
    for look in (policies, keys, model_keys, uniques, relations, strangers, definers, owners, ledgers):
        found.extend(look(cursor))
    return sorted(found)


def rows(cursor, sql, *values):
    cursor.execute(sql, values)
    return cursor.fetchall()


def global_tables():
    """Tables that belong to the installation, as the system check lists them."""
    listed = {apps.get_model(label)._meta.db_table for label in GLOBAL}
    theirs = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in GLOBAL_APPS or model._meta.label_lower.startswith("tenants.user_")
    }
    return listed | theirs | NOT_MODELS


def tenant_tables(cursor):
    """Every table that carries an account and is not listed as global, whether a model stands behind it or not."""
    found = rows(
        cursor,
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id' AND NOT a.attisdropped"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')",
    )
    return {name for (name,) in found} - global_tables()


def policies(cursor):
    """Row-level security is on, forced, and says exactly the rule, both for reading and for writing."""
    cursor.execute("SAVEPOINT rule; CREATE TABLE rule_as_stored (account_id uuid)")
    cursor.execute(f"CREATE POLICY account ON rule_as_stored USING ({RULE}) WITH CHECK ({RULE})")
    wanted = rows(cursor, "SELECT qual FROM pg_policies WHERE tablename = 'rule_as_stored'")[0][0]
    cursor.execute("ROLLBACK TO SAVEPOINT rule")
    flags = {
        name: (on, forced)
        for name, on, forced in rows(cursor, "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class")
    }
    for table in tenant_tables(cursor):
        if not flags[table][0]:
            yield f"{table}: row-level security is off"
        if not flags[table][1]:
            yield f"{table}: row-level security is not forced"
        found = rows(
            cursor,
            "SELECT permissive, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public' AND tablename = %s",
            table,
        )
        if found != [("PERMISSIVE", "ALL", wanted, wanted)]:
            yield f"{table}: its policies are not the one rule"


FOREIGN_KEYS = """
SELECT k.conrelid::regclass::text, k.confrelid::regclass::text, k.conname,
       (SELECT array_agg(a.attname::text ORDER BY p.place) FROM unnest(k.conkey) WITH ORDINALITY p(num, place)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.num),
       (SELECT array_agg(a.attname::text ORDER BY p.place) FROM unnest(k.confkey) WITH ORDINALITY p(num, place)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = p.num),
       k.convalidated
FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
WHERE k.contype = 'f' AND n.nspname = 'public'
"""


def keys(cursor):
    """A key into a tenant's table carries the account, and no key leads there from a global table."""
    tenants = tenant_tables(cursor)
    for table, target, name, columns, wanted, valid in rows(cursor, FOREIGN_KEYS):
        if target not in tenants:
            continue
        if table not in tenants:
            yield f"{table}: {name} leads from a global table to a tenant's"
        elif columns[0] != "account_id" or wanted[0] != "account_id" or len(columns) != 2:
            yield f"{table}: {name} does not carry the account"
        elif not valid:
            yield f"{table}: {name} was never validated"


def model_keys(cursor):
    """Every key that a model has to another tenant table stands in the database as well."""
    there = {(table, tuple(columns)) for table, _target, _name, columns, _w, _v in rows(cursor, FOREIGN_KEYS)}
    for model in fenced_models():
        table = model._meta.db_table
        for field in owned_keys(model):
            if (table, ("account_id", field.column)) not in there:
                yield f"{table}: {field.column} has no composite key"


UNIQUES = """
SELECT t.relname, i.relname, x.indisprimary, a.attname
FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
WHERE x.indisunique
"""


def uniques(cursor):
    """A unique index that does not start with the account tells one tenant what another has."""
    tenants = tenant_tables(cursor)
    for table, index, primary, first in rows(cursor, UNIQUES):
        if table in tenants and not primary and first != "account_id":
            yield f"{table}: {index} is unique across accounts"


def relations(cursor):
    """Views, materialised views and partitions go round the policy of the table beneath."""
    kinds = {"v": "view", "m": "materialised view", "p": "partitioned table", "f": "foreign table"}
    found = rows(
        cursor,
        "SELECT c.relname, c.relkind::text, c.relispartition FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'",
    )
    for name, kind, partition in found:
        if kind in kinds or (partition and kind == "r"):
            yield f"{name}: a {kinds.get(kind, 'partition')} goes round the wall"


def strangers(cursor):
    """A table is a tenant's or listed as global; a third kind there is not."""
    found = rows(cursor, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for table in {name for (name,) in found} - tenant_tables(cursor) - global_tables():
        yield f"{table}: neither a tenant's nor listed as global"


def definers(cursor):
    """Functions that run as their owner pass every policy: each was read and is listed."""
    found = rows(
        cursor,
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'public' AND p.prosecdef",
    )
    for (name,) in found:
        if name not in DEFINERS:
            yield f"{name}: a function that passes the wall and is not listed"


def owners(cursor, app=None):
    """The app's role owns nothing, may not truncate, and passes nothing."""
    app = app or settings.DATABASES["default"]["USER"]
    for (name,) in rows(
        cursor,
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S')"
        " AND pg_get_userbyid(c.relowner) = %s",
        app,
    ):
        yield f"{name}: owned by the app"
    for (name,) in rows(
        cursor,
        "SELECT c.relname FROM pg_class c"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
        " AND has_table_privilege(%s, c.oid, 'TRUNCATE, TRIGGER, REFERENCES')",
        app,
    ):
        yield f"{name}: the app may do more than read and write rows"
    for what, strong in zip(
        ("a superuser", "past row-level security", "able to make roles", "able to make databases"),
        rows(cursor, "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = %s", app)[
            0
        ],
        strict=True,
    ):
        if strong:
            yield f"{app}: the app's role is {what}"


# Which columns a trigger of every session looks at before they change, and what it was told to look at.
WATCHED = """
SELECT a.attname, encode(t.tgargs, 'hex') FROM pg_trigger t
JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum::text = t.tgattr::text
WHERE t.tgrelid = %s::regclass AND t.tgenabled = 'O' AND t.tgfoid = 'refuse_rewording'::regproc
AND t.tgtype & 19 = 19
"""


def ledgers(cursor):
    """What is append-only can't be deleted, and changed only in columns that must move or may lose words."""
    app = settings.DATABASES["default"]["USER"]
    for model in fenced_models():
        fence = getattr(model, "Fence", None)
        if not (fence and fence.append_only):
            continue
        table = model._meta.db_table
        if rows(cursor, "SELECT has_table_privilege(%s, %s, 'UPDATE, DELETE')", app, table)[0][0]:
            yield f"{table}: append-only, but the app may change or delete"
        forgetful = getattr(fence, "forgetful", ())
        movable = {*getattr(fence, "movable", ()), *forgetful}
        found = rows(cursor, WATCHED, table)
        for column in forgetful:
            if (column, f"{column}\0".encode().hex()) not in found:
                yield f"{table}: nobody sees to it that {column} only loses words"
        for field in model._meta.local_fields:
            asked = rows(cursor, "SELECT has_column_privilege(%s, %s, %s, 'UPDATE')", app, table, field.column)
            if asked[0][0] != (field.column in movable):
                yield f"{table}: the grant on {field.column} is not what the model says"
