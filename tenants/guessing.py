"""Codes of invitations are typed by people who slip and by machines that guess: an address gets so many wrong ones."""

from allauth.core.internal import ratelimit
from django.utils.translation import gettext_lazy as _

from . import codes

SHOWN = "invitation_shown"
SLOWER = _("That was a lot at once. Try again in an hour.")
TOO_MANY = _("Too many wrong codes came from your address. Try again in an hour.")


def is_too_much(request, code):
    """Whether this address has tried too many wrong codes; a code that was shown here already stays open."""
    return request.session.get(SHOWN) != codes.digest(code) and not count(request, look=True)


def count(request, *, look=False):
    """Count a wrong code of this address, or only look whether one more is allowed. Nothing here is in a transaction,
    so that the count outlives the refusal."""
    return ratelimit.consume(request, app="allauth.account", action="wrong_invitation", dry_run=look, limit_get=True)


def remember(request, code):
    """This code was right."""
    request.session[SHOWN] = codes.digest(code)


def is_allowed(request, action, key=None):
    """Whether this address, or this person, may do it once more now: what writes mail or makes accounts is counted."""
    return ratelimit.consume(request, action=action, app="allauth.account", key=key) is not None
