"""One command with the servers up: start them for it, or join those that already run in this data folder."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

from .crew import Crew
from .folder import DataFolder
from .processes import Register
from .servers import Servers, folder_environment, wants_postgres, wants_valkey
from .signals import Ears
from .stack import published
from .trouble import Exit, Stopped, Trouble

JOIN_PATIENCE = 90.0
DEFAULT_PORT = 8000


def run(data: Path, command: list[str], *, fast: bool) -> int:
    """Run the command in the environment of this data folder and give its exit code."""
    given = dict(os.environ)
    folder = DataFolder(data)
    folder.prepare()
    if not wants_postgres(given) and not wants_valkey(given):
        _become(command, folder_environment(folder, given, DEFAULT_PORT))
    folder.check_room()
    until = time.monotonic() + JOIN_PATIENCE
    while not folder.claim():
        folder.join()
        if state := folder.read_state():
            _become(command, {**given, **state["env"], "PYTHONUNBUFFERED": "1"})
        folder.leave()
        if time.monotonic() > until:
            raise Trouble(Exit.IN_USE, f"The data folder {folder} is in use, but its servers cannot be reached.")
        time.sleep(0.2)
    return Host(folder, fast=fast).run(command)


def _become(command: list[str], env: dict[str, str]) -> NoReturn:
    sys.stdout.flush()
    os.execvpe(command[0], command, env)


class Host:
    """Holds the servers up for a command of its own and for those that join it."""

    def __init__(self, folder: DataFolder, *, fast: bool) -> None:
        self.folder = folder
        self.fast = fast
        self.ears = Ears()
        self.crew = Crew(Register(folder.sub("run") / "children.json"), folder.hash, self.ears, say=_aside)

    def run(self, command: list[str]) -> int:
        """Start the servers, run the command to its end, wait for guests, stop."""
        given = dict(os.environ)
        try:
            reach = Servers(self.folder, self.crew, given, fast=self.fast).start()
            env = {**folder_environment(self.folder, given, DEFAULT_PORT), **reach}
            self.folder.write_state(purpose="run", env=published(env))
            code = self._accompany(subprocess.Popen(command, env=env))
            self._wait_for_guests()
            return code
        except Stopped:
            return 128 + signal.SIGTERM
        finally:
            self.folder.forget_state()
            self.crew.stop_all()
            self.folder.drop_sockets()

    def _accompany(self, process: subprocess.Popen[bytes]) -> int:
        told = False
        while (code := process.poll()) is None:
            if self.ears.by_ctrl_c:
                # The terminal sent it to the command as well, which alone knows whether it means the end.
                self.ears.forget()
            elif self.ears.stop_asked and not told:
                process.terminate()
                told = True
            self.crew.tend()
            self.ears.wait(self.crew.next_event())
        return code if code >= 0 else 128 - code

    def _wait_for_guests(self) -> None:
        self.folder.forget_state()
        if self.folder.has_guests():
            _aside("waiting for another command that uses these servers (Ctrl-C to stop them)")
        while self.folder.has_guests() and not self.ears.stop_asked:
            self.crew.tend()
            self.ears.wait(0.5)


def _aside(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
