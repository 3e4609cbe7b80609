"""What a person says of himself: how he is called, and how his screens speak, look and tell the time."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from . import bell, zones
from . import vocabulary as words
from .activity import record
from .models import LANGUAGES, Account, Membership, User
from .scoping import account_scope
from .vocabulary import Refused, refuse_unless

THEMES, DENSITIES = ("", "light", "dark"), ("", "compact")


def describe(user, *, name, language, zone, theme, density):
    """A person's own page is as he wants it; companies that know him by his former name learn the new one."""
    name = name.strip()
    refuse_unless(name, _("Say how you are called."), "name")
    refuse_unless(language in dict(LANGUAGES), _("There is no such language here."), "language")
    refuse_unless(not zone or zones.exists(zone), zones.NO_SUCH_ZONE, "zone")
    refuse_unless(theme in THEMES and density in DENSITIES, _("There is no such choice."))
    before, user.name = str(user), name[:120]
    user.language, user.zone, user.theme, user.density = language, zone, theme, density
    user.save(update_fields=["name", "language", "zone", "theme", "density"])
    if before != user.name:
        for account in Account.objects.filter(seats__user=user):
            rename(account, user, before)
    return user


def rename(account, user, before):
    """In this company too, unless he goes by another name there."""
    with account_scope(account.pk):
        member = Membership.objects.select_for_update(no_key=True).filter(user=user, name=before, active=True).first()
        if member:
            member.name = user.name
            member.save(update_fields=["name"])
            record(member, words.MEMBER_EDITED, by=member, name=user.name, before=before, after=user.name)


@transaction.atomic
def change_email(user, email):
    """The person signs in with another e-mail from now on; he has shown that he reads it."""
    taken = Refused(_("This link no longer works."))
    if User.objects.filter(email=email).exclude(pk=user.pk).exists():
        raise taken
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(email=email)
    except IntegrityError as late:
        raise taken from late
    EmailAddress.objects.filter(user=user).delete()
    user.email = email
    bell.rights_changed(user.pk)
    return user
