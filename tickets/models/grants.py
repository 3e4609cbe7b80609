"""Tickets granted by name."""

from django.db import models

from tenants.models import Grant
from tenants.scoping import OwnedKey

from .ticket import Ticket


class TicketGrant(Grant):
    content_object = OwnedKey(Ticket, models.CASCADE, related_name="grants")

    class Meta(Grant.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["account", "user", "permission", "content_object"], name="ticket_grant_once"
            )
        ]
