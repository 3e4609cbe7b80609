"""A house of one's own: a data folder in an awkward place, and the supervisor run as a person would."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

PROJECT = Path(__file__).resolve().parents[2]
FROM_OUTSIDE = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL", "PORT")


class House:
    """One data folder and the processes that a test started in it."""

    def __init__(self, data, *, fast=True):
        self.data = Path(data)
        self.fast = fast
        self.python = sys.executable
        self.started = []

    @property
    def env(self):
        """The environment without what the servers of this very test run put there."""
        kept = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
        kept = {name: value for name, value in kept.items() if not name.startswith("COTICKET_")}
        return {**kept, "COTICKET_FAST": "1" if self.fast else "0"}

    def command(self, what, *words):
        return [self.python, "-m", "helpdesk.embedded", what, "--data", str(self.data), *words]

    def run(self, *command, env=None, **options):
        """Run a command with the servers up, to its end."""
        return self.call("run", "--", *command, env=env, **options)

    def call(self, what, *words, env=None, **options):
        return subprocess.run(
            self.command(what, *words),
            cwd=PROJECT,
            env={**self.env, **(env or {})},
            capture_output=True,
            text=True,
            timeout=60,
            **options,
        )

    def keep_up(self, what="run", *words):
        """Servers that stay up behind the test, with the state they published."""
        words = words or ("--", "sleep", "600")
        command = self.command(what, *words)
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        process = subprocess.Popen(command, cwd=PROJECT, env=self.env, **options)
        self.started.append(process)
        return process

    def state(self):
        """How to reach the servers, once they answer."""
        place = self.data / "run" / "state.json"
        wait_for(place.exists)
        return json.loads(place.read_text())["env"]

    def child(self, name):
        """The number of a child process."""
        return json.loads((self.data / "run" / "children.json").read_text())[name]["pid"]

    def query(self, words, role="DATABASE_OWNER_URL"):
        """Ask the database of a house whose servers are up."""
        with psycopg.connect(self.state()[role], autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(words)
            return cursor.fetchall() if cursor.description else None

    def close(self):
        """End what the test started; the servers follow."""
        for process in self.started:
            if process.poll() is None:
                process.terminate()
                process.wait(15)
            process.stdout.close()


def wait_for(is_true, seconds=60):
    """Wait until something holds, and say so when it never does."""
    until = time.monotonic() + seconds
    while not (answer := is_true()):
        assert time.monotonic() < until, f"{is_true} never held"
        time.sleep(0.05)
    return answer


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def succeeds(action, *errors):
    """A condition for wait_for out of an action that fails at first."""

    def condition():
        try:
            action()
        except errors:
            return False
        return True

    return condition


@pytest.fixture
def spot():
    """A folder with spaces and Cyrillic that PostgreSQL's system user can enter, unlike pytest's own."""
    base = Path(tempfile.mkdtemp(prefix="дом и сад "))
    base.chmod(0o711)
    yield base
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def house(spot):
    """An empty house; whatever a test starts in it is ended after it."""
    house = House(spot / "Мои данные")
    yield house
    house.close()


@pytest.fixture(scope="module")
def settled_house():
    """A house that was lived in before and stands empty now."""
    base = Path(tempfile.mkdtemp(prefix="старый дом "))
    base.chmod(0o711)
    house = House(base / "Мои данные")
    assert house.run("true").returncode == 0
    yield house
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="module")
def open_house():
    """One house with its servers up, for all tests of a module that leave it standing."""
    base = Path(tempfile.mkdtemp(prefix="общий дом "))
    base.chmod(0o711)
    house = House(base / "Мои данные", fast=False)
    house.keep_up()
    house.state()
    yield house
    house.close()
    shutil.rmtree(base, ignore_errors=True)
