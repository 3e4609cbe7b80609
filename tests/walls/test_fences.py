"""Six fences: rows, keys and settings, tried from the inside as the app; each test that holds has one that breaks."""

import ast

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, models, transaction
from django.test.utils import isolate_apps

from partnerships.models import Letter
from tenants import checks, scoping
from tenants.fences import fenced_models
from tenants.models import Activity, Client, Contact, Membership
from tenants.scoping import AccountOwned, NoAccount, WrongAccount, account_scope, in_account, new_id
from tests import world
from tests.conftest import as_owner
from tests.rewind import staged
from tickets import lifecycle
from tickets.models import Comment, Ticket

# Each escape has its reason beside it in the file.
UNSCOPED = {"tenants/scoping.py"}
APPS = ("helpdesk", "partnerships", "sla", "tickets", "equipment", "tenants")


@staged
def two(chain_of_four):
    """Two companies, each with one ticket."""
    for company in (chain_of_four.retail, chain_of_four.stranger):
        with company.scope():
            company.ticket = lifecycle.open_ticket(f"У {company.slug}", by=company.owner)
    return chain_of_four.retail, chain_of_four.stranger


def setting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.account_id', true)")
        return cursor.fetchone()[0]


def sql(statement, *values, account=None):
    """Raw SQL as the app, with another account's setting or with none; the setting is undone."""
    with transaction.atomic(), connection.cursor() as cursor:
        before = setting()
        cursor.execute("SELECT set_config('app.account_id', %s, true)", [str(account or "")])
        cursor.execute(statement, values)
        found = cursor.fetchall() if cursor.description else cursor.rowcount
        cursor.execute("SELECT set_config('app.account_id', %s, true)", [before or ""])
    return found


# Rows


@pytest.mark.parametrize("model", fenced_models(), ids=lambda model: model._meta.label)
def test_outside_of_a_scope_no_row_can_be_asked_for(db, model):
    for ask in (
        lambda rows: list(rows.all()),
        lambda rows: rows.count(),
        lambda rows: rows.filter(pk=new_id()).exists(),
        lambda rows: rows.filter(pk=new_id()).delete(),
        lambda rows: rows.filter(pk=new_id()).update(account_id=new_id()),
        lambda rows: rows.aggregate(models.Count("pk")),
    ):
        with pytest.raises(NoAccount):
            ask(model._base_manager)
        with pytest.raises(NoAccount):
            ask(model._default_manager)
    with pytest.raises(NoAccount):
        model().save()


def test_a_query_made_in_one_account_is_answered_from_the_account_it_is_run_in(two):
    ours, theirs = two
    with ours.scope():
        prepared = Ticket.objects.order_by("number")

    with pytest.raises(NoAccount):
        list(prepared.all())
    with theirs.scope():
        assert [ticket.subject for ticket in prepared.all()] == ["У stranger"]
        with pytest.raises(Ticket.DoesNotExist):
            ours.ticket.refresh_from_db()


def test_the_other_account_is_refused_when_a_row_is_written(two):
    ours, theirs = two
    with ours.scope():
        client = Client(account=theirs.account, name="Чужой")
        with pytest.raises(WrongAccount):
            client.save()
        with pytest.raises(WrongAccount):
            Client.objects.bulk_create([client])
        with pytest.raises(WrongAccount):
            Client.objects.create(account=theirs.account, name="Чужой")
        with pytest.raises(WrongAccount):
            theirs.ticket.save()
        assert Client.objects.get_or_create(name="Наш")[0].account_id == ours.account.pk


def test_a_model_without_the_fence_is_named_by_the_system_check(monkeypatch):
    assert checks.every_model_is_fenced(None) == []

    with isolate_apps("tickets") as isolated:

        class Loose(models.Model):  # noqa: DJ008
            class Meta:
                app_label = "tickets"

        class Leaky(AccountOwned):
            objects = models.Manager()

            class Meta(AccountOwned.Meta):
                app_label = "tickets"

        monkeypatch.setattr(checks, "apps", isolated)
        found = checks.every_model_is_fenced(None)

    assert {(error.id, error.msg.split()[0]) for error in found} == {
        ("tenants.E001", "tickets.Loose"),
        ("tenants.E002", "tickets.Leaky"),
    }


def test_global_tables_are_listed_with_a_reason_and_exist():
    for label, reason in checks.GLOBAL.items():
        assert not issubclass(apps.get_model(label), AccountOwned)
        assert len(reason) > 10


