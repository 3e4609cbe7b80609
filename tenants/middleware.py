"""A request finds its person and its account, and leaves without a trace if it failed."""

import re
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme

from . import sessions
from .models import Account, Membership
from .scoping import account_scope
from .vocabulary import Refused

MOUNT = re.compile(r"^/a/(?P<slug>[a-z0-9-]+)(?P<rest>/.*)$")


class PersonMiddleware:
    """Screens speak the viewer's language; he finds among his sessions where and when he was here last."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
            sessions.note(request)
        response = self.get_response(request)
        if request.user.is_authenticated and response.get("Content-Type", "").startswith("text/html"):
            # Back must not bring a status or a draft of before, nor anything to whoever comes after him.
            response.setdefault("Cache-Control", "private, no-store")
        return response


class AccountMountMiddleware:
    """Mounts an account at /a/<slug>/: its pages don't exist anywhere else, nor for anybody outside it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.account = request.member = None
        match = MOUNT.match(request.path_info)
        if not match:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return to_sign_in(request)
        account = Account.objects.filter(slug=match["slug"], seats__user=request.user).first()
        if account is None:
            raise Http404
        prefix = get_script_prefix()
        set_script_prefix(f"/a/{account.slug}/")
        request.urlconf, request.path_info = settings.ACCOUNT_URLCONF, match["rest"]
        try:
            with account_scope(account.id), timezone.override(ZoneInfo(request.user.zone or account.zone)):
                return self.inside(request, account)
        finally:
            set_script_prefix(prefix)

    def inside(self, request, account):
        member = Membership.objects.filter(user=request.user, active=True).first()
        if member is None:
            raise Http404
        member.account, member.user = account, request.user
        request.account, request.member = account, member
        request.rolls_back = False
        response = self.get_response(request)
        if request.rolls_back or response.status_code >= 500:
            transaction.set_rollback(True)
        return response

    def process_exception(self, request, exception):
        """An answer made out of an exception must not keep what the view wrote before it."""
        request.rolls_back = True
        if isinstance(exception, Refused):
            return say_no(request, exception)
        return None


def to_sign_in(request):
    """Ask who it is; a fragment asks the whole page to go there, keeping what was typed."""
    if "text/event-stream" in request.headers.get("Accept", ""):
        return HttpResponse(status=204)  # a stream can't follow to a page; it is told that there is nothing
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=401)
        answer["HX-Refresh"] = "true"
        return answer
    return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)


def say_no(request, refused):
    """A rule's sentence: a toast for a fragment, a message and the way back for a form."""
    if request.headers.get("HX-Request"):
        answer = render(request, "ui/_toast.html", {"tone": "late", "text": refused.sentence}, status=422)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#toasts", "beforeend"
        return answer
    messages.error(request, refused.sentence)
    back = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = get_script_prefix()
    return HttpResponseRedirect(back)
