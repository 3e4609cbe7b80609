"""What letters, pages and requests take while many companies talk at once; each figure beside what it may be."""

import contextlib
import http.client
import multiprocessing
import os
import random
import signal
import statistics
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import redis
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection, connections, transaction
from django.utils import timezone

from helpdesk.crowd import listening, web
from helpdesk.health import canary
from helpdesk.load import crew
from partnerships import lanes
from partnerships.models import Lane
from tenants.scoping import new_id

TOOK = """
SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM got.applied_at - sent.sent_at)),
    max(extract(epoch FROM got.applied_at - sent.sent_at)), count(*), count(*) FILTER (WHERE got.applied_at IS NULL)
FROM partnerships_letter sent LEFT JOIN partnerships_inboxletter got ON got.letter = sent.id
WHERE sent.account_id = ANY(%s) AND sent.sent_at >= %s AND sent.kind = 'comment.added'
"""


def verdict(value, limit):
    return "PASS" if value <= limit else f"OVER {limit:g}"


def ms(seconds):
    return f"{seconds * 1000:.0f} ms"


def p95(times):
    return sorted(times)[max(0, int(len(times) * 0.95 + 0.5) - 1)]


def took(desks, since):
    """From the writing of these companies' letters to their reading: (p50, p95, worst, how many, how many not yet)."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(TOOK, [[desk.account.pk for desk in desks], since])
        (middle, most), worst, count, open_ = cursor.fetchone()
    return middle or 0.0, most or 0.0, float(worst or 0), count, open_


@contextlib.contextmanager
def working():
    """A worker with two processes, and beat, once they answer."""
    with crew():
        if not canary(60):
            raise CommandError("the worker did not come up")
        yield


@contextlib.contextmanager
def carrying(ring, desk=None):
    """The same while letters wait: once the first of them are read; gives the moment and how many still wait."""
    waited = ring.waiting(desk)
    with crew():
        ends = time.monotonic() + 60
        while (left := ring.waiting(desk)) == waited:
            if time.monotonic() > ends:
                raise CommandError("the worker did not come up")
            time.sleep(0.05)
        yield time.monotonic(), left


@contextlib.contextmanager
def talking(desks, rate, *, to_all):
    """Another process in which these companies say so many things a second, each to all of its partners or to one."""
    connection.close()
    connection.close_pool()
    stop = multiprocessing.get_context("fork").Event()
    child = multiprocessing.get_context("fork").Process(target=talk, args=(desks, rate, to_all, stop))
    child.start()
    try:
        yield
    finally:
        stop.set()
        child.join(30)
        connections["owner"].close()


def talk(desks, rate, to_all, stop):
    began, said = time.monotonic(), 0
    while not stop.is_set():
        desk = desks[said % len(desks)]
        desk.say(*(desk.readers if to_all else [random.choice(desk.readers)]))
        said += 1
        time.sleep(max(0.0, began + said / rate - time.monotonic()))


@contextlib.contextmanager
def looking(port, desk, every=0.25):
    """Somebody looks at the list and at a ticket by turns; gives the seconds of each page."""
    times, stop = [], threading.Event()
    paths = [f"{desk.account.url}tickets/", f"{desk.account.url}tickets/{desk.ticket.number}/"]

    def look():
        while not stop.wait(every):
            times.append(request(port, "GET", paths[len(times) % 2], desk)[0])

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield times
    finally:
        stop.set()
        thread.join()


def request(port, method, path, desk, **fields):
    """Seconds of one request, and its cookies; a page that is not there ends the measuring."""
    cookies = f"{settings.SESSION_COOKIE_NAME}={desk.cookie}"
    head = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    if token := fields.get("csrfmiddlewaretoken"):
        head["Cookie"] = f"{cookies}; {settings.CSRF_COOKIE_NAME}={token}"
    began = time.monotonic()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request(method, path, body=urlencode(fields), headers=head)
    answer = line.getresponse()
    answer.read()
    spent = time.monotonic() - began
    line.close()
    if answer.status >= 400:
        raise CommandError(f"{method} {path}: {answer.status}")
    return spent, answer.getheader("Set-Cookie", "")


@contextlib.contextmanager
def served():
    """The web as an installation has it, once it listens."""
    with web() as (port, _pid):
        for _try in range(200):
            if listening(port):
                break
            time.sleep(0.1)
        yield port


def claiming(say, ring, count):
    """How long a worker looks for the next lane while so many lanes wait."""
    link, sender = ring.lanes().values_list("link_id", "sender_id").first()
    senders = [(desk.account.pk, ring.desks[n - 1].account.pk) for n, desk in enumerate(ring.desks)]
    times = []
    with transaction.atomic():
        Lane.objects.bulk_create(
            Lane(
                link_id=link,
                handover=new_id(),
                sender_id=senders[n % len(senders)][0],
                receiver_id=senders[n % len(senders)][1],
                written=1,
                next_attempt_at=timezone.now(),
            )
            for n in range(count)
        )
        served_last = sender
        for _n in range(200):
            began = time.perf_counter()
            served_last = lanes.claim(served_last).sender_id
            times.append(time.perf_counter() - began)
        transaction.set_rollback(True)
    middle = statistics.median(times)
    say(f"claim of a lane, {count} lanes wait: p50 {middle * 1000:.1f} ms, p95 {p95(times) * 1000:.1f} ms")


def flood(say, ring, letters):
    """One company's letters wait by the thousand; the others say something once a second each."""
    first, *others = ring.desks
    ring.pile(letters, first)
    with carrying(ring, first) as (began, left), talking(others, len(others), to_all=False):
        since = timezone.now()
        while ring.waiting(first) and time.monotonic() < began + 600:
            time.sleep(0.5)
        spent = time.monotonic() - began
    settle(ring)
    middle, most, worst, count, _open = took(others, since)
    say(f"flood: {left} letters of one company in {spent:.1f} s, {left / spent:.0f} letters a second")
    say(
        f"  meanwhile {count} letters of {len(others)} others → readable: p50 {ms(middle)}, p95 {ms(most)} "
        f"(worst {ms(worst)}; {verdict(most, 2)})"
    )


