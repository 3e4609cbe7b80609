"""The named cast: fictional companies and people, made with the product's own verbs. Tests and the demo share it."""

from dataclasses import dataclass, field
from functools import cache

from django.contrib.auth.hashers import get_hasher, make_password

from partnerships import agreement, delivery, lanes, proposing
from partnerships.models import Partnership, Proposal
from tenants import accounts
from tenants.models import Account, Membership, User
from tenants.scoping import account_scope
from tenants.vocabulary import Role

PASSWORD = "demo-coticket"


@dataclass
class Company:
    """An account of the cast and its people: by role, and by role and a figure where a role has several."""

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
            return self.__dict__["people"][role]
        except KeyError as missing:
            raise AttributeError(role) from missing


def company(slug, name, prefix, people, *, language="ru", zone="Europe/Moscow", languages=()):
    """Open an account with an owner and its people: {role or role and figure: (name, title)}; twice is as once.

    `languages` says who reads in another language than the company: {"agent3": "en"}.
    """
    spoken = dict(languages)
    users = {
        key: accounts.person(f"{key}@{slug}.example", name=who[0], language=spoken.get(key, language))
        for key, who in people.items()
    }
    # Hashing well takes long by design, and the cast has one password: it is hashed once.
    User.objects.filter(pk__in=[user.pk for user in users.values()]).update(password=hashed(get_hasher().algorithm))
    account = Account.objects.filter(slug=slug).first() or accounts.open_account(
        slug, name=name, owner=users["owner"], prefix=prefix, language=language, zone=zone
    )
    made = Company(account)
    with made.scope():
        known = {member.user_id: member for member in Membership.objects.select_related("account")}
        made.people["owner"] = owner = known[users["owner"].pk]
        for key, (who, title) in people.items():
            made.people[key] = known.get(users[key].pk) or accounts.add_member(
                users[key], role=role_of(key), by=owner, name=who, title=title
            )
    return made


def at_once(*companies):
    """What their people say in a browser goes out without the pause to take it back."""
    for one in companies:
        one.account.hold_seconds = 0
        one.account.save(update_fields=["hold_seconds"])


@cache
def hashed(algorithm):
    """The cast's password as this algorithm keeps it."""
    return make_password(PASSWORD, hasher=algorithm)


def role_of(key):
    """agent2 is an agent too."""
    return Role(key.rstrip("0123456789"))


def link(inviter, invited):
    """Two companies link by the invitation's two clicks, and the letters arrive; linked ones stay as they are."""
    if lanes.link_between(inviter.account.pk, invited.account.pk) is None:
        with inviter.scope():
            _invitation, code = agreement.invite(invited.account.name, by=inviter.owner)
        with invited.scope():
            agreement.accept(code, by=invited.owner)
    delivery.drain()


def agree(of, other, **terms):
    """`of` asks `other` for these terms of its own and gets a yes; gives the version in force."""
    with of.scope():
        proposing.change_terms(partner(of, other), by=of.owner, **terms)
    delivery.drain()
    with other.scope():
        asked = Proposal.objects.get(partnership=partner(other, of), ours=False, state="open")
        proposing.accept(asked, by=other.owner)
    delivery.drain()
    with of.scope():
        return partner(of, other).terms


def partner(of, other):
    """How `of` knows `other`: its side of the link."""
    return Partnership.objects.select_related("link").get(account=of.account, name=other.account.name)
