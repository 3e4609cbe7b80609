"""PostgreSQL refuses to run as root: choose the system user that runs it, and a place he can reach."""

import os
import pwd
import subprocess
from pathlib import Path

from .processes import Account
from .trouble import Exit, Trouble

CANDIDATES = ("coticket", "postgres", "nobody")


def server_account(cluster: Path) -> Account | None:
    """Whoever owns the existing cluster, else the first fitting system user; None when we are not root."""
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat().st_uid) != 0:
        return _by_uid(owner)
    for name in (os.environ.get("COTICKET_DB_USER"), *CANDIDATES):
        try:
            found = pwd.getpwnam(name) if name else None
        except KeyError:
            continue
        if found and found.pw_uid != 0:
            return Account(found.pw_uid, found.pw_gid, found.pw_name)
    raise Trouble(
        Exit.FOLDER_UNUSABLE,
        "PostgreSQL does not run as root and no system user was found: make one (useradd --system coticket).",
    )


def _by_uid(uid: int) -> Account:
    try:
        found = pwd.getpwuid(uid)
    except KeyError:
        raise Trouble(
            Exit.FOLDER_UNUSABLE, f"The database belongs to user {uid}, who does not exist on this system."
        ) from None
    return Account(found.pw_uid, found.pw_gid, found.pw_name)


def can_enter(account: Account, place: Path) -> bool:
    """Whether the system user can reach this folder through all of its parents."""
    answer = subprocess.run(
        ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(place)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
    )
    return answer.returncode == 0
