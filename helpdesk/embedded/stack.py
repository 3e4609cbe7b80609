"""The whole stack in one terminal: servers, set-up, web, worker and beat, until somebody says stop."""

import errno
import http.client
import os
import signal
import socket
import sys
import time
from pathlib import Path

from .crew import Child, Crew, tell
from .folder import DataFolder
from .processes import Register
from .servers import Servers, folder_environment, wants_postgres
from .signals import Ears
from .steps import PROJECT, Steps, compile_translations
from .trouble import Exit, Stopped, Trouble

READY_PATIENCE = 120.0
WEB = ["uvicorn", "helpdesk.asgi:application", "--host", "127.0.0.1", "--lifespan", "off"]
WEB_MANNERS = ["--timeout-graceful-shutdown", "5", "--no-access-log"]
WORKER = ["celery", "-A", "helpdesk", "worker", "--concurrency", "2", "--loglevel", "INFO"]
WORKER_MANNERS = ["--without-gossip", "--without-mingle"]
BEAT = ["celery", "-A", "helpdesk", "beat", "--loglevel", "INFO", "--pidfile="]


def check_port(port: int) -> None:
    """Refuse a busy port before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                sentence = f"Port {port} is busy: stop what listens there, or choose another with --port."
            else:
                sentence = f"Port {port} cannot be used: {error.strerror}. Choose another with --port."
            raise Trouble(Exit.PORT_BUSY, sentence) from None


class Stack:
    """One running installation."""

    def __init__(self, folder: DataFolder, *, port: int, demo: bool, fast: bool = False) -> None:
        self.folder = folder
        self.port = port
        self.demo = demo
        self.fast = fast
        self.ears = Ears()
        self.crew = Crew(Register(folder.sub("run") / "children.json"), folder.hash, self.ears)
        self.env: dict[str, str] = {}

    def run(self) -> None:
        """From an empty folder to `Ready`, then keep everything alive until asked to stop."""
        began = time.monotonic()
        try:
            steps = self._bring_up()
            self._start_edges()
            steps.run("a job done by the worker", "canary", code=Exit.NOT_READY)
            self._await_ready()
            tell(f"Ready: http://127.0.0.1:{self.port}/")
            tell(f"  after {time.monotonic() - began:.0f} s; logs in {self.folder.path / 'log'}; Ctrl-C stops it")
            if self.demo:
                self._show_logins(steps)
            self._keep()
        except Stopped:
            pass
        finally:
            self._stop()

    def _bring_up(self) -> Steps:
        given = dict(os.environ)
        wants_postgres(given)
        servers = Servers(self.folder, self.crew, given, fast=self.fast)
        began = time.monotonic()
        reach = servers.start()
        names = [server.name for server in self.crew.children] or ["servers from outside"]
        tell(f"  {' and '.join(names):<26} {time.monotonic() - began:5.1f} s")
        self.env = {**folder_environment(self.folder, given, self.port), **reach}
        self.folder.write_state(purpose="start", env=published(self.env), port=self.port)
        steps = Steps(self.folder, self.crew, self.env)
        compile_translations()
        steps.run("migrations", "migrate", "--database=owner", "--noinput")
        steps.run("static files", "collectstatic", "--noinput", "--verbosity=0")
        if self.demo:
            steps.run("demo", "seed_demo")
        return steps

    def _child(self, name: str, words: list[str]) -> Child:
        # As in the containers, only the migration knows the owner of the tables.
        env = {key: value for key, value in self.env.items() if key != "DATABASE_OWNER_URL"}
        return Child(
            name=name,
            command=[sys.executable, "-m", *words],
            env={**env, **self.folder.sign()},
            cwd=PROJECT,
            log=self.folder.sub("log") / f"{name}.log",
            stop_signal=signal.SIGTERM,
        )

    def _start_edges(self) -> None:
        schedule = self.folder.sub("beat") / "schedule"
        self.crew.start(self._child("web", [*WEB, "--port", str(self.port), *WEB_MANNERS]))
        self.crew.start(self._child("worker", WORKER + WORKER_MANNERS))
        self.crew.start(self._child("beat", [*BEAT, "--schedule", str(schedule)]))

    def _await_ready(self) -> None:
        began = time.monotonic()
        answer = ""
        while time.monotonic() < began + READY_PATIENCE:
            if self.ears.stop_asked:
                raise Stopped
            status, answer = ask(self.port, "/readyz")
            if status == 200:
                return
            if not self.crew.children[-3].lives:
                check_port(self.port)
            self.crew.tend()
            self.ears.wait(0.2)
        raise Trouble(
            Exit.NOT_READY,
            f"Not ready after {READY_PATIENCE:.0f} s; /readyz says: {answer[:300] or 'nothing'} "
            f"(see {self.folder.sub('log')}).",
        )

    def _show_logins(self, steps: Steps) -> None:
        # Whoever cannot be told the logins still has a stack that runs.
        try:
            tell(steps.output("demo logins", "demo_logins").rstrip())
        except Trouble as trouble:
            tell(f"  {trouble}")

    def _keep(self) -> None:
        while not self.ears.stop_asked:
            self.crew.tend()
            self.ears.wait(self.crew.next_event())

    def _stop(self) -> None:
        self.folder.forget_state()
        tell("Stopping")
        self.crew.stop_all()
        self.folder.drop_sockets()
        tell("Stopped")


def published(env: dict[str, str]) -> dict[str, str]:
    """The part of the environment that another command of this folder must share."""
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL")
    return {name: value for name, value in env.items() if name in names or name.startswith("COTICKET_")}


def ask(port: int, path: str) -> tuple[int, str]:
    """One GET of our own pages; 0 when nobody answers."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", path)
        answer = line.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        line.close()


def start(data: Path, *, port: int, demo: bool, fast: bool) -> None:
    """Take the data folder and run the stack in it."""
    check_port(port)
    folder = DataFolder(data)
    folder.prepare()
    folder.check_room()
    if not folder.claim(patience=12.0 if not folder.read_state() else 0.0):
        state = folder.read_state() or {}
        who = state.get("holder", {}).get("pid", "another process")
        raise Trouble(
            Exit.IN_USE,
            f"The data folder {folder} is in use by process {who}: stop it first, or name another by --data.",
        )
    tell(f"CoTicket, data in {folder}")
    Stack(folder, port=port, demo=demo, fast=fast).run()
