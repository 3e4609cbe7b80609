"""What must be done between servers that answer and pages that answer: migrate, translate, collect, seed."""

import os
import subprocess
import sys
import time
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from .crew import Crew
from .folder import DataFolder
from .trouble import FULL_DISK_WORDS, Exit, Stopped, Trouble, disk_full

PROJECT = Path(__file__).resolve().parents[2]


def manage(*words: str) -> list[str]:
    """The command line of a management command in this very environment."""
    return [sys.executable, str(PROJECT / "manage.py"), *words]


def compile_translations(project: Path = PROJECT) -> int:
    """Make .mo files of every .po that changed: a fresh machine has no msgfmt."""
    made = 0
    for source in sorted(project.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with open(source, "rb") as handle:
            catalogue = read_po(handle, locale=source.parts[-3])
        fresh = target.with_suffix(f".mo.{os.getpid()}")
        with open(fresh, "wb") as handle:
            write_mo(handle, catalogue)
        fresh.replace(target)
        made += 1
    return made


class Steps:
    """Runs set-up commands while the crew keeps the servers alive."""

    def __init__(self, folder: DataFolder, crew: Crew, env: dict[str, str]) -> None:
        self.crew = crew
        self.env = env
        self.log = folder.sub("log") / "set-up.log"

    def run(self, title: str, *words: str, code: Exit = Exit.STEP_FAILED) -> str:
        """Run one management command to its end, tell how long it took, and give its output."""
        began = time.monotonic()
        output = self.output(title, *words, code=code)
        self.crew.say(f"  {title:<26} {time.monotonic() - began:5.1f} s")
        return output

    def output(self, title: str, *words: str, code: Exit = Exit.STEP_FAILED) -> str:
        """Run one management command to its end without a word, and give what it said."""
        with open(self.log, "ab") as log:
            log.write(f"\n== {title}: {' '.join(words)}\n".encode())
            log.flush()
            start = log.tell()
            process = subprocess.Popen(
                manage(*words), env=self.env, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
            failed = self._to_its_end(process) != 0
        with open(self.log, "rb") as handle:
            handle.seek(start)
            output = handle.read().decode(errors="replace")
        if failed:
            raise self._failure(title, output, code)
        return output

    def _to_its_end(self, process: subprocess.Popen[bytes]) -> int:
        while (code := process.poll()) is None:
            if self.crew.ears.stop_asked:
                process.terminate()
                process.wait(5)
                raise Stopped
            self.crew.tend()
            self.crew.ears.wait(0.5)
        return code

    def _failure(self, title: str, output: str, failing: Exit) -> Trouble:
        if any(words in output for words in FULL_DISK_WORDS):
            return disk_full(self.env["COTICKET_DATA"])
        lines = output.strip().splitlines()
        tail = "\n".join(f"    {line}" for line in lines[-12:])
        return Trouble(failing, f"The step “{title}” failed (see {self.log}):\n{tail}")
