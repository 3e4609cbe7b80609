"""The data folder: one owner at a time, its secret, its short socket folder, and what runs in it."""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import stat
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from .processes import STACK_VARIABLE, Mark, mark_of
from .trouble import Exit, Trouble, disk_full

# sun_path is 108 bytes with its closing zero on Linux, 104 elsewhere.
LONGEST_SOCKET = 107 if sys.platform == "linux" else 103
SOCKET_NAME = "postgres/.s.PGSQL.5432"
ROOM_FOR_A_NEW_CLUSTER = 250 * 1024 * 1024
ROOM_TO_GO_ON = 48 * 1024 * 1024


def replace_file(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a small file whole or not at all."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    fresh.replace(path)


class DataFolder:
    """Everything one installation keeps on disk, known by its real path."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(os.path.realpath(path))
        self.hash = hashlib.sha256(os.fsencode(self.path) + b"\0%d" % os.geteuid()).hexdigest()[:12]
        self._locks: list[int] = []

    def __str__(self) -> str:
        return str(self.path)

    def sub(self, name: str) -> Path:
        """A private folder inside, made when first asked for."""
        place = self.path / name
        place.mkdir(mode=0o700, exist_ok=True)
        return place

    def prepare(self) -> None:
        """Make the folder when it is missing; root leaves it enterable for the system user of PostgreSQL."""
        if not self.path.exists():
            self.path.mkdir(parents=True)
            self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)

    def check_room(self) -> None:
        """Refuse a nearly full disk before anything is half written to it."""
        is_new = not (self.path / "run").exists()
        if shutil.disk_usage(self.path).free < (ROOM_FOR_A_NEW_CLUSTER if is_new else ROOM_TO_GO_ON):
            raise disk_full(self.path)

    def claim(self, *, patience: float = 0.0, place: Path | None = None) -> bool:
        """Take the folder for this process; the kernel gives it back however we end, kill -9 included."""
        handle = os.open((place or self.path) / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        until = time.monotonic() + patience
        while not _try_lock(handle, fcntl.LOCK_EX):
            if time.monotonic() >= until:
                os.close(handle)
                return False
            time.sleep(0.2)
        self._locks.append(handle)
        return True

    def join(self) -> None:
        """Tell the owner that one more command uses his servers, also across exec."""
        handle = os.open(self.path / "guests", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_SH)
        os.set_inheritable(handle, True)
        self._locks.append(handle)

    def leave(self) -> None:
        """Stop being a guest: the owner is not there yet, or not any more."""
        os.close(self._locks.pop())

    def has_guests(self) -> bool:
        """Whether another command still uses the servers that this process runs."""
        handle = os.open(self.path / "guests", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            return not _try_lock(handle, fcntl.LOCK_EX)
        finally:
            os.close(handle)

    def sign(self) -> dict[str, str]:
        """What every process of the stack carries in its environment, so that orphans are known."""
        return {STACK_VARIABLE: self.hash, "COTICKET_DATA": str(self.path)}

    def secret_key(self) -> str:
        """The installation's secret, made once."""
        place = self.path / "secret_key"
        if not place.exists() or not place.read_text().strip():
            replace_file(place, secrets.token_urlsafe(50) + "\n")
        return place.read_text().strip()

    def write_state(self, **facts: Any) -> None:
        """Publish how to reach the running servers, for commands of the same folder."""
        holder = mark_of(os.getpid())
        replace_file(self.sub("run") / "state.json", json.dumps({**facts, "holder": holder and holder.as_json()}))

    def forget_state(self) -> None:
        """Nobody may join servers that are about to stop."""
        (self.sub("run") / "state.json").unlink(missing_ok=True)

    def read_state(self) -> dict[str, Any] | None:
        """What the present owner published, or None when that owner is gone."""
        try:
            state: dict[str, Any] = json.loads((self.path / "run" / "state.json").read_text())
        except (FileNotFoundError, ValueError):
            return None
        holder = state.get("holder")
        return state if holder and Mark(**holder).is_alive() else None

    def sockets(self) -> Path:
        """A short private folder for sockets: the data path itself may be too long or not ASCII."""
        for base in _socket_bases():
            place = Path(base) / f"coticket-{self.hash}"
            if len(os.fsencode(place / SOCKET_NAME)) <= LONGEST_SOCKET and os.access(base, os.W_OK | os.X_OK):
                return _private(place)
        raise Trouble(Exit.FOLDER_UNUSABLE, "No folder for sockets: set TMPDIR to a short path that you may write to.")

    def drop_sockets(self) -> None:
        """Leave nothing outside the data folder when the servers have stopped."""
        shutil.rmtree(self.sockets(), ignore_errors=True)


def _try_lock(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _socket_bases() -> list[str]:
    if os.geteuid() == 0:
        # $XDG_RUNTIME_DIR of root is closed to the system user that runs PostgreSQL.
        return ["/run", tempfile.gettempdir(), "/tmp"]
    return [place for place in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp") if place]


def _private(place: Path) -> Path:
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        place.mkdir(mode=mode)
        place.chmod(mode)
    except FileExistsError:
        found = place.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
            raise Trouble(
                Exit.FOLDER_UNUSABLE, f"{place} belongs to somebody else: remove it, or set TMPDIR."
            ) from None
    return place
