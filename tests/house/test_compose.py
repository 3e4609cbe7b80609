"""The containers: their shape, and each service's very command run outside of one."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis
import yaml

from helpdesk.embedded.folder import DataFolder
from helpdesk.embedded.postgres import Postgres
from helpdesk.embedded.valkey import binary

from .conftest import PROJECT, free_port, succeeds, wait_for

TEXT = (PROJECT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
SIGNS = {"web": "Uvicorn running", "worker": " ready.", "beat": "beat: Starting"}
OURS = ("migrate", "web", "worker", "beat")


def test_the_services_are_the_ones_that_start_runs():
    assert set(SERVICES) == {"web", "worker", "beat", "migrate", "db", "valkey"}
    assert SERVICES["db"]["image"] == "postgres:18"


def test_every_lasting_service_has_a_health_check_and_comes_back():
    for name in set(SERVICES) - {"migrate"}:
        assert SERVICES[name]["restart"] == "unless-stopped", name
        assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL"), name


def test_data_lives_in_named_volumes():
    kept = {name: [mount.split(":")[0] for mount in SERVICES[name]["volumes"]] for name in SERVICES}

    assert set(COMPOSE["volumes"]) == {"db", "files", "valkey"}
    assert kept == {
        "db": ["db", "./docker/initdb"],
        "valkey": ["valkey"],
        **{name: ["files"] for name in OURS},
    }


def test_edges_wait_for_the_migration_and_the_servers():
    for name in ("web", "worker", "beat"):
        assert {k: v["condition"] for k, v in SERVICES[name]["depends_on"].items()} == {
            "migrate": "service_completed_successfully",
            "db": "service_healthy",
            "valkey": "service_healthy",
        }


def test_nothing_is_privileged_and_only_the_web_is_reachable_from_this_machine_alone():
    for name, service in SERVICES.items():
        assert not {"privileged", "network_mode", "pid", "cap_add", "devices"} & set(service), name
    for name in OURS:
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]
    assert {name: s["ports"] for name, s in SERVICES.items() if "ports" in s} == {
        "web": ["127.0.0.1:${PORT:-8000}:8000"]
    }


def test_no_secret_is_written_down_and_the_example_names_every_one_that_is_asked_for():
    asked = set(re.findall(r"\$\{(\w+):\?", TEXT))
    named = dict(
        line.split("=", 1) for line in (PROJECT / ".env.example").read_text().splitlines() if re.match(r"\w+=", line)
    )

    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name or "SECRET" in name:
                assert re.fullmatch(r"\$\{\w+:\?.*\}", value)
            if "@" in str(value):
                assert re.search(r":\$\{\w+:\?[^}]*\}@", value)
    assert asked <= set(named)
    assert [name for name, value in named.items() if ("PASSWORD" in name or "SECRET" in name) and value] == []


def test_only_the_migration_knows_the_owner_of_the_tables():
    assert [name for name in OURS if "DATABASE_OWNER_URL" in SERVICES[name]["environment"]] == ["migrate"]


def test_the_image_is_hashed_and_runs_as_an_ordinary_user():
    words = (PROJECT / "Dockerfile").read_text()

    assert "FROM python:3.11-slim" in words
    assert "--require-hashes -r requirements.lock" in words
    assert words.index("USER coticket") < words.index("CMD")


class Service:
    """A service of the compose file, run here: its own command and its own variables, other places."""

    def __init__(self, name, house, data):
        self.words = SERVICES[name]
        self.port = str(free_port())
        self.data = data
        self.log = data / f"{name}.log"
        state = house.state()
        asked = self.words["environment"].keys() - {"SIGNUP", "EMAIL_URL", "DEFAULT_FROM_EMAIL"}
        given = {k: state.get(k, "127.0.0.1") for k in asked}
        places = {k: str(data / v) for k, v in {"COTICKET_DATA": "", "COTICKET_FILES": "files"}.items()}
        static = {"COTICKET_STATIC": str(data / "static"), "PYTHONUNBUFFERED": "1"}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        self.env = {"PATH": path, "HOME": str(data), **given, **places, **static}

    def place(self, words):
        return [word.replace("$$", "$").replace("8000", self.port).replace("/data/", f"{self.data}/") for word in words]

    def start(self):
        with open(self.log, "wb") as log:
            command = self.place(self.words["command"])
            return subprocess.Popen(command, cwd=PROJECT, env=self.env, stdout=log, stderr=log)

    def is_healthy(self):
        kind, *words = self.place(self.words["healthcheck"]["test"])
        command = ["sh", "-c", *words] if kind == "CMD-SHELL" else words
        return subprocess.run(command, cwd=PROJECT, env=self.env, capture_output=True).returncode == 0


@pytest.fixture(scope="module")
def volume(tmp_path_factory):
    data = tmp_path_factory.mktemp("volume")
    for name in ("files", "beat", "static"):
        (data / name).mkdir()
    return data


@pytest.fixture(scope="module")
def migrated(open_house, volume):
    service = Service("migrate", open_house, volume)
    answer = subprocess.run(service.words["command"], cwd=PROJECT, env=service.env, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return open_house


def test_each_command_runs_and_its_health_check_sees_it(migrated, volume):
    services = {name: Service(name, migrated, volume) for name in ("worker", "beat", "web")}
    running = {name: service.start() for name, service in services.items()}
    try:
        for name, service in services.items():
            wait_for(lambda name=name: SIGNS[name] in services[name].log.read_text())
            wait_for(service.is_healthy)
            assert running[name].poll() is None, service.log.read_text()
        began = time.monotonic()
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            process.wait(15)

    assert time.monotonic() - began < 10


def test_the_broker_keeps_what_it_was_told(tmp_path):
    socket = Path("/tmp") / f"compose-{os.getpid()}.sock"
    words = [str(binary()), *SERVICES["valkey"]["command"][1:]]
    places = ["--port", "0", "--unixsocket", str(socket), "--dir", "."]
    server = subprocess.Popen([*words, *places], cwd=tmp_path, stdout=subprocess.DEVNULL)
    broker = redis.Redis(unix_socket_path=str(socket))
    try:
        wait_for(succeeds(broker.ping, redis.ConnectionError))
        kept = broker.config_get("appendonly", "maxmemory-policy", "save")
    finally:
        server.terminate()
        server.wait(10)

    assert kept == {"appendonly": "yes", "maxmemory-policy": "noeviction", "save": ""}


def test_the_roles_that_the_container_makes_are_the_ones_that_start_makes(open_house):
    owner = open_house.state()["DATABASE_OWNER_URL"]
    words = (PROJECT / "docker/initdb/10-roles.sql").read_text().replace("coticket", "docker")
    psql = Postgres(DataFolder(open_house.data)).binaries / "psql"
    rights = "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"

    made = subprocess.run(
        [str(psql), owner.replace("coticket_owner@", "postgres@")],
        input=words,
        env={**os.environ, "OWNER_DB_PASSWORD": "it's", "APP_DB_PASSWORD": "x"},
        capture_output=True,
        text=True,
    )

    assert made.returncode == 0, made.stderr
    ours, theirs = (
        open_house.query(f"{rights} WHERE rolname LIKE '{who}%' ORDER BY rolname") for who in ("coticket", "docker")
    )
    assert ours == theirs
    with psycopg.connect(owner, user="docker_owner", dbname="docker") as connection:
        owned = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        assert connection.execute(owned).fetchone() == ("docker_owner",)
