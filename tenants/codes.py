"""One-time codes: easy to read out, kept as a hash only."""

import hashlib
import hmac
import secrets

from django.conf import settings

from . import clock

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no letters that look alike


def is_live(key):
    """Whether a one-time key (a row, or None) still opens what it was made for."""
    return key is not None and key.used_at is None and key.revoked_at is None and key.expires_at > clock.now()


def new_code():
    """Twenty letters in four groups, as people write them down."""
    return spell(secrets.token_bytes(20))


def code_of(purpose, subject, moment):
    """The code that belongs to this subject since this moment: a mail can spell it again without keeping it."""
    said = f"{purpose}:{subject.pk}:{moment.isoformat()}"
    return spell(hmac.digest(settings.SECRET_KEY.encode(), said.encode(), "sha256"))


def spell(random):
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in random[:20])
    return "-".join(letters[place : place + 5] for place in range(0, 20, 5))


def digest(code):
    """What is kept of a code: its hash, after folding how people type it."""
    folded = "".join(char for char in code.upper() if char.isalnum())
    return hashlib.sha256(folded.encode()).hexdigest()
