"""Who was granted what by name: guardian's object permissions, one table per thing, inside the account's fence."""

from django.conf import settings
from django.db import models
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase

from tenants.scoping import AccountManager, AccountOwned, OwnedKey

from .people import Team
from .registry import Client


class GrantManager(AccountManager, UserObjectPermissionManager):
    """Guardian's verbs, inside the account only."""


class Grant(AccountOwned, UserObjectPermissionBase):
    """One person may see one thing and what belongs to it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    objects = GrantManager()

    class Meta(AccountOwned.Meta):
        abstract = True


class TeamGrant(Grant):
    content_object = OwnedKey(Team, models.CASCADE, related_name="grants")

    class Meta(Grant.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["account", "user", "permission", "content_object"], name="team_grant_once")
        ]


class ClientGrant(Grant):
    content_object = OwnedKey(Client, models.CASCADE, related_name="grants")

    class Meta(Grant.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["account", "user", "permission", "content_object"], name="client_grant_once"
            )
        ]
