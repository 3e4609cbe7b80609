"""Servers that are up: two roles, kept data, company for other commands."""

import os
import signal
import time

import psycopg
import redis

from helpdesk.embedded.processes import mark_of

from .conftest import succeeds, wait_for


def test_the_owner_passes_the_walls_and_the_app_does_not(open_house):
    roles = open_house.query(
        "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
        "WHERE rolname LIKE 'coticket%' ORDER BY 1"
    )

    assert roles == [
        ("coticket_app", True, False, False, False, False),
        ("coticket_owner", True, False, True, True, True),
    ]


def test_the_database_is_utf8_owned_by_the_owner_and_checked(open_house):
    owner = open_house.query(
        "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datlocprovider::text, datlocale "
        "FROM pg_database WHERE datname = current_database()"
    )

    assert owner == [("coticket_owner", "UTF8", "b", "C.UTF-8")]
    assert open_house.query("SHOW data_checksums") == [("on",)]
    assert open_house.query("SHOW listen_addresses") == [("",)]


def test_the_app_role_makes_no_tables(open_house):
    try:
        open_house.query("CREATE TABLE mine (x int)", role="DATABASE_URL")
    except psycopg.errors.InsufficientPrivilege:
        return
    raise AssertionError("the app role owns a table")


def test_the_broker_keeps_what_it_was_told(open_house):
    broker = redis.Redis.from_url(open_house.state()["REDIS_URL"])

    assert broker.config_get("appendonly", "maxmemory-policy", "port") == {
        "appendonly": "yes",
        "maxmemory-policy": "noeviction",
        "port": "0",
    }


def test_sockets_and_secrets_are_private(open_house):
    state = open_house.state()
    socket = state["REDIS_URL"].removeprefix("unix://").partition("?")[0]

    assert len(os.fsencode(socket)) <= 107
    assert os.stat(socket).st_mode & 0o077 == 0
    for name in ("secret_key", "run/state.json"):
        assert (open_house.data / name).stat().st_mode & 0o077 == 0
    assert (open_house.data / "secret_key").read_text().strip() == state["SECRET_KEY"]


def test_another_command_joins_the_running_servers_and_keeps_its_exit_code(open_house):
    before = open_house.child("postgres")

    answer = open_house.run("bash", "-c", 'echo "$DATABASE_URL"; exit 7')

    assert answer.returncode == 7
    assert answer.stdout.strip() == open_house.state()["DATABASE_URL"]
    assert open_house.child("postgres") == before


def test_a_start_in_a_folder_in_use_is_refused_in_one_sentence(open_house):
    answer = open_house.call("start", "--port", "0")

    assert answer.returncode == 10
    assert answer.stderr.startswith(f"bin/start: The data folder {open_house.data} is in use by process ")
    assert answer.stderr.count("\n") == 1


def test_a_killed_postgres_comes_back_with_its_data(open_house):
    open_house.query("CREATE TABLE kept AS SELECT 42 AS answer")
    killed = open_house.child("postgres")

    os.kill(killed, signal.SIGKILL)

    wait_for(lambda: open_house.child("postgres") != killed)
    wait_for(succeeds(lambda: open_house.query("SELECT 1"), psycopg.OperationalError))
    assert open_house.query("SELECT answer FROM kept") == [(42,)]


def test_a_killed_broker_comes_back_with_its_data(open_house):
    broker = redis.Redis.from_url(open_house.state()["REDIS_URL"])
    broker.set("kept", "42")
    killed = open_house.child("valkey")

    os.kill(killed, signal.SIGKILL)

    wait_for(lambda: open_house.child("valkey") != killed)
    wait_for(succeeds(broker.ping, redis.ConnectionError))
    assert broker.get("kept") == b"42"


def test_ctrl_c_is_for_the_command_and_term_ends_both(house):
    process = house.keep_up("run", "--", "sleep", "600")
    house.state()
    server = mark_of(house.child("postgres"))

    process.send_signal(signal.SIGINT)
    time.sleep(0.5)

    assert process.poll() is None
    assert house.query("SELECT 1") == [(1,)]
    process.terminate()
    assert process.wait(15) == 128 + signal.SIGTERM
    assert not server.is_alive()
