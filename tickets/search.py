"""Finding a ticket by what people remember of it: its number, a serial number, or words."""

import re

from django.db.models import Q
from django.db.models.expressions import RawSQL

from tenants.models import Activity
from tenants.vocabulary import PREFIX_CHANGED

# People type КС-10482 and KC-10482 alike; to the eye they are one.
LOOKALIKES = str.maketrans("АВЕЗКМНОРСТУХЁ", "ABE3KMHOPCTYXE")
# The same keys on the two layouts, for what was typed in the wrong one.
LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё"
REF = re.compile(r"^(?:([^\W\d_]{1,6})\s*[-‐‑–—]?\s*|№\s*|#\s*)?(\d{1,9})$")
IDENTIFIER = re.compile(r"[\W_]+")
LONGEST = 200


def folded(prefix):
    """A prefix as the eye sees it, whichever alphabet it was typed in."""
    return prefix.upper().translate(LOOKALIKES)


def former_prefixes(account):
    """What stood before the account's numbers until somebody changed it: people keep old mails and papers."""
    changed = Activity.objects.filter(subject_id=account.pk, kind=PREFIX_CHANGED.code)
    return {folded(line.details["before"]) for line in changed}


def number_in(phrase, account):
    """The ticket number that the phrase is, in digits or with a prefix of the account's; None when it is neither."""
    match = REF.match(phrase.strip())
    if match is None:
        return None
    prefix, digits = match.groups()
    if prefix and folded(prefix) != folded(account.prefix) and folded(prefix) not in former_prefixes(account):
        return None
    number = int(digits)
    return number if number < 2**31 else None


def matching(tickets, phrase):
    """Those of the tickets whose words, comments or equipment match the phrase."""
    phrase = phrase.replace("\0", " ").strip()[:LONGEST]
    wanted = IDENTIFIER.sub("", phrase).upper()
    return tickets.filter(Q(pk__in=RawSQL("SELECT ticket_search(%s, %s)", [phrase, wanted])))
