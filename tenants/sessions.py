"""Where a person is signed in: the browsers that hold a session of his, and the end of any of them."""

import time

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from . import bell, clock

SEEN = "seen_at"
# One write in so long, however many pages an open tab asks for.
EVERY = 5 * 60
MOST = 100

BROWSERS = [
    ("YaBrowser", "Yandex Browser"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
]


def device(user_agent):
    """A browser and its system as their owner calls them; empty when the browser does not say."""
    found = (next((name for mark, name in marks if mark in user_agent), "") for marks in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, found))


def is_hand_held(user_agent):
    """Whether it is a phone or a tablet."""
    return any(mark in user_agent for mark in ("iPhone", "iPad", "Android"))


def note(request):
    """Remember from where and when this session was used last."""
    if time.time() - request.session.get(SEEN, 0) >= EVERY:
        request.session[SEEN] = time.time()
        UserSession.objects.create_from_request(request)


def alive(user):
    """The sessions a person can work in now, the last used first."""
    keys = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    return UserSession.objects.filter(user=user, session_key__in=keys).order_by("-last_seen_at")[:MOST]


def end(user, pk):
    """One session of this person ends, and its open pages with it; whether there was one."""
    return bool(cut(user, UserSession.objects.filter(user=user, pk=pk)))


def end_others(user, *, keep):
    """Every session of this person ends but the one he keeps; how many there were."""
    return cut(user, UserSession.objects.filter(user=user).exclude(session_key=keep or ""))


@transaction.atomic
def cut(user, rows):
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    bell.rights_changed(user.pk)
    return len(keys)


def on_new_password(sender, request, user, **_more):
    """Whoever learned the old password is out at once; the browser in which it was changed stays."""
    end_others(user, keep=request.session.session_key if request.user == user else None)
