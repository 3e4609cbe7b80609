"""An account's own words for where a ticket stands."""

from tenants.models import Account
from tenants.vocabulary import ACCOUNT_CREATED

from .models import Status, TicketType
from .vocabulary import DEFAULT_STATUSES, DEFAULT_TYPES, DEFAULT_WAITS


def on_activity(sender, activity, subject, by, **kwargs):
    if activity.kind == ACCOUNT_CREATED.code:
        lay_defaults(subject)


def lay_defaults(account: Account):
    """A new account starts with eight statuses and three types in its own language."""
    Status.objects.bulk_create(
        Status(
            name=names[account.language],
            category=category,
            glyph=glyph,
            waits_for=DEFAULT_WAITS.get(glyph, ""),
            position=position,
        )
        for position, (glyph, category, names) in enumerate(DEFAULT_STATUSES)
    )
    TicketType.objects.bulk_create(
        TicketType(name=names[account.language], position=position) for position, names in enumerate(DEFAULT_TYPES)
    )


def current():
    """The statuses that tickets may be given, in the account's order."""
    return Status.objects.filter(archived_at=None)


def first(category, glyph=None):
    """The account's first status of a category, with this glyph when there is one."""
    rows = current().filter(category=category)
    return (rows.filter(glyph=glyph).first() if glyph else None) or rows.first()
