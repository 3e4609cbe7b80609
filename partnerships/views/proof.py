"""Linking says whom we trust with our tickets: it wants a fresh proof of who asks for it."""

from functools import wraps

from django.db.models import Q
from django.urls import reverse

from tenants import signin

from ..models import Partnership


def proven(view):
    """Let nobody change a link on the strength of a session that somebody left open."""

    @wraps(view)
    def asked(request, *args, **kwargs):
        # Whoever may not link hears that from the verb itself.
        if request.method != "POST" or not request.member.may("link") or signin.is_fresh(request):
            return view(request, *args, **kwargs)
        pk = kwargs.get("pk")
        asked_about = Partnership.objects.filter(Q(pk=pk) | Q(proposals=pk)).first() if pk else None
        ours = reverse("partnerships:partner", args=[asked_about.pk]) if asked_about else None
        return signin.ask_again(request, ours or reverse("partnerships:list"))

    return asked
