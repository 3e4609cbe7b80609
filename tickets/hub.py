"""The open streams of one web process: one ear at the broker, a few threads that look, nothing held while waiting."""

import asyncio
import contextlib
import json
import logging
import signal
import threading
import time
from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import redis
from asgiref.sync import SyncToAsync, sync_to_async
from django.conf import settings
from django.db import DatabaseError, connections
from redis.asyncio import Redis

from tenants import bell

from . import live

log = logging.getLogger(__name__)
LOOKERS = 4  # threads, and so database connections, that all streams of a process share
PAUSE = 0.5  # between two looks into one account: a flood is told twice a second
BEAT = 15.0
RECENT = 10.0  # seconds of news that a new stream hears too: its page may have been drawn before them
MOST = 30  # streams of one person
LONGEST_SILENCE = 30.0


class Stream:
    """One open answer: what is ready to be sent, and who hears it."""

    def __init__(self, listener):
        self.listener, self.ready, self.filled, self.over = listener, [], asyncio.Event(), False

    def put(self, events):
        """Send these; None is the end."""
        if events is None:
            events, self.over = [("gone", {})], True
        self.ready += events
        self.filled.set()

    async def take(self):
        """What waits to be sent, once there is something."""
        await self.filled.wait()
        self.filled.clear()
        events, self.ready = self.ready, []
        return events


def in_thread(account, noted):
    """Look, and give the connection back at once."""
    try:
        return live.tell(account, noted)
    finally:
        connections.close_all()


class Hub:
    """Hears the broker and wakes the accounts whose pages are open."""

    def __init__(self, look=in_thread, lookers=None):
        self.look_in, self.lookers = look, lookers or ThreadPoolExecutor(LOOKERS, thread_name_prefix="live")
        self.streams, self.tasks = defaultdict(set), set()
        self.looking, self.again = set(), set()
        self.recent, self.hears = deque(maxlen=5000), False
        self.start(self.listen())
        self.start(self.beat())
        self.end_with_the_process()

    def end_with_the_process(self):
        """A server that is told to stop waits for open answers, so these end at once; pages come back by themselves."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            before = signal.getsignal(number)

            def stop(caught, frame, before=before):
                loop.call_soon_threadsafe(self.end)
                before(caught, frame)

            if callable(before):
                signal.signal(number, stop)

    def end(self):
        """Let everybody go."""
        for stream in self.everyone():
            stream.over = True
            stream.filled.set()

    def start(self, work):
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def everyone(self):
        return [stream for streams in self.streams.values() for stream in streams]

    def open(self, listener):
        """A page listens from now on."""
        stream = Stream(listener)
        self.streams[str(listener.account_id)].add(stream)
        stream.put([("hello" if self.hears else "deaf", {})])
        for at, where, told in self.recent:
            if time.monotonic() - at < RECENT:
                self.note(stream, where, told)
        self.wake(str(listener.account_id))
        return stream

    def close(self, stream):
        """The page has gone."""
        account = str(stream.listener.account_id)
        self.streams[account].discard(stream)
        if not self.streams[account]:
            del self.streams[account]

    def is_full(self, listener):
        """Whether this person has more pages open than anybody needs."""
        return sum(stream.listener.user_id == listener.user_id for stream in self.everyone()) >= MOST

    async def listen(self):
        """Hear the broker for as long as the process lives; while it is dead pages are told to ask themselves."""
        silence = 0.5
        while True:
            broker = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, health_check_interval=10)
            with contextlib.suppress(redis.RedisError, OSError):
                async with broker, broker.pubsub(ignore_subscribe_messages=True) as ear:
                    await ear.psubscribe("live:*")
                    silence = 0.5
                    self.turn(hears=True)
                    while True:
                        self.heard(await ear.get_message(timeout=BEAT))
            self.turn(hears=False)
            await asyncio.sleep(silence)
            silence = min(LONGEST_SILENCE, silence * 2)

    def turn(self, *, hears):
        """The broker came or went: what was missed meanwhile is fetched by the pages."""
        if hears == self.hears:
            return
        self.hears = hears
        for stream in self.everyone():
            stream.put([("hello" if hears else "deaf", {})])

    def heard(self, message):
        """One message of the broker."""
        if not message:
            return
        where, told = message["channel"].decode().removeprefix("live:"), json.loads(message["data"])
        self.recent.append((time.monotonic(), where, told))
        if where == bell.PEOPLE.removeprefix("live:"):
            for stream in self.everyone():
                if self.note(stream, where, told):
                    self.wake(str(stream.listener.account_id))
        elif where in self.streams:
            for stream in self.streams[where]:
                self.note(stream, where, told)
            self.wake(where)

    def note(self, stream, where, told):
        """Whether this concerns the stream; then it is looked at with the next look."""
        about, what, activity = told
        mine = about == str(stream.listener.user_id) if where == "people" else where == str(stream.listener.account_id)
        if mine:
            stream.listener.note(about, what, activity)
        return mine

    def wake(self, account):
        """Look into this account now, or right after the look that is under way."""
        self.again.add(account)
        if account not in self.looking:
            self.looking.add(account)
            self.start(self.look(account))

    async def look(self, account):
        """Find out what each stream of the account may hear, until nothing more was noted."""
        try:
            while account in self.again and account in self.streams:
                self.again.discard(account)
                await self.look_once(account, {stream.listener: stream for stream in self.streams[account]})
                await asyncio.sleep(PAUSE)
        finally:
            self.looking.discard(account)
            self.again.discard(account)

    async def look_once(self, account, streams):
        """One look with the eyes of everybody who listens, beside the loop."""
        noted = {listener: listener.take() for listener in streams}
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(self.lookers, self.look_in, account, noted)
        except DatabaseError as trouble:
            # What could not be looked up is told to nobody; the pages ask for everything, with their own rights.
            log.warning("live pages of account %s: %s", account, type(trouble).__name__)
            answers = {listener: [("rights", {})] for listener in streams}
        for listener, events in answers.items():
            if events is None or events:
                streams[listener].put(events)

    async def beat(self):
        """Every so often each stream shows that it lives, and each right is looked at whether or not a message came."""
        while True:
            await asyncio.sleep(BEAT)
            for account, streams in list(self.streams.items()):
                for stream in streams:
                    stream.put([("beat", {})])
                self.wake(account)


@cache
def hub():
    """This process's hub; made by the first stream, in the loop that serves it."""
    return Hub()


async def stream(listener):
    """The lines of one stream, until the page goes or must."""
    await let_go()
    if hub().is_full(listener):
        yield "event: full\ndata: {}\n\n"
        return
    mine = hub().open(listener)
    try:
        yield "retry: 4000\n\n"
        while not mine.over:
            for event, data in await mine.take():
                yield f"event: {event}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"
    finally:
        hub().close(mine)


async def let_go():
    """Give back what the request held: its database connection, and the thread that was its own."""
    await sync_to_async(connections.close_all)()
    context = SyncToAsync.thread_sensitive_context.get(None)
    executor = SyncToAsync.context_to_thread_executor.pop(context, None)
    if executor:
        executor.shutdown(wait=False)
