"""A company comes by itself where the installation is open: first a letter proves the e-mail, then it names itself."""

from smtplib import SMTPException

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import accounts, guessing
from ..forms import CompanyForm, EmailForm, SignUpForm, refuse
from ..models import User
from ..vocabulary import Refused

SALT, VALID = "sign-up", 24 * 60 * 60
NO_MAIL = _("The letter could not be sent just now. Try again in a few minutes.")


def is_open():
    """Whether anybody may open an account here."""
    return settings.SIGNUP == "open"


@never_cache
@require_http_methods(["GET", "POST"])
def sign_up(request):
    """Where the letter should go; who is signed in has proved his e-mail already and names his company."""
    if request.user.is_authenticated:
        return name_company(request) if is_open() else redirect("home")
    if not is_open():
        return render(request, "account/signup_closed.html", {"signup": settings.SIGNUP})
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"].strip().lower()
        if not guessing.is_allowed(request, "sign_up_letter", key=email):
            form.add_error(None, guessing.SLOWER)
        elif not write(email):
            form.add_error("email", NO_MAIL)
        else:
            return render(request, "account/signup_sent.html", {"email": email})
    return render(request, "account/signup.html", {"form": form}, status=422 if form.errors else 200)


def write(email):
    """Send the letter: the page says the same whether the e-mail is known here, only its owner reads which it is."""
    known = User.objects.filter(email=email).exists()
    token = signing.dumps(email, salt=SALT)
    context = {
        "sign_up_url": f"{settings.BASE_URL}{reverse('sign_up_confirm', args=[token])}",
        "sign_in_url": f"{settings.BASE_URL}{reverse('account_login')}",
        "reset_url": f"{settings.BASE_URL}{reverse('account_reset_password')}",
    }
    try:
        get_adapter().send_mail(f"account/email/sign_up_{'known' if known else 'letter'}", email, context)
    except (OSError, SMTPException):
        return False
    return True


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request, token):
    """The e-mail is proved: the company, its owner, and in."""
    try:
        email = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        email = ""
    if not is_open() or not email or User.objects.filter(email=email).exists():
        return render(request, "account/signup_dead.html", status=404)
    form = SignUpForm(request.POST or None, proven=email)
    if request.method == "POST" and form.is_valid():
        try:
            return begin(request, form.cleaned_data)
        except Refused as no:
            refuse(form, no)
    return render(request, "account/signup_company.html", {"form": form}, status=422 if form.errors else 200)


def begin(request, data):
    """A new company, its first person, and his session."""
    user, account = accounts.begin(data, language=get_language()[:2], proven=True)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return HttpResponseRedirect(account.url)


def name_company(request):
    """Somebody who is known here opens an account for his company."""
    form = CompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if not guessing.is_allowed(request, "open_account"):
            form.add_error(None, guessing.SLOWER)
        else:
            try:
                language = request.user.language
                account = accounts.open_account(
                    data["slug"], name=data["company"], owner=request.user, language=language
                )
                return HttpResponseRedirect(account.url)
            except Refused as no:
                refuse(form, no)
    return render(request, "account/signup_company.html", {"form": form}, status=422 if form.errors else 200)
