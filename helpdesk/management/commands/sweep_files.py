from django.core.management.base import BaseCommand

from tickets import sweeping


class Command(BaseCommand):
    help = "Deletes the bytes of files that nothing names any more, now instead of at the next sweep"

    def handle(self, **options):
        gone, strays = sweeping.sweep(seconds=3600), sweeping.sweep_strays()
        self.stdout.write(f"{gone} files went, and {strays} that no row told of")
