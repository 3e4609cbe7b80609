"""Two sides compare what they have of a hand-over: the sums they tell each other. No Django here.

An entry is the id that its first author gave to a comment or a file, with a mark that says how it reads. Sums are made
of parts, by the last digits of the ids, so that what differs is found in lists of bounded length.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

# Above so many entries in one part it is divided further.
PART = 200
SIZES = (1, 16, 256, 4096)
REMOVED, WORDS, FILE = "x", "w", "f"


@dataclass(frozen=True)
class Summed:
    """One hand-over in one sum; `worded` when the wording and the status count too, as long as they are told."""

    handover: UUID
    worded: bool
    sum: str


@dataclass(frozen=True)
class Held:
    """One entry as the receiver has it."""

    id: UUID
    mark: str


def divided(count: int) -> int:
    """Into how many parts so many entries are divided; each size divides the next one."""
    return next((parts for parts in SIZES if count <= PART * parts), SIZES[-1])


def part_of(id: UUID, parts: int) -> int:
    """The part in which an entry counts: by the last digits of its id, which are random in ids made one by one."""
    return id.int % parts


def sums(entries: dict[UUID, str], parts: int) -> list[str]:
    """The sum of each part; the same entries make the same sums, in whatever order they came."""
    lines: list[list[str]] = [[] for _part in range(parts)]
    for id in sorted(entries):
        lines[part_of(id, parts)].append(f"{id} {entries[id]}")
    return [sum_of(part) for part in lines]


def sum_of(lines: list[str]) -> str:
    """One sum over lines of text; short, since nobody is kept out by it."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]
