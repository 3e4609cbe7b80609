"""Bytes that nothing names any more leave the store: of removed files, of files never said, of uploads cut short.

Attaching wins: whoever names bytes holds them until he has committed (files.hold), and the sweeper passes by. Whether
anybody in the installation names them is asked of the database's keys, which know every account and tell of none.
"""

import logging
import re
import time
from contextlib import suppress
from datetime import timedelta
from itertools import islice

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from tenants import clock

from .files import path_of
from .models import Blob

DAY = timedelta(days=1)
BATCH = 500
# Bytes under their digest, their small picture, and drafts of both; what else lies in the folder is not ours.
OURS = re.compile(r"[0-9a-f]{64}(\.preview)?|tmp\w+")
log = logging.getLogger(__name__)


def sweep(seconds=30.0):
    """Take away what has been named by nobody since the time of grace; gives how many blobs went."""
    clock.compare()
    ends, gone = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        due = Blob.objects.filter(released_at__lt=clock.now() - settings.FILE_GRACE).order_by("released_at")
        found = list(due.values_list("pk", flat=True)[:BATCH])
        moved = [try_to_let_go(sha256) for sha256 in found]
        gone += moved.count("gone")
        if len(found) < BATCH or "held" in moved:
            break
    return gone


def try_to_let_go(sha256):
    """What the disk does not let go of now comes last next time, and holds up no other."""
    try:
        return let_go(sha256)
    except OSError as trouble:
        log.warning("a file could not be deleted: %s", trouble)
        Blob.objects.filter(pk=sha256).update(released_at=clock.now())
        return "stuck"


@transaction.atomic
def let_go(sha256):
    """One blob: "gone" with its bytes, "kept" where somebody names it, "held" while somebody is about to."""
    if not take(sha256):
        return "held"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        try:
            with transaction.atomic():
                cursor.execute("DELETE FROM tickets_blob WHERE sha256 = %s", [sha256])
        except IntegrityError:
            Blob.objects.filter(pk=sha256).update(released_at=None)
            return "kept"
    # Before the commit, while nobody else can name them: should it fail, the row is looked at again.
    unlink(sha256)
    return "gone"


def take(sha256):
    """Whether nobody is about to name these bytes; nobody can until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"blob:{sha256}"])
        return cursor.fetchone()[0]


def unlink(sha256):
    """The bytes and the small picture made of them."""
    path = path_of(sha256)
    for one in (path, path.with_suffix(".preview")):
        one.unlink(missing_ok=True)


def sweep_strays():
    """Take away bytes without a row, as a cut-off upload leaves them; only what has lain there for a day."""
    gone, found = 0, old_files((clock.now() - DAY).timestamp())
    while some := list(islice(found, BATCH)):
        named = set(Blob.objects.filter(pk__in={path.stem for path in some}).values_list("pk", flat=True))
        for path in some:
            if path.stem not in named:
                gone += throw_away(path)
    return gone


def old_files(moment):
    """Every file of the store that was last written before this moment."""
    for path in settings.FILES_ROOT.rglob("*"):
        # It may go while we look.
        with suppress(FileNotFoundError):
            if OURS.fullmatch(path.name) and path.is_file() and path.stat().st_mtime < moment:
                yield path


@transaction.atomic
def throw_away(path):
    """One stray, unless somebody names it in this very moment; gives how many files went."""
    if not take(path.stem) or Blob.objects.filter(pk=path.stem).exists():
        return 0
    path.unlink(missing_ok=True)
    return 1
