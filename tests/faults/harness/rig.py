"""The machine of a fault run: its own PostgreSQL, Valkey, workers and people, each of which can be hurt and healed."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from helpdesk.embedded import processes
from helpdesk.embedded.folder import DataFolder
from helpdesk.embedded.postgres import APP, DATABASE, OWNER, Postgres
from helpdesk.embedded.valkey import Valkey

from .proxy import Proxy

PROJECT = Path(__file__).resolve().parents[3]
LEASE = 1.2
CELERY = ["celery", "-A", "helpdesk", "worker", "--concurrency", "2", "-l", "WARNING"]
CELERY += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
PEOPLE = 2


@dataclass
class Part:
    """One process of the rig, started again by whoever tends it unless it is meant to be down."""

    name: str
    command: list
    env: dict
    log: Path
    cwd: Path = PROJECT
    account: processes.Account | None = None
    before: object = None
    process: subprocess.Popen | None = field(default=None, repr=False)

    def start(self):
        if self.before:
            self.before()
        self.process = processes.spawn(
            self.command,
            env=self.env,
            cwd=self.cwd,
            log=self.log,
            last_word=signal.SIGKILL,
            account=self.account,
        )

    @property
    def lives(self):
        return self.process is not None and self.process.poll() is None

    def kill(self, number=signal.SIGKILL, *, group=False):
        """Signal the process, or everything in its session, and see it end."""
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(self.process.pid, number)
        self.process.wait(30)

    def group(self, number):
        """Signal everything in its session and go on."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


class Rig:
    """The whole of it, in a folder of its own."""

    def __init__(self, place):
        self.folder = DataFolder(place)
        self.folder.prepare()
        self.postgres, self.valkey = Postgres(self.folder), Valkey(self.folder)
        self.run = self.folder.sub("run")
        self.order = self.run / "failpoint"
        self.parts = {}

    def start(self):
        """Servers first, then the doors, then the tables; workers and people come when the world is built."""
        self.order.write_text("")
        self._serve()
        self.database, self.broker = Proxy(self._database_socket()), Proxy(self.valkey.socket)
        self.env = self._env()
        self.manage("migrate", "--database=owner", "--noinput", "--verbosity=0")

    def hire(self):
        """Two groups of workers, the clock in a process of its own, and the people."""
        for name in ("workers-1", "workers-2"):
            self.add(name, [sys.executable, "-m", *CELERY])
        self.add("beat", [sys.executable, "-m", *self.beat()])
        for number in range(1, PEOPLE + 1):
            self.add(f"people-{number}", [sys.executable, "-m", "tests.faults.harness.people", str(number)])

    def beat(self):
        return ["celery", "-A", "helpdesk", "beat", "-l", "WARNING", "--pidfile=", "-s", str(self.run / "beat")]

    def add(self, name, command, **env):
        """One more process of the stack, through the doors that can be slammed."""
        log = self.folder.sub("log") / f"{name}.log"
        self.parts[name] = Part(name, command, {**self.env, **self.folder.sign(), **env}, log)
        self.parts[name].start()

    def replace(self, name, command, **env):
        """Another process in place of this one."""
        self.parts[name].kill(group=True)
        self.add(name, command, **env)

    def tend(self):
        """Start again whoever died; returns how many that were."""
        dead = [part for part in self.parts.values() if not part.lives]
        for part in dead:
            part.start()
        return len(dead)

    def groups(self):
        return [part for name, part in self.parts.items() if name.startswith("workers")]

    def pool(self):
        """The processes of the workers' pools that live now."""
        mains = {part.process.pid for part in self.groups()}
        marks = [mark for main in mains for mark in processes.carrying(self.folder.hash, session=main)]
        return [mark for mark in marks if mark.pid not in mains]

    def failpoint(self, order=""):
        """Give an order to whoever reaches a named place from now on (partnerships/failpoints.py)."""
        fresh = self.run / "failpoint.new"
        fresh.write_text(order)
        fresh.replace(self.order)

    def struck(self, order):
        """How often this order was obeyed so far."""
        told = Path(f"{self.order}.struck")
        return told.read_text().splitlines().count(order) if told.exists() else 0

    def manage(self, *words):
        subprocess.run([sys.executable, "manage.py", *words], env=self.env, cwd=PROJECT, check=True)

    def superuser(self):
        return self.postgres.connect(DATABASE)

    def owner(self):
        """Sees every account's rows, for counting; through no door."""
        return psycopg.connect(self.postgres.url(OWNER), autocommit=True)

    def stop(self):
        for part in reversed(list(self.parts.values())):
            part.group(signal.SIGCONT)
            part.kill(group=True)
        processes.end(processes.carrying(self.folder.hash), first=signal.SIGKILL, patience=1)
        self.folder.drop_sockets()

    def _serve(self):
        self.postgres.prepare()
        self.valkey_part, self.postgres_part = self._server(self.valkey.child()), self._server(self.postgres.child())
        # A deadlock is found at once, so that many fit into a short run.
        self.postgres_part.command += ["-c", "deadlock_timeout=100ms"]
        self.start_valkey()
        self.start_postgres()
        self.postgres.make_roles()

    def _server(self, child):
        part = Part(child.name, child.command, child.env, child.log, child.cwd, child.account, child.before)
        return part

    def start_postgres(self):
        self.postgres_part.start()
        self.await_answer(lambda: self.postgres.connect().close() or True)

    def start_valkey(self):
        self.valkey_part.start()
        self.await_answer(self.valkey.answers)

    def forget_valkey(self):
        """Take away what the broker wrote to its file."""
        shutil.rmtree(self.valkey_part.cwd / "appendonlydir", ignore_errors=True)

    def await_answer(self, asks, seconds=30):
        ends = time.monotonic() + seconds
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                if asks():
                    return
            if time.monotonic() > ends:
                raise TimeoutError("a server did not come up")
            time.sleep(0.02)

    def _database_socket(self):
        return self.postgres.sockets / ".s.PGSQL.5432"

    def _env(self):
        files, mail = self.folder.sub("files"), self.folder.sub("mail")
        door = f"postgresql://%s@127.0.0.1:{self.database.port}/{DATABASE}"
        return {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")},
            "DATABASE_URL": door % APP,
            "DATABASE_OWNER_URL": self.postgres.url(OWNER),
            "DATABASE_POOL": "4",
            "REDIS_URL": f"redis://127.0.0.1:{self.broker.port}/0",
            "SECRET_KEY": "a-fault-run",
            "COTICKET_TESTING": "1",
            "COTICKET_DATA": str(self.folder.path),
            "COTICKET_FILES": str(files),
            "COTICKET_FAILPOINT": str(self.order),
            "LEASE_SECONDS": str(LEASE),
            "EMAIL_URL": mail.as_uri(),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        }

    def driver_env(self):
        """The environment of the one who drives and counts: past the doors, and under no order to die."""
        direct = f"postgresql://{APP}@/{DATABASE}?host={quote(str(self.postgres.sockets), safe='')}"
        return {**self.env, "DATABASE_URL": direct, "COTICKET_FAILPOINT": "", "PGAPPNAME": "driver"}