def settle(ring):
    """Whatever is left is carried, so that the next measuring begins in peace."""
    if ring.waiting():
        with carrying(ring) as (began, _left):
            while ring.waiting() and time.monotonic() < began + 600:
                time.sleep(0.2)
    if ring.waiting():
        raise CommandError("letters do not come to rest")


def steady(say, ring, rate, seconds):
    """So many letters a second for so long, from many companies to many, while somebody looks at pages."""
    *speakers, reader = ring.desks
    each = len(speakers[0].readers)
    with working(), served() as port, looking(port, reader) as pages:
        time.sleep(3)
        pages.clear()
        with talking(speakers, rate / each, to_all=True):
            since = timezone.now()
            time.sleep(seconds)
        left = ring.waiting()
        seen = list(pages)
    middle, most, worst, count, open_ = took(speakers, since)
    got = count / seconds
    say(
        f"steady: {got:.0f} letters a second written for {seconds} s, {count} in all, each comment to {each} partners; "
        f"{left} wait at the end ({'PASS' if got >= rate * 0.97 and left < rate * 2 else 'OVER: it falls behind'})"
    )
    say(f"  → readable: p50 {ms(middle)}, p95 {ms(most)}, worst {ms(worst)}, {open_} not read")
    say(f"  pages meanwhile ({len(seen)}): p50 {ms(statistics.median(seen))}, p95 {ms(p95(seen))}")
    settle(ring)


def drain(say, ring, letters):
    """So many letters wait in many lanes, as after a night without workers."""
    ring.pile(letters)
    with carrying(ring) as (began, left):
        while ring.waiting() and time.monotonic() < began + 900:
            time.sleep(0.2)
        spent = time.monotonic() - began
    say(
        f"drain: {left} letters in {ring.lanes().filter(written__gt=1).count()} lanes in {spent:.1f} s, "
        f"{left / spent:.0f} letters a second ({verdict(spent, 180)})"
    )


def broker(say, ring, seconds):
    """Comments posted in the browser with the broker there, gone and deaf; and how soon all of them arrive after it."""
    desk = ring.desks[0]
    with working(), served() as port:
        token = csrf(port, desk)
        post(port, desk, token, 3)
        up = post(port, desk, token, seconds)
        for how in (gone, deaf):
            with how():
                down = post(port, desk, token, seconds)
                left = ring.waiting()
            began = time.monotonic()
            while ring.waiting() and time.monotonic() < began + 120:
                time.sleep(0.05)
            arrived, ratio = time.monotonic() - began, p95(down) / p95(up)
            say(
                f"broker {how.__name__}: a posted comment p95 {ms(p95(down))} (p50 {ms(statistics.median(down))}), "
                f"with it {ms(p95(up))} (p50 {ms(statistics.median(up))}): {ratio:.2f} × ({verdict(ratio, 1.2)}); "
                f"{left} letters waited, read {arrived:.1f} s after its return ({verdict(arrived, 10)})"
            )


def csrf(port, desk):
    path = f"{desk.account.url}tickets/{desk.ticket.number}/"
    cookies = request(port, "GET", path, desk)[1]
    return cookies.partition(f"{settings.CSRF_COOKIE_NAME}=")[2].partition(";")[0]


def post(port, desk, token, seconds):
    """Comments posted in the browser's way for so long, four a second."""
    times, ends = [], time.monotonic() + seconds
    path = f"{desk.account.url}tickets/{desk.ticket.number}/comments/"
    fields = {"body": "Bench", "audience": f"partner:{desk.readers[0].pk}", "at_once": "1"}
    while time.monotonic() < ends:
        times.append(request(port, "POST", path, desk, csrfmiddlewaretoken=token, **fields)[0])
        time.sleep(max(0.0, 0.25 - times[-1]))
    return times


@contextlib.contextmanager
def gone():
    """Nobody listens at the broker's address, and its connections are cut."""
    client, place = redis.Redis.from_url(settings.REDIS_URL), address()
    client.ping()
    away = place.with_name("away")
    place.rename(away)
    for sort in ("normal", "pubsub"):
        client.client_kill_filter(_type=sort, skipme=True)
    try:
        yield
    finally:
        away.rename(place)


@contextlib.contextmanager
def deaf():
    """The broker takes connections and answers nothing."""
    process = int(redis.Redis.from_url(settings.REDIS_URL).info("server")["process_id"])
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def address():
    if not settings.REDIS_URL.startswith("unix://"):
        raise CommandError("only the broker of this data folder can be taken away")
    return Path(settings.REDIS_URL.removeprefix("unix://").partition("?")[0])
