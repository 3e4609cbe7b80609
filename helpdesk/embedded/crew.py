"""Keep children running: start, restart with a growing pause, stop all of them in time."""

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .processes import Account, Register, carrying, end, spawn
from .signals import Ears

LONGEST_PAUSE = 30.0
STEADY_AFTER = 30.0
LOG_LIMIT = 5 * 1024 * 1024


@dataclass
class Child:
    """One process of the stack, and what the supervisor must know to keep it alive."""

    name: str
    command: list[str]
    env: dict[str, str]
    cwd: Path
    log: Path
    stop_signal: int = signal.SIGTERM
    account: Account | None = None
    before: Callable[[], None] | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    failures: int = 0
    started: float = 0.0
    next_try: float = 0.0

    @property
    def lives(self) -> bool:
        """Whether the process runs right now."""
        return self.process is not None and self.process.poll() is None

    def last_words(self) -> str:
        """The end of its log, to tell why it died."""
        with open(self.log, "rb") as handle:
            handle.seek(max(0, self.log.stat().st_size - 4000))
            return handle.read().decode(errors="replace")


def tell(text: str) -> None:
    """One line for the person at the terminal, at once."""
    print(text, flush=True)


class Crew:
    """All children of one supervisor, in the order they were started."""

    def __init__(self, register: Register, stack: str, ears: Ears, say: Callable[[str], None] = tell) -> None:
        self.register = register
        self.stack = stack
        self.ears = ears
        self.say = say
        self.children: list[Child] = []

    def start(self, child: Child) -> None:
        """Take a child into care and start it."""
        if child.log.exists() and child.log.stat().st_size > LOG_LIMIT:
            child.log.replace(child.log.with_suffix(".log.1"))
        self.children.append(child)
        self._launch(child)

    def tend(self) -> None:
        """Start again whatever has died and has waited long enough."""
        now = time.monotonic()
        for child in self.children:
            if child.lives:
                if child.failures and now - child.started > STEADY_AFTER:
                    child.failures = 0
            elif child.process is not None:
                self._bury(child, now)
            elif now >= child.next_try:
                self._try_again(child, now)

    def next_event(self) -> float:
        """How long the supervisor may sleep."""
        waiting = [child.next_try for child in self.children if child.process is None]
        return min(5.0, max(0.05, min(waiting) - time.monotonic())) if waiting else 5.0

    def stop(self, names: set[str], seconds: float) -> None:
        """Ask these children to end, and end those that don't in time."""
        meant = [child for child in self.children if child.name in names]
        self.children = [child for child in self.children if child.name not in names]
        living = [child for child in meant if child.process and child.lives]
        for child in living:
            assert child.process
            child.process.send_signal(child.stop_signal)
        until = time.monotonic() + seconds
        while living and time.monotonic() < until:
            self.ears.wait(0.1)
            living = [child for child in living if child.lives]
        for child in living:
            self.say(f"  {child.name} did not stop in time and was ended")
        for child in meant:
            self._sweep(child)

    def stop_all(self) -> None:
        """Edges first, then the servers they lean on; no longer than ten seconds in all."""
        servers = {"postgres", "valkey"}
        self.stop({child.name for child in self.children} - servers, 6.0)
        self.stop(servers, 2.5)
        end(carrying(self.stack), first=signal.SIGKILL, patience=0.5)
        self.register.clear()

    def _launch(self, child: Child) -> None:
        if child.before:
            child.before()
        child.process = spawn(
            child.command,
            env=child.env,
            cwd=child.cwd,
            log=child.log,
            last_word=child.stop_signal,
            account=child.account,
        )
        child.started = time.monotonic()
        self.register.add(child.name, child.process.pid)

    def _try_again(self, child: Child, now: float) -> None:
        try:
            self._launch(child)
        except OSError as error:
            self._postpone(child, now, f"could not start: {error.strerror}")
        else:
            self.say(f"  {child.name} is back")

    def _bury(self, child: Child, now: float) -> None:
        assert child.process
        code = child.process.returncode
        self._sweep(child)
        child.process = None
        self._postpone(child, now, f"was killed by signal {-code}" if code < 0 else f"ended with code {code}")

    def _postpone(self, child: Child, now: float, what: str) -> None:
        pause = min(LONGEST_PAUSE, 0.5 * 2**child.failures)
        child.failures += 1
        child.next_try = now + pause
        self.say(f"  {child.name} {what}; it starts again in {pause:g} s (see {child.log})")

    def _sweep(self, child: Child) -> None:
        """What a dead or stubborn child leaves in its own session, pool processes of Celery for one."""
        if child.process is None:
            return
        if child.process.poll() is None:
            child.process.kill()
            child.process.wait()
        end(carrying(self.stack, session=child.process.pid), first=signal.SIGKILL, patience=0.5)
