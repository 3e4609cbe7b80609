import getpass
import sys

from django.core.management.base import BaseCommand, CommandError

from tenants import accounts
from tenants.vocabulary import Refused


class Command(BaseCommand):
    help = "Open an account: create_account SLUG --name NAME --owner EMAIL [--password-stdin]"

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("--name", required=True)
        parser.add_argument("--owner", required=True, metavar="EMAIL")
        parser.add_argument("--prefix", default="", help="what ticket numbers begin with; initials by default")
        parser.add_argument("--language", default="ru", choices=["ru", "en"])
        parser.add_argument("--zone", default="Europe/Moscow")
        parser.add_argument("--password-stdin", action="store_true", help="read the owner's password from stdin")
        parser.add_argument("--operator", action="store_true", help="the owner may also enter /platform/")

    def handle(self, *args, slug, name, owner, **options):
        password = None
        if options["password_stdin"]:
            password = sys.stdin.readline().rstrip("\n")
        elif sys.stdin.isatty():
            password = getpass.getpass("Owner's password (empty: set it later by the reset letter): ") or None
        if "@" not in owner:
            raise CommandError("--owner wants an e-mail address")
        user = accounts.person(owner, password=password, language=options["language"])
        if password and not user.check_password(password):
            raise CommandError(f"{owner} has an account here already; his password was left as it is")
        if options["operator"]:
            user.is_staff = user.is_superuser = True
            user.save(update_fields=["is_staff", "is_superuser"])
        try:
            account = accounts.open_account(
                slug,
                name=name,
                owner=user,
                prefix=options["prefix"],
                language=options["language"],
                zone=options["zone"],
            )
        except Refused as no:
            raise CommandError(str(no.sentence)) from no
        self.stdout.write(f"{account.name}: {account.url}")
