"""What can stop a start, in one sentence for a person and one number for a script."""

import errno
from enum import IntEnum


class Exit(IntEnum):
    """The exit codes that `bin/start --help` lists."""

    IN_USE = 10
    PORT_BUSY = 11
    DISK_FULL = 12
    OTHER_MAJOR = 13
    INCOMPLETE = 14
    SERVER_FAILED = 15
    STEP_FAILED = 16
    NOT_READY = 17
    FOLDER_UNUSABLE = 18


EXIT_CODES = f"""exit codes:
  0   stopped by TERM or Ctrl-C, every process ended
  {Exit.IN_USE:<3} the data folder is in use by a running stack or command
  {Exit.PORT_BUSY:<3} the port is busy
  {Exit.DISK_FULL:<3} the disk is full
  {Exit.OTHER_MAJOR:<3} the data folder holds another PostgreSQL major version
  {Exit.INCOMPLETE:<3} DATABASE_URL and DATABASE_OWNER_URL are not given together
  {Exit.SERVER_FAILED:<3} PostgreSQL or Valkey did not start
  {Exit.STEP_FAILED:<3} a set-up step failed (migrations, static files, demo)
  {Exit.NOT_READY:<3} pages or the worker did not answer in time
  {Exit.FOLDER_UNUSABLE:<3} the data folder cannot be used (rights, read-only, no system user)
"""


class Trouble(Exception):
    """A start that cannot go on: says why, and which exit code tells it apart."""

    def __init__(self, code: Exit, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Stopped(Exception):
    """Somebody asked us to stop while we were still starting."""


FULL_DISK_WORDS = ("No space left on device", "Disk quota exceeded")


def disk_full(where: object) -> Trouble:
    """The same sentence whoever met the full disk first."""
    return Trouble(Exit.DISK_FULL, f"The disk is full: free some space where {where} lives and start again.")


def from_os_error(error: OSError, where: object) -> Trouble:
    """Turn the operating system's refusal into a sentence about the data folder."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(where)
    place = error.filename or where
    return Trouble(Exit.FOLDER_UNUSABLE, f"The data folder cannot be used: {error.strerror} ({place}).")
