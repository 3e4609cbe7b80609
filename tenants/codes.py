"""One-time codes: easy to read out, kept as a hash only."""

import hashlib
import hmac
import secrets

from django.conf import settings

from . import clock

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no letters that look alike
LENGTH = 12


def is_live(key):
    """Whether a one-time key (a row, or None) still opens what it was made for."""
    return key is not None and key.used_at is None and key.revoked_at is None and key.expires_at > clock.now()


def new_code():
    """Twelve letters in three groups, as people read them out; sixty bits, and guessing is slowed down."""
    return spell(secrets.token_bytes(LENGTH))


def code_of(purpose, subject, moment):
    """The code that belongs to this subject since this moment: a mail can spell it again without keeping it."""
    said = f"{purpose}:{subject.pk}:{moment.isoformat()}"
    return spell(hmac.digest(settings.SECRET_KEY.encode(), said.encode(), "sha256"))


def spell(random):
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in random[:LENGTH])
    return "-".join(letters[place : place + 4] for place in range(0, LENGTH, 4))


def digest(code):
    """What is kept of a code: its hash, after folding how people type it."""
    folded = "".join(char for char in code.upper() if char.isalnum())
    return hashlib.sha256(folded.encode()).hexdigest()
