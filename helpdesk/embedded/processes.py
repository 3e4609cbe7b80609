"""Start processes that cannot outlive us unnoticed, and know our own orphans from foreign processes."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

STACK_VARIABLE = "COTICKET_STACK"
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Mark:
    """A process that a reused number cannot be taken for: its number and when it was born."""

    pid: int
    born: str

    def is_alive(self) -> bool:
        """Whether this very process, not a later one of the same number, still runs."""
        return mark_of(self.pid) == self

    def send(self, number: int) -> None:
        """Signal the process if it is still the one we mean."""
        if self.is_alive():
            try:
                os.kill(self.pid, number)
            except (ProcessLookupError, PermissionError):
                return

    def as_json(self) -> dict[str, object]:
        """The form kept in the data folder."""
        return asdict(self)


def mark_of(pid: int) -> Mark | None:
    """The mark of a living process; a zombie counts as dead."""
    if sys.platform != "linux":
        answer = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True)
        state, _, born = answer.stdout.strip().partition(" ")
        return Mark(pid, born.strip()) if state and not state.startswith("Z") else None
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    return None if fields[0] in "ZXx" else Mark(pid, f"{boot}/{fields[19]}")


@dataclass(frozen=True)
class Account:
    """A system user that a server runs as."""

    uid: int
    gid: int
    name: str


def _leave_with_parent(parent: int, last_word: int) -> None:
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, last_word, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def spawn(
    command: list[str],
    *,
    env: dict[str, str],
    cwd: Path,
    log: Path,
    last_word: int,
    account: Account | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in its own session that is told to stop when we die."""
    with open(log, "ab") as output:
        # The kernel forgets the death signal on a change of user; preexec_fn runs after that change.
        return subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=partial(_leave_with_parent, os.getpid(), last_word),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


class Register:
    """Which children this data folder started, kept on disk so that the next start can find what was left."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.marks: dict[str, Mark] = {}

    def add(self, name: str, pid: int) -> None:
        """Remember a child under its name, in place of its predecessor."""
        if mark := mark_of(pid):
            self.marks[name] = mark
            self._write()

    def clear(self) -> None:
        """Nothing runs any more."""
        self.marks = {}
        self._write()

    def _write(self) -> None:
        fresh = self.place.with_suffix(".new")
        fresh.write_text(json.dumps({name: mark.as_json() for name, mark in self.marks.items()}))
        fresh.replace(self.place)

    def left_behind(self) -> list[Mark]:
        """Children of an earlier owner that still live."""
        try:
            kept = json.loads(self.place.read_text())
            marks = [Mark(**value) for value in kept.values()]
        except (FileNotFoundError, ValueError, TypeError, AttributeError):
            return []
        return [mark for mark in marks if mark.is_alive()]


def _processes() -> Iterator[tuple[int, Path]]:
    if sys.platform == "linux":
        for place in Path("/proc").iterdir():
            if place.name.isdigit() and int(place.name) != os.getpid():
                yield int(place.name), place


def carrying(stack: str, *, session: int | None = None) -> list[Mark]:
    """Processes with this data folder's sign in their environment, children of children as well."""
    sign = f"{STACK_VARIABLE}={stack}".encode()

    def is_meant(place: Path) -> bool:
        if session is not None and session_of(place) != session:
            return False
        return sign in (place / "environ").read_bytes().split(b"\0")

    return _those(is_meant)


def session_of(place: Path) -> int:
    """The session that a process belongs to, out of its /proc folder."""
    return int((place / "stat").read_text().rpartition(")")[2].split()[3])


def living_in(folder: Path) -> list[Mark]:
    """Processes whose working folder is this one, as it is for everything PostgreSQL starts."""
    wanted = os.path.realpath(folder)
    return _those(lambda place: os.readlink(place / "cwd") == wanted)


def _those(is_meant: Callable[[Path], bool]) -> list[Mark]:
    found = []
    for pid, place in _processes():
        try:
            mark = mark_of(pid) if is_meant(place) else None
        except OSError:
            continue
        if mark:
            found.append(mark)
    return found


def end(marks: Iterable[Mark], *, first: int = signal.SIGTERM, patience: float = 6.0) -> None:
    """Ask processes to stop, and insist when they do not."""
    left = list(marks)
    for number, seconds in ((first, patience), (signal.SIGKILL, 3.0)):
        for mark in left:
            mark.send(number)
        until = time.monotonic() + seconds
        while (left := [mark for mark in left if mark.is_alive()]) and time.monotonic() < until:
            time.sleep(0.05)
