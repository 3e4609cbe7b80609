from django.core.management.base import BaseCommand

from helpdesk.models import Heartbeat
from tenants.models import Account, Membership
from tenants.scoping import account_scope
from tests.story import MARK
from tests.story_cast import COMPANIES, OPERATOR
from tests.world import PASSWORD


class Command(BaseCommand):
    help = "Print who may sign in to the demo; nothing where there is no demo."

    def handle(self, *args, **options):
        if not Heartbeat.objects.filter(name=MARK, token="done").exists():
            return
        rows = [("Company", "Role", "E-mail", "Page"), *logins(), ("—", "operator", OPERATOR, "/platform/")]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        self.stdout.write(f"Demo logins, the password of each is {PASSWORD}")
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  " + "  ".join(cells).rstrip())


def logins():
    """Company, role, e-mail and page of everybody in the demo, as it stands now."""
    for slug in COMPANIES:
        account = Account.objects.filter(slug=slug).first()
        if account is None:
            continue
        with account_scope(account.pk):
            members = list(Membership.objects.filter(active=True).select_related("user"))
        order = {role: place for place, role in enumerate(COMPANIES[slug][2])}
        for member in sorted(members, key=lambda member: order.get(member.user.email.split("@")[0], len(order))):
            yield account.name, f"{member.role}, {member.name}", member.user.email, account.url
