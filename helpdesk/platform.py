"""The operator's room: accounts and links between them, never what is inside an account."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.db.models import F
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships import agreement, health
from partnerships.models import Link
from tenants import accounts
from tenants.models import Account, User
from tenants.vocabulary import Refused, refuse_unless


class PlatformSite(AdminSite):
    site_header = site_title = "CoTicket"
    index_title = _("Installation")

    def register(self, model_or_iterable, admin_class=None, **options):
        """Only what is read here and changed by verbs; what libraries would add stays out."""
        if admin_class and issubclass(admin_class, ReadOnly):
            super().register(model_or_iterable, admin_class, **options)

    def login(self, request, extra_context=None):
        """The one sign-in, with its throttles; who is signed in and no operator sees a page that is not there."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404
        return redirect_to_login(request.get_full_path() if "next" not in request.GET else request.GET["next"])


class ReadOnly(ModelAdmin):
    """Rows are made and changed by verbs; here they are looked at."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.is_active and request.user.is_staff

    def has_module_permission(self, request):
        return request.user.is_active and request.user.is_staff


class NewAccount(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    slug = forms.SlugField(label=_("Address"), max_length=40)
    owner = forms.EmailField(label=_("Owner's e-mail"))
    language = forms.ChoiceField(label=_("Language"), choices=[("ru", "Русский"), ("en", "English")])


class TwoAccounts(forms.Form):
    inviter = forms.ModelChoiceField(Account.objects.order_by("name"), label=_("Account that invites"))
    invited = forms.ModelChoiceField(Account.objects.order_by("name"), label=_("Account that accepts"))


class VerbAdmin(ReadOnly):
    """A list with one verb above it: a form whose values are handed to a domain function."""

    form_class: type[forms.Form]
    title = ""

    def has_add_permission(self, request):
        return self.has_view_permission(request)

    def add_view(self, request, form_url="", extra_context=None):
        form = self.form_class(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                done = self.do(request, **form.cleaned_data)
            except Refused as no:
                form.add_error(no.field if no.field in form.fields else None, no.sentence)
            else:
                messages.success(request, done)
                return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
        context = {**self.admin_site.each_context(request), "form": form, "title": self.title, "opts": self.opts}
        return render(request, "platform/verb.html", context)

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_add"
        return [path("add/", self.admin_site.admin_view(self.add_view), name=name), *super().get_urls()]


class AccountAdmin(VerbAdmin):
    list_display = ["name", "slug", "prefix", "language", "created_at", "suspended_at"]
    search_fields = ["name", "slug"]
    form_class, title = NewAccount, _("Open an account")

    def do(self, request, *, name, slug, owner, language):
        """Open an account; its owner sets a password by the reset letter."""
        refuse_unless(settings.SIGNUP != "closed", _("This installation takes no new accounts (SIGNUP=closed)."))
        user = accounts.person(owner, language=language)
        accounts.open_account(slug, name=name, owner=user, language=language)
        return _("The account %(name)s is open.") % {"name": name}


def short(moment):
    """A moment as narrow as it can be read."""
    return moment and date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


class LinkAdmin(VerbAdmin):
    """The links and how their letters fare: numbers and moments of lanes, nothing of what they carry."""

    list_display = ["account_a", "account_b", "state", "fares", "aside", "backlog", "waits", "moved", "begun"]
    list_filter = ["state"]
    search_fields = ["account_a__name", "account_a__slug", "account_b__name", "account_b__slug"]
    search_help_text = _("Name or address of an account")
    list_select_related = ["account_a", "account_b"]
    list_per_page = 50
    show_full_result_count = False
    form_class, title = TwoAccounts, _("Link two accounts")

    def do(self, request, *, inviter, invited):
        """Link two accounts through the same verbs that their owners have."""
        agreement.link(inviter, invited, by=request.user)
        return _("%(a)s and %(b)s are linked.") % {"a": inviter.name, "b": invited.name}

    def get_queryset(self, request):
        """Each link with the sums of its lanes; those in trouble first, then what waits longest."""
        return health.with_figures(Link.objects.all()).order_by(*self.get_ordering(request))

    def get_ordering(self, request):
        return ["-stuck", F("waiting_since").asc(nulls_last=True), "-since", "-pk"]

    @admin.display(description=_("since"), ordering="since")
    def begun(self, link):
        return short(link.since)

    @admin.display(description=_("Letters"))
    def fares(self, link):
        return health.of_link(link).label

    @admin.display(description=pgettext_lazy("letters", "Last came"), ordering="last_moved")
    def moved(self, link):
        return short(link.last_moved)

    @admin.display(description=pgettext_lazy("letters", "On their way"), ordering="on_their_way")
    def backlog(self, link):
        return link.on_their_way

    @admin.display(description=pgettext_lazy("letters", "Wait since"), ordering="waiting_since")
    def waits(self, link):
        return short(link.waiting_since)

    @admin.display(description=pgettext_lazy("letters", "Set aside"), ordering="stuck")
    def aside(self, link):
        return link.stuck


class UserAdmin(ReadOnly):
    list_display = ["email", "name", "is_staff", "is_active", "last_login"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "language", "is_staff", "is_active", "last_login"]


def register(site):
    """Show the operator what is his."""
    site.register(Account, AccountAdmin)
    site.register(Link, LinkAdmin)
    site.register(User, UserAdmin)
