"""Linking says whom we trust with our tickets: it wants a fresh proof of who asks for it."""

from functools import wraps

from django.urls import reverse

from tenants import signin


def proven(view):
    """Let nobody change a link on the strength of a session that somebody left open."""

    @wraps(view)
    def asked(request, *args, **kwargs):
        # Whoever may not link hears that from the verb itself.
        if request.method != "POST" or not request.member.may("link") or signin.is_fresh(request):
            return view(request, *args, **kwargs)
        pk = kwargs.get("pk")
        back = reverse("partnerships:partner", args=[pk]) if pk else reverse("partnerships:list")
        return signin.ask_again(request, back)

    return asked
