from django.core.management.base import BaseCommand, CommandError

from helpdesk.health import canary


class Command(BaseCommand):
    help = "Send a worker one job and wait until it is done."

    def add_arguments(self, parser):
        parser.add_argument("--timeout", type=float, default=60.0)

    def handle(self, *args, timeout, **options):
        if not canary(timeout):
            raise CommandError(f"no worker did the job within {timeout:.0f} s")
        self.stdout.write("the worker did it")
