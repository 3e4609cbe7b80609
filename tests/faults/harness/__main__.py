"""`python -m tests.faults.harness [--long] [--only NAME…]`: everything that can happen, on a machine of its own."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from .wishes import add_wishes


def arguments():
    parser = argparse.ArgumentParser(prog="bin/manage faults")
    add_wishes(parser)
    return parser.parse_args()


def main():
    wish, began = arguments(), time.monotonic()
    seed = wish.seed if wish.seed is not None else int(time.time()) % 100_000
    place = Path(tempfile.mkdtemp(prefix="coticket-faults-"))
    place.chmod(0o711)
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    from .rig import Rig

    rig = Rig(place)
    try:
        rig.start()
        os.environ.update(rig.driver_env())
        os.environ["SEED"] = rig.env["SEED"] = str(seed)
        return drive(rig, wish, seed, began)
    finally:
        rig.stop()
        tidy(place, keep=wish.keep)


def drive(rig, wish, seed, began):
    """The settings of Django are those of our own servers from here on."""
    import django

    django.setup()
    from tests.faults import invariants

    from . import healing
    from .breaking import LETTERS
    from .faults import MACHINE
    from .run import HEAD, LONG, SHORT, Run, table

    run = Run(rig, wanted=wish.deliveries or (LONG if wish.long else SHORT), seed=seed)
    run.build()
    rig.hire()
    print(
        f"seed {seed}; ready after {time.monotonic() - began:.0f} s; logs in {rig.folder.path / 'log'}\n{table(HEAD)}"
    )
    for fault in [*MACHINE, *LETTERS]:
        if not wish.only or any(word in fault.name for word in wish.only):
            run.suffer(fault)
    run.afterwards("everything carried once more", healing.replay)
    run.afterwards("both sides compared, as every night", healing.compare)
    # The short form leaves them to tests/faults/test_trials.py.
    for number in invariants.TRIALS if wish.long or wish.only else ():
        if not wish.only or any(word in f"trial {number}" for word in wish.only):
            run.undergo(number)
    broken = [line.name for line in run.lines if line.breaches]
    delivered = sum(line.delivered for line in run.lines)
    print(f"{len(run.lines)} faults, {delivered} deliveries under them, {time.monotonic() - began:.0f} s", end="; ")
    print(f"BROKEN: {', '.join(broken)}" if broken else "nothing lost, nothing doubled, nothing leaked")
    return bool(broken)


def tidy(place, *, keep):
    import shutil

    if keep:
        print(f"kept: {place}")
    else:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
