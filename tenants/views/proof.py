"""Who comes in and who may do what is changed by somebody who has just proved who he is."""

from functools import wraps

from django.urls import reverse

from .. import signin


def proven(back, *, about=False):
    """Let nobody change people on the strength of a session that was left open; then go on at the page `back`, which
    may be `about` the same thing."""

    def guard(view):
        @wraps(view)
        def asked(request, *args, **kwargs):
            # Whoever may not manage people hears that from the verb itself.
            if request.method != "POST" or not request.member.may("manage_people") or signin.is_fresh(request):
                return view(request, *args, **kwargs)
            return signin.ask_again(request, reverse(back, kwargs=kwargs if about else None))

        return asked

    return guard
