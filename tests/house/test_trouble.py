"""What goes wrong: kills, orphans, foreign processes, busy ports, full disks, folders nobody may enter."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path

import psycopg
import pytest

from helpdesk.embedded.folder import DataFolder
from helpdesk.embedded.postgres import ELSEWHERE, POINTER, Postgres
from helpdesk.embedded.processes import Account, mark_of

from .conftest import PROJECT, House, wait_for

PACKAGES = sysconfig.get_path("platlib")
OUTSIDE = {
    "DATABASE_URL": "postgresql://app@db/x",
    "DATABASE_OWNER_URL": "postgresql://owner@db/x",
    "REDIS_URL": "redis://broker/0",
}
ASK = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
    answer = connection.execute("{}")
    print(answer.fetchall() if answer.description else [])
"""


def ask(house, words):
    """Start the servers for one question."""
    answer = house.run(sys.executable, "-c", ASK.format(words))
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def test_killing_the_parent_leaves_no_process_and_loses_nothing(house):
    house.fast = False
    parent = house.keep_up()
    house.query("CREATE TABLE kept AS SELECT 42 AS answer")
    left = [mark_of(house.child(name)) for name in ("postgres", "valkey")]

    parent.kill()
    parent.wait()

    wait_for(lambda: not any(mark.is_alive() for mark in left))
    assert ask(house, "SELECT answer FROM kept") == "[(42,)]"


def test_orphans_of_the_same_folder_are_stopped_and_foreign_processes_are_not(settled_house):
    folder = DataFolder(settled_house.data)
    database = Postgres(folder, fast=True)
    database.prepare()
    if database.account:
        database.binaries = database._copy_binaries(database.account)
    command = database.child()
    orphan = subprocess.Popen(
        command.command,
        env=command.env,
        user=database.account and database.account.uid,
        group=database.account and database.account.gid,
        extra_groups=[] if database.account else None,
        stderr=subprocess.DEVNULL,
    )
    worker = subprocess.Popen(["sleep", "600"], env={**os.environ, **folder.sign()})
    foreign = subprocess.Popen(["sleep", "600"], env={**os.environ, "COTICKET_STACK": "another"})
    note = database.cluster / "postmaster.pid"
    wait_for(lambda: note.exists() and "ready" in note.read_text())

    answer = ask(settled_house, "SELECT 2")

    assert answer == "[(2,)]"
    # Its own children are told to stop as well: if one is quicker, the server calls that a crash.
    assert orphan.wait(1) in (0, 1)
    assert worker.wait(1) == -signal.SIGTERM
    assert foreign.poll() is None
    foreign.kill()
    foreign.wait()


def test_a_stale_number_of_a_foreign_process_is_left_alone(settled_house):
    foreign = subprocess.Popen(["sleep", "600"])
    records = {name: {"pid": foreign.pid, "born": "long ago"} for name in ("postgres", "valkey", "web")}
    (settled_house.data / "run" / "children.json").write_text(json.dumps(records))
    home = DataFolder(settled_house.data)
    cluster = Postgres(home).cluster
    (cluster / "postmaster.pid").write_text(f"{foreign.pid}\n{cluster}\n1700000000\n5432\n/run\n\n")

    answer = ask(settled_house, "SELECT 2")

    assert answer == "[(2,)]"
    assert foreign.poll() is None
    foreign.kill()
    foreign.wait()


def test_another_postgresql_major_is_refused_in_one_sentence(house):
    (house.data / "postgres" / "cluster").mkdir(parents=True)
    (house.data / "postgres" / "cluster" / "PG_VERSION").write_text("17\n")

    answer = house.run("true")

    assert answer.returncode == 13
    assert "holds PostgreSQL 17 and this is PostgreSQL 18" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_busy_port_is_refused_in_one_sentence_before_anything_starts(house):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        answer = house.call("start", "--port", str(port))

    assert answer.returncode == 11
    assert answer.stderr == (
        f"bin/start: Port {port} is busy: stop what listens there, or choose another with --port.\n"
    )
    assert not house.data.exists()


