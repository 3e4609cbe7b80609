"""The broker is a doorbell: without it nothing is lost, nothing waits for it, and the sweep carries what it forgot."""

import contextlib
import json
import socket
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from helpdesk.celery import app as celery
from partnerships import delivery
from partnerships.models import Lane
from tenants import doorbell
from tenants.models import Timer
from tests.conftest import environment
from tests.faults import invariants, story

SPEAK = """
import json, sys, time
import django; django.setup()
from tenants.models import Membership
from tenants.scoping import account_scope
from partnerships.models import Handover
from tickets import conversation
times = []
for n in range(3):
    began = time.monotonic()
    with account_scope(sys.argv[1]):
        mine = Handover.objects.select_related("ticket", "counterpart").get()
        by = Membership.objects.get()
        conversation.comment(mine.ticket, f"без звонка {n}", by=by, audience="partner", readers=[mine.counterpart])
    times.append(time.monotonic() - began)
print(json.dumps(times))
"""


def speak_with(alfa, redis_url):
    """Three comments in a process whose broker is at this address; answers with their seconds."""
    told = subprocess.run(
        [sys.executable, "-c", SPEAK, str(alfa.account.pk)],
        env=environment(DJANGO_SETTINGS_MODULE="helpdesk.settings", REDIS_URL=redis_url),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


@contextlib.contextmanager
def a_deaf_server():
    """It takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.mark.parametrize("broker", ["gone", "deaf"])
def test_a_dead_broker_fails_no_request_and_slows_one_at_most(pair, broker):
    alfa, beta = pair
    story.shared(alfa, beta)

    with a_deaf_server() if broker == "deaf" else contextlib.nullcontext("redis://127.0.0.1:1/0") as url:
        seconds = speak_with(alfa, url)

    assert len(seconds) == 3
    assert max(seconds) < 1.5 and sorted(seconds)[1] < 0.3, seconds
    assert delivery.drain()
    assert story.heard(beta) == [f"без звонка {n}" for n in range(3)]


def test_what_a_flushed_broker_forgot_arrives_by_the_sweep(pair, worker):
    alfa, beta = pair
    story.shared(alfa, beta)
    story.say(alfa, "given", "забытое")
    broker = redis.from_url(settings.REDIS_URL)
    assert broker.keys(), "the bell was rung"
    broker.flushall()
    assert not broker.keys()
    lane = story.lane(alfa, alfa)

    worker(beat=True)
    story.wait(lambda: story.unfinished() == 0, seconds=25)
    story.say(alfa, "given", "пока он жив")
    broker.flushall()
    began = time.monotonic()
    story.wait(lambda: story.unfinished() == 0, seconds=15)

    assert time.monotonic() - began < 12
    assert Lane.objects.get(pk=lane.pk).applied == Lane.objects.get(pk=lane.pk).written
    assert story.heard(beta) == ["забытое", "пока он жив"]


def test_the_time_to_accept_ends_within_ten_seconds_whatever_the_broker_forgets(pair, worker):
    alfa, beta = pair
    story.offer(alfa, beta)
    worker(beat=True)
    story.wait(lambda: story.unfinished() == 0, seconds=25)
    accept_by = timezone.now() + timedelta(seconds=1)
    Timer.objects.filter(kind="accept_by").update(due_at=accept_by)
    redis.from_url(settings.REDIS_URL).flushall()

    story.wait(lambda: story.state(beta, "taken") == "expired", seconds=25)

    with alfa.scope():
        ended = story.handover(alfa, "given").ended_at
    assert timedelta(0) <= ended - accept_by <= timedelta(seconds=10)


def test_the_bell_alone_brings_a_letter_within_a_second(pair, worker):
    alfa, beta = pair
    story.shared(alfa, beta)
    worker()
    story.say(alfa, "given", "первое")
    story.wait(lambda: story.unfinished() == 0, seconds=15)

    began = time.monotonic()
    story.say(alfa, "given", "второе")
    story.wait(lambda: story.heard(beta) == ["первое", "второе"])

    assert time.monotonic() - began < 1.5
    assert invariants.everything() == []


def test_a_worker_looks_every_two_seconds_whether_the_broker_is_back(monkeypatch):
    """Letters that waited for it are read within ten seconds of its return, also after an hour without it."""
    looked = []
    monkeypatch.setattr("kombu.utils.functional.sleep", lambda seconds: None)

    def count(_fault, pause):
        looked.append(pause)
        if len(looked) == 50:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        celery.connection_for_read("redis://127.0.0.1:1/0").ensure_connection(
            count, celery.conf.broker_connection_max_retries
        )

    assert looked == [2] * 50


def test_a_bell_that_nobody_has_heard_is_not_rung_again(pair):
    """A flood of commits is one job for a worker; whoever has heard it starts a new one."""
    alfa, beta = pair
    story.shared(alfa, beta)
    broker = redis.from_url(settings.REDIS_URL)
    queue = celery.conf.task_default_queue
    broker.delete(queue, doorbell.mark("partnerships.carry"))

    for n in range(5):
        story.say(alfa, "given", f"раз {n}")
    rung = broker.llen(queue)
    doorbell.heard("partnerships.carry")
    story.say(alfa, "given", "ещё")

    assert (rung, broker.llen(queue)) == (1, 2)
    assert delivery.drain()
