"""The named cast: fictional companies and people, made with the product's own verbs. Tests and the demo share it."""

from dataclasses import dataclass, field

from partnerships import agreement, delivery
from tenants import accounts
from tenants.models import Account, Membership
from tenants.scoping import account_scope
from tenants.vocabulary import Role

PASSWORD = "ход-за-нами"  # noqa: S105 - the demo's own, printed at the start
ENGLISH_LETTERS = str.maketrans({"ё": "e"})


@dataclass
class Company:
    """An account of the cast and its people by role."""

    account: Account
    people: dict[str, Membership] = field(default_factory=dict)

    @property
    def slug(self):
        return self.account.slug

    def scope(self):
        """Work inside this company's account."""
        return account_scope(self.account.pk)

    def __getattr__(self, role):
        try:
            return self.people[role]
        except KeyError as missing:
            raise AttributeError(role) from missing


def company(slug, name, prefix, people, *, language="ru", zone="Europe/Moscow"):
    """Open an account with an owner and one member per role: people is {role: (name, title)}."""
    users = {
        role: accounts.person(f"{role}@{slug}.example", name=who[0], password=PASSWORD, language=language)
        for role, who in people.items()
    }
    account = accounts.open_account(slug, name=name, owner=users["owner"], prefix=prefix, language=language, zone=zone)
    made = Company(account)
    with made.scope():
        owner = Membership.objects.get()
        made.people["owner"] = owner
        for role, (who, title) in people.items():
            if role != Role.OWNER:
                made.people[role] = accounts.add_member(users[role], role=role, by=owner, name=who, title=title)
    return made


def link(inviter, invited):
    """Two companies link by the invitation's two clicks, and the letters arrive."""
    with inviter.scope():
        _invitation, code = agreement.invite(invited.account.name, by=inviter.owner)
    with invited.scope():
        agreement.accept(code, by=invited.owner)
    delivery.drain()


def partner(of, other):
    """How `of` knows `other`: its side of the link."""
    from partnerships.models import Partnership

    return Partnership.objects.select_related("link").get(account=of.account, name=other.account.name)
