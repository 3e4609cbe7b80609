"""Which servers we run ourselves and which come from outside, and the environment that tells of both."""

import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg

from .crew import Child, Crew
from .folder import DataFolder
from .postgres import APP, OWNER, Postgres
from .processes import Register, carrying, end, living_in
from .trouble import FULL_DISK_WORDS, Exit, Stopped, Trouble, disk_full
from .valkey import Valkey

START_PATIENCE = 120.0


def wants_postgres(given: Mapping[str, str]) -> bool:
    """PostgreSQL is ours unless both of its addresses come from outside."""
    app, owner = given.get("DATABASE_URL"), given.get("DATABASE_OWNER_URL")
    if bool(app) != bool(owner):
        has, lacks = ("DATABASE_URL", "DATABASE_OWNER_URL") if app else ("DATABASE_OWNER_URL", "DATABASE_URL")
        raise Trouble(
            Exit.INCOMPLETE,
            f"{has} is set but {lacks} is not: give both, or neither to use the built-in PostgreSQL.",
        )
    return not app


def wants_valkey(given: Mapping[str, str]) -> bool:
    """Valkey is ours unless its address comes from outside."""
    return not given.get("REDIS_URL")


def folder_environment(folder: DataFolder, given: Mapping[str, str], port: int) -> dict[str, str]:
    """What settings read from the environment, out of the data folder where nothing else was given."""
    ours = {
        "COTICKET_DATA": str(folder),
        "COTICKET_FILES": str(folder.path / "files"),
        "COTICKET_STATIC": str(folder.path / "static"),
        "EMAIL_URL": (folder.path / "mail").as_uri(),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "PYTHONUNBUFFERED": "1",
    }
    chosen = {name: given.get(name) or value for name, value in ours.items()}
    for place in (Path(chosen["COTICKET_FILES"]), Path(chosen["COTICKET_STATIC"]), folder.path / "mail"):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    chosen["SECRET_KEY"] = given.get("SECRET_KEY") or folder.secret_key()
    return {**given, **chosen}


def end_orphans(folder: DataFolder, register: Register, home: Path | None) -> int:
    """Stop what an earlier owner left when it was killed; only processes proven to be this folder's."""
    left = {mark.pid: mark for mark in [*register.left_behind(), *carrying(folder.hash)]}
    database = {mark.pid for mark in living_in(home / "cluster")} if home else set()
    end([mark for pid, mark in left.items() if pid not in database], patience=7.0)
    if home:
        end(living_in(home / "cluster"), first=signal.SIGINT, patience=5.0)
    register.clear()
    return len(left)


class Servers:
    """The embedded servers of a data folder, inside somebody's crew."""

    def __init__(self, folder: DataFolder, crew: Crew, given: Mapping[str, str], *, fast: bool) -> None:
        self.folder = folder
        self.crew = crew
        self.postgres = Postgres(folder, fast=fast) if wants_postgres(given) else None
        self.valkey = Valkey(folder, fast=fast) if wants_valkey(given) else None

    def start(self) -> dict[str, str]:
        """Start what is ours and say where to reach it."""
        home = self.postgres.home if self.postgres else None
        left = end_orphans(self.folder, self.crew.register, home)
        if left:
            self.crew.say(f"  stopped {left} processes of a stack that was killed")
        reach: dict[str, str] = {}
        if self.valkey:
            self.crew.start(child := self.valkey.child())
            self._await(child, self._valkey_answers)
            reach["REDIS_URL"] = self.valkey.url()
        if self.postgres:
            self.postgres.prepare()
            self.crew.start(child := self.postgres.child())
            self._await(child, self._postgres_answers)
            self.postgres.make_roles()
            reach["DATABASE_URL"] = self.postgres.url(APP)
            reach["DATABASE_OWNER_URL"] = self.postgres.url(OWNER)
        return reach

    def _postgres_answers(self) -> bool:
        assert self.postgres
        try:
            self.postgres.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _valkey_answers(self) -> bool:
        assert self.valkey
        return self.valkey.answers()

    def _await(self, child: Child, answers: Callable[[], bool]) -> None:
        until = time.monotonic() + START_PATIENCE
        while not answers():
            if self.crew.ears.stop_asked:
                raise Stopped
            if not child.lives or time.monotonic() > until:
                raise self._failure(child)
            time.sleep(0.05)

    def _failure(self, child: Child) -> Trouble:
        words = child.last_words()
        if any(full in words for full in FULL_DISK_WORDS):
            return disk_full(self.folder)
        if child.name == "postgres" and self.postgres:
            return self.postgres.failure(words)
        last = (words.strip().splitlines() or ["it said nothing"])[-1]
        return Trouble(Exit.SERVER_FAILED, f"Valkey did not start: {last} (see {child.log}).")
