"""How a person comes into an account: an invitation by mail or by link."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.scoping import AccountOwned, OwnedKey
from tenants.vocabulary import Role

from .people import Account, Membership, Team


class MemberInvitation(AccountOwned):
    """A place that is kept for somebody: his role, and his team if there is one already."""

    email = models.EmailField(_("e-mail"), blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    restricted = models.BooleanField(_("sees only what was granted"), default=False)
    team = OwnedKey(Team, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("team"))
    created_by = models.CharField(max_length=160)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    member = OwnedKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(AccountOwned.Meta):
        ordering = ["-created_at"]

    def __str__(self):
        return self.email or str(self.pk)


class MemberInvitationKey(models.Model):
    """The hash of a one-time link into an account, and whose invitation it opens."""

    hash = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    invitation_id = models.UUIDField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return self.hash[:8]
