import subprocess
import sys

from django.core.management.base import BaseCommand

from tests.faults.harness.wishes import add_wishes


class Command(BaseCommand):
    help = "Hurts a stack of its own in every way that can happen and counts what must hold: faults [--long]"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        add_wishes(parser)

    def handle(self, *args, **options):
        # Another process: its servers, and so its settings, are not ours.
        words = sys.argv[2:]
        sys.exit(subprocess.run([sys.executable, "-m", "tests.faults.harness", *words]).returncode)
