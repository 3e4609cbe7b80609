"""What people may send about themselves, colleagues and teams: explicit fields, each mistake at its field."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .accounts import LINES, TAKEN_EMAIL
from .models import Account, Membership, Team, User
from .vocabulary import Role

CHECK = {"class": "check"}
LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya".replace("_", "").split(" "),
        strict=True,
    )
)


def refuse(form, refused):
    """Put a rule's sentence at its field, or above the form when it has none there."""
    form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)


class CompanyForm(forms.Form):
    """A company without an account names itself."""

    company = forms.CharField(label=_("Your company"), max_length=120)
    slug = forms.RegexField(
        r"^[a-z0-9][a-z0-9-]{1,39}$",
        label=_("Address of your desk"),
        required=False,
        max_length=40,
        help_text=_("Small latin letters, digits and dashes; left empty it is made of the company's name."),
        error_messages={"invalid": _("The address may hold small latin letters, digits and dashes only.")},
    )

    def clean_slug(self):
        slug = self.cleaned_data["slug"] or free_slug(self.cleaned_data.get("company", ""))
        if Account.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("This address is taken, choose another one."))
        return slug


def free_slug(name):
    """An address made of a company's name, with a figure when another company has it."""
    latin = "".join(LATIN.get(char, char) for char in name.lower())
    base = slugify(latin)[:34].strip("-_") or "desk"
    taken = set(Account.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    names = (base.replace("_", "-") + (f"-{n}" if n else "") for n in (0, *range(2, len(taken) + 3)))
    return next(slug for slug in names if slug not in taken and len(slug) > 1)


class NewcomerForm(forms.Form):
    """A person who has no sign-in yet."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Work e-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, proven="", **kwargs):
        """`proven` is an e-mail that is known to be this person's, and so is not his to type."""
        super().__init__(*args, **kwargs)
        if proven:
            self.fields["email"].initial, self.fields["email"].disabled = proven, True

    def clean_email(self):
        """An e-mail that has a sign-in already must sign in: a password typed here would prove nothing."""
        email = self.cleaned_data["email"].strip().lower()
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError(TAKEN_EMAIL)
        return email

    def clean(self):
        cleaned = super().clean()
        if "password" in cleaned:
            person = User(email=cleaned.get("email", ""), name=cleaned.get("name", ""))
            try:
                validate_password(cleaned["password"], person)
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        return cleaned


class SignUpForm(NewcomerForm, CompanyForm):
    """A person and his company come together."""

    field_order = ["company", "slug", "name", "email", "password"]


class EmailForm(forms.Form):
    """Where the letter with the way in should go."""

    email = forms.EmailField(
        label=_("Work e-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


def role_field(by, **options):
    """The roles that this member may give; an owner's is an owner's to give."""
    roles = [(role.value, role.label) for role in Role if role != Role.OWNER or by.role == Role.OWNER]
    return forms.ChoiceField(
        label=_("Role"), choices=roles, widget=forms.RadioSelect(attrs=CHECK), initial=Role.AGENT, **options
    )


class InviteForm(forms.Form):
    """For whom a place is kept, and which."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("The invitation goes there. Left empty, you get a link to pass on yourself."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField()
    restricted = forms.BooleanField(
        label=_("An agent sees only what was granted to him"),
        required=False,
        widget=forms.CheckboxInput(attrs=CHECK),
    )
    team = forms.ModelChoiceField(Team.objects, label=_("Team"), required=False, empty_label=_("none yet"))

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"] = role_field(by)
        if not Team.objects.exists():
            del self.fields["team"]


class RoleForm(forms.Form):
    """What somebody answers for from now on."""

    role = forms.ChoiceField()

    def __init__(self, *args, by, member, **kwargs):
        super().__init__(*args, initial={"role": member.role}, **kwargs)
        self.fields["role"] = role_field(by)


class MemberForm(forms.ModelForm):
    """How a person is called here."""

    class Meta:
        model = Membership
        fields = ("name", "title")
        labels = {"name": _("Full name")}


class TeamForm(forms.Form):
    """A team's name and line."""

    name = forms.CharField(label=_("Name"), max_length=80)
    line = forms.TypedChoiceField(label=_("Support line"), choices=[(n, str(n)) for n in LINES], coerce=int, initial=1)


class EditTeamForm(TeamForm):
    """A team's name, line and lead."""

    lead = forms.ModelChoiceField(
        Membership.objects,
        label=_("Lead"),
        required=False,
        empty_label=pgettext_lazy("lead", "nobody"),
        help_text=_("Is warned of the team’s deadlines beside whoever works on the ticket."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = Membership.objects.filter(active=True)

    @property
    def facts(self):
        """The name and the line."""
        return {name: self.cleaned_data[name] for name in ("name", "line")}


class TeamPeopleForm(forms.Form):
    """Who stands in a team."""

    members = forms.ModelMultipleChoiceField(
        Membership.objects, label=_("People"), required=False, widget=forms.CheckboxSelectMultiple(attrs=CHECK)
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = Membership.objects.filter(active=True)


class PeopleForm(forms.Form):
    """What narrows the list of people; a spoilt choice narrows nothing."""

    q = forms.CharField(required=False, max_length=100)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("any role")), *Role.choices])
    team = forms.ModelChoiceField(Team.objects, label=_("Team"), required=False, empty_label=_("any team"))
    state = forms.ChoiceField(
        label=_("Who"),
        required=False,
        choices=[("", _("work here")), ("left", _("have left")), ("all", _("everybody"))],
    )

    @property
    def wanted(self):
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}
