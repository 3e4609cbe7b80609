"""The database's half of the wall, raised after every migration and derived from the models.

A new tenant table gets its row-level security, its composite keys and only then its grants, all in one
transaction: a table whose fence is missing can't be read by the app at all.
"""

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction

from . import forgetting
from .scoping import AccountOwned

RULE = "account_id = (SELECT nullif(current_setting('app.account_id', true), '')::uuid)"


def fenced_models():
    """Every model whose rows belong to one account."""
    return [model for model in apps.get_models() if issubclass(model, AccountOwned)]


def raise_fences(using="default", app_config=None, **kwargs):
    """Bring policies, composite keys and grants of the whole database in line with the models."""
    if app_config is not None and app_config.name != "tenants":
        return
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        models = [model for model in fenced_models() if model._meta.db_table in existing]
        for model in models:
            fence_rows(cursor, model)
        for model in models:
            fence_keys(cursor, model, existing)
        fence_words(cursor, models)
        grant(cursor, existing)


def fence_rows(cursor, model):
    """Only the rows of the account that is set in this transaction exist for the app."""
    table = quoted(model._meta.db_table)
    cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    cursor.execute(
        "SELECT 1 FROM pg_policies WHERE schemaname = current_schema() AND tablename = %s AND policyname = 'account'",
        [model._meta.db_table],
    )
    if not cursor.fetchone():
        cursor.execute(f"CREATE POLICY account ON {table} USING ({RULE}) WITH CHECK ({RULE})")


def fence_keys(cursor, model, existing):
    """Keys between tenants' tables carry the account, because row-level security does not guard keys."""
    table = model._meta.db_table
    add_constraint(cursor, table, f"{table[:50]}_own_uniq", "UNIQUE (account_id, id)")
    for field in owned_keys(model):
        target = field.remote_field.model._meta.db_table
        if target not in existing:
            continue
        add_constraint(cursor, target, f"{target[:50]}_own_uniq", "UNIQUE (account_id, id)")
        add_constraint(
            cursor,
            table,
            f"{table[:28]}_{field.column[:22]}_own_fk",
            f"FOREIGN KEY (account_id, {quoted(field.column)}) REFERENCES {quoted(target)} (account_id, id)"
            " DEFERRABLE INITIALLY DEFERRED",
        )


def owned_keys(model):
    """The foreign keys of a model that lead to another tenant table."""
    for field in model._meta.local_fields:
        if field.remote_field and issubclass(field.remote_field.model, AccountOwned):
            yield field


def add_constraint(cursor, table, name, definition):
    """Add a constraint once."""
    cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s AND conrelid = %s::regclass", [name, quoted(table)])
    if not cursor.fetchone():
        cursor.execute(f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {quoted(name)} {definition}")


def fence_words(cursor, models):
    """What is only added to may lose words that somebody removed; the database sees to it that it gets no others."""
    cursor.execute(forgetting.FUNCTIONS)
    for model in models:
        for column in getattr(getattr(model, "Fence", None), "forgetful", ()):
            forgetting.watch(cursor, model._meta.db_table, column)


def grant(cursor, existing):
    """The app reads and writes; what is append-only it only adds to, but for columns that must move or may forget."""
    app = settings.DATABASES["default"]["USER"]
    cursor.execute("SELECT current_user")
    if not app or cursor.fetchone()[0] == app:
        return
    role = quoted(app)
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
    cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}")
    cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
    for model in fenced_models():
        fence = getattr(model, "Fence", None)
        if fence and fence.append_only and model._meta.db_table in existing:
            table = quoted(model._meta.db_table)
            cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {role}")
            movable = (*getattr(fence, "movable", ()), *getattr(fence, "forgetful", ()))
            if movable:
                cursor.execute(f"GRANT UPDATE ({', '.join(map(quoted, movable))}) ON {table} TO {role}")


def quoted(name):
    """A name as PostgreSQL wants it."""
    return '"' + name.replace('"', '""') + '"'
