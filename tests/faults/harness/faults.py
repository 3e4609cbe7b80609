"""What is done to the machine: processes, broker, network, database and disk. Each fault strikes again and again."""

import contextlib
import signal
import sys
import threading
import time

import psycopg

from partnerships import failpoints

from .rig import CELERY


class Fault:
    """One kind of trouble. `begin`, then `again` ten times a second until enough was delivered, then `end`."""

    # How many strikes make it count, and how long it takes at least.
    least, pause = 1, 0.3
    # Whether letters that this fault got set aside may stay so until a person skips them.
    poisons = False

    def __init__(self, name, **facts):
        self.name, self.strikes, self.last = name, 0, 0.0
        self.__dict__.update(facts)

    def begin(self, rig):
        """Bring it about, or make it possible."""

    def strike(self, rig):
        """Hit once; how many hits that were."""
        return 0

    def end(self, rig):
        """Take it away."""

    def breaches(self, rig):
        """What this fault alone can see; asked when everything is drained."""
        return []

    def again(self, rig):
        """Strike if the pause is over."""
        if time.monotonic() - self.last >= self.pause:
            self.strikes += self.strike(rig)
            self.last = time.monotonic()


class Nothing(Fault):
    """The control: people work and nothing happens."""

    least = 0


class KilledAt(Fault):
    """Whoever reaches a named place the `nth` time dies there."""

    nth, act = 4, ""

    @property
    def order(self):
        return f"{self.place} {self.nth} {self.act}".strip()

    def begin(self, rig):
        self.before = rig.struck(self.order)
        rig.failpoint(self.order)

    def strike(self, rig):
        return rig.struck(self.order) - self.before - self.strikes

    def end(self, rig):
        rig.failpoint()


class KilledAtRandom(Fault):
    """Processes of the workers' pools are killed wherever they are."""

    least, pause = 3, 0.8

    def strike(self, rig):
        pool = rig.pool()
        if pool:
            rig.dice.choice(pool).send(signal.SIGKILL)
        return len(pool[:1])


class GroupKilled(Fault):
    """A whole group of workers goes at once, as when a machine does; the other goes on."""

    pause, carried = 2.0, 0

    def strike(self, rig):
        # One that had no time to work would prove nothing.
        if rig.carried() < self.carried + 8:
            return 0
        part, self.carried = rig.groups()[self.strikes % 2], rig.carried()
        part.kill(group=True)
        part.start()
        return 1


class Frozen(Fault):
    """A group of workers stops for longer than a lease, as in a swapped-out machine, and goes on as if nothing was."""

    pause = 2.6

    def begin(self, rig):
        self.part = rig.groups()[0]

    def strike(self, rig):
        self.part.group(signal.SIGSTOP)
        time.sleep(0.1)
        threading.Timer(2.3, self.part.group, [signal.SIGCONT]).start()
        return 1

    def end(self, rig):
        time.sleep(max(0.0, self.last + 2.5 - time.monotonic()))
        self.part.group(signal.SIGCONT)


class Flushed(Fault):
    """The broker forgets everything."""

    pause = 0.2

    def strike(self, rig):
        with contextlib.suppress(OSError):
            ask_valkey(rig, "FLUSHALL")
            return 1
        return 0


class ValkeyRestarted(Fault):
    """The broker is killed and comes back with what its file holds, or with nothing."""

    pause, keeps = 1.5, True

    def strike(self, rig):
        rig.valkey_part.kill()
        if not self.keeps:
            rig.forget_valkey()
        rig.start_valkey()
        return 1


class Cut(Fault):
    """Connections break in the middle."""

    pause, door = 0.9, "database"

    def strike(self, rig):
        return getattr(rig, self.door).cut()


class Gone(Fault):
    """Nobody gets in for a while, again and again; in between there is time to come back, or nothing would be read."""

    least, pause, door, dark = 2, 2.4, "broker", 0.8

    def strike(self, rig):
        door = getattr(rig, self.door)
        broken = door.shut()
        time.sleep(self.dark)
        door.open()
        return min(broken, 1)

    def end(self, rig):
        getattr(rig, self.door).open()


class Terminated(Fault):
    """An operator ends backends right and left."""

    pause = 0.7
    STORM = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE usename = 'coticket_app' AND application_name <> 'driver' AND random() < .5"
    )

    def strike(self, rig):
        with rig.superuser() as connection:
            return connection.execute(self.STORM).fetchone()[0]


