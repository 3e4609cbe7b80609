"""One process of people of all companies: `python -m tests.faults.harness.people NUMBER`.

What was acknowledged goes to a diary, a line each, against which the end is counted. A person who dies is followed by
another at once, as web processes are.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

import django


def main(number):
    django.setup()
    run = Path(os.environ["COTICKET_DATA"]) / "run"
    life = 0
    while True:
        life += 1
        child = os.fork()
        if not child:
            work(run, number, random.Random(f"{os.environ.get('SEED', '')}-{number}-{life}"))
        # Our own end takes the child along: the rig kills the whole session.
        os.waitpid(child, 0)


def work(run, number, dice):
    from .desk import Desk

    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    desk = Desk(run, number, dice)
    while True:
        if (run / "quiet").exists():
            (run / f"idle-{number}").touch()
            time.sleep(0.02)
            continue
        desk.one()


if __name__ == "__main__":
    main(int(sys.argv[1]))
