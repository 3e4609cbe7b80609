"""Finding who calls, from where and about what, by what is said first: a phone, a name, a code, a serial number."""

import re
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from . import reach
from .search import CYRILLIC, IDENTIFIER, LATIN, LOOKALIKES

LONGEST = 100
SHOWN = 6
NOT_A_DIGIT = re.compile(r"\D")
PHONE = re.compile(r"^[\d\s()+\-–.]+$")
KINDS = {
    "contact": (_("Contacts"), lambda member: reach.contacts_of(member).select_related("client")),
    "site": (_("Sites"), lambda member: reach.sites_of(member).select_related("client")),
    "equipment": (_("Equipment"), lambda member: reach.equipment_of(member).select_related("model", "site__client")),
    "client": (_("Clients"), lambda member: reach.clients_of(member).filter(archived_at=None)),
}
# The same keys on the other layout: somebody in a hurry looks at the phone, not at the screen.
OTHER_LAYOUT = str.maketrans(LATIN + CYRILLIC, CYRILLIC + LATIN)


def find(member, phrase):
    """What of the registry the member may see that answers to the phrase, the closest kind first.

    [{kind, label, rows}]; when nothing does, the phrase is read as typed in the other keyboard layout.
    """
    phrase = phrase.replace("\0", " ").strip()[:LONGEST]
    return found(member, phrase) or found(member, phrase.lower().translate(OTHER_LAYOUT))


def found(member, phrase):
    """The groups for one reading of the phrase, at most SHOWN of each kind."""
    closeness = {}
    for kind, pk, close in asked(phrase):
        closeness.setdefault(kind, {})[pk] = close
    groups = []
    for kind, (label, rows_of) in KINDS.items():
        close = closeness.get(kind, {})
        rows = sorted(rows_of(member).filter(pk__in=close), key=lambda row: (close[row.pk], str(row))) if close else []
        if rows:
            groups.append({"kind": kind, "label": label, "rows": rows[:SHOWN], "close": close[rows[0].pk]})
    return sorted(groups, key=lambda group: group["close"])


def asked(phrase):
    """What PostgreSQL finds in the ambient account: (kind, id, closeness)."""
    words = sorted({escaped(word) for word in folded(phrase).split() if len(word) > 1}, key=len)
    code, digits = code_of(phrase), digits_of(phrase)
    if not (words or code or digits):
        return []
    patterns = [f"%{word}%" for word in words]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, row_id, closeness FROM registry_lookup(%s, %s, %s, %s)",
            [patterns, words[-1] if words else "", code, digits],
        )
        return cursor.fetchall()


def folded(phrase):
    """Words as they are kept: small letters, е for ё."""
    return phrase.lower().replace("ё", "е")


def escaped(word):
    """What PostgreSQL's patterns would read as any letter is only itself."""
    return re.sub(r"([\\%_])", r"\\\1", word)


def code_of(phrase):
    """The phrase as a code or a serial number: letters as the eye sees them, and nothing between them."""
    return IDENTIFIER.sub("", phrase).upper().translate(LOOKALIKES)


def digits_of(phrase):
    """The phrase as a phone: its last ten digits, since the country's code is written in three ways or not at all."""
    return NOT_A_DIGIT.sub("", phrase)[-10:] if PHONE.match(phrase) else ""


def same(member, kind, phrase):
    """What the member may see of one kind that bears exactly this phone, code or serial number."""
    exact = [pk for found_kind, pk, close in asked(phrase) if found_kind == kind and close == 0]
    return list(KINDS[kind][1](member).filter(pk__in=exact)) if exact else []


def row_or_none(member, value):
    """(kind, row) that a hit's value names, `kind:id`, as far as the member may see it; else None."""
    kind, _sep, pk = value.partition(":")
    try:
        row = KINDS[kind][1](member).filter(pk=UUID(pk)).first()
    except (KeyError, ValueError):
        return None
    return row and (kind, row)
