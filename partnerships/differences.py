"""What of a ticket was told otherwise than before, fact by fact. Pure reading."""

from .card_vocabulary import FACTS, spanned, value_word
from .protocol import CardChanged


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


def drawn(changes, kept=()):
    """The differences in the reader's words, and whether our own ticket stayed as we had it."""
    return [
        {
            "label": FACTS[fact],
            "before": value_word(fact, was),
            "after": value_word(fact, now),
            "kept": fact in kept,
            "long": fact == "description",
        }
        for fact, was, now in changes
        if fact in FACTS
    ]


def of_line(activity):
    """What the thread draws of a line that tells a ticket anew."""
    details = activity.details
    differences = drawn(details["changes"], details["kept"])
    return {"template": "partnerships/_recarded.html", "differences": differences}
