"""The ambient account: opened once per request or task, enforced in Python and in PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import uuid_utils.compat
from django.db import connection, models, transaction

from . import clock

_account_id: ContextVar[UUID | None] = ContextVar("account_id", default=None)


class NoAccount(RuntimeError):
    """A tenant's rows were asked for outside of any account."""


class WrongAccount(RuntimeError):
    """A row of one account was about to be written inside another."""


def new_id() -> UUID:
    """A UUIDv7, so that rows made later sort later."""
    return uuid_utils.compat.uuid7()


def current_account_id() -> UUID:
    """The account whose rows may be seen right now; NoAccount outside of a scope."""
    account_id = _account_id.get()
    if account_id is None:
        raise NoAccount("open account_scope() before touching a tenant's rows")
    return account_id


def in_account() -> bool:
    """Whether a scope is open."""
    return _account_id.get() is not None


def _set_local(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.account_id', %s, true), statement_timestamp()", [value])
        clock.heed(cursor.fetchone()[1])


@contextmanager
def account_scope(account_id: UUID | str) -> Iterator[None]:
    """One account = one transaction: every row read or written inside belongs to it.

    The former setting comes back on leaving, because inside a test's outer transaction a
    transaction-local setting would otherwise outlive the scope.
    """
    account_id = account_id if isinstance(account_id, UUID) else UUID(str(account_id))
    before = _account_id.get()
    with transaction.atomic(durable=True):
        token = _account_id.set(account_id)
        try:
            _set_local(str(account_id))
            yield
            if connection.savepoint_ids and not connection.needs_rollback:
                _set_local(str(before or ""))
        finally:
            _account_id.reset(token)


class CurrentAccount(models.Expression):
    """Reads the ambient account when the query is compiled, so a queryset made early can't smuggle another one."""

    def __init__(self) -> None:
        super().__init__(output_field=models.UUIDField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [current_account_id()]

    def get_source_expressions(self) -> list[Any]:
        return []


class AccountQuerySet(models.QuerySet):
    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        for obj in objs:
            obj.claim()
        return super().bulk_create(objs, *args, **kwargs)


# Every query begins here, so the beginning is made once; whose rows they are is known when one is compiled.
_own_rows: dict[tuple[Any, ...], models.QuerySet[Any]] = {}


class AccountManager(models.Manager.from_queryset(AccountQuerySet)):  # type: ignore[misc]
    use_in_migrations = False

    def get_queryset(self):
        known = _own_rows.get(key := (type(self), self.model, self._db))
        if known is None:
            known = _own_rows[key] = super().get_queryset().filter(account_id=CurrentAccount())
        return known.all()


class AccountOwned(models.Model):
    """A row that belongs to exactly one account and can be reached from nowhere else."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("tenants.Account", models.PROTECT, editable=False, related_name="+")

    objects = AccountManager()
    unscoped = models.Manager()  # noqa: DJ012

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.claim()
        super().save(*args, **kwargs)

    def claim(self) -> None:
        """The row joins the ambient account, or is refused when it belongs to another."""
        if self.account_id is None:
            self.account_id = current_account_id()
        elif self.account_id != current_account_id():
            raise WrongAccount(f"{type(self).__name__} of another account")


class OwnedKey(models.ForeignKey):
    """A foreign key between tenant tables: PostgreSQL holds it together with the account (see fences.py)."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs.setdefault("db_constraint", False)
        super().__init__(to, on_delete, **kwargs)
