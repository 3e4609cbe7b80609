from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from partnerships import compared, nightly
from partnerships.models import Link
from partnerships.vocabulary import LinkState


class Command(BaseCommand):
    help = (
        "Compares both sides of every link now, or of one: reconcile [LINK]; what differs is mended or told to people"
    )

    def add_arguments(self, parser):
        parser.add_argument("link", type=UUID, nargs="?")

    def handle(self, *, link, **options):
        links = Link.objects.exclude(state=LinkState.ENDED).select_related("account_a", "account_b")
        links = list(links.filter(pk=link) if link else links)
        if link and not links:
            raise CommandError(f"there is no link {link}, or it has ended")
        nightly.now(links)
        for one in links:
            for account in (one.account_a, one.account_b):
                self.stdout.write(f"{one}: {account}: {compared.on_link(one, account)}")
