"""What a company says of itself changes: its names, its colour, the prefix of its tickets, language, zone, undo."""

import re

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from . import zones
from .activity import record
from .models import LANGUAGES, Account, Membership
from .vocabulary import (
    ACCOUNT_RENAMED,
    BRAND_CHANGED,
    HOLD_CHANGED,
    HUE_CHANGED,
    LANGUAGE_CHANGED,
    PREFIX_CHANGED,
    ZONE_CHANGED,
    Hue,
    refuse_nulls,
    refuse_unless,
)

LONGEST_NAME = 120
LONGEST_HOLD = 30
# The shape that search takes for a ticket's number.
PREFIX = re.compile(r"^[^\W\d_]{1,6}\Z")


def permit(by):
    """Only owners and administrators change what everybody works with."""
    if isinstance(by, Membership):
        refuse_unless(by.may("settings"), _("Only owners and administrators change the settings."))


@transaction.atomic
def change(account, *, by, **wanted):
    """The account now says these things of itself; what stays as it was is not told again."""
    permit(by)
    account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    checked = {name: FACTS[name][1](value) for name, value in wanted.items()}
    for name, after in checked.items():
        before = getattr(account, name)
        if before == after:
            continue
        kind, _check, said = FACTS[name]
        setattr(account, name, after)
        record(account, kind, by=by, before=said(before), after=said(after))
    account.save(update_fields=list(checked))
    return account


def checked_name(name):
    name = one_line(name, "name")
    refuse_unless(name, _("Give the account a name."), "name")
    return name


def checked_brand(brand):
    return one_line(brand, "brand")


def one_line(text, field):
    """A name on one line, of a length that fits everywhere."""
    refuse_nulls(text, field)
    text = " ".join(text.split())
    refuse_unless(len(text) <= LONGEST_NAME, _("The name is too long: 120 characters at most."), field)
    return text


def checked_hue(hue):
    refuse_unless(hue is None or hue in Hue.values, _("There is no such colour."), "hue")
    return hue


def checked_prefix(prefix):
    prefix = prefix.strip().upper()
    refuse_unless(PREFIX.match(prefix), _("The prefix is one to six letters."), "prefix")
    return prefix


def checked_language(language):
    refuse_unless(language in dict(LANGUAGES), _("There is no such language."), "language")
    return language


def checked_zone(zone):
    refuse_unless(zones.exists(zone), zones.NO_SUCH_ZONE, "zone")
    return zone


def checked_hold(seconds):
    right = isinstance(seconds, int) and 0 <= seconds <= LONGEST_HOLD
    refuse_unless(right, _("From 0 to 30 seconds."), "hold_seconds")
    return seconds


def word(value):
    """A value as the ledger keeps it; none is a dash."""
    return "—" if value in (None, "") else str(value)


FACTS = {
    "name": (ACCOUNT_RENAMED, checked_name, word),
    "brand": (BRAND_CHANGED, checked_brand, word),
    "hue": (HUE_CHANGED, checked_hue, word),
    "prefix": (PREFIX_CHANGED, checked_prefix, word),
    "language": (LANGUAGE_CHANGED, checked_language, lambda code: dict(LANGUAGES).get(code, code)),
    "zone": (ZONE_CHANGED, checked_zone, word),
    "hold_seconds": (HOLD_CHANGED, checked_hold, word),
}
