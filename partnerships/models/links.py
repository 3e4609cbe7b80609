"""That two accounts are linked, the invitations that made it so, and our own side of a link."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import Account, Client
from tenants.scoping import AccountOwned, OwnedKey, new_id

from ..vocabulary import LinkState


class Link(models.Model):
    """That two accounts are linked; says nothing of what they do together."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account_a = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))
    account_b = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("linked with"))
    state = models.CharField(_("state"), max_length=8, choices=LinkState.choices, default=LinkState.ACTIVE)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [
            models.CheckConstraint(condition=~models.Q(account_a=models.F("account_b")), name="link_of_two"),
            models.UniqueConstraint(
                models.functions.Least("account_a", "account_b"),
                models.functions.Greatest("account_a", "account_b"),
                condition=~models.Q(state=LinkState.ENDED),
                name="link_once",
            ),
        ]

    def __str__(self):
        return f"{self.account_a} ↔ {self.account_b}"

    def peer_of(self, account_id):
        """The id of the account on the other side."""
        return self.account_b_id if self.account_a_id == account_id else self.account_a_id


class InvitationKey(models.Model):
    """The hash of a one-time link, and whose invitation it opens."""

    hash = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    invitation_id = models.UUIDField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return self.hash[:8]


class Invitation(AccountOwned):
    """We asked a company to link with us."""

    name = models.CharField(_("company"), max_length=160)
    email = models.EmailField(_("e-mail"), blank=True)
    # Our first terms of this link, as Terms.TOUCHING names them; what is not named is as usual.
    terms = models.JSONField(default=dict)
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=160)
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        ordering = ["-created_at"]

    def __str__(self):
        return self.name


class Partnership(AccountOwned):
    """Our side of a link. The partner is known here by the name he gave himself."""

    link = models.ForeignKey(Link, models.PROTECT, related_name="+")
    name = models.CharField(_("partner"), max_length=160)
    state = models.CharField(max_length=8, choices=LinkState.choices, default=LinkState.ACTIVE)
    client = OwnedKey(Client, models.PROTECT, null=True, blank=True, related_name="+")
    # What the partner says of himself (protocol.Company) and his terms in force (protocol.SharedTerms), as told.
    card = models.JSONField(default=dict)
    their_terms = models.JSONField(default=dict)
    their_version = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "link"], name="partnership_once")]
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def is_active(self):
        return self.state == LinkState.ACTIVE

    @property
    def terms(self):
        """Our version in force."""
        return self.versions.order_by("-version").first()


class CompanyCard(AccountOwned):
    """What our company tells its partners of itself: what it does, where, when, and whom to call."""

    about = models.CharField(_("what we do"), max_length=300, blank=True)
    regions = models.JSONField(_("regions"), default=list)
    services = models.JSONField(_("equipment and kinds of work"), default=list)
    hours = models.CharField(_("hours"), max_length=120, blank=True)
    contact_name = models.CharField(_("contact’s name"), max_length=160, blank=True)
    contact_title = models.CharField(_("contact’s title"), max_length=160, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    changed_at = models.DateTimeField()

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account"], name="company_card_once")]

    def __str__(self):
        return self.about
