"""A desk that many people have open at once, for measuring what their streams cost."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.test import Client

from tenants import accounts
from tenants.models import Membership
from tenants.scoping import account_scope, new_id
from tenants.vocabulary import Role
from tickets import conversation, lifecycle


class Crowd:
    """An account with this many agents, each with a session, and a ticket that all of them may see."""

    def __init__(self, people):
        tag = new_id().hex[-8:]
        owner = accounts.person(f"owner@crowd-{tag}.example", name="Owner")
        self.account = accounts.open_account(f"crowd-{tag}", name=f"Crowd {tag}", owner=owner)
        users = [accounts.person(f"agent{n}@crowd-{tag}.example", name=f"Agent {n}") for n in range(people)]
        with account_scope(self.account.pk):
            self.owner = Membership.objects.get()
            for user in users:
                accounts.add_member(user, role=Role.AGENT, by=self.owner, name=user.name)
            self.ticket = lifecycle.open_ticket("Crowd", by=self.owner)
        self.sessions = [session(user) for user in users]

    def say(self):
        """One comment, committed."""
        with account_scope(self.account.pk):
            conversation.comment(self.ticket, "Crowd", by=self.owner, audience="internal")


def session(user):
    """This person's cookie."""
    browser = Client()
    browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


@contextlib.contextmanager
def web():
    """One uvicorn as an installation has it, on the same database: (port, process id)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["uvicorn", "helpdesk.asgi:application", "--port", str(port), "--lifespan", "off", "--no-access-log"]
    with open(Path(os.environ.get("COTICKET_DATA", ".")) / "bench-web.log", "ab") as log:
        process = subprocess.Popen([sys.executable, "-m", *words], stdout=log, stderr=log)
    try:
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


async def listen(port, path, cookie, heard, ready):
    """One stream; the moment of each ticket event goes to `heard`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {settings.SESSION_COOKIE_NAME}={cookie}\r\n\r\n"
    writer.write(head.encode())
    try:
        while line := await reader.readline():
            if line.startswith(b"event: hello"):
                ready.append(time.monotonic())
            elif line.startswith(b"event: ticket"):
                heard.append(time.monotonic())
    finally:
        writer.close()


def cost(pid):
    """What the web process holds: threads, memory in MB, and its connections to the database."""
    words = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        backends = cursor.fetchone()[0]
    return f"{words['Threads'].strip()} threads, {int(words['VmRSS'].split()[0]) / 1024:.0f} MB, {backends} backends"


async def until(condition, seconds):
    """Wait for it, a hundred times a second."""
    ends = time.monotonic() + seconds
    while not condition() and time.monotonic() < ends:
        await asyncio.sleep(0.01)
    return condition()


async def page(port, path, cookie):
    """Seconds that one ordinary page takes."""
    began = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    cookie = f"{settings.SESSION_COOKIE_NAME}={cookie}"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n".encode())
    await reader.read()
    writer.close()
    return time.monotonic() - began


def listening(port):
    """Whether the web takes connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
