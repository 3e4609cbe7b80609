"""Whether the bytes of a partner's file are here and are those of its digest; until then it is awaited."""

import hashlib
import os
from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import override

from tenants import clock
from tenants.models import Timer
from tenants.timers import set_timer
from tenants.vocabulary import SCHEDULE
from tickets import files as filing
from tickets import lifecycle
from tickets.models import Blob

AWAITED = "file_awaited"
SOON, PATIENCE = timedelta(minutes=1), timedelta(days=7)


def is_whole(file):
    """Whether all of its bytes lie here, unchanged; a store that does not answer has none."""
    if not Blob.objects.filter(sha256=file.sha256, size=file.size).exists():
        return False
    try:
        with filing.path_of(file.sha256).open("rb") as kept:
            # What is shorter or longer is another without being read.
            same = os.fstat(kept.fileno()).st_size == file.size
            return same and hashlib.file_digest(kept, "sha256").hexdigest() == file.sha256
    except OSError:
        return False


def as_found(file):
    """The file as its own bytes show it: the sender's word on what it is proves nothing."""
    with filing.path_of(file.sha256).open("rb") as kept:
        return replace(file, content_type=filing.kind_of(kept.read(4096), file.name))


def expect(ticket, counterpart):
    """The words are there without it; the history says once what is missing, and it is looked for again."""
    if not Timer.objects.filter(kind=AWAITED, account=ticket.account_id, subject_id=counterpart.pk).exists():
        with override(ticket.account.language):
            # Not by its name: should it be taken back before it is whole, nothing is left of it.
            text = _("A file of %(partner)s is not whole yet. It shows as soon as it is.")
            text %= {"partner": counterpart.label}
        lifecycle.note(ticket, text=text, by=SCHEDULE)
    set_timer(AWAITED, counterpart, clock.now() + SOON)
