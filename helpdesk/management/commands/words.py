from django.core.management.base import BaseCommand

from helpdesk import wording


class Command(BaseCommand):
    help = "Brings the translations in line with the code: new words are added empty, dead ones are dropped."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--language", default="ru")
        parser.add_argument("--check", action="store_true", help="change nothing, name what is wrong")

    def handle(self, *, language, check, **options):
        if check:
            found = list(wording.breaches(wording.read(language), wording.words()))
            self.stdout.write("\n".join(found) or "Everything is said.")
            return
        added, dropped = wording.update(language)
        for sign, texts in (("+", added), ("-", dropped)):
            for text in texts:
                self.stdout.write(f"{sign} {text}")
        self.stdout.write(f"{len(added)} added, {len(dropped)} dropped")
