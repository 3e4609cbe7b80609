"""Which bytes a letter names. No Django here."""

from __future__ import annotations

from typing import Any


def digests(body: Any) -> set[str]:
    """The digests of all files in it; made of the data, so that also of a letter that nobody can read."""
    if isinstance(body, list):
        return set().union(*map(digests, body))
    if not isinstance(body, dict):
        return set()
    own = body.get("sha256")
    found = set().union(*map(digests, body.values()))
    return found | {own} if isinstance(own, str) and own else found
