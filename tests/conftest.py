"""The test database is built by the owner and used by the app's own role, so that the wall is always up."""

from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from tests import world


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """A fresh database per run: made and migrated as the owner, used as the app."""
    name = "test_coticket"
    owner, app = connections["owner"], connections["default"]
    with django_db_blocker.unblock():
        connect(owner, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
        before = owner.settings_dict["NAME"]
        for connection in (owner, app):
            connection.close()
            connection.settings_dict["NAME"] = settings.DATABASES[connection.alias]["NAME"] = name
        app.close_pool()
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        yield
        for connection in (owner, app):
            connection.close()
            connection.settings_dict["NAME"] = settings.DATABASES[connection.alias]["NAME"] = before
        app.close_pool()


def connect(owner, *statements):
    """Speak to the server as the owner, outside of any transaction."""
    parts = owner.get_connection_params()
    parts.pop("cursor_factory", None)
    parts.pop("context", None)
    with psycopg.connect(**parts, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture(autouse=True)
def quick_and_private(settings, tmp_path):
    """Passwords hash quickly, files go to the test's own folder, letters of mail stay in memory."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.FILES_ROOT = tmp_path / "files"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def chain_of_four(db):
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
    return SimpleNamespace(retail=a, service=b, sub=c, vendor=d, stranger=e)
