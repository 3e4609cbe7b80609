"""One word, six places: where an address, a word or an id lives."""

import inspect
from pathlib import Path
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import Resolver404, resolve

from tenants.models import Account
from tenants.scoping import AccountOwned, account_scope
from tenants.vocabulary import KINDS

ROOT = settings.BASE_DIR
APPS = ("tenants", "equipment", "tickets", "sla", "partnerships", "helpdesk")


class Command(BaseCommand):
    help = "Say what an address (/a/slug/tickets/1/), a word (resolve, handover_done, Ticket) or an id (UUID) is."

    def add_arguments(self, parser):
        parser.add_argument("thing")

    def handle(self, *args, thing, **options):
        found = list(by_address(thing)) if thing.startswith("/") else [*by_id(thing), *by_word(thing)]
        if not found:
            raise CommandError(f"nothing here is called {thing}")
        for place in found:
            self.stdout.write(place)


def by_address(thing):
    """The view behind an address, inside an account or outside."""
    parts = thing.split("/", 3)
    inside = thing.startswith("/a/") and len(parts) == 4
    urlconf, path = (settings.ACCOUNT_URLCONF, "/" + parts[3]) if inside else (settings.ROOT_URLCONF, thing)
    try:
        match = resolve(path, urlconf)
    except Resolver404:
        return
    view = inspect.unwrap(match.func)
    yield f"address  {match.route}  ({'inside an account' if inside else 'outside of accounts'})"
    yield f"view     {where(view)}"


def by_id(thing):
    """The table and the account of a row; never what is in it."""
    try:
        wanted = UUID(thing)
    except ValueError:
        return
    for model in apps.get_models():
        if issubclass(model, AccountOwned):
            yield from in_accounts(model, wanted)
        elif model._meta.pk.get_internal_type() == "UUIDField" and model._base_manager.filter(pk=wanted).exists():
            yield f"id       {model._meta.label}, a global row"


def in_accounts(model, wanted):
    for account in Account.objects.all():
        with account_scope(account.pk):
            if model.objects.filter(pk=wanted).exists():
                yield f"id       {model._meta.label} in the account {account.slug}"


def by_word(thing):
    """The verb, the ledger's kind, the model, the template and the test of a word."""
    word = thing.lower().replace("-", "_")
    for kind in KINDS.values():
        if kind.code == word or kind.code.endswith(f"_{word}"):
            yield f"kind     {kind.code}: {kind.sentence}"
    for model in apps.get_models():
        if model.__name__.lower() == word.replace("_", ""):
            yield f"model    {where(model)}"
    for app in APPS:
        for file in sorted((ROOT / app).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            if f"\ndef {word}(" in text:
                yield f"verb     {relative(file)}: {word}()"
    for pattern in (f"templates/**/_{word}.html", f"templates/**/{word}.html", f"tests/**/test_{word}.py"):
        for file in sorted(ROOT.glob(pattern)):
            yield f"{file.parts[len(ROOT.parts)][:-1]:<8} {relative(file)}"


def where(thing):
    """File and line of a function or class."""
    file = Path(inspect.getsourcefile(thing) or "")
    name = f"{relative(file)}:{inspect.getsourcelines(thing)[1]}" if file.is_relative_to(ROOT) else str(file.name)
    return f"{name}  {thing.__module__}.{thing.__qualname__}"


def relative(file):
    return file.relative_to(ROOT).as_posix()
