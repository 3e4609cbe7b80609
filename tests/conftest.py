"""The test database is built by the owner and used by the app's own role, so that the wall is always up."""

import hashlib
import os
import signal
import subprocess
import sys
import uuid
from contextlib import contextmanager, suppress
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg.conninfo import make_conninfo

from tests import world
from tests.rewind import HANDED_OUT, casts, place, stage, staged


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """The tests of one cast stand together (tests/rewind.py)."""
    items.sort(key=place)


SOURCES = ("helpdesk", "partnerships", "sla", "tickets", "equipment", "tenants")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """A fresh database per run: made and migrated by the owner, used as the app."""
    name = "test_coticket"
    owner, app = connections["owner"], connections["default"]
    with django_db_blocker.unblock():
        before = owner.settings_dict["NAME"]
        made = migrated(owner)
        connect(owner, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{made}"')
        for connection in (owner, app):
            connection.close()
            connection.settings_dict["NAME"] = settings.DATABASES[connection.alias]["NAME"] = name
        app.close_pool()
        yield
        stage.clear()
        for connection in (owner, app):
            connection.close()
            connection.settings_dict["NAME"] = settings.DATABASES[connection.alias]["NAME"] = before
        app.close_pool()


def migrated(owner):
    """A database to copy, migrated once for the code as it is; it gets its name only when it is whole."""
    code = hashlib.sha256()
    for path in sorted(path for app in SOURCES for path in (settings.BASE_DIR / app).rglob("*.py")):
        code.update(path.read_bytes())
    made, half = f"test_made_{code.hexdigest()[:16]}", "test_half_made"
    names = [name for (name,) in connect(owner, "SELECT datname FROM pg_database WHERE datname LIKE 'test_made_%'")]
    if made not in names:
        connect(owner, *(f'DROP DATABASE IF EXISTS "{old}"' for old in (*names, half)), f'CREATE DATABASE "{half}"')
        before = owner.settings_dict["NAME"]
        owner.close()
        owner.settings_dict["NAME"] = half
        try:
            call_command("migrate", database="owner", verbosity=0, interactive=False)
        finally:
            owner.close()
            owner.settings_dict["NAME"] = before
        connect(owner, f'ALTER DATABASE "{half}" RENAME TO "{made}"')
    return made


def connect(owner, *statements):
    """Speak to the server as the owner, outside of any transaction; gives the rows of the last statement."""
    parts = owner.get_connection_params()
    parts.pop("cursor_factory", None)
    parts.pop("context", None)
    with psycopg.connect(**parts, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture(autouse=True)
def quick_and_private(settings, tmp_path):
    """Passwords hash quickly, files go to the test's own folder, letters of mail stay in memory."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.FILES_ROOT = tmp_path / "files"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    # Every new browser of a test would look through all static files, and none of them asks for one.
    settings.SERVESTATIC_USE_FINDERS = settings.SERVESTATIC_USE_STATIC_ROOT = False


@pytest.fixture(autouse=True)
def on_stage(request, quick_and_private, django_db_blocker, tmp_path_factory):
    """The casts of this test stand, and no others, before anything else touches the database (tests/rewind.py)."""
    wanted = casts(request.node)
    if wanted:
        assert "committed" not in request.fixturenames, "what is staged can not be committed"
        request.getfixturevalue("django_db_setup")
    if wanted or stage.layers:
        with django_db_blocker.unblock():
            stage.reach(wanted, lambda: tmp_path_factory.mktemp("stage"))
    request.node.stash[HANDED_OUT] = stage.hand_out()


@staged
def chain_of_four():
    """A retail chain, its service company, the regional subcontractor, the vendor, and a stranger; linked in a row."""
    return make_chain()


def make_chain():
    def people(*names):
        roles = ("owner", "dispatcher", "agent", "engineer", "observer", "admin")
        return {role: (name, "") for role, name in zip(roles, names, strict=False)}

    a = world.company("lukoshko", "Лукошко", "ЛК", people("Вера Лунина", "Ольга Петренко", "Пётр Ильин"))
    b = world.company(
        "meridian",
        "Меридиан Сервис",
        "МС",
        people("Игорь Седых", "Анна Ковалёва", "Мария Титова", "Олег Юрьев", "Нина Раева", "Семён Гай"),
    )
    c = world.company("vektor", "Вектор", "ВР", people("Артём Шубин", "Лев Жуков", "Руслан Гайсин"))
    d = world.company("atlas", "АТЛАС Сервис", "AT", people("Екатерина Вольская", "Юрий Коц", "Инна Сова"))
    e = world.company("stranger", "Посторонний", "ПО", people("Егор Чужой", "Алла Чужая", "Ян Чужой"))
    for left, right in ((a, b), (b, c), (c, d)):
        world.link(left, right)
    world.at_once(a, b, c, d, e)
    return SimpleNamespace(retail=a, service=b, sub=c, vendor=d, stranger=e)


@contextmanager
def as_owner(*, keep=False):
    """A cursor of the owner's own connection; what it did is undone unless it is to be kept."""
    parts = connections["owner"].get_connection_params()
    parts.pop("cursor_factory", None)
    parts.pop("context", None)
    with psycopg.connect(**parts) as connection:
        yield connection.cursor()
        if not keep:
            connection.rollback()


KEPT = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """Real commits, for tests with threads and other processes; every table is empty again afterwards."""
    with django_db_blocker.unblock():
        connections["default"].close()
        yield
        connections["default"].close()
        with as_owner(keep=True) as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = [f'"{name}"' for (name,) in cursor.fetchall() if name not in KEPT]
            # Few rows go ten times quicker than many files; the lock waits for whoever is still writing.
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in tables))


def environment(**more):
    """The environment of another process that works on the test database."""
    url = make_conninfo(os.environ["DATABASE_URL"], dbname=connections["default"].settings_dict["NAME"])
    return {**os.environ, "DATABASE_URL": url, "COTICKET_FILES": str(settings.FILES_ROOT), **more}


@pytest.fixture
def worker(committed, tmp_path):
    """Starts a real Celery worker on the test database, with a queue of its own; `beat=True` gives it the clock."""
    from helpdesk.celery import app

    queue, before, running = f"test-{uuid.uuid4().hex[:8]}", app.conf.task_default_queue, []

    def listen_to(name):
        app.conf.task_default_queue = name
        app.__dict__.pop("amqp", None)

    def start(*, beat=False, **env):
        command = [sys.executable, "-m", "celery", "-A", "helpdesk", "worker", "-P", "solo", "-l", "WARNING"]
        command += ["--without-gossip", "--without-mingle", "-Q", queue]
        command += ["-B", "-s", str(tmp_path / "beat")] if beat else []
        with (tmp_path / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                env=environment(CELERY_QUEUE=queue, **env),
                cwd=settings.BASE_DIR,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        running.append(process)
        return process

    listen_to(queue)
    yield start
    listen_to(before)
    for process in running:
        # The clock is a child of the worker and would outlive it.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
