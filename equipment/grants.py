"""Sites granted by name."""

from django.db import models

from tenants.models import Grant
from tenants.scoping import OwnedKey


class SiteGrant(Grant):
    content_object = OwnedKey("equipment.Site", models.CASCADE, related_name="grants")

    class Meta(Grant.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["account", "user", "permission", "content_object"], name="site_grant_once")
        ]
