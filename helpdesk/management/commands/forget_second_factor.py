from django.core.management.base import BaseCommand, CommandError

from tenants import second_factor
from tenants.models import User


class Command(BaseCommand):
    help = "For who lost phone and recovery codes, once you know that it is he: forget_second_factor EMAIL"

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError(f"nobody signs in with {email}")
        count = second_factor.forget(user)
        self.stdout.write(f"{count} forgotten; {user.email} signs in by password alone, and is signed out everywhere")
