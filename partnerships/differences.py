"""What of a ticket was told otherwise than before, fact by fact. Pure reading."""

from .card_vocabulary import FACTS, spanned
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