# The database


def test_raw_sql_without_an_account_sees_and_changes_nothing(two):
    for model in fenced_models():
        table = model._meta.db_table
        assert sql(f'SELECT count(*) FROM "{table}"') == [(0,)], table
    assert sql("UPDATE tickets_ticket SET subject = 'x'") == 0
    assert sql("DELETE FROM tickets_ticket") == 0
    assert sql("SELECT count(*) FROM tickets_ticket", account=two[0].account.pk) == [(1,)]


def test_raw_sql_under_another_account_sees_only_that_account(two):
    ours, theirs = two
    for model in fenced_models():
        found = sql(f'SELECT DISTINCT account_id FROM "{model._meta.db_table}"', account=ours.account.pk)
        assert found in ([], [(ours.account.pk,)]), model

    mine = ours.account.pk
    assert sql("UPDATE tickets_ticket SET subject = 'x' WHERE id = %s", theirs.ticket.pk, account=mine) == 0
    assert sql("DELETE FROM tickets_ticket WHERE id = %s", theirs.ticket.pk, account=mine) == 0
    with theirs.scope():
        assert Ticket.objects.get().subject == "У stranger"


@pytest.mark.parametrize("under", ["nobody", "another"])
def test_raw_sql_can_not_put_a_row_into_another_account(two, under):
    ours, theirs = two
    account = ours.account.pk if under == "another" else None
    insert = "INSERT INTO tenants_client (id, account_id, name) VALUES (%s, %s, 'x')"
    with pytest.raises(ProgrammingError, match="row-level security"):
        sql(insert, new_id(), theirs.account.pk, account=account)
    with pytest.raises(ProgrammingError, match="row-level security"):
        sql("UPDATE tickets_status SET account_id = %s", theirs.account.pk, account=ours.account.pk)


@pytest.mark.parametrize("value", ["", "not-a-uuid", "00000000-0000-0000-0000-000000000000"])
def test_a_spoilt_setting_opens_nothing(two, value):
    try:
        assert sql("SELECT count(*) FROM tickets_ticket", account=value) == [(0,)]
    except DatabaseError as refused:
        assert "invalid input syntax for type uuid" in str(refused)
    assert (value == "not-a-uuid") or sql("SELECT count(*) FROM tickets_ticket", account=value) == [(0,)]


def test_a_comment_can_not_be_hung_on_another_accounts_ticket(two):
    ours, theirs = two
    insert = (
        "INSERT INTO tickets_comment (id, account_id, ticket_id, body, audience, author_kind, author_name,"
        " author_company, via, origin_id, created_at, passed_on_by, revision)"
        " VALUES (%(id)s, %(account)s, %(ticket)s, 'x', 'internal', 'member', '', '', '', %(id)s, now(), '', 0);"
        " SET CONSTRAINTS ALL IMMEDIATE"
    )

    def hang(ticket):
        with ours.scope(), connection.cursor() as cursor:
            cursor.execute(insert, {"id": new_id(), "account": ours.account.pk, "ticket": ticket.pk})

    with pytest.raises(IntegrityError, match="own_fk"):
        hang(theirs.ticket)
    hang(ours.ticket)
    with ours.scope():
        assert Comment.objects.count() == 1


