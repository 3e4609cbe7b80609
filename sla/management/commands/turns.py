from django.core.management.base import BaseCommand, CommandError

from sla import spans
from tenants.models import Account
from tenants.scoping import account_scope
from tickets import lifecycle
from tickets.models import Ticket

AT_ONCE = 500


class Command(BaseCommand):
    help = "Compares the stored turns of every ticket with its history: turns [ACCOUNT] [--rebuild]"

    def add_arguments(self, parser):
        parser.add_argument("account", nargs="?", help="the short name of one account")
        parser.add_argument("--rebuild", action="store_true", help="makes anew what differs")

    def handle(self, *, account, rebuild, **options):
        accounts = Account.objects.order_by("slug")
        accounts = list(accounts.filter(slug=account) if account else accounts)
        if account and not accounts:
            raise CommandError(f"there is no account {account}")
        for one in accounts:
            looked, differ = self.compare(one, rebuild=rebuild)
            done = "made anew" if rebuild else "differ"
            self.stdout.write(f"{one.slug}: {looked} tickets, {len(differ)} {done} {' '.join(differ)}".rstrip())

    def compare(self, account, *, rebuild):
        """How many tickets were looked at, and the numbers of those that differ; a batch is one transaction."""
        looked, differ, last = 0, [], 0
        while True:
            with account_scope(account.pk):
                batch = list(Ticket.objects.filter(number__gt=last).order_by("number")[:AT_ONCE])
                for ticket in spans.Books(batch).differing():
                    differ.append(str(ticket.number))
                    if rebuild:
                        spans.rebuild(lifecycle.lock(ticket))
            if not batch:
                return looked, differ
            looked, last = looked + len(batch), batch[-1].number
