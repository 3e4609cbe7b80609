from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from partnerships import lanes
from partnerships.models import Link


class Command(BaseCommand):
    help = "Carries every letter of a link once more, as after a restore; what arrived stays as it is: redeliver LINK"

    def add_arguments(self, parser):
        parser.add_argument("link", type=UUID)

    @transaction.atomic
    def handle(self, *, link, **options):
        found = Link.objects.filter(pk=link).first()
        if found is None:
            raise CommandError(f"there is no link {link}")
        again = lanes.rewind(found)
        self.stdout.write(f"{again} letters go once more between {found}")
