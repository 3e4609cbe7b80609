"""The wall as the database's catalogue tells it; and each way of breaking it, done on purpose and noticed."""

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from tenants import checks, fences
from tests.conftest import as_owner
from tests.walls import catalogue

BREAKS = [
    (
        "CREATE TABLE loose (id uuid PRIMARY KEY, account_id uuid)",
        "loose: row-level security is off",
    ),
    (
        "ALTER TABLE tickets_ticket DISABLE ROW LEVEL SECURITY",
        "tickets_ticket: row-level security is off",
    ),
    (
        "ALTER TABLE tickets_ticket NO FORCE ROW LEVEL SECURITY",
        "tickets_ticket: row-level security is not forced",
    ),
    ("DROP POLICY account ON tickets_ticket", "tickets_ticket: its policies are not the one rule"),
    (
        "CREATE POLICY shared ON tickets_ticket FOR SELECT USING (true)",
        "tickets_ticket: its policies are not the one rule",
    ),
    (
        "ALTER POLICY account ON tickets_ticket WITH CHECK (true)",
        "tickets_ticket: its policies are not the one rule",
    ),
    (
        "ALTER POLICY account ON tickets_ticket USING (account_id IS NOT NULL)",
        "tickets_ticket: its policies are not the one rule",
    ),
    (
        "ALTER TABLE tickets_comment DROP CONSTRAINT tickets_comment_ticket_id_own_fk",
        "tickets_comment: ticket_id has no composite key",
    ),
    (
        "ALTER TABLE tickets_comment ADD CONSTRAINT plain FOREIGN KEY (ticket_id) REFERENCES tickets_ticket (id)",
        "tickets_comment: plain does not carry the account",
    ),
    (
        "ALTER TABLE tenants_timer ADD CONSTRAINT up FOREIGN KEY (subject_id) REFERENCES tickets_ticket (id)",
        "tenants_timer: up leads from a global table to a tenant's",
    ),
    (
        "ALTER TABLE tickets_comment ADD CONSTRAINT later FOREIGN KEY (account_id, ticket_id)"
        " REFERENCES tickets_ticket (account_id, id) NOT VALID",
        "tickets_comment: later was never validated",
    ),
    ("CREATE UNIQUE INDEX told ON tickets_ticket (number)", "tickets_ticket: told is unique across accounts"),
    ("CREATE VIEW everything AS SELECT * FROM tickets_ticket", "everything: a view goes round the wall"),
    (
        "CREATE MATERIALIZED VIEW everything AS SELECT count(*) FROM tickets_ticket",
        "everything: a materialised view goes round the wall",
    ),
    (
        "CREATE TABLE many (id int) PARTITION BY LIST (id)",
        "many: a partitioned table goes round the wall",
    ),
    ("CREATE TABLE nobodys (id int)", "nobodys: neither a tenant's nor listed as global"),
    (
        "CREATE FUNCTION leak() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM tickets_ticket'",
        "leak: a function that passes the wall and is not listed",
    ),
    ("GRANT TRUNCATE ON tickets_ticket TO {app}", "tickets_ticket: the app may do more than read and write rows"),
    (
        "GRANT DELETE ON tenants_activity TO {app}",
        "tenants_activity: append-only, but the app may change or delete",
    ),
    (
        "GRANT UPDATE (at) ON tenants_activity TO {app}",
        "tenants_activity: the grant on at is not what the model says",
    ),
    (
        "GRANT UPDATE (seq) ON partnerships_letter TO {app}",
        "partnerships_letter: the grant on seq is not what the model says",
    ),
    (
        "DROP TRIGGER body_only_forgets ON partnerships_letter",
        "partnerships_letter: nobody sees to it that body only loses words",
    ),
    (
        "ALTER TABLE tenants_activity DISABLE TRIGGER details_only_forgets",
        "tenants_activity: nobody sees to it that details only loses words",
    ),
    (
        "REVOKE UPDATE ON partnerships_letter FROM {app}",
        "partnerships_letter: the grant on delivered_at is not what the model says",
    ),
]


def test_the_wall_has_no_hole(db):
    with as_owner() as cursor:
        assert catalogue.holes(cursor) == []
        assert len(catalogue.tenant_tables(cursor)) >= 25
        assert catalogue.tenant_tables(cursor) == {model._meta.db_table for model in fences.fenced_models()}


@pytest.mark.parametrize("statement, hole", BREAKS, ids=[hole for _statement, hole in BREAKS])
def test_a_hole_made_on_purpose_is_noticed(db, statement, hole):
    app = settings.DATABASES["default"]["USER"]
    with as_owner() as cursor:
        cursor.execute(statement.format(app=app))

        assert hole.format(app=app) in catalogue.holes(cursor)


def test_a_role_that_owns_or_passes_the_wall_is_noticed(db):
    owner = connections["owner"].settings_dict["USER"]
    with as_owner() as cursor:
        found = set(catalogue.owners(cursor, owner))

    assert {"tickets_ticket: owned by the app", f"{owner}: the app's role is past row-level security"} <= found


def test_the_rule_in_the_code_is_the_rule_in_the_book():
    assert fences.RULE == catalogue.RULE


def test_the_system_check_is_content_with_the_app_role_and_not_with_the_owner(db, monkeypatch):
    assert checks.the_app_role_is_weak(None, databases=["default"]) == []

    parts = connections["owner"].get_connection_params()
    parts.pop("cursor_factory", None)
    parts.pop("context", None)
    with psycopg.connect(**parts) as owner:
        monkeypatch.setattr(checks, "connections", {"default": owner})
        found = checks.the_app_role_is_weak(None, databases=["default"])

    assert [error.id for error in found] == ["tenants.E003"]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE tickets_ticket DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE tickets_ticket NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY account ON tickets_ticket",
        "CREATE POLICY open ON tickets_ticket USING (true)",
        "ALTER ROLE CURRENT_USER BYPASSRLS",
        "TRUNCATE tickets_ticket CASCADE",
        "CREATE VIEW everything AS SELECT * FROM tickets_ticket",
        "COPY tickets_ticket TO PROGRAM 'cat'",
        "SET ROLE {owner}",
        "SET SESSION AUTHORIZATION {owner}",
    ],
)
def test_the_app_can_not_take_the_wall_down(db, statement):
    owner = connections["owner"].settings_dict["USER"]
    with pytest.raises(psycopg.errors.InsufficientPrivilege), as_app() as cursor:
        cursor.execute(statement.format(owner=f'"{owner}"'))


def test_the_app_may_switch_policies_off_only_to_be_refused_altogether(db):
    with pytest.raises(psycopg.errors.InsufficientPrivilege), as_app() as cursor:
        cursor.execute("SET row_security = off")
        cursor.execute("SELECT count(*) FROM tickets_ticket")


def as_app():
    """A cursor of the app's role beside the test's own transaction."""
    parts = connections["default"].get_connection_params()
    for name in ("cursor_factory", "context", "pool"):
        parts.pop(name, None)
    return Cursor(psycopg.connect(**parts))


class Cursor:
    def __init__(self, connection):
        self.connection = connection

    def __enter__(self):
        return self.connection.cursor()

    def __exit__(self, *failure):
        self.connection.rollback()
        self.connection.close()
