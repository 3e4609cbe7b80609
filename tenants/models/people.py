"""Accounts and the people in them. Global tables hold routing facts only; everything else is AccountOwned."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants import roles
from tenants.scoping import AccountOwned, OwnedKey, new_id
from tenants.vocabulary import Actor, Role

LANGUAGES = [("ru", "Русский"), ("en", "English")]


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What he may do is said by his memberships, never by this row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="ru")
    theme = models.CharField(max_length=5, choices=[("", "auto"), ("light", "light"), ("dark", "dark")], blank=True)
    density = models.CharField(max_length=7, choices=[("", _("roomy")), ("compact", _("compact"))], blank=True)
    zone = models.CharField(_("time zone"), max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(_("operator of the installation"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self):
        return self.name or self.email

    @property
    def actor(self):
        return Actor(kind="operator", name=str(self), id=self.id)


class Account(models.Model):
    """A company that takes part in service work. Its id is its identity; names may change."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(
        _("address"), unique=True, max_length=40, validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]+$")]
    )
    name = models.CharField(_("name"), max_length=120)
    prefix = models.CharField(_("ticket prefix"), max_length=6)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="ru")
    zone = models.CharField(_("time zone"), max_length=40, default="Europe/Moscow")
    brand = models.CharField(_("brand"), max_length=120, blank=True)
    hue = models.PositiveSmallIntegerField(_("colour"), null=True, blank=True, validators=[MaxValueValidator(11)])
    hold_seconds = models.PositiveSmallIntegerField(
        _("time to undo a sent comment, seconds"), default=10, validators=[MaxValueValidator(30)]
    )
    suspended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self):
        return self.name

    @property
    def url(self):
        return f"/a/{self.slug}/"


class Seat(models.Model):
    """Which accounts a person may enter: a routing fact, kept in step with memberships by people.py."""

    user = models.ForeignKey(User, models.CASCADE, related_name="seats")
    account = models.ForeignKey(Account, models.CASCADE, related_name="seats")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "account"], name="seat_once")]

    def __str__(self):
        return f"{self.user_id} @ {self.account_id}"


class Membership(AccountOwned):
    """A person's place in an account."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    title = models.CharField(_("position"), max_length=120, blank=True)
    restricted = models.BooleanField(_("sees only what was granted"), default=False)
    active = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(AccountOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account", "user"], name="member_once"),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_to=None)
                | models.Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="quiet_from_and_to",
            ),
        ]
        ordering = ["name"]

    def __str__(self):
        return self.name

    def may(self, ability):
        """Whether this member has the ability, by his role and by whether he is restricted."""
        return self.active and roles.may(self.role, ability, restricted=self.restricted)

    @property
    def abilities(self):
        return roles.abilities(self.role, restricted=self.restricted)

    @property
    def actor(self):
        return Actor(kind="member", name=self.name, id=self.id)


class Team(AccountOwned):
    name = models.CharField(_("name"), max_length=80)
    line = models.PositiveSmallIntegerField(_("support line"), default=1)
    members = models.ManyToManyField(Membership, through="TeamMember", related_name="teams")
    lead = OwnedKey(Membership, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lead"))

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="team_once")]
        ordering = ["line", "name"]

    def __str__(self):
        return self.name


class TeamMember(AccountOwned):
    team = OwnedKey(Team, models.CASCADE, related_name="+")
    member = OwnedKey(Membership, models.CASCADE, related_name="+")

    class Meta(AccountOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "team", "member"], name="team_member_once")]

    def __str__(self):
        return f"{self.member_id} in {self.team_id}"
