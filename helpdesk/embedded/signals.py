"""Hear TERM, Ctrl-C and the end of a child at once, without doing anything inside a signal handler."""

import os
import select
import signal
import time
from types import FrameType

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Ears:
    """Lets the supervisor sleep until something happens: a child ended, or somebody wants us to stop."""

    def __init__(self) -> None:
        self.stop_asked = False
        self.by_ctrl_c = False
        self._wake, self._write = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._write, False)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in STOPPING:
            signal.signal(number, self._note_stop)
        signal.signal(signal.SIGCHLD, self._note_child)

    def _note_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop_asked = True
        self.by_ctrl_c = number == signal.SIGINT

    def forget(self) -> None:
        """The wish was meant for somebody else."""
        self.stop_asked = self.by_ctrl_c = False

    def _note_child(self, number: int, frame: FrameType | None) -> None:
        return None

    def wait(self, seconds: float) -> None:
        """Sleep, but no longer than until the next signal."""
        ready, _, _ = select.select([self._wake], [], [], max(0.0, seconds))
        if ready:
            os.read(self._wake, 512)

    def rest(self, seconds: float) -> None:
        """Sleep the whole time unless somebody asks to stop."""
        until = time.monotonic() + seconds
        while not self.stop_asked and (left := until - time.monotonic()) > 0:
            self.wait(left)