@pytest.mark.parametrize("model", [m for m in fenced_models() if hasattr(m, "Fence")], ids=lambda m: m.__name__)
def test_a_ledger_is_only_added_to(two, model):
    ours, _theirs = two
    table = model._meta.db_table
    with ours.scope():
        for change in (
            lambda: model.objects.all().delete(),
            lambda: model.objects.update(account_id=ours.account.pk),
            lambda: sql(f"UPDATE {table} SET id = id", account=ours.account.pk),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                change()


def test_the_columns_of_a_letter_that_must_move_do(two):
    ours, _theirs = two
    with ours.scope():
        assert Letter.objects.update(delivered_at=None) == Letter.objects.count()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Letter.objects.update(seq=7)
        assert Activity.objects.exists()


def test_the_search_function_raises_without_an_account_and_stays_inside_one(two):
    ours, theirs = two
    with pytest.raises(DatabaseError, match="outside of an account"):
        sql("SELECT ticket_search('stranger', 'stranger')")

    assert sql("SELECT ticket_search('stranger', '')", account=theirs.account.pk) == [(theirs.ticket.pk,)]
    assert sql("SELECT ticket_search('stranger', '')", account=ours.account.pk) == []
    assert sql("SELECT ticket_search('', '%%')", account=ours.account.pk) == []


# Escapes


def escapes(root, folders):
    """Every file that goes round the scope in Python, as (file, line)."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                reached = isinstance(node, ast.Attribute) and node.attr == "unscoped"
                named = isinstance(node, ast.Constant) and node.value == "unscoped"
                assigned = isinstance(node, ast.Name) and node.id == "unscoped"
                if reached or named or assigned:
                    yield path.relative_to(root).as_posix(), node.lineno


def test_nobody_goes_round_the_scope_but_who_is_listed():
    assert {path for path, _line in escapes(settings.BASE_DIR, APPS)} == UNSCOPED


def test_a_new_way_round_the_scope_is_noticed(tmp_path):
    folder = tmp_path / "tickets"
    folder.mkdir()
    (folder / "quick.py").write_text("from .models import Ticket\n\nall = Ticket.unscoped.all()\n")
    (folder / "sly.py").write_text("from .models import Ticket\n\nall = getattr(Ticket, 'unscoped').all()\n")

    assert list(escapes(tmp_path, ["tickets"])) == [("tickets/quick.py", 3), ("tickets/sly.py", 3)]


def test_the_way_round_in_python_still_meets_the_wall_of_the_database(two):
    ours, _theirs = two
    assert list(Ticket.unscoped.all()) == []
    with ours.scope():
        assert [ticket.pk for ticket in Ticket.unscoped.all()] == [ours.ticket.pk]


# Scopes


def test_a_scope_leaves_no_setting_behind(two):
    ours, theirs = two
    for company in (ours, theirs, ours):
        with company.scope():
            assert setting() == str(company.account.pk)
            assert [ticket.subject for ticket in Ticket.objects.all()] == [f"У {company.slug}"]
        assert not setting()
        assert not in_account()
    assert sql("SELECT count(*) FROM tickets_ticket") == [(0,)]


def test_a_scope_inside_another_is_refused_and_leaves_the_outer_one_as_it_was(two):
    ours, theirs = two
    with ours.scope():
        with pytest.raises(RuntimeError, match="durable"), theirs.scope():
            pass
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), theirs.scope():
            pass
        assert setting() == str(ours.account.pk)
        assert [ticket.subject for ticket in Ticket.objects.all()] == ["У lukoshko"]
    assert not setting()


def test_a_scope_left_by_an_error_leaves_no_setting_behind(two):
    ours, theirs = two
    with transaction.atomic():
        setting()
    with pytest.raises(ZeroDivisionError), ours.scope():
        Contact.objects.count()
        raise ZeroDivisionError
    assert not setting() and not in_account()
    with pytest.raises(DatabaseError), theirs.scope(), connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")
    assert not setting() and not in_account()
    with theirs.scope():
        Client.objects.create(name="Забытый")
        transaction.set_rollback(True)
    assert not setting() and not in_account()
    with theirs.scope():
        assert not Client.objects.exists()


def test_a_scope_that_forgot_to_restore_would_be_noticed(two, monkeypatch):
    """The tests above with the restoring taken out: the account stays set after the scope was left."""
    ours, _theirs = two
    real = scoping._set_local
    monkeypatch.setattr(scoping, "_set_local", lambda value: real(value) if value else None)
    with ours.scope():
        Membership.objects.count()

    assert setting() == str(ours.account.pk)

    monkeypatch.undo()
    scoping._set_local("")


def test_a_scope_is_a_transaction_of_its_own(committed):
    with pytest.raises(RuntimeError, match="durable"), account_scope(new_id()), account_scope(new_id()):
        pass
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), account_scope(new_id()):
        pass
    assert not setting()


def test_the_wall_is_seen_to_fall_when_the_policy_goes(committed):
    """What the raw-SQL tests above would see if row-level security were off."""
    for slug in ("here", "there"):
        company = world.company(slug, slug, "X", {"owner": ("Он", "")})
        with company.scope():
            lifecycle.open_ticket(slug, by=company.owner)

    assert how_many() == 0
    try:
        break_the_wall("DISABLE")
        assert how_many() == 2
    finally:
        break_the_wall("ENABLE")
    assert how_many() == 0


def how_many():
    return sql("SELECT count(*) FROM tickets_ticket")[0][0]


def break_the_wall(how):
    with as_owner(keep=True) as cursor:
        cursor.execute(f"ALTER TABLE tickets_ticket {how} ROW LEVEL SECURITY")
