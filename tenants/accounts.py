"""An account opens, and people come into it."""

import re

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from . import bell
from .access import ONLY_OWNERS, permit
from .activity import record
from .models import Account, Activity, Client, Contact, Membership, Seat, Team, TeamMember, User
from .roles import RESTRICTABLE
from .scoping import account_scope
from .vocabulary import (
    ACCOUNT_CREATED,
    CLIENT_ADDED,
    CONTACT_ADDED,
    MEMBER_ADDED,
    SET_UP,
    TEAM_ADDED,
    Refused,
    Role,
    refuse_unless,
)

LINES = (1, 2, 3)
NO_LINE = _("There are three support lines.")
TAKEN_TEAM = _("A team of this name exists already.")
TAKEN_EMAIL = _("This e-mail can't be used here. If it is yours, sign in first.")
SLUG = re.compile(r"^[a-z0-9][a-z0-9-]{1,39}\Z")


def open_account(slug, *, name, owner, prefix="", language="ru", zone="Europe/Moscow"):
    """A company gets its own desk, with `owner` (a User) in charge of it."""
    refuse_unless(SLUG.match(slug), _("The address may hold small latin letters, digits and dashes only."), "slug")
    refuse_unless(name.strip(), _("Give the account a name."), "name")
    prefix = prefix or "".join(word[0] for word in name.split()[:2]).upper()
    account = Account(slug=slug, name=name.strip(), prefix=prefix, language=language, zone=zone)
    try:
        with account_scope(account.pk):
            account.save(force_insert=True)
            member = add_member(owner, role=Role.OWNER, by=owner)
            record(account, ACCOUNT_CREATED, by=member, name=account.name)
    except IntegrityError as taken:
        raise Refused(_("This address is taken, choose another one."), "slug") from taken
    return account


def finish_set_up(account, *, by):
    """The first steps are put away, done or not."""
    permit(by, "settings")
    if not is_set_up(account):
        record(account, SET_UP, by=by)


def is_set_up(account):
    """Whether somebody put the first steps away."""
    return Activity.objects.filter(subject_id=account.pk, kind=SET_UP.code).exists()


def person(email, *, name="", password=None, language="ru"):
    """The one user behind an e-mail address, made when nobody has it yet."""
    email = email.strip().lower()
    user = User.objects.filter(email=email).first()
    if user:
        return user
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name, language=language)
    except IntegrityError:
        return User.objects.get(email=email)


def newcomer(email, *, name, password, language, proven):
    """A person who comes with a password of his own; when somebody got this e-mail a moment ago, it proves nothing.

    An e-mail that no letter has `proven` gets no second factor: its owner can still take it back by a new password.
    """
    user = person(email, name=name, password=password, language=language)
    refuse_unless(user.check_password(password), TAKEN_EMAIL, "email")
    if not proven:
        EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": False})
    return user


def begin(data, *, language, proven):
    """A company that comes by itself and its first person, or neither of them: (User, Account).

    `data` are the checked answers of the form: email, name, password, company, slug.
    """
    user = newcomer(data["email"], name=data["name"], password=data["password"], language=language, proven=proven)
    try:
        return user, open_account(data["slug"], name=data["company"], owner=user, language=language)
    except Refused:
        User.objects.filter(pk=user.pk, seats=None).delete()
        raise


@transaction.atomic
def add_member(user, *, role, by, name="", title=""):
    """A person may now work in the ambient account."""
    permit(by, "manage_people")
    refuse_unless(role != Role.OWNER or not isinstance(by, Membership) or by.role == Role.OWNER, ONLY_OWNERS, "role")
    member = seat(user, role=role, name=name, title=title)
    record(member, MEMBER_ADDED, by=by, name=member.name)
    return member


def seat(user, *, role, name="", title="", restricted=False):
    """Give a person his place in the ambient account; who comes back takes the place he had, with another role."""
    facts = {"role": role, "restricted": restricted and role in RESTRICTABLE}
    member, made = Membership.objects.get_or_create(
        user=user, defaults={**facts, "name": name or str(user), "title": title}
    )
    if not made:
        back = Membership.objects.filter(pk=member.pk, active=False).update(active=True, **facts)
        refuse_unless(back, _("This person is a member already."), "email")
        member.refresh_from_db()
    Seat.objects.get_or_create(user=user, account_id=member.account_id)
    bell.rights_changed(user.pk)
    return member


@transaction.atomic
def add_team(name, *, by, members=(), line=1):
    """People who answer for a kind of work together."""
    permit(by, "manage_people")
    name = name.strip()[:80]
    refuse_unless(name, _("Give the team a name."), "name")
    refuse_unless(line in LINES, NO_LINE, "line")
    team, made = Team.objects.get_or_create(name=name, defaults={"line": line})
    refuse_unless(made, TAKEN_TEAM, "name")
    TeamMember.objects.bulk_create([TeamMember(team=team, member=member) for member in members])
    record(team, TEAM_ADDED, by=by, name=name)
    return team


@transaction.atomic
def add_client(name, *, by):
    """A company whose requests this account answers."""
    permit(by, "registry")
    refuse_unless(name.strip(), _("Give the client a name."), "name")
    client, made = Client.objects.get_or_create(name=name.strip())
    if made:
        record(client, CLIENT_ADDED, by=by, name=client.name)
    return client


@transaction.atomic
def add_contact(client, *, name, by, title="", phone="", email=""):
    """A person at the client who can be called back."""
    permit(by, "registry")
    refuse_unless(name.strip(), _("Give the contact a name."), "name")
    contact = Contact.objects.create(client=client, name=name.strip(), title=title, phone=phone, email=email)
    record(contact, CONTACT_ADDED, by=by, name=contact.name)
    return contact
