"""The whole stack from outside: ready, killed in every part, stopped in time."""

import os
import signal
import time
import urllib.error
import urllib.request

from helpdesk.embedded.processes import mark_of

from .conftest import free_port, wait_for

PARTS = ("postgres", "valkey", "web", "worker", "beat")


def status(port, path="/readyz"):
    """What a page answers, 0 when nobody does."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def read_until(process, start):
    """The lines of a start up to one that begins like this."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(start):
            return lines
    raise AssertionError("".join(lines))


def test_the_stack_survives_kills_of_every_part_and_of_itself_and_stops_in_time(house):
    house.fast = False
    port = free_port()
    first = house.keep_up("start", "--no-demo", "--port", str(port))
    assert read_until(first, "Ready")[-1] == f"Ready: http://127.0.0.1:{port}/\n"
    assert status(port) == 200
    house.query("CREATE TABLE kept AS SELECT 42 AS answer")

    killed = {name: house.child(name) for name in PARTS}
    for pid in killed.values():
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: all(house.child(name) != killed[name] for name in PARTS))
    wait_for(lambda: status(port) == 200)
    first.kill()
    first.wait()

    began = time.monotonic()
    second = house.keep_up("start", "--no-demo", "--port", str(port))
    read_until(second, "Ready")
    assert time.monotonic() - began < 30
    assert status(port) == 200
    assert house.query("SELECT answer FROM kept") == [(42,)]

    running = [mark_of(house.child(name)) for name in PARTS]
    began = time.monotonic()
    second.send_signal(signal.SIGINT)
    assert second.wait(15) == 0
    assert time.monotonic() - began < 10
    assert not any(mark.is_alive() for mark in running)