def test_a_full_disk_is_told_in_one_sentence(settled_house):
    log = settled_house.data / "log" / "set-up.log"
    log.symlink_to("/dev/full")

    answer = settled_house.call("start", "--port", "0")

    log.unlink()
    assert answer.returncode == 12
    assert answer.stderr == (
        f"bin/start: The disk is full: free some space where {settled_house.data} lives and start again.\n"
    )


@pytest.mark.parametrize("alone", ["DATABASE_URL", "DATABASE_OWNER_URL"])
def test_one_database_address_without_the_other_is_refused(house, alone):
    answer = house.run("true", env={alone: OUTSIDE[alone]})

    assert answer.returncode == 14
    assert f"{alone} is set but " in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_servers_from_outside_are_used_and_none_is_started(house):
    answer = house.run("bash", "-c", 'echo "$DATABASE_URL $DATABASE_OWNER_URL $REDIS_URL ${#SECRET_KEY}"', env=OUTSIDE)

    assert answer.stdout.split() == [*OUTSIDE.values(), "67"]
    assert not (house.data / "postgres").exists()
    assert not (house.data / "valkey").exists()


def test_a_broker_from_outside_leaves_only_the_database_to_us(settled_house):
    words = 'echo "$REDIS_URL"; cat "$COTICKET_DATA/run/children.json"'

    answer = settled_house.run("bash", "-c", words, env={"REDIS_URL": OUTSIDE["REDIS_URL"]})

    url, children = answer.stdout.split("\n", 1)
    assert url == OUTSIDE["REDIS_URL"]
    assert set(json.loads(children)) == {"postgres"}


def test_a_folder_that_the_system_user_cannot_enter_keeps_its_database_elsewhere(spot):
    closed = spot / "закрыто"
    closed.mkdir(mode=0o700)
    house = House(closed / "data")

    ask(house, "CREATE TABLE kept AS SELECT 42 AS answer")
    answer = ask(house, "SELECT answer FROM kept")

    pointer = house.data / POINTER
    assert answer == "[(42,)]"
    assert pointer.exists() == (os.geteuid() == 0)
    if pointer.exists():
        home = Path(pointer.read_text().strip())
        assert home.parent == ELSEWHERE
        shutil.rmtree(home)


def python_for(account):
    """An interpreter that this person may run: root's own may lie in a folder closed to others."""
    for python in (sys.executable, f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"):
        command = [python, "-c", f"import psycopg, os; os.chdir({str(PROJECT)!r})"]
        env = {**os.environ, "PYTHONPATH": PACKAGES}
        try:
            answer = subprocess.run(command, cwd="/", capture_output=True, env=env, **as_user(account))
        except (PermissionError, FileNotFoundError):
            continue
        if answer.returncode == 0:
            return python
    return None


def as_user(account):
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if os.geteuid() == 0 else {}


def test_an_ordinary_user_runs_everything_as_himself(spot):
    person = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    account = Account(person.pw_uid, person.pw_gid, person.pw_name)
    os.chown(spot, account.uid, account.gid)
    house = House(spot / "data")
    # Where root alone can reach the clone, root is the only user that this test can be.
    python = python_for(account)
    house.python = python or sys.executable
    options = as_user(account) if python else {}

    answer = house.run(house.python, "-c", ASK.format("SELECT 3"), env={"PYTHONPATH": PACKAGES}, **options)

    assert answer.stdout.strip() == "[(3,)]", answer.stderr
    assert (house.data / "secret_key").stat().st_uid == (account.uid if python else os.geteuid())


def test_a_killed_first_start_leaves_no_half_made_cluster(house):
    folder = DataFolder(house.data)
    folder.prepare()
    half = Postgres(folder).home / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    if account := Postgres(folder).account:
        os.chown(half.parent, account.uid, account.gid)

    assert ask(house, "SELECT 4") == "[(4,)]"


def test_the_app_role_of_an_older_folder_is_set_right_again(settled_house):
    settled_house.keep_up()
    url = settled_house.state()["DATABASE_OWNER_URL"].replace("coticket_owner", "postgres")
    with psycopg.connect(url) as connection:
        connection.execute("ALTER ROLE coticket_app BYPASSRLS")
    settled_house.close()
    settled_house.started.clear()

    right = ask(settled_house, "SELECT rolbypassrls FROM pg_roles WHERE rolname = $$coticket_app$$")

    assert right == "[(False,)]"
