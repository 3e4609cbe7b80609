"""What of a ticket was told otherwise than before, fact by fact. Pure reading."""

import re
from difflib import SequenceMatcher

from .card_vocabulary import FACTS, spanned, value_word
from .protocol import CardChanged

WORDS = re.compile(r"\s*\S+")
# Texts longer than this, or less alike than this, are shown one after the other.
MOST_WORDS = 1200
ALIKE = 0.5


def between(before: CardChanged, after: CardChanged):
    """[[fact, before, after]] of everything that is not as it was told before, as text and codes."""
    was, now = flat(before), flat(after)
    return [[fact, was[fact], now[fact]] for fact in FACTS if was[fact] != now[fact]]


def flat(told: CardChanged):
    """Every fact as one text; what was not passed is empty."""
    contact, site = told.card.contact, told.card.site
    return {
        "subject": told.subject,
        "description": told.description,
        "priority": told.priority,
        "type": told.type,
        "due_at": told.due_at.isoformat() if told.due_at else "",
        "client_due_at": told.client_due_at.isoformat() if told.client_due_at else "",
        "wish": spanned(told.wish_from, told.wish_until),
        "client": site.client if site else "",
        "site": titled(site.name, site.code) if site else "",
        "address": site.address if site else "",
        "hours": site.hours if site else "",
        "contact": ", ".join(part for part in (contact.name, contact.title) if part) if contact else "",
        "phone": contact.phone if contact else "",
        "equipment": "; ".join(device_line(device) for device in told.card.equipment),
        "agreement": told.card.agreement,
    }


def titled(name, code):
    """A name with the code behind it."""
    return f"{name} ({code})" if code else name


def device_line(device):
    """A device in a line: its name and the numbers that tell it from others."""
    numbers = (device.serial_number, device.inventory_number)
    return ", ".join([device.name, *(f"№ {number}" for number in numbers if number)])


def pieces(before, after):
    """A text as it is now with what is gone and what is new in their places; nothing where it is another text."""
    was, now = WORDS.findall(before), WORDS.findall(after)
    if not (was and now) or len(was) + len(now) > MOST_WORDS:
        return []
    match = SequenceMatcher(None, was, now, autojunk=False)
    if match.ratio() < ALIKE:
        return []
    found = []
    for sort, a, b, c, d in match.get_opcodes():
        if sort == "equal":
            found.append({"sort": "same", "text": "".join(now[c:d])})
            continue
        found += [{"sort": "gone", "text": "".join(was[a:b])}] if b > a else []
        found += [{"sort": "new", "text": "".join(now[c:d])}] if d > c else []
    return found


def drawn(changes, kept=()):
    """The differences in the reader's words, and whether our own ticket stayed as we had it."""
    return [
        {
            "label": FACTS[fact],
            "before": value_word(fact, was),
            "after": value_word(fact, now),
            "kept": fact in kept,
            "pieces": pieces(was, now) if fact in ("subject", "description") else [],
        }
        for fact, was, now in changes
        if fact in FACTS
    ]


def of_line(activity):
    """What the thread draws of a line that tells a ticket anew."""
    details = activity.details
    differences = drawn(details["changes"], details["kept"])
    return {"template": "partnerships/_recarded.html", "differences": differences}
