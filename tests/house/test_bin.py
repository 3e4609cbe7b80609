"""The environment that the programs in bin/ make for themselves, wherever the clone lies."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from .conftest import PROJECT

MAKE = '. "$1/bin/_env"; ensure_environment requirements.lock; "$py" -c "import sys; print(sys.prefix)"'
BARE = ("bash", "dirname", "basename", "cat")


@pytest.fixture
def clone(tmp_path):
    """A clone with nothing to install, so that only our own part is timed."""
    place = tmp_path / "Мой клон"
    (place / "bin").mkdir(parents=True)
    shutil.copy(PROJECT / "bin" / "_env", place / "bin" / "_env")
    (place / "requirements.lock").write_text("")
    return place


def start(clone, **env):
    command = ["bash", "-euo", "pipefail", "-c", MAKE, "bash", str(clone)]
    return subprocess.Popen(
        command, cwd="/", env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def make(clone, **env):
    process = start(clone, **env)
    out, err = process.communicate(timeout=60)
    return process.returncode, out.strip(), err


def test_two_first_starts_at_once_make_one_environment_which_follows_its_lock(clone):
    both = [start(clone), start(clone)]
    answers = [process.communicate(timeout=60) for process in both]
    began = time.monotonic()

    code, prefix, told = make(clone)

    assert [process.returncode for process in both] == [0, 0], answers
    assert sum("Installing" in err for _, err in answers) == 1
    assert (code, Path(prefix), told) == (0, clone / ".venv", "")
    assert time.monotonic() - began < 2

    (clone / "requirements.lock").write_text("django==5.2.0\n")
    code, _, told = make(clone)

    assert code == 3
    assert "The packages of requirements.lock could not be installed" in told
    assert "hash" in told.lower()


def test_an_interrupted_installation_begins_anew(clone):
    half = clone / ".venv" / "bin"
    half.mkdir(parents=True)
    (clone / ".venv" / ".installing").touch()
    (half / "python").symlink_to("/nowhere/python3")

    code, prefix, told = make(clone)

    assert (code, Path(prefix)) == (0, clone / ".venv"), told
    assert not (clone / ".venv" / ".installing").exists()


def test_a_machine_without_python_is_told_so_in_one_sentence(clone, tmp_path):
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in BARE:
        (bare / name).symlink_to(shutil.which(name))

    code, _, told = make(clone, PATH=str(bare))

    assert code == 3
    assert told == "bash: Python 3.11 or newer is needed and was not found: install python3 and try again.\n"


def test_the_help_names_every_exit_code():
    answer = subprocess.run([PROJECT / "bin" / "start", "--help"], capture_output=True, text=True, cwd="/")

    assert answer.returncode == 0, answer.stderr
    for words in ("in use", "port is busy", "disk is full", "another PostgreSQL major", "--no-demo", "--data"):
        assert words in answer.stdout