class DatabaseRestarted(Fault):
    """The database stops at once, without a word to anybody, and recovers from its log."""

    pause = 2.0

    def strike(self, rig):
        rig.postgres_part.kill(signal.SIGQUIT)
        rig.start_postgres()
        return 1


class Deadlocked(Fault):
    """Somebody takes tickets, hand-overs and lanes in the wrong order, many times."""

    pause, least = 0.1, 1
    FOUND = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    TAKE = {
        "lane": "SELECT 1 FROM partnerships_lane WHERE handover = %s FOR UPDATE",
        "handover": "SELECT 1 FROM partnerships_handover WHERE key = %s FOR UPDATE",
        "ticket": "SELECT 1 FROM tickets_ticket WHERE id IN"
        " (SELECT ticket_id FROM partnerships_handover WHERE key = %s) FOR UPDATE",
    }

    def begin(self, rig):
        self.before, self.over = self.found(rig), False
        self.threads = [threading.Thread(target=self.tangle, args=[rig]) for _one in range(3)]
        for thread in self.threads:
            thread.start()

    def found(self, rig):
        with rig.owner() as connection:
            return connection.execute(self.FOUND).fetchone()[0]

    def tangle(self, rig):
        while not self.over:
            with contextlib.suppress(psycopg.Error), rig.owner() as connection, connection.transaction():
                keys = connection.execute(
                    "SELECT DISTINCT handover FROM partnerships_lane WHERE handover IS NOT NULL"
                    " AND moved_at > now() - interval '30 s' ORDER BY 1 DESC LIMIT 6"
                ).fetchall()
                for what in rig.dice.sample(["lane", "handover", "ticket"], 2):
                    for (key,) in keys:
                        connection.execute(self.TAKE[what], [key])
                    time.sleep(0.05)

    def strike(self, rig):
        return max(0, self.found(rig) - self.before - self.strikes)

    def end(self, rig):
        self.over = True
        for thread in self.threads:
            thread.join()


class DiskTrouble(Fault):
    """The disk for files is slow, or full after the first bytes; what a person sends up is kept whole or not at all."""

    def begin(self, rig):
        (rig.run / "disk").write_text(self.order)
        self.before = self.files(rig)

    def files(self, rig):
        """How many files were stored, and how many could not be."""
        stored = sum(place.is_file() for place in (rig.folder.path / "files").rglob("*"))
        failed = [place.read_text().count("File too large") for place in rig.run.glob("failed-*.txt")]
        return stored, sum(failed)

    def strike(self, rig):
        which = self.order == "full"
        return self.files(rig)[which] - self.before[which] - self.strikes

    def end(self, rig):
        (rig.run / "disk").unlink()


class ClockOff(Fault):
    """Workers whose clocks are a day ahead and a day behind carry letters beside each other."""

    def begin(self, rig):
        self.before = rig.carried()
        for name, seconds in (("workers-1", 86400), ("workers-2", -86400)):
            rig.replace(name, [sys.executable, "-m", "tests.faults.harness.skewed", str(seconds), *CELERY[1:]])

    def strike(self, rig):
        return rig.carried() - self.before - self.strikes

    def end(self, rig):
        for name in ("workers-1", "workers-2"):
            rig.replace(name, [sys.executable, "-m", *CELERY])


def ask_valkey(rig, word):
    import socket

    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(2)
        line.connect(str(rig.valkey.socket))
        line.sendall(f"{word}\r\n".encode())
        return line.recv(64)


MACHINE = [
    Nothing("nothing"),
    *(KilledAt(f"killed at {place}", place=place) for place in failpoints.ALL),
    KilledAt("lost leases", place="claimed", act="sleep 2.5"),
    KilledAtRandom("killed at random"),
    GroupKilled("a group killed"),
    Frozen("a group frozen"),
    Flushed("FLUSHALL"),
    ValkeyRestarted("broker restarted, with its file"),
    ValkeyRestarted("broker restarted, without its file", keeps=False),
    Cut("broker cut", door="broker", pause=2.0),
    Gone("broker gone for a while"),
    Cut("database cut", door="database"),
    Gone("database gone for a while", door="database", dark=0.5, pause=1.6),
    Terminated("backends terminated"),
    DatabaseRestarted("database restarted at once"),
    Deadlocked("deadlocks"),
    DiskTrouble("slow disk", order="slow"),
    DiskTrouble("full disk", order="full"),
    ClockOff("clocks a day off"),
]
