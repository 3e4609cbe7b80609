"""Figures for docs/benchmarks.md, measured on the real parts: PostgreSQL, Valkey, a Celery worker and beat."""

import asyncio
import contextlib
import os
import statistics
import time
from pathlib import Path

from django.core.management.base import BaseCommand
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from helpdesk import falling, heavy, heavy_time, rush
from helpdesk.crowd import Crowd, cost, listen, listening, page, until, web
from helpdesk.load import Chain, Ring
from tenants.scoping import account_scope, new_id
from tickets import lookup
from tickets.models import Ticket

# What a report may take, in seconds.
REPORT = 0.3
PARTS = ("hops", "claim", "flood", "steady", "drain", "broker")


class Command(BaseCommand):
    help = "bench sync | pages | live | lookup | reports | clocks | memory: measures the running parts."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=["sync", "pages", "live", "lookup", "reports", "memory", "clocks"])
        parser.add_argument("--clocks", type=int, default=50_000, help="how many clocks of `clocks` run")
        parser.add_argument("--late", type=int, default=5000, help="how many of them an outage made late")
        parser.add_argument("--comments", type=int, default=60, help="how many comments are timed per distance")
        parser.add_argument(
            "--tickets", type=int, default=100_000, help="how large the account of pages and reports is"
        )
        parser.add_argument(
            "--granted", type=int, default=0, help="also look as people who were granted this many things"
        )
        parser.add_argument("--sites", type=int, default=20_000, help="how large the registry of `lookup` is")
        parser.add_argument("--streams", type=int, default=200, help="how many people `live` has listening")
        parser.add_argument("--part", action="append", choices=PARTS, help="only this part of `sync`; may be repeated")
        parser.add_argument("--relayed", type=int, default=300, help="how many comments are relayed twice")
        parser.add_argument("--companies", type=int, default=12, help="how many companies the ring of `sync` has")
        parser.add_argument("--reach", type=int, default=5, help="how many partners have its ticket")
        parser.add_argument("--letters", type=int, default=8000, help="how many letters the flood has")
        parser.add_argument("--rate", type=int, default=100, help="how many letters a second the steady load has")
        parser.add_argument("--seconds", type=int, default=300, help="how long the steady load lasts")
        parser.add_argument("--waiting", type=int, default=10_000, help="how many letters are drained")

    def handle(self, *args, what, **options):
        if what == "memory":
            self.memory()
            return
        if what == "clocks":
            falling.measure(self.stdout.write, options["clocks"], 200, options["late"])
            return
        if what == "lookup":
            self.lookup(options["sites"])
            return
        if what == "live":
            with override_settings(ALLOWED_HOSTS=["testserver"]):
                crowd = Crowd(options["streams"])
            with web() as (port, pid):
                asyncio.run(self.live(crowd, port, pid))
            return
        if what == "pages":
            with override_settings(ALLOWED_HOSTS=["testserver"]):
                self.pages(options["tickets"], options["granted"])
            return
        if what == "reports":
            with override_settings(ALLOWED_HOSTS=["testserver"]):
                self.reports(options["tickets"])
            return
        with override_settings(ALLOWED_HOSTS=["testserver"]):
            self.sync(options)

    def sync(self, options):
        """How letters fare: alone, in a flood, under a steady load, after a stand-still, and without the broker."""
        parts = options["part"] or PARTS
        if "hops" in parts:
            chain = Chain()
            with rush.working():
                self.distance(chain, 1, options["comments"])
                self.distance(chain, 3, options["comments"])
            self.relay(chain, options["relayed"])
        if set(parts) - {"hops"}:
            ring = Ring(options["companies"], options["reach"])
        say, seconds = self.stdout.write, options["seconds"]
        if "claim" in parts:
            rush.claiming(say, ring, 10_000)
        if "flood" in parts:
            rush.flood(say, ring, options["letters"])
        if "steady" in parts:
            rush.steady(say, ring, options["rate"], seconds)
        if "drain" in parts:
            rush.drain(say, ring, options["waiting"])
        if "broker" in parts:
            rush.broker(say, ring, min(seconds, 30))

    def lookup(self, sites):
        """How long a dispatcher waits for a caller to be found in a large registry."""
        owner = heavy.registry(f"lookup-{new_id().hex[-8:]}", sites)
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")
        with account_scope(owner.account_id):
            for phrase in (
                "+7 912 345",
                "магазин 1044",
                "М-1044",
                "зеленая",
                "анна",
                "алена 1f",
                "047193",
                "vfufpby",
                "zzz",
            ):
                took = []
                for _n in range(5):
                    began = time.monotonic()
                    found = lookup.find(owner, phrase)
                    took.append(time.monotonic() - began)
                kinds = ", ".join(str(group["label"]) for group in found) or "nothing"
                self.stdout.write(f"{phrase}: {statistics.median(took) * 1000:.0f} ms, {kinds}")

    async def live(self, crowd, port, pid):
        """What open streams cost one web process, and how soon all of them hear of a comment."""
        desk, count, heard, ready = crowd.account.url, len(crowd.sessions), [], []
        await until(lambda: listening(port), 60)
        await page(port, desk, crowd.sessions[0])
        before, began = await asyncio.to_thread(cost, pid), time.monotonic()
        streams = [asyncio.create_task(listen(port, f"{desk}live/", one, heard, ready)) for one in crowd.sessions]
        opened = await until(lambda: len(ready) >= count, 120)
        self.stdout.write(f"{len(ready)} of {count} streams open after {time.monotonic() - began:.1f} s: {opened}")
        await asyncio.sleep(2)
        after = await asyncio.to_thread(cost, pid)
        first, last, pages = [], [], []
        for _n in range(15):
            heard.clear()
            await asyncio.to_thread(crowd.say)
            said = time.monotonic()
            await until(lambda: len(heard) >= count, 10)
            first, last = [*first, heard[0] - said], [*last, heard[-1] - said]
            pages.append(await page(port, f"{desk}tickets/", crowd.sessions[0]))
        self.stdout.write(f"without streams: {before}; with them: {after}")
        self.stdout.write(
            f"comment → first stream p50 {statistics.median(first) * 1000:.0f} ms; → the last of {count} "
            f"p50 {statistics.median(last) * 1000:.0f} ms, worst {max(last) * 1000:.0f} ms; "
            f"the list meanwhile p50 {statistics.median(pages) * 1000:.0f} ms"
        )
        for stream in streams:
            stream.cancel()

    def distance(self, chain, hops, count):
        """From the commit of a comment until it can be read `hops` companies away."""
        took = sorted(chain.carry_one(hops) for _n in range(count))
        self.stdout.write(
            f"comment → readable, {hops} hop{'s' if hops > 1 else ''}: "
            f"p50 {statistics.median(took) * 1000:.0f} ms, p95 {took[int(count * 0.95) - 1] * 1000:.0f} ms"
        )

    def relay(self, chain, letters):
        """How fast letters of one ticket are carried by two processes when each of them is relayed twice."""
        chain.write(letters)
        before = chain.progress()["applied"]
        with rush.working():
            began = time.monotonic()
            while (done := chain.progress())["applied"] < done["written"]:
                time.sleep(0.05)
        took, carried = time.monotonic() - began, done["applied"] - before
        self.stdout.write(
            f"relayed twice, one ticket: {carried} letters in {took:.1f} s, {carried / took:.0f} letters a second"
        )

    def pages(self, tickets, granted):
        """Queries and time of the pages people look at all day, in an account with this many tickets."""
        account = heavy.fill(f"heavy-{new_id().hex[-8:]}", tickets)
        readers = heavy.readers(account, granted)
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")
        for reader in readers:
            self.stdout.write(f"{reader.name}:")
            self.look(account, reader)

    def reports(self, tickets):
        """How long each report takes in an account with a year of finished tickets, beside what it may take."""
        account = heavy.fill(f"heavy-{new_id().hex[-8:]}", tickets)
        began = time.monotonic()
        heavy_time.fill(account)
        self.stdout.write(f"turns, clocks and hand-overs written and added up in {time.monotonic() - began:.0f} s")
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")
        client = Client()
        client.force_login(heavy.readers(account, 0)[0].user)
        for path in ("", "?weeks=4", "?weeks=52", "deadlines/", "deadlines/?weeks=52", "team/", "team/?weeks=52"):
            self.page(client, account, f"reports/{path}", may_be=REPORT)
        for path in ("tickets/?weeks=52", "tickets/?weeks=52&outcome=missed", "table/?weeks=52&report=team"):
            self.page(client, account, f"reports/{path}", may_be=REPORT)

    def look(self, account, reader):
        """The pages as one member sees them."""
        with account_scope(account.pk):
            newest = Ticket.objects.visible_to(reader).order_by("-number").first().number
        client = Client()
        client.force_login(reader.user)
        paths = [
            "tickets/",
            "tickets/?queue=all",
            "tickets/?queue=finished&sort=newest",
            "tickets/?q=весы+977",
            f"tickets/?q={newest}",
            f"tickets/{newest}/",
            "tickets/new/",
            "partners/",
        ]
        for path in paths:
            self.page(client, account, path)

    def page(self, client, account, path, may_be=None):
        url = f"{account.url}{path}"
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(url)
            asked = [float(query["time"]) for query in queries.captured_queries]
        times = []
        for _n in range(15):
            began = time.perf_counter()
            client.get(url)
            times.append(time.perf_counter() - began)
        size = len(answer.getvalue()) / 1024
        p95 = sorted(times)[int(len(times) * 0.95) - 1]
        verdict = "" if may_be is None else f", {'PASS' if p95 < may_be else 'OVER'} (may be {may_be * 1000:.0f} ms)"
        self.stdout.write(
            f"{path:<38} {answer.status_code}, {len(asked)} queries (slowest {max(asked) * 1000:.0f} ms), "
            f"p50 {statistics.median(times) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, {size:.0f} kB{verdict}"
        )

    def memory(self):
        """Resident and proportional memory of the processes of this data folder's stack."""
        data, total = os.environ.get("COTICKET_DATA", ""), 0
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if f"COTICKET_DATA={data}".encode() not in (folder / "environ").read_bytes().split(b"\0"):
                    continue
                words = (folder / "cmdline").read_bytes().split(b"\0")
                share = next(
                    line for line in (folder / "smaps_rollup").read_text().splitlines() if line.startswith("Pss:")
                )
                size = int(share.split()[1]) / 1024
                total += size
                self.stdout.write(f"{size:7.1f} MB  {b' '.join(words)[:90].decode(errors='replace')}")
        self.stdout.write(f"{total:7.1f} MB  together (proportional)")
