"""Each cast is built once per process and rewound after every test that used it.

How a new test gets its cast cheaply:

    @staged
    def desk():  # instead of @pytest.fixture; it may ask for other staged casts, and for parameters of the test
        return world.company("meridian", ...)

    def test_something(desk): ...  # as with any fixture: rows, files and the objects themselves come back fresh

The transaction in which a cast was built stays open, casts on top of it are savepoints, and the test's own
transaction is the innermost: undoing it leaves the cast as it was built. conftest.py lets the tests of one cast
stand together. What a test needs beyond the database (browsers, patches, settings) stays an ordinary fixture,
and a test with real commits asks for `committed` and makes its own world.
"""

import copy
import inspect
import itertools
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import override_settings
from django.utils import translation

HANDED_OUT: pytest.StashKey[dict] = pytest.StashKey()


def staged(build):
    """A fixture whose cast is built once; each test gets a copy of what `build` returned."""

    def part(request, **_others):
        return request.node.stash[HANDED_OUT][build.__name__]

    asked = ("request", "db", *inspect.signature(build).parameters)
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    part.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in asked])
    part.__name__, part.__doc__, part.__module__ = build.__name__, build.__doc__, build.__module__
    part.build = build
    return pytest.fixture(part)


@dataclass(frozen=True)
class Part:
    """One cast that a test wants, with those parameters of the test that it is built for."""

    name: str
    build: Any
    given: tuple[tuple[str, Any], ...]

    @property
    def place(self):
        return f"{self.build.__module__}.{self.build.__qualname__} {self.given}"


def casts(item):
    """The staged casts that a test uses, each after those it stands on."""
    found = item._fixtureinfo.name2fixturedefs
    params = item.callspec.params if hasattr(item, "callspec") else {}
    parts: dict[str, Part] = {}

    def add(name):
        build = getattr(found[name][-1].func, "build", None)
        if build is not None and name not in parts:
            asked = inspect.signature(build).parameters
            for below in asked:
                add(below)
                known = below in parts or below in params
                assert known, f"{name} is staged and may only ask for staged casts and parameters, unlike {below}"
            parts[name] = Part(name, build, tuple((one, params[one]) for one in asked if one not in parts))

    for name in sorted(found):
        add(name)
    return list(parts.values())


def place(item):
    """Sorting by this lets a cast stand as long as it is used."""
    return [part.place for part in casts(item)]


@dataclass
class Layer:
    """One cast that stands, with everything built so far and the files it stored."""

    part: Part
    block: transaction.Atomic
    people: dict[str, Any]
    files: Path


class Stage:
    """The casts that stand in this process: an open transaction, and savepoints on it."""

    def __init__(self):
        self.layers: list[Layer] = []

    def reach(self, wanted, folder):
        """Undo what this test does not want, build what is missing; `folder` makes one more folder for files."""
        kept = 0 if connection.closed_in_transaction else self.shared_with(wanted)
        self.clear(kept)
        for part in wanted[kept:]:
            self.build(part, folder() / "files")

    def shared_with(self, wanted):
        """How many of the layers that stand may stay."""
        pairs = zip(self.layers, wanted, strict=False)
        return len(list(itertools.takewhile(lambda pair: pair[0].part == pair[1], pairs)))

    def clear(self, kept=0):
        """Roll back to the layer that stays, or out of the transaction."""
        while len(self.layers) > kept:
            leave(self.layers.pop().block)

    def build(self, part, files):
        below = self.layers[-1] if self.layers else None
        # Built on a copy, since a cast may write on those it stands on.
        people = copy.deepcopy(below.people) if below else {}
        if below:
            lay_out(below.files, files)
        block = transaction.atomic()
        block._from_testcase = True  # as the test's own: an account's may be opened inside it
        block.__enter__()
        try:
            with override_settings(FILES_ROOT=files), translation.override(settings.LANGUAGE_CODE):
                known = {**people, **dict(part.given)}
                people[part.name] = part.build(*[known[one] for one in inspect.signature(part.build).parameters])
            connection.check_constraints()
        except BaseException:
            leave(block)
            raise
        connection.run_on_commit.clear()
        self.layers.append(Layer(part, block, people, files))

    def hand_out(self):
        """What the test gets: its own copies, and its own files."""
        if not self.layers:
            return {}
        lay_out(self.layers[-1].files, Path(settings.FILES_ROOT))
        return copy.deepcopy(self.layers[-1].people)


def leave(block):
    transaction.set_rollback(True)
    block.__exit__(None, None, None)


def lay_out(files, place):
    if files.exists():
        shutil.copytree(files, place, dirs_exist_ok=True)


stage = Stage()
