"""The terms of both sides as they are told: ours in force, theirs as last heard. Pure reading."""

from dataclasses import fields

from .models import Partnership
from .protocol import Promise, SharedTerms, Unreadable, read, render

# What of our terms touches the other side, and so is proposed and answered; all else is ours alone.
TOUCHING = tuple(field.name for field in fields(SharedTerms) if field.name != "zone")


def told(terms):
    """Our terms as the partner is told them: times as text, companies by the names we know them by."""
    values = {name: getattr(terms, name) for name in TOUCHING}
    for name in ("accept_from", "accept_until"):
        values[name] = values[name].strftime("%H:%M") if values[name] else ""
    values["promises"] = [Promise(**promise) for promise in terms.promises]
    known = {str(row.pk): row.name for row in Partnership.objects.filter(pk__in=terms.hand_on_to)}
    values["hand_on_to"] = [known[pk] for pk in terms.hand_on_to if pk in known]
    return SharedTerms(**values, zone=terms.account.zone)


def theirs(partnership):
    """The partner's terms as he last told them; as usual where he has not told any."""
    try:
        return read(SharedTerms, partnership.their_terms)
    except Unreadable:
        return SharedTerms()


def as_kept(shared):
    """Told terms as a row keeps them."""
    return render(shared)
