"""A worker whose machine has a wrong clock: `python -m tests.faults.harness.skewed SECONDS worker …`."""

import sys
from datetime import timedelta

from celery.__main__ import main
from django.utils import timezone

if __name__ == "__main__":
    seconds, real = float(sys.argv[1]), timezone.now
    timezone.now = lambda: real() + timedelta(seconds=seconds)
    sys.argv = ["celery", *sys.argv[2:]]
    main()
