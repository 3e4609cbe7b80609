"""The whole demo: its tales put together and told."""

import time

from django.db import connection
from django.db.models import F
from django.utils import timezone

from tenants import doorbell
from tests.story import Month
from tests.story_board import tell_board
from tests.story_cast import set_scene
from tests.story_chain import tell_chains
from tests.story_desks import tell_desks
from tests.story_month import tell_month
from tests.story_states import tell_states
from tickets.models import Notification


def month(mark=None):
    """The demo's month, ending now, or when an interrupted telling of it began."""
    whole = Month(mark.at if mark else timezone.now())
    for tell_part in (tell_chains, tell_states, tell_board, tell_desks, tell_month):
        tell_part(whole)
    return whole


def tell(whole, *, upto=None):
    """Make the demo, or go on making it; returns one line about it."""
    began = time.monotonic()
    # A power cut costs the last steps at worst, and the next start makes those again.
    set_commit("off")
    try:
        with doorbell.muffled():
            whole.tell(set_scene, upto=upto)
        have_read(whole)
    finally:
        set_commit("on")
    spent = time.monotonic() - began
    return f"Demo: {len(whole.cast)} companies, {len(whole.subjects)} tickets of a month, made in {spent:.0f} s."


def have_read(whole):
    """People read what they were told through the month; the last hours are new to them."""
    for company in whole.cast.values():
        with company.scope():
            old = Notification.objects.filter(read_at=None, last_at__lt=whole.ago("3h"))
            old.update(read_at=F("last_at"))


def set_commit(word):
    """Whether each commit waits for the disk."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET synchronous_commit = {word}")
