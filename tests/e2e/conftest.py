"""Stories run in a real Chromium against real web, worker and beat processes on the test database."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from django.conf import settings as project

from tests.conftest import environment

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session", autouse=True)
def beside_the_loop():
    """Playwright's loop runs in this thread; the stories' own look-ups are made beside it."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args():
    return {"viewport": {"width": 1440, "height": 900}, "locale": "ru-RU", "timezone_id": "Europe/Moscow"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def stack(committed, worker, tmp_path):
    """Web, worker and beat as an installation has them; gives the address of the web."""
    worker(beat=True)
    port = free_port()
    env = environment(BASE_URL=f"http://127.0.0.1:{port}", COTICKET_TESTING="1", CELERY_QUEUE=queue_of(worker))
    words = ["uvicorn", "helpdesk.asgi:application", "--port", str(port), "--lifespan", "off", "--no-access-log"]
    with (tmp_path / "web.log").open("ab") as log:
        web = subprocess.Popen([sys.executable, "-m", *words], env=env, cwd=project.BASE_DIR, stdout=log, stderr=log)
    try:
        await_ready(f"http://127.0.0.1:{port}/readyz")
        yield f"http://127.0.0.1:{port}"
    finally:
        web.terminate()
        web.wait(10)


def queue_of(worker):
    from helpdesk.celery import app

    return app.conf.task_default_queue


def await_ready(url, patience=60):
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the stack did not become ready")


@pytest.fixture(autouse=True)
def quick_and_private(settings, tmp_path):
    """Files go to the story's own folder; passwords are hashed as the web processes hash them."""
    settings.FILES_ROOT = tmp_path / "files"
