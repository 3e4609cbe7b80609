"""The front door: to sign-in, to one's only account, or to the choice between several."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.templatetags.static import static

from tenants.models import Account


@login_required
def home(request):
    """Bring a person to where his work is."""
    accounts = list(Account.objects.filter(seats__user=request.user).order_by("name"))
    if not accounts and request.user.is_staff:
        return redirect("admin:index")
    if len(accounts) == 1:
        return redirect(accounts[0].url)
    seats = [{"name": account.name, "url": account.url, "current": False} for account in accounts]
    return render(request, "account_picker.html", {"seats": seats, "open": settings.SIGNUP == "open"})


def favicon(request):
    """Browsers ask for it where a page of a library names none."""
    return redirect(static("img/mark.svg"))
